// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <vector>

#include "base/status.h"
#include "hevc/encoder/sequence_setup.h"
#include "hevc/encoder/write/qp_groups.h"
#include "hevc/syntax/types.h"

namespace inloop::hevc {

// Says what one picture is in its stream: its place, its type and the pictures that it refers to.
struct PictureRequest {
  int poc = 0;
  NalType nal_type = NalType::trail_r;
  int temporal_id = 0;
  SliceType slice_type = SliceType::i;
  std::vector<int> references;  // POCs that this picture may predict from; each list starts with the nearest
  int active[2] = {0, 0};       // The most entries that list 0 and list 1 have; 0 allows all references.
  // POCs of the lists, entry by entry; an empty list has the nearest picture first.
  std::vector<int> lists[2];
  std::vector<int> kept;            // POCs that later pictures still need, besides `references`
  bool is_reference = true;         // whether later pictures may refer to this one
  bool keep_filter_inputs = false;  // whether rec_unfiltered and pred are filled
  // The place in the video, counted from 0; only the messages for the decoder's buffer use it.
  int64_t display_index = 0;
};

// Says how finely a picture is coded.
struct PictureQuality {
  int qp = 32;
  // Squared error, on the scale of 8-bit samples, per bit; 0 selects the default of the slice type and the
  // QP.
  double lmbda = 0;
  // An entry needs quantisation groups; where the map is empty, `qp` holds for the whole picture.
  QpMap qp_map;
};

// Check that a picture fits its sequence. Whether its references exist is checked elsewhere.
Status check_request(const SequenceConfig& config, const PictureRequest& request);
Status check_quality(const SequenceConfig& config, const PictureQuality& quality);

}  // namespace inloop::hevc
