// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <memory>
#include <vector>

#include "base/status.h"
#include "hevc/encoder/search/encoder_tools.h"
#include "hevc/syntax/parameter_sets.h"

namespace inloop::hevc {

// What is fixed for a whole sequence.
struct SequenceConfig {
  int width = 0, height = 0;  // shown size: even, at least 16x16
  int bit_depth = 8;          // 8 or 10
  int fps_num = 25, fps_den = 1;
  int max_dec_pic_buffering = 1;  // pictures in the DPB, the current one included
  int max_num_reorder_pics = 0;
  int max_latency_pictures = 0;  // pictures shown before a picture but decoded after it; 0: as reordered
  int max_sub_layers = 1;        // temporal sub-layers
  int log2_max_poc_lsb = 8;
  int init_qp = 26;                          // slice QPs are coded against it
  bool list_modification = false;            // slices may order their reference lists
  int default_active_refs[2] = {1, 1};       // list sizes that slices need not code
  std::vector<ShortTermRps> short_term_rps;  // sets that slices refer to by index
  bool sao = false;
  bool sign_hiding = true;
  bool temporal_mvp = true;
  int quantization_group = 0;        // luma samples: 16, 32 or 64; 0: one QP a picture
  int chroma_qp_offset[2] = {0, 0};  // of Cb, Cr: -12 to 12
  bool deblocking = true;
  int beta_offset = 0, tc_offset = 0;  // of the deblocking filter, in steps of two QPs: -6 to 6
  // Of the decoder's coded picture buffer: bits a second and bits, 0: not signalled; and the share of it that
  // is full when the first picture is taken out.
  int64_t hrd_bit_rate = 0, hrd_cpb_size = 0;
  double hrd_initial_fullness = 0.9;
  bool delimiters = false;      // access unit delimiters
  bool picture_hashes = false;  // SEI messages behind pictures
  EncoderTools tools;
};

struct ParameterSets {
  Vps vps;
  std::shared_ptr<const Sps> sps;
  std::shared_ptr<const Pps> pps;
};

// Checks the configuration and derives the parameter sets, level included (Annex A).
Status make_parameter_sets(const SequenceConfig& config, ParameterSets& out);

}  // namespace inloop::hevc
