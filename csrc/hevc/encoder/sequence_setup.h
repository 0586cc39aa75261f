// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <memory>
#include <vector>

#include "base/status.h"
#include "hevc/encoder/search/encoder_tools.h"
#include "hevc/syntax/parameter_sets.h"
#include "hevc/syntax/signal_description.h"

namespace inloop::hevc {

// The settings that hold for a whole sequence.
struct SequenceConfig {
  int width = 0, height = 0;  // the shown size, both sides even and at least 16
  int bit_depth = 8;          // 8 or 10
  int fps_num = 25, fps_den = 1;
  int max_dec_pic_buffering = 1;  // pictures in the DPB, the current one included
  int max_num_reorder_pics = 0;
  // The most pictures that are shown before a picture but decoded after it; 0 signals no limit.
  int max_latency_pictures = 0;
  // Pictures that may be in work at a time. Decisions use the results of pictures that come as many places or more
  // before in coding order, and no later ones, so that a stream does not depend on how far others have come.
  int feedback_delay = 5;
  int max_sub_layers = 1;
  int log2_max_poc_lsb = 8;
  int init_qp = 26;                          // QPs of slices are coded relative to it
  bool list_modification = false;            // whether slices may order their reference lists
  int default_active_refs[2] = {1, 1};       // sizes of the lists where a slice codes none
  std::vector<ShortTermRps> short_term_rps;  // sets that slices refer to by index
  bool sao = false;
  bool sign_hiding = true;
  bool temporal_mvp = true;
  // Side of a quantisation group in luma samples: 16, 32 or 64; 0 gives the whole picture one QP.
  int quantization_group = 0;
  int chroma_qp_offset[2] = {0, 0};  // for Cb and Cr, -12 to 12
  bool deblocking = true;
  int beta_offset = 0, tc_offset = 0;  // Offsets of the deblocking filter, in steps of two QPs, -6 to 6.
  // Rate (bits per second) and size (bits) of the decoder's coded picture buffer, where 0 leaves them out of
  // the stream, and the share of the buffer that is full when the first picture is taken out.
  int64_t hrd_bit_rate = 0, hrd_cpb_size = 0;
  double hrd_initial_fullness = 0.9;
  int64_t average_bit_rate = 0;  // bits a second that the stream is to have, for its level; 0: not known
  SignalDescription signal;
  bool wpp = false;              // rows of CTUs are substreams that decoders can parse beside each other
  bool delimiters = false;       // access unit delimiters
  bool picture_hashes = false;   // SEI messages behind pictures
  bool filtered_hashes = false;  // likewise, of pictures that a filter in the loop changes
  bool shown_hashes =
      false;  // others follow, which come with each picture (PictureFinish): room for them is planned
  EncoderTools tools;
};

struct ParameterSets {
  Vps vps;
  std::shared_ptr<const Sps> sps;
  std::shared_ptr<const Pps> pps;
};

// Checks the configuration and derives the parameter sets and the level (Annex A).
Status make_parameter_sets(const SequenceConfig& config, ParameterSets& out);

}  // namespace inloop::hevc
