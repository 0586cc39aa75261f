// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include "hevc/syntax/types.h"

// The syntax structures of clause 7.3 of Rec. ITU-T H.265 (v1) as plain data, with the names of the standard.
// They are parsed in parameter_sets_parser.h and written in parameter_sets_writer.h.
namespace inloop::hevc {

constexpr int kMaxSubLayers = 7;

struct ProfileTierLevel {
  int general_profile_space = 0;
  bool general_tier_flag = false;
  int general_profile_idc = 1;
  uint32_t general_profile_compatibility_flags = 0;  // bit 31 is flag[0]
  bool progressive_source_flag = true;
  bool interlaced_source_flag = false;
  bool non_packed_constraint_flag = false;
  bool frame_only_constraint_flag = true;
  int general_level_idc = 93;
};

struct SubLayerOrdering {
  int max_dec_pic_buffering = 1;  // one more than the syntax element
  int max_num_reorder_pics = 0;
  int max_latency_increase_plus1 = 0;
};

struct Vps {
  int vps_id = 0;
  int max_sub_layers = 1;
  bool temporal_id_nesting_flag = true;
  ProfileTierLevel ptl;
  std::array<SubLayerOrdering, kMaxSubLayers> ordering;
  bool timing_info_present_flag = false;
  uint32_t num_units_in_tick = 0;
  uint32_t time_scale = 0;
};

// Scaling factors in raster order ([y][x]) for 4x4, 8x8, 16x16 and 32x32 blocks. The first index is matrixId
// as in Table 7-4 (0 and 1 for 32x32).
struct ScalingList {
  std::array<std::array<uint8_t, 16>, 6> size4;
  std::array<std::array<uint8_t, 64>, 6> size8;
  std::array<std::array<uint8_t, 256>, 6> size16;
  std::array<std::array<uint8_t, 1024>, 2> size32;

  // Returns the factors m[x][y] of a block in raster order, n x n with n = 1 << log2_size; matrix_id is 3 *
  // inter + c_idx.
  const uint8_t* factors(int log2_size, int matrix_id) const {
    const auto index = static_cast<size_t>(matrix_id);
    switch (log2_size) {
      case 2:
        return size4[index].data();
      case 3:
        return size8[index].data();
      case 4:
        return size16[index].data();
      default:
        return size32[matrix_id >= 3 ? 1 : 0].data();
    }
  }
};

struct ShortTermRps {
  int num_negative_pics = 0;
  int num_positive_pics = 0;
  // Delta POCs and used_by_curr_pic flags: s0 are the negative (earlier) pictures, s1 the positive ones, each
  // with the closest picture first.
  std::array<int, kMaxDpbSize> delta_poc_s0{};
  std::array<int, kMaxDpbSize> delta_poc_s1{};
  std::array<bool, kMaxDpbSize> used_s0{};
  std::array<bool, kMaxDpbSize> used_s1{};

  bool operator==(const ShortTermRps&) const = default;
};

struct Vui {
  bool aspect_ratio_info_present_flag = false;
  int aspect_ratio_idc = 0;
  int sar_width = 0;
  int sar_height = 0;
  bool video_signal_type_present_flag = false;
  int video_format = 5;
  bool video_full_range_flag = false;
  bool colour_description_present_flag = false;
  int colour_primaries = 2;
  int transfer_characteristics = 2;
  int matrix_coeffs = 2;
  bool chroma_loc_info_present_flag = false;
  int chroma_sample_loc_type = 0;              // of the top field, which is that of frames
  bool field_seq_flag = false;                 // pictures are fields
  bool frame_field_info_present_flag = false;  // messages of picture timing say which field comes first
  bool timing_info_present_flag = false;
  uint32_t num_units_in_tick = 0;
  uint32_t time_scale = 0;
  // Parameters of the hypothetical reference decoder (E.2.2), with one schedule of variable rate for NAL
  // units. They are written where the rate is not 0, and never parsed.
  int64_t hrd_bit_rate = 0;  // bits per second
  int64_t hrd_cpb_size = 0;  // bits
};

struct Sps {
  int vps_id = 0;
  int max_sub_layers = 1;
  bool temporal_id_nesting_flag = true;
  ProfileTierLevel ptl;
  int sps_id = 0;
  int chroma_format_idc = 1;
  int pic_width = 0;  // coded luma samples, a multiple of the smallest CU
  int pic_height = 0;
  // The conformance window, in luma samples.
  int crop_left = 0, crop_right = 0, crop_top = 0, crop_bottom = 0;
  int bit_depth_luma = 8;
  int bit_depth_chroma = 8;
  int log2_max_poc_lsb = 8;
  std::array<SubLayerOrdering, kMaxSubLayers> ordering;
  int log2_min_cb_size = 3;
  int log2_ctb_size = 6;
  int log2_min_tb_size = 2;
  int log2_max_tb_size = 5;
  int max_transform_hierarchy_depth_inter = 0;
  int max_transform_hierarchy_depth_intra = 0;
  bool scaling_list_enabled_flag = false;
  ScalingList scaling_list;  // coded or default values, if enabled
  bool amp_enabled_flag = false;
  bool sao_enabled_flag = false;
  bool pcm_enabled_flag = false;
  int pcm_bit_depth_luma = 8;
  int pcm_bit_depth_chroma = 8;
  int log2_min_pcm_cb_size = 3;
  int log2_max_pcm_cb_size = 5;
  bool pcm_loop_filter_disabled_flag = false;
  std::vector<ShortTermRps> short_term_rps;
  bool long_term_ref_pics_present_flag = false;
  std::vector<int> lt_ref_pic_poc_lsb_sps;
  std::vector<bool> used_by_curr_pic_lt_sps;
  bool temporal_mvp_enabled_flag = false;
  bool strong_intra_smoothing_enabled_flag = false;
  bool vui_parameters_present_flag = false;
  Vui vui;

  int bit_depth(int c_idx) const { return c_idx ? bit_depth_chroma : bit_depth_luma; }
  int ctb_size() const { return 1 << log2_ctb_size; }
  int pic_width_in_ctbs() const { return (pic_width + ctb_size() - 1) >> log2_ctb_size; }
  int pic_height_in_ctbs() const { return (pic_height + ctb_size() - 1) >> log2_ctb_size; }
  int pic_size_in_ctbs() const { return pic_width_in_ctbs() * pic_height_in_ctbs(); }
};

struct Pps {
  int pps_id = 0;
  int sps_id = 0;
  bool dependent_slice_segments_enabled_flag = false;
  bool output_flag_present_flag = false;
  int num_extra_slice_header_bits = 0;
  bool sign_data_hiding_enabled_flag = false;
  bool cabac_init_present_flag = false;
  int num_ref_idx_default_active[2] = {1, 1};
  int init_qp = 26;  // 26 + init_qp_minus26
  bool constrained_intra_pred_flag = false;
  bool transform_skip_enabled_flag = false;
  bool cu_qp_delta_enabled_flag = false;
  int diff_cu_qp_delta_depth = 0;
  int cb_qp_offset = 0;
  int cr_qp_offset = 0;
  bool slice_chroma_qp_offsets_present_flag = false;
  bool weighted_pred_flag = false;
  bool weighted_bipred_flag = false;
  bool transquant_bypass_enabled_flag = false;
  bool tiles_enabled_flag = false;
  bool entropy_coding_sync_enabled_flag = false;
  std::vector<int> column_widths;  // in CTBs; one entry without tiles
  std::vector<int> row_heights;
  bool loop_filter_across_tiles_enabled_flag = true;
  bool loop_filter_across_slices_enabled_flag = false;
  bool deblocking_filter_control_present_flag = false;
  bool deblocking_filter_override_enabled_flag = false;
  bool deblocking_filter_disabled_flag = false;
  int beta_offset_div2 = 0;
  int tc_offset_div2 = 0;
  bool scaling_list_data_present_flag = false;
  ScalingList scaling_list;
  bool lists_modification_present_flag = false;
  int log2_parallel_merge_level = 2;
  bool slice_segment_header_extension_present_flag = false;

  // The parser refuses SCC and range extensions, so there are no further offsets.
  int qp_offset(int c_idx) const { return c_idx == 1 ? cb_qp_offset : cr_qp_offset; }
};

// Explicit weights of one reference (8.5.3.3.4.3), as w and o at the bit depth of the samples.
struct PredWeight {
  int weight[3] = {1, 1, 1};
  int offset[3] = {0, 0, 0};
};

struct SliceHeader {
  NalType nal_type = NalType::trail_r;
  int temporal_id = 0;
  bool first_slice_segment_in_pic_flag = true;
  bool no_output_of_prior_pics_flag = false;
  int pps_id = 0;
  bool dependent_slice_segment_flag = false;
  int slice_segment_address = 0;  // raster address of the first CTB of this segment
  int slice_address = 0;          // SliceAddrRs, the address of the independent segment that it belongs to
  SliceType slice_type = SliceType::i;
  bool pic_output_flag = true;
  int poc_lsb = 0;
  int poc = 0;                  // PicOrderCntVal, which is derived
  ShortTermRps short_term_rps;  // set of this picture, coded here or copied from the SPS
  int short_term_rps_sps_idx = -1;
  int short_term_rps_bits = 0;
  struct LongTermRef {
    int poc_lsb = 0;  // the full POC where msb_present
    bool msb_present = false;
    int delta_poc_msb_cycle = 0;  // DeltaPocMsbCycleLt
    bool used = false;
  };
  std::vector<LongTermRef> long_term_refs;
  bool temporal_mvp_enabled_flag = false;
  bool sao_luma_flag = false;
  bool sao_chroma_flag = false;
  int num_ref_idx_active[2] = {0, 0};
  bool ref_pic_list_modification_flag[2] = {false, false};
  int list_entry[2][kMaxRefs] = {};
  bool mvd_l1_zero_flag = false;
  bool cabac_init_flag = false;
  bool collocated_from_l0_flag = true;
  int collocated_ref_idx = 0;
  bool explicit_weights = false;  // whether pred_weight_table() is present
  int luma_log2_weight_denom = 0;
  int chroma_log2_weight_denom = 0;
  PredWeight weights[2][kMaxRefs];
  int max_num_merge_cand = 5;
  int slice_qp = 26;
  int cb_qp_offset = 0;
  int cr_qp_offset = 0;
  bool deblocking_filter_disabled_flag = false;
  int beta_offset_div2 = 0;
  int tc_offset_div2 = 0;
  bool loop_filter_across_slices_enabled_flag = false;
  // Bytes of each substream except the last, emulation prevention bytes included.
  std::vector<uint32_t> entry_point_offsets;

  bool is_intra() const { return slice_type == SliceType::i; }
  bool is_b() const { return slice_type == SliceType::b; }
};

// The parameter sets of a picture, shared by the picture, its slices and the pictures that refer to it.
struct ActiveParameters {
  std::shared_ptr<const Sps> sps;
  std::shared_ptr<const Pps> pps;
};

inline bool is_irap(NalType type) { return type >= NalType::bla_w_lp && static_cast<int>(type) <= 23; }
inline bool is_idr(NalType type) { return type == NalType::idr_w_radl || type == NalType::idr_n_lp; }
inline bool is_bla(NalType type) { return type >= NalType::bla_w_lp && type <= NalType::bla_n_lp; }
inline bool is_radl(NalType type) { return type == NalType::radl_n || type == NalType::radl_r; }
inline bool is_rasl(NalType type) { return type == NalType::rasl_n || type == NalType::rasl_r; }
// Slices of the types that have a meaning; the others below 32 are reserved.
inline bool is_slice(NalType type) {
  return type <= NalType::rasl_r || (type >= NalType::bla_w_lp && type <= NalType::cra);
}
inline bool is_vcl(NalType type) { return static_cast<int>(type) < 32; }
inline bool is_sublayer_non_reference(NalType type) {
  return static_cast<int>(type) < 16 && static_cast<int>(type) % 2 == 0;
}

}  // namespace inloop::hevc
