// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <vector>

#include "base/status.h"
#include "hevc/encoder/sequence_setup.h"
#include "hevc/encoder/write/qp_groups.h"
#include "hevc/syntax/types.h"

namespace inloop::hevc {

// What one picture is in its stream: its place, its type and the pictures that it refers to.
struct PictureRequest {
  int poc = 0;
  NalType nal_type = NalType::trail_r;
  int temporal_id = 0;
  SliceType slice_type = SliceType::i;
  std::vector<int> references;      // POCs this picture may predict from; nearest first in each list
  int active[2] = {0, 0};           // entries of list 0 and 1 at most; 0: all references
  std::vector<int> lists[2];        // POCs of the lists entry by entry; empty: nearest first
  std::vector<int> kept;            // POCs that later pictures still need, besides `references`
  bool is_reference = true;         // later pictures may refer to this one
  bool keep_filter_inputs = false;  // fill rec_unfiltered and pred
  int64_t display_index = 0;        // place in the video, counting from 0; for the decoder's buffer only
};

// How finely a picture is to be coded.
struct PictureQuality {
  int qp = 32;
  double lmbda = 0;  // squared error (8-bit scale) per bit; 0: the default for slice type and QP
  QpMap qp_map;      // needs quantisation groups; empty: `qp` everywhere
};

// Whether a picture fits its sequence; its references are another matter.
Status check_request(const SequenceConfig& config, const PictureRequest& request);
Status check_quality(const SequenceConfig& config, const PictureQuality& quality);

}  // namespace inloop::hevc
