// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>

#include "hevc/syntax/parameter_sets_parser.h"

namespace inloop::hevc {
namespace {

void skip_sub_layer_hrd(BitReader& reader, int cpb_count, bool sub_pic_params) {
  for (int i = 0; i < cpb_count && reader.ok(); ++i) {
    reader.ue();  // bit_rate_value_minus1
    reader.ue();  // cpb_size_value_minus1
    if (sub_pic_params) {
      reader.ue();  // cpb_size_du_value_minus1
      reader.ue();  // bit_rate_du_value_minus1
    }
    reader.flag();  // cbr_flag
  }
}

// Skips hrd_parameters() (E.2.2). Decoding needs nothing of it, but the syntax behind it must be found.
void skip_hrd_parameters(BitReader& reader, int max_sub_layers) {
  const bool nal_hrd = reader.flag();
  const bool vcl_hrd = reader.flag();
  bool sub_pic_params = false;
  if (nal_hrd || vcl_hrd) {
    sub_pic_params = reader.flag();
    if (sub_pic_params) reader.skip(8 + 5 + 1 + 5);
    reader.skip(4 + 4);  // bit_rate_scale, cpb_size_scale
    if (sub_pic_params) reader.skip(4);
    reader.skip(5 + 5 + 5);
  }
  for (int i = 0; i < max_sub_layers && reader.ok(); ++i) {
    const bool fixed_rate_general = reader.flag();
    const bool fixed_rate_within_cvs = fixed_rate_general || reader.flag();
    bool low_delay = false;
    if (fixed_rate_within_cvs) {
      reader.ue();  // elemental_duration_in_tc_minus1
    } else {
      low_delay = reader.flag();
    }
    const int cpb_count = low_delay ? 1 : reader.ue("cpb_cnt_minus1", 0, 31) + 1;
    if (nal_hrd) skip_sub_layer_hrd(reader, cpb_count, sub_pic_params);
    if (vcl_hrd) skip_sub_layer_hrd(reader, cpb_count, sub_pic_params);
  }
}

void parse_video_signal_type(BitReader& reader, Vui& vui) {
  vui.video_format = static_cast<int>(reader.bits(3));
  vui.video_full_range_flag = reader.flag();
  vui.colour_description_present_flag = reader.flag();
  if (!vui.colour_description_present_flag) return;
  vui.colour_primaries = static_cast<int>(reader.bits(8));
  vui.transfer_characteristics = static_cast<int>(reader.bits(8));
  vui.matrix_coeffs = static_cast<int>(reader.bits(8));
}

void skip_bitstream_restriction(BitReader& reader) {
  reader.skip(3);
  for (int i = 0; i < 5; ++i) reader.ue();
}

}  // namespace

void parse_vui(BitReader& reader, int max_sub_layers, Vui& vui) {
  constexpr int kExtendedSar = 255;
  vui.aspect_ratio_info_present_flag = reader.flag();
  if (vui.aspect_ratio_info_present_flag) {
    vui.aspect_ratio_idc = static_cast<int>(reader.bits(8));
    if (vui.aspect_ratio_idc == kExtendedSar) {
      vui.sar_width = static_cast<int>(reader.bits(16));
      vui.sar_height = static_cast<int>(reader.bits(16));
    }
  }
  if (reader.flag()) reader.flag();  // overscan
  vui.video_signal_type_present_flag = reader.flag();
  if (vui.video_signal_type_present_flag) parse_video_signal_type(reader, vui);
  vui.chroma_loc_info_present_flag = reader.flag();
  if (vui.chroma_loc_info_present_flag) {
    vui.chroma_sample_loc_type = static_cast<int>(std::min<uint32_t>(reader.ue(), 5));
    reader.ue();
  }
  reader.flag();  // neutral_chroma_indication
  vui.field_seq_flag = reader.flag();
  vui.frame_field_info_present_flag = reader.flag();
  if (reader.flag()) {  // default display window
    for (int i = 0; i < 4; ++i) reader.ue();
  }
  vui.timing_info_present_flag = reader.flag();
  if (vui.timing_info_present_flag) {
    vui.num_units_in_tick = reader.bits(32);
    vui.time_scale = reader.bits(32);
    if (reader.flag()) reader.ue();  // poc_proportional_to_timing, num_ticks_poc_diff_one_minus1
    if (reader.flag()) skip_hrd_parameters(reader, max_sub_layers);
  }
  if (reader.flag()) skip_bitstream_restriction(reader);
}

}  // namespace inloop::hevc
