// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "base/status.h"
#include "hevc/syntax/nal.h"
#include "hevc/syntax/parameter_set_store.h"

namespace inloop::hevc {

// What a slice segment header takes from the segments before it in the same picture.
struct SliceHeaderContext {
  const PictureParameters* picture = nullptr;  // null before the first slice of a picture
  const SliceHeader* previous = nullptr;       // last header; a dependent segment copies from it
  std::shared_ptr<const Sps> in_force;         // of the coded video sequence so far; null: none
};

// Parses a slice segment header (7.3.6). data_offset is the first byte of the slice segment data in nal.rbsp.
// header.poc is not set, as it depends on earlier pictures.
Status parse_slice_header(const NalUnit& nal, ParameterSetStore& sets, const SliceHeaderContext& context,
                          SliceHeader& header, PictureParameters& parameters, size_t& data_offset);

}  // namespace inloop::hevc
