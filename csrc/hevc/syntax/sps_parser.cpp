// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>
#include <string>

#include "hevc/syntax/parameter_sets_parser.h"

namespace inloop::hevc {
namespace {

constexpr int64_t kMaxLumaPs = 35651584;  // Table A.8, levels 6 to 6.2
constexpr int kMaxSide = 16888;           // Sqrt(8 * MaxLumaPs)
constexpr int kMaxLongTermRefsSps = 32;
constexpr int64_t kMaxDpbSamples = 6 * kMaxLumaPs;  // A.4.2: the larger the pictures, the fewer

void parse_sub_layer_ordering(BitReader& reader, int max_sub_layers,
                              std::array<SubLayerOrdering, kMaxSubLayers>& ordering) {
  const bool info_present = reader.flag();
  for (int i = info_present ? 0 : max_sub_layers - 1; i < max_sub_layers; ++i) {
    SubLayerOrdering& layer = ordering[static_cast<size_t>(i)];
    layer.max_dec_pic_buffering = reader.ue("max_dec_pic_buffering_minus1", 0, kMaxDpbSize - 1) + 1;
    layer.max_num_reorder_pics = reader.ue("max_num_reorder_pics", 0, kMaxDpbSize - 1);
    // Encoders exist that say less than they need.
    layer.max_dec_pic_buffering = std::max(layer.max_dec_pic_buffering, layer.max_num_reorder_pics + 1);
    layer.max_latency_increase_plus1 =
        static_cast<int>(std::min<uint32_t>(reader.ue(), 0x7FFFFFFF));  // up to 2^32 - 2 in the standard
  }
  if (info_present) return;
  std::fill(ordering.begin(), ordering.begin() + max_sub_layers - 1,
            ordering[static_cast<size_t>(max_sub_layers - 1)]);
}

Status check_chroma_format(int chroma_format_idc) {
  static constexpr const char* kNames[4] = {"monochrome (4:0:0)", "", "4:2:2", "4:4:4"};
  if (chroma_format_idc == 1) return {};
  return Status::unsupported(std::string("chroma format ") + kNames[chroma_format_idc] +
                             " (only 4:2:0 is supported)");
}

Status check_bit_depth(const Sps& sps) {
  const int deepest = std::max(sps.bit_depth_luma, sps.bit_depth_chroma);
  if (deepest <= 10) return {};
  return Status::unsupported("bit depth " + std::to_string(deepest) + " (only 8 to 10 bits are supported)");
}

void parse_picture_size(BitReader& reader, Sps& sps) {
  sps.pic_width = reader.ue("pic_width_in_luma_samples", 1, kMaxSide);
  sps.pic_height = reader.ue("pic_height_in_luma_samples", 1, kMaxSide);
  if (int64_t{sps.pic_width} * sps.pic_height > kMaxLumaPs) {
    reader.fail(": a picture of " + std::to_string(sps.pic_width) + "x" + std::to_string(sps.pic_height) +
                " exceeds every level");
  }
  if (!reader.flag()) return;
  // The offsets of the conformance window are in chroma samples.
  sps.crop_left = 2 * reader.ue("conf_win_left_offset", 0, kMaxSide);
  sps.crop_right = 2 * reader.ue("conf_win_right_offset", 0, kMaxSide);
  sps.crop_top = 2 * reader.ue("conf_win_top_offset", 0, kMaxSide);
  sps.crop_bottom = 2 * reader.ue("conf_win_bottom_offset", 0, kMaxSide);
  if (sps.crop_left + sps.crop_right >= sps.pic_width || sps.crop_top + sps.crop_bottom >= sps.pic_height) {
    reader.fail(": the conformance window is empty");
  }
}

void check_picture_buffer(BitReader& reader, const Sps& sps) {
  const int pictures = sps.ordering[static_cast<size_t>(sps.max_sub_layers - 1)].max_dec_pic_buffering;
  if (int64_t{sps.pic_width} * sps.pic_height * pictures > kMaxDpbSamples) {
    reader.fail(": the picture buffer exceeds every level");
  }
}

void parse_block_sizes(BitReader& reader, Sps& sps) {
  sps.log2_min_cb_size = reader.ue("log2_min_luma_coding_block_size_minus3", 0, 3) + 3;
  sps.log2_ctb_size = sps.log2_min_cb_size + reader.ue("log2_diff_max_min_luma_coding_block_size", 0, 3);
  sps.log2_min_tb_size = reader.ue("log2_min_luma_transform_block_size_minus2", 0, 3) + 2;
  sps.log2_max_tb_size =
      sps.log2_min_tb_size + reader.ue("log2_diff_max_min_luma_transform_block_size", 0, 3);
  if (sps.log2_ctb_size < 4 || sps.log2_ctb_size > 6) {
    reader.fail(": CTB size " + std::to_string(1 << sps.log2_ctb_size) + " is not 16, 32 or 64");
  }
  if (sps.log2_min_tb_size >= sps.log2_min_cb_size) {
    reader.fail(": smallest transform block is not smaller than the smallest coding block");
  }
  if (sps.log2_max_tb_size > std::min(sps.log2_ctb_size, 5)) {
    reader.fail(": largest transform block exceeds the CTB or 32");
  }
  const int min_cb_mask = (1 << sps.log2_min_cb_size) - 1;
  if ((sps.pic_width | sps.pic_height) & min_cb_mask) {
    reader.fail(": picture size is no multiple of the smallest coding block");
  }
  const int max_depth = sps.log2_ctb_size - sps.log2_min_tb_size;
  sps.max_transform_hierarchy_depth_inter = reader.ue("max_transform_hierarchy_depth_inter", 0, max_depth);
  sps.max_transform_hierarchy_depth_intra = reader.ue("max_transform_hierarchy_depth_intra", 0, max_depth);
}

void parse_pcm(BitReader& reader, Sps& sps) {
  sps.pcm_bit_depth_luma = reader.bits("pcm_sample_bit_depth_luma_minus1", 4, 0, sps.bit_depth_luma - 1) + 1;
  sps.pcm_bit_depth_chroma =
      reader.bits("pcm_sample_bit_depth_chroma_minus1", 4, 0, sps.bit_depth_chroma - 1) + 1;
  sps.log2_min_pcm_cb_size = reader.ue("log2_min_pcm_luma_coding_block_size_minus3", 0, 2) + 3;
  sps.log2_max_pcm_cb_size =
      sps.log2_min_pcm_cb_size + reader.ue("log2_diff_max_min_pcm_luma_coding_block_size", 0, 2);
  if (sps.log2_min_pcm_cb_size < std::min(sps.log2_min_cb_size, 5) ||
      sps.log2_max_pcm_cb_size > std::min(sps.log2_ctb_size, 5)) {
    reader.fail(": PCM block sizes out of range");
  }
  sps.pcm_loop_filter_disabled_flag = reader.flag();
}

void parse_reference_sets(BitReader& reader, Sps& sps) {
  const int max_pictures = sps.ordering[static_cast<size_t>(sps.max_sub_layers - 1)].max_dec_pic_buffering;
  const int count = reader.ue("num_short_term_ref_pic_sets", 0, 64);
  for (int i = 0; i < count && reader.ok(); ++i) {
    ShortTermRps rps;
    parse_short_term_rps(reader, i, sps.short_term_rps, false, max_pictures, rps);
    sps.short_term_rps.push_back(rps);
  }
  sps.long_term_ref_pics_present_flag = reader.flag();
  if (!sps.long_term_ref_pics_present_flag) return;
  const int long_term_count = reader.ue("num_long_term_ref_pics_sps", 0, kMaxLongTermRefsSps);
  for (int i = 0; i < long_term_count; ++i) {
    sps.lt_ref_pic_poc_lsb_sps.push_back(static_cast<int>(reader.bits(sps.log2_max_poc_lsb)));
    sps.used_by_curr_pic_lt_sps.push_back(reader.flag());
  }
}

// Parses sps_range_extension() (7.3.2.2.2), which is accepted if it enables none of its tools.
Status parse_range_extension(BitReader& reader) {
  static constexpr const char* kTools[9] = {
      "transform_skip_rotation", "transform_skip_context",     "implicit_rdpcm",
      "explicit_rdpcm",          "extended_precision",         "intra_smoothing_disabled",
      "high_precision_offsets",  "persistent_rice_adaptation", "cabac_bypass_alignment"};
  std::string used;
  for (const char* tool : kTools) {
    if (reader.flag()) used += (used.empty() ? "" : ", ") + std::string(tool);
  }
  if (used.empty() || !reader.ok()) return {};
  return Status::unsupported("range extensions (" + used + ")");
}

Status parse_extensions(BitReader& reader) {
  if (!reader.flag()) return {};
  const bool range = reader.flag();
  const bool multilayer = reader.flag();
  const bool three_d = reader.flag();
  const bool scc = reader.flag();
  reader.skip(4);
  if (range) INLOOP_RETURN_IF_ERROR(parse_range_extension(reader));
  if (scc) return Status::unsupported("screen content coding extensions");
  if (multilayer || three_d) return Status::unsupported("multilayer or 3D extensions in the base layer");
  return {};  // data behind sps_extension_4bits is for the future and must be ignored
}

}  // namespace

void parse_profile_tier_level(BitReader& reader, int max_sub_layers, ProfileTierLevel& ptl) {
  ptl.general_profile_space = static_cast<int>(reader.bits(2));
  ptl.general_tier_flag = reader.flag();
  ptl.general_profile_idc = static_cast<int>(reader.bits(5));
  ptl.general_profile_compatibility_flags = reader.bits(32);
  ptl.progressive_source_flag = reader.flag();
  ptl.interlaced_source_flag = reader.flag();
  ptl.non_packed_constraint_flag = reader.flag();
  ptl.frame_only_constraint_flag = reader.flag();
  reader.skip(44);
  ptl.general_level_idc = static_cast<int>(reader.bits(8));
  if (max_sub_layers == 1) return;
  bool profile_present[8] = {}, level_present[8] = {};
  for (int i = 0; i < 8; ++i) {  // flags from max_sub_layers - 1 on are reserved zero bits
    profile_present[i] = reader.flag();
    level_present[i] = reader.flag();
  }
  for (int i = 0; i < max_sub_layers - 1; ++i) {
    if (profile_present[i]) reader.skip(88);
    if (level_present[i]) reader.skip(8);
  }
}

Status parse_vps(const NalUnit& nal, Vps& vps) {
  BitReader reader(nal.rbsp.data(), nal.size, "VPS");
  vps.vps_id = static_cast<int>(reader.bits(4));
  reader.skip(2 + 6);  // base layer flags, vps_max_layers_minus1
  vps.max_sub_layers = reader.bits("vps_max_sub_layers_minus1", 3, 0, kMaxSubLayers - 1) + 1;
  vps.temporal_id_nesting_flag = reader.flag();
  reader.skip(16);
  parse_profile_tier_level(reader, vps.max_sub_layers, vps.ptl);
  parse_sub_layer_ordering(reader, vps.max_sub_layers, vps.ordering);
  const int max_layer_id = static_cast<int>(reader.bits(6));
  const int layer_sets = reader.ue("vps_num_layer_sets_minus1", 0, 1023);
  for (int i = 0; i < layer_sets && reader.ok(); ++i) reader.skip(max_layer_id + 1);
  vps.timing_info_present_flag = reader.flag();
  if (vps.timing_info_present_flag) {
    vps.num_units_in_tick = reader.bits(32);
    vps.time_scale = reader.bits(32);
  }
  return reader.status();
}

Status parse_sps(const NalUnit& nal, Sps& sps) {
  BitReader reader(nal.rbsp.data(), nal.size, "SPS");
  sps.vps_id = static_cast<int>(reader.bits(4));
  sps.max_sub_layers = reader.bits("sps_max_sub_layers_minus1", 3, 0, kMaxSubLayers - 1) + 1;
  sps.temporal_id_nesting_flag = reader.flag();
  parse_profile_tier_level(reader, sps.max_sub_layers, sps.ptl);
  sps.sps_id = reader.ue("sps_seq_parameter_set_id", 0, 15);
  sps.chroma_format_idc = reader.ue("chroma_format_idc", 0, 3);
  INLOOP_RETURN_IF_ERROR(reader.status());
  INLOOP_RETURN_IF_ERROR(check_chroma_format(sps.chroma_format_idc));
  parse_picture_size(reader, sps);
  sps.bit_depth_luma = reader.ue("bit_depth_luma_minus8", 0, 8) + 8;
  sps.bit_depth_chroma = reader.ue("bit_depth_chroma_minus8", 0, 8) + 8;
  INLOOP_RETURN_IF_ERROR(reader.status());
  INLOOP_RETURN_IF_ERROR(check_bit_depth(sps));
  sps.log2_max_poc_lsb = reader.ue("log2_max_pic_order_cnt_lsb_minus4", 0, 12) + 4;
  parse_sub_layer_ordering(reader, sps.max_sub_layers, sps.ordering);
  check_picture_buffer(reader, sps);
  parse_block_sizes(reader, sps);
  sps.scaling_list_enabled_flag = reader.flag();
  if (sps.scaling_list_enabled_flag) {
    default_scaling_list(sps.scaling_list);
    if (reader.flag()) parse_scaling_list(reader, sps.scaling_list);
  }
  sps.amp_enabled_flag = reader.flag();
  sps.sao_enabled_flag = reader.flag();
  sps.pcm_enabled_flag = reader.flag();
  if (sps.pcm_enabled_flag) parse_pcm(reader, sps);
  parse_reference_sets(reader, sps);
  sps.temporal_mvp_enabled_flag = reader.flag();
  sps.strong_intra_smoothing_enabled_flag = reader.flag();
  sps.vui_parameters_present_flag = reader.flag();
  if (sps.vui_parameters_present_flag) parse_vui(reader, sps.max_sub_layers, sps.vui);
  const Status extensions = parse_extensions(reader);
  INLOOP_RETURN_IF_ERROR(reader.status());
  return extensions;
}

}  // namespace inloop::hevc
