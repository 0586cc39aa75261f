// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <memory>

#include "base/status.h"
#include "codec/encoder/encoder_tools.h"
#include "codec/parameter_sets.h"

namespace inloop::codec {

// What is fixed for a whole sequence.
struct SequenceConfig {
  int width = 0, height = 0;  // shown size: even, at least 16x16
  int bit_depth = 8;          // 8 or 10
  int fps_num = 25, fps_den = 1;
  int max_dec_pic_buffering = 1;  // pictures in the DPB, the current one included
  int max_num_reorder_pics = 0;
  bool sao = false;
  bool sign_hiding = true;
  bool temporal_mvp = true;
  EncoderTools tools;
};

struct ParameterSets {
  Vps vps;
  std::shared_ptr<const Sps> sps;
  std::shared_ptr<const Pps> pps;
};

// Checks the configuration and derives the parameter sets, level included (Annex A).
Status make_parameter_sets(const SequenceConfig& config, ParameterSets& out);

}  // namespace inloop::codec
