// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <vector>

#include "entropy/bit_writer.h"
#include "hevc/syntax/parameter_sets.h"

// Writers of those syntax structures of clause 7.3 that our encoder produces. They return RBSPs without NAL
// unit header. Fields that the encoder never sets (scaling lists, tiles, PCM, long-term references, weights)
// are not written.
namespace inloop::hevc {

std::vector<uint8_t> write_vps(const Vps& vps);
std::vector<uint8_t> write_sps(const Sps& sps);
std::vector<uint8_t> write_pps(const Pps& pps);

// Writes slice_segment_header() and byte_alignment(); the slice data follows.
void write_slice_header(BitWriter& writer, const SliceHeader& slice, const Sps& sps, const Pps& pps);

}  // namespace inloop::hevc
