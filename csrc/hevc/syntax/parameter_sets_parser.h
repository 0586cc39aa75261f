// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "base/status.h"
#include "entropy/bit_reader.h"
#include "hevc/syntax/nal.h"
#include "hevc/syntax/parameter_sets.h"

// Parsers of the parameter sets (7.3.2). Values out of range and truncated data give StatusCode::bitstream;
// features beyond Main and Main 10 give StatusCode::unsupported with their name.
namespace inloop::hevc {

Status parse_vps(const NalUnit& nal, Vps& vps);
Status parse_sps(const NalUnit& nal, Sps& sps);

// A PPS may arrive before its SPS, so whatever depends on the picture size waits for activation.
struct PpsSyntax {
  Pps pps;
  int num_tile_columns = 1;
  int num_tile_rows = 1;
  bool uniform_spacing_flag = true;
  std::vector<int> column_widths;  // all but the last one, where the spacing is not uniform
  std::vector<int> row_heights;
};

Status parse_pps(const NalUnit& nal, PpsSyntax& syntax);
// Completes the PPS for an SPS: derives the tile sizes and checks the ranges that depend on the SPS.
Status activate_pps(const PpsSyntax& syntax, const Sps& sps, Pps& pps);

// These parse structures that several parameter sets, or the slice header, contain.
void parse_profile_tier_level(BitReader& reader, int max_sub_layers, ProfileTierLevel& ptl);
void parse_vui(BitReader& reader, int max_sub_layers, Vui& vui);
void parse_scaling_list(BitReader& reader, ScalingList& list);
void default_scaling_list(ScalingList& list);
// Parses st_ref_pic_set(idx). The earlier sets are those of the SPS.
void parse_short_term_rps(BitReader& reader, int idx, const std::vector<ShortTermRps>& sets,
                          bool in_slice_header, int max_pictures, ShortTermRps& rps);

}  // namespace inloop::hevc
