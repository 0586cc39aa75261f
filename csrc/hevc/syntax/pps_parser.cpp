// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include <string>

#include "hevc/syntax/parameter_sets_parser.h"

namespace inloop::hevc {
namespace {

constexpr int kMaxTileColumns = 20;  // Table A.8
constexpr int kMaxTileRows = 22;
constexpr int kMaxCtbsAcross = 1056;  // 16888 luma samples in CTBs of 16

void parse_tiles(BitReader& reader, PpsSyntax& syntax) {
  syntax.num_tile_columns = reader.ue("num_tile_columns_minus1", 0, kMaxTileColumns - 1) + 1;
  syntax.num_tile_rows = reader.ue("num_tile_rows_minus1", 0, kMaxTileRows - 1) + 1;
  syntax.uniform_spacing_flag = reader.flag();
  if (!syntax.uniform_spacing_flag) {
    for (int i = 0; i < syntax.num_tile_columns - 1; ++i) {
      syntax.column_widths.push_back(reader.ue("column_width_minus1", 0, kMaxCtbsAcross) + 1);
    }
    for (int i = 0; i < syntax.num_tile_rows - 1; ++i) {
      syntax.row_heights.push_back(reader.ue("row_height_minus1", 0, kMaxCtbsAcross) + 1);
    }
  }
  syntax.pps.loop_filter_across_tiles_enabled_flag = reader.flag();
}

void parse_deblocking_control(BitReader& reader, Pps& pps) {
  pps.deblocking_filter_override_enabled_flag = reader.flag();
  pps.deblocking_filter_disabled_flag = reader.flag();
  if (pps.deblocking_filter_disabled_flag) return;
  pps.beta_offset_div2 = reader.se("pps_beta_offset_div2", -6, 6);
  pps.tc_offset_div2 = reader.se("pps_tc_offset_div2", -6, 6);
}

// Parses pps_range_extension() (7.3.2.3.2), which is accepted if it enables none of its tools.
Status parse_range_extension(BitReader& reader, const Pps& pps) {
  std::string used;
  const auto note = [&used](bool on, const char* tool) {
    if (on) used += (used.empty() ? "" : ", ") + std::string(tool);
  };
  if (pps.transform_skip_enabled_flag) note(reader.ue() > 0, "transform skip above 4x4");
  note(reader.flag(), "cross_component_prediction");
  if (reader.flag()) {  // chroma_qp_offset_list_enabled_flag
    note(true, "chroma_qp_offset_list");
    reader.ue();
    const int entries = reader.ue("chroma_qp_offset_list_len_minus1", 0, 5) + 1;
    for (int i = 0; i < 2 * entries; ++i) reader.se();
  }
  const bool sao_scaled_luma = reader.ue() > 0;
  const bool sao_scaled_chroma = reader.ue() > 0;
  note(sao_scaled_luma || sao_scaled_chroma, "log2_sao_offset_scale");
  if (used.empty() || !reader.ok()) return {};
  return Status::unsupported("range extensions (" + used + ")");
}

Status parse_extensions(BitReader& reader, const Pps& pps) {
  if (!reader.flag()) return {};
  const bool range = reader.flag();
  reader.skip(2);  // multilayer and 3D extensions do not change the base layer
  const bool scc = reader.flag();
  reader.skip(4);
  if (range) INLOOP_RETURN_IF_ERROR(parse_range_extension(reader, pps));
  if (scc) return Status::unsupported("screen content coding extensions");
  return {};
}

// Returns the sizes of `count` tile columns or rows over `ctbs` CTBs (6.5.1).
bool tile_sizes(int count, bool uniform, const std::vector<int>& coded, int ctbs, std::vector<int>& sizes) {
  sizes.clear();
  if (count > ctbs) return false;
  if (uniform) {
    for (int i = 0; i < count; ++i) sizes.push_back((i + 1) * ctbs / count - i * ctbs / count);
    return true;
  }
  int left = ctbs;
  for (int size : coded) {
    sizes.push_back(size);
    left -= size;
    if (left < 1) return false;
  }
  sizes.push_back(left);
  return true;
}

}  // namespace

Status parse_pps(const NalUnit& nal, PpsSyntax& syntax) {
  BitReader reader(nal.rbsp.data(), nal.size, "PPS");
  Pps& pps = syntax.pps;
  pps.pps_id = reader.ue("pps_pic_parameter_set_id", 0, 63);
  pps.sps_id = reader.ue("pps_seq_parameter_set_id", 0, 15);
  pps.dependent_slice_segments_enabled_flag = reader.flag();
  pps.output_flag_present_flag = reader.flag();
  pps.num_extra_slice_header_bits = static_cast<int>(reader.bits(3));
  pps.sign_data_hiding_enabled_flag = reader.flag();
  pps.cabac_init_present_flag = reader.flag();
  for (int& count : pps.num_ref_idx_default_active) {
    count = reader.ue("num_ref_idx_default_active_minus1", 0, 14) + 1;
  }
  pps.init_qp = reader.se("init_qp_minus26", -26 - 12, 25) + 26;  // the lower bound is that of 10 bits
  pps.constrained_intra_pred_flag = reader.flag();
  pps.transform_skip_enabled_flag = reader.flag();
  pps.cu_qp_delta_enabled_flag = reader.flag();
  if (pps.cu_qp_delta_enabled_flag) {
    pps.diff_cu_qp_delta_depth = reader.ue("diff_cu_qp_delta_depth", 0, 3);
  }
  pps.cb_qp_offset = reader.se("pps_cb_qp_offset", -12, 12);
  pps.cr_qp_offset = reader.se("pps_cr_qp_offset", -12, 12);
  pps.slice_chroma_qp_offsets_present_flag = reader.flag();
  pps.weighted_pred_flag = reader.flag();
  pps.weighted_bipred_flag = reader.flag();
  pps.transquant_bypass_enabled_flag = reader.flag();
  pps.tiles_enabled_flag = reader.flag();
  pps.entropy_coding_sync_enabled_flag = reader.flag();
  if (pps.tiles_enabled_flag) parse_tiles(reader, syntax);
  pps.loop_filter_across_slices_enabled_flag = reader.flag();
  pps.deblocking_filter_control_present_flag = reader.flag();
  if (pps.deblocking_filter_control_present_flag) parse_deblocking_control(reader, pps);
  pps.scaling_list_data_present_flag = reader.flag();
  if (pps.scaling_list_data_present_flag) parse_scaling_list(reader, pps.scaling_list);
  pps.lists_modification_present_flag = reader.flag();
  pps.log2_parallel_merge_level = reader.ue("log2_parallel_merge_level_minus2", 0, 4) + 2;
  pps.slice_segment_header_extension_present_flag = reader.flag();
  const Status extensions = parse_extensions(reader, pps);
  INLOOP_RETURN_IF_ERROR(reader.status());
  return extensions;
}

Status activate_pps(const PpsSyntax& syntax, const Sps& sps, Pps& pps) {
  pps = syntax.pps;
  if (pps.init_qp < -6 * (sps.bit_depth_luma - 8)) {
    return Status::bitstream("PPS: init_qp_minus26 out of range for the bit depth");
  }
  if (pps.diff_cu_qp_delta_depth > sps.log2_ctb_size - sps.log2_min_cb_size) {
    return Status::bitstream("PPS: diff_cu_qp_delta_depth exceeds the coding quadtree");
  }
  if (pps.log2_parallel_merge_level > sps.log2_ctb_size) {
    return Status::bitstream("PPS: log2_parallel_merge_level exceeds the CTB");
  }
  const bool uniform = syntax.uniform_spacing_flag;
  if (!tile_sizes(syntax.num_tile_columns, uniform, syntax.column_widths, sps.pic_width_in_ctbs(),
                  pps.column_widths) ||
      !tile_sizes(syntax.num_tile_rows, uniform, syntax.row_heights, sps.pic_height_in_ctbs(),
                  pps.row_heights)) {
    return Status::bitstream("PPS: tiles do not fit the picture");
  }
  return {};
}

}  // namespace inloop::hevc
