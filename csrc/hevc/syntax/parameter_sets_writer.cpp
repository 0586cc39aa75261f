// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "hevc/syntax/parameter_sets_writer.h"

#include <algorithm>
#include <bit>

namespace inloop::hevc {
namespace {

void write_profile_tier_level(BitWriter& w, const ProfileTierLevel& ptl, int max_sub_layers) {
  w.bits(static_cast<uint32_t>(ptl.general_profile_space), 2);
  w.flag(ptl.general_tier_flag);
  w.bits(static_cast<uint32_t>(ptl.general_profile_idc), 5);
  w.bits(ptl.general_profile_compatibility_flags, 32);
  w.flag(ptl.progressive_source_flag);
  w.flag(ptl.interlaced_source_flag);
  w.flag(ptl.non_packed_constraint_flag);
  w.flag(ptl.frame_only_constraint_flag);
  w.bits(0, 32);  // 43 reserved bits and general_inbld_flag
  w.bits(0, 12);
  w.bits(static_cast<uint32_t>(ptl.general_level_idc), 8);
  // The profile and level flags of temporal layers are all 0; reserved bits fill them up to eight pairs.
  if (max_sub_layers > 1) w.bits(0, 16);
}

// Writes the values of the highest temporal layer, which hold for all.
void write_ordering(BitWriter& w, const SubLayerOrdering& ordering, int max_sub_layers) {
  w.flag(max_sub_layers == 1);  // sub_layer_ordering_info_present_flag
  w.ue(static_cast<uint32_t>(ordering.max_dec_pic_buffering - 1));
  w.ue(static_cast<uint32_t>(ordering.max_num_reorder_pics));
  w.ue(static_cast<uint32_t>(ordering.max_latency_increase_plus1));
}

void write_short_term_rps(BitWriter& w, const ShortTermRps& rps, int index) {
  if (index != 0) w.flag(false);  // inter_ref_pic_set_prediction_flag
  w.ue(static_cast<uint32_t>(rps.num_negative_pics));
  w.ue(static_cast<uint32_t>(rps.num_positive_pics));
  int previous = 0;
  for (int i = 0; i < rps.num_negative_pics; ++i) {
    const int delta = rps.delta_poc_s0[static_cast<size_t>(i)];
    w.ue(static_cast<uint32_t>(previous - delta - 1));
    w.flag(rps.used_s0[static_cast<size_t>(i)]);
    previous = delta;
  }
  previous = 0;
  for (int i = 0; i < rps.num_positive_pics; ++i) {
    const int delta = rps.delta_poc_s1[static_cast<size_t>(i)];
    w.ue(static_cast<uint32_t>(delta - previous - 1));
    w.flag(rps.used_s1[static_cast<size_t>(i)]);
    previous = delta;
  }
}

// Writes hrd_parameters() with one schedule; rate and size are rounded up to their units. The delays in SEI
// messages have 24 bits.
void write_hrd(BitWriter& w, const Vui& vui, int max_sub_layers) {
  constexpr int64_t kRateUnit = 1 << 6, kSizeUnit = 1 << 4;
  w.flag(true);   // nal_hrd_parameters_present_flag
  w.flag(false);  // vcl_hrd_parameters_present_flag
  w.flag(false);  // sub_pic_hrd_params_present_flag
  w.bits(0, 8);   // bit_rate_scale, cpb_size_scale
  for (int field = 0; field < 3; ++field) w.bits(24 - 1, 5);
  for (int i = 0; i < max_sub_layers; ++i) {
    w.flag(false);  // fixed_pic_rate_general_flag
    w.flag(false);  // fixed_pic_rate_within_cvs_flag
    w.flag(false);  // low_delay_hrd_flag
    w.ue(0);        // cpb_cnt_minus1
    w.ue(static_cast<uint32_t>((vui.hrd_bit_rate - 1) / kRateUnit));
    w.ue(static_cast<uint32_t>((vui.hrd_cpb_size - 1) / kSizeUnit));
    w.flag(false);  // cbr_flag
  }
}

void write_vui(BitWriter& w, const Vui& vui, int max_sub_layers) {
  w.flag(vui.aspect_ratio_info_present_flag);
  if (vui.aspect_ratio_info_present_flag) {
    w.bits(static_cast<uint32_t>(vui.aspect_ratio_idc), 8);
    if (vui.aspect_ratio_idc == 255) {
      w.bits(static_cast<uint32_t>(vui.sar_width), 16);
      w.bits(static_cast<uint32_t>(vui.sar_height), 16);
    }
  }
  w.flag(false);  // overscan_info_present_flag
  w.flag(vui.video_signal_type_present_flag);
  if (vui.video_signal_type_present_flag) {
    w.bits(static_cast<uint32_t>(vui.video_format), 3);
    w.flag(vui.video_full_range_flag);
    w.flag(vui.colour_description_present_flag);
    if (vui.colour_description_present_flag) {
      w.bits(static_cast<uint32_t>(vui.colour_primaries), 8);
      w.bits(static_cast<uint32_t>(vui.transfer_characteristics), 8);
      w.bits(static_cast<uint32_t>(vui.matrix_coeffs), 8);
    }
  }
  w.flag(vui.chroma_loc_info_present_flag);
  if (vui.chroma_loc_info_present_flag) {
    w.ue(static_cast<uint32_t>(vui.chroma_sample_loc_type));
    w.ue(static_cast<uint32_t>(vui.chroma_sample_loc_type));
  }
  w.bits(0, 2);  // neutral_chroma_indication, field_seq
  w.flag(vui.frame_field_info_present_flag);
  w.flag(false);  // default_display_window_flag
  w.flag(vui.timing_info_present_flag);
  if (vui.timing_info_present_flag) {
    w.bits(vui.num_units_in_tick, 32);
    w.bits(vui.time_scale, 32);
    w.flag(false);  // vui_poc_proportional_to_timing_flag
    w.flag(vui.hrd_bit_rate > 0);
    if (vui.hrd_bit_rate > 0) write_hrd(w, vui, max_sub_layers);
  }
  w.flag(false);  // bitstream_restriction_flag
}

// Writes ref_pic_lists_modification() for a picture without long-term references.
void write_list_modification(BitWriter& w, const SliceHeader& slice, const Pps& pps) {
  const ShortTermRps& rps = slice.short_term_rps;
  const auto pictures = static_cast<uint32_t>(std::count(rps.used_s0.begin(), rps.used_s0.end(), true) +
                                              std::count(rps.used_s1.begin(), rps.used_s1.end(), true));
  if (!pps.lists_modification_present_flag || pictures < 2) return;
  for (int list = 0; list < (slice.is_b() ? 2 : 1); ++list) {
    w.flag(slice.ref_pic_list_modification_flag[list]);
    if (!slice.ref_pic_list_modification_flag[list]) continue;
    for (int i = 0; i < slice.num_ref_idx_active[list]; ++i) {
      w.bits(static_cast<uint32_t>(slice.list_entry[list][i]),
             static_cast<int>(std::bit_width(pictures - 1)));
    }
  }
}

void write_slice_references(BitWriter& w, const SliceHeader& slice, const Pps& pps) {
  const int lists = slice.is_b() ? 2 : 1;
  bool override_count = false;
  for (int list = 0; list < lists; ++list) {
    override_count |= slice.num_ref_idx_active[list] != pps.num_ref_idx_default_active[list];
  }
  w.flag(override_count);
  for (int list = 0; override_count && list < lists; ++list) {
    w.ue(static_cast<uint32_t>(slice.num_ref_idx_active[list] - 1));
  }
  write_list_modification(w, slice, pps);
  if (slice.is_b()) w.flag(slice.mvd_l1_zero_flag);
  if (pps.cabac_init_present_flag) w.flag(slice.cabac_init_flag);
  if (slice.temporal_mvp_enabled_flag) {
    if (slice.is_b()) w.flag(slice.collocated_from_l0_flag);
    if (slice.num_ref_idx_active[slice.collocated_from_l0_flag ? 0 : 1] > 1) {
      w.ue(static_cast<uint32_t>(slice.collocated_ref_idx));
    }
  }
  w.ue(static_cast<uint32_t>(5 - slice.max_num_merge_cand));
}

// Writes the sizes of the substreams except that of the last one.
void write_entry_points(BitWriter& w, const SliceHeader& slice) {
  const std::vector<uint32_t>& offsets = slice.entry_point_offsets;
  w.ue(static_cast<uint32_t>(offsets.size()));
  if (offsets.empty()) return;
  const uint32_t largest = *std::max_element(offsets.begin(), offsets.end()) - 1;
  const int length = std::max(1, static_cast<int>(std::bit_width(largest)));
  w.ue(static_cast<uint32_t>(length - 1));
  for (uint32_t offset : offsets) w.bits(offset - 1, length);
}

}  // namespace

std::vector<uint8_t> write_vps(const Vps& vps) {
  BitWriter w;
  w.bits(static_cast<uint32_t>(vps.vps_id), 4);
  w.bits(3, 2);  // vps_base_layer_internal_flag, vps_base_layer_available_flag
  w.bits(0, 6);  // vps_max_layers_minus1
  w.bits(static_cast<uint32_t>(vps.max_sub_layers - 1), 3);
  w.flag(vps.temporal_id_nesting_flag);
  w.bits(0xffff, 16);
  write_profile_tier_level(w, vps.ptl, vps.max_sub_layers);
  write_ordering(w, vps.ordering[0], vps.max_sub_layers);
  w.bits(0, 6);  // vps_max_layer_id
  w.ue(0);       // vps_num_layer_sets_minus1
  w.flag(vps.timing_info_present_flag);
  if (vps.timing_info_present_flag) {
    w.bits(vps.num_units_in_tick, 32);
    w.bits(vps.time_scale, 32);
    w.flag(false);  // vps_poc_proportional_to_timing_flag
    w.ue(0);        // vps_num_hrd_parameters
  }
  w.flag(false);  // vps_extension_flag
  w.trailing_bits();
  return w.bytes();
}

std::vector<uint8_t> write_sps(const Sps& sps) {
  BitWriter w;
  w.bits(static_cast<uint32_t>(sps.vps_id), 4);
  w.bits(static_cast<uint32_t>(sps.max_sub_layers - 1), 3);
  w.flag(sps.temporal_id_nesting_flag);
  write_profile_tier_level(w, sps.ptl, sps.max_sub_layers);
  w.ue(static_cast<uint32_t>(sps.sps_id));
  w.ue(static_cast<uint32_t>(sps.chroma_format_idc));
  w.ue(static_cast<uint32_t>(sps.pic_width));
  w.ue(static_cast<uint32_t>(sps.pic_height));
  const bool cropped = sps.crop_left || sps.crop_right || sps.crop_top || sps.crop_bottom;
  w.flag(cropped);
  if (cropped) {  // offsets in chroma samples
    w.ue(static_cast<uint32_t>(sps.crop_left / 2));
    w.ue(static_cast<uint32_t>(sps.crop_right / 2));
    w.ue(static_cast<uint32_t>(sps.crop_top / 2));
    w.ue(static_cast<uint32_t>(sps.crop_bottom / 2));
  }
  w.ue(static_cast<uint32_t>(sps.bit_depth_luma - 8));
  w.ue(static_cast<uint32_t>(sps.bit_depth_chroma - 8));
  w.ue(static_cast<uint32_t>(sps.log2_max_poc_lsb - 4));
  write_ordering(w, sps.ordering[0], sps.max_sub_layers);
  w.ue(static_cast<uint32_t>(sps.log2_min_cb_size - 3));
  w.ue(static_cast<uint32_t>(sps.log2_ctb_size - sps.log2_min_cb_size));
  w.ue(static_cast<uint32_t>(sps.log2_min_tb_size - 2));
  w.ue(static_cast<uint32_t>(sps.log2_max_tb_size - sps.log2_min_tb_size));
  w.ue(static_cast<uint32_t>(sps.max_transform_hierarchy_depth_inter));
  w.ue(static_cast<uint32_t>(sps.max_transform_hierarchy_depth_intra));
  w.flag(false);  // scaling_list_enabled_flag
  w.flag(sps.amp_enabled_flag);
  w.flag(sps.sao_enabled_flag);
  w.flag(false);  // pcm_enabled_flag
  w.ue(static_cast<uint32_t>(sps.short_term_rps.size()));
  for (size_t i = 0; i < sps.short_term_rps.size(); ++i) {
    write_short_term_rps(w, sps.short_term_rps[i], static_cast<int>(i));
  }
  w.flag(false);  // long_term_ref_pics_present_flag
  w.flag(sps.temporal_mvp_enabled_flag);
  w.flag(sps.strong_intra_smoothing_enabled_flag);
  w.flag(sps.vui_parameters_present_flag);
  if (sps.vui_parameters_present_flag) write_vui(w, sps.vui, sps.max_sub_layers);
  w.flag(false);  // sps_extension_present_flag
  w.trailing_bits();
  return w.bytes();
}

std::vector<uint8_t> write_pps(const Pps& pps) {
  BitWriter w;
  w.ue(static_cast<uint32_t>(pps.pps_id));
  w.ue(static_cast<uint32_t>(pps.sps_id));
  w.flag(false);  // dependent_slice_segments_enabled_flag
  w.flag(false);  // output_flag_present_flag
  w.bits(0, 3);   // num_extra_slice_header_bits
  w.flag(pps.sign_data_hiding_enabled_flag);
  w.flag(pps.cabac_init_present_flag);
  w.ue(static_cast<uint32_t>(pps.num_ref_idx_default_active[0] - 1));
  w.ue(static_cast<uint32_t>(pps.num_ref_idx_default_active[1] - 1));
  w.se(pps.init_qp - 26);
  w.flag(false);  // constrained_intra_pred_flag
  w.flag(pps.transform_skip_enabled_flag);
  w.flag(pps.cu_qp_delta_enabled_flag);
  if (pps.cu_qp_delta_enabled_flag) w.ue(static_cast<uint32_t>(pps.diff_cu_qp_delta_depth));
  w.se(pps.cb_qp_offset);
  w.se(pps.cr_qp_offset);
  w.flag(false);  // pps_slice_chroma_qp_offsets_present_flag
  w.flag(false);  // weighted_pred_flag
  w.flag(false);  // weighted_bipred_flag
  w.flag(false);  // transquant_bypass_enabled_flag
  w.flag(false);  // tiles_enabled_flag
  w.flag(pps.entropy_coding_sync_enabled_flag);
  w.flag(pps.loop_filter_across_slices_enabled_flag);
  w.flag(pps.deblocking_filter_control_present_flag);
  if (pps.deblocking_filter_control_present_flag) {
    w.flag(false);  // deblocking_filter_override_enabled_flag
    w.flag(pps.deblocking_filter_disabled_flag);
    if (!pps.deblocking_filter_disabled_flag) {
      w.se(pps.beta_offset_div2);
      w.se(pps.tc_offset_div2);
    }
  }
  w.flag(false);  // pps_scaling_list_data_present_flag
  w.flag(pps.lists_modification_present_flag);
  w.ue(static_cast<uint32_t>(pps.log2_parallel_merge_level - 2));
  w.flag(false);  // slice_segment_header_extension_present_flag
  w.flag(false);  // pps_extension_present_flag
  w.trailing_bits();
  return w.bytes();
}

void write_slice_header(BitWriter& w, const SliceHeader& slice, const Sps& sps, const Pps& pps) {
  w.flag(true);  // first_slice_segment_in_pic_flag
  if (is_irap(slice.nal_type)) w.flag(slice.no_output_of_prior_pics_flag);
  w.ue(static_cast<uint32_t>(slice.pps_id));
  w.ue(static_cast<uint32_t>(slice.slice_type));
  if (!is_idr(slice.nal_type)) {
    w.bits(static_cast<uint32_t>(slice.poc_lsb), sps.log2_max_poc_lsb);
    const auto sets = static_cast<uint32_t>(sps.short_term_rps.size());
    w.flag(slice.short_term_rps_sps_idx >= 0);
    if (slice.short_term_rps_sps_idx < 0) {
      write_short_term_rps(w, slice.short_term_rps, static_cast<int>(sets));
    } else if (sets > 1) {
      w.bits(static_cast<uint32_t>(slice.short_term_rps_sps_idx), static_cast<int>(std::bit_width(sets - 1)));
    }
    if (sps.temporal_mvp_enabled_flag) w.flag(slice.temporal_mvp_enabled_flag);
  }
  if (sps.sao_enabled_flag) {
    w.flag(slice.sao_luma_flag);
    w.flag(slice.sao_chroma_flag);
  }
  if (!slice.is_intra()) write_slice_references(w, slice, pps);
  w.se(slice.slice_qp - pps.init_qp);
  const bool in_loop = slice.sao_luma_flag || slice.sao_chroma_flag || !slice.deblocking_filter_disabled_flag;
  if (pps.loop_filter_across_slices_enabled_flag && in_loop)
    w.flag(slice.loop_filter_across_slices_enabled_flag);
  if (pps.entropy_coding_sync_enabled_flag) write_entry_points(w, slice);
  w.trailing_bits();
}

}  // namespace inloop::hevc
