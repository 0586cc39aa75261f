// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "hevc/encoder/sequence_setup.h"

#include <algorithm>
#include <bit>
#include <string>

namespace inloop::hevc {
namespace {

constexpr int kMinCbSize = 8;
constexpr size_t kMaxShortTermRps = 64;

// One row of tables A.8 and A.9 for the Main tier: general_level_idc, MaxLumaPs, MaxLumaSr, MaxBR, MaxCPB.
struct Level {
  int idc;
  int64_t max_luma_ps, max_luma_sr;
  int64_t max_bit_rate, max_cpb_size;  // in units of 1100 bits (per second), which hold for NAL units
};
constexpr int64_t kRateUnit = 1100;
constexpr Level kLevels[] = {
    {30, 36864, 552960, 128, 350},
    {60, 122880, 3686400, 1500, 1500},
    {63, 245760, 7372800, 3000, 3000},
    {90, 552960, 16588800, 6000, 6000},
    {93, 983040, 33177600, 10000, 10000},
    {120, 2228224, 66846720, 12000, 12000},
    {123, 2228224, 133693440, 20000, 20000},
    {150, 8912896, 267386880, 25000, 25000},
    {153, 8912896, 534773760, 40000, 40000},
    {156, 8912896, 1069547520, 60000, 60000},
    {180, 35651584, 1069547520, 60000, 60000},
    {183, 35651584, 2139095040, 120000, 120000},
    {186, 35651584, 4278190080, 240000, 240000},
};

// Returns MaxDpbSize (A.4.2).
int max_dpb_size(const Level& level, int64_t luma_ps) {
  if (luma_ps <= level.max_luma_ps / 4) return 16;
  if (luma_ps <= level.max_luma_ps / 2) return 12;
  if (luma_ps <= level.max_luma_ps * 3 / 4) return 8;
  return 6;
}

// Returns the lowest level that holds the picture size, the rate, the DPB and the coded picture buffer, or 0
// where none does.
int find_level(const SequenceConfig& config, int64_t width, int64_t height) {
  const int64_t luma_ps = width * height;
  for (const Level& level : kLevels) {
    if (luma_ps > level.max_luma_ps || width * width > 8 * level.max_luma_ps ||
        height * height > 8 * level.max_luma_ps) {
      continue;
    }
    if (luma_ps * config.fps_num > level.max_luma_sr * config.fps_den) continue;
    if (config.max_dec_pic_buffering > max_dpb_size(level, luma_ps)) continue;
    if (std::max(config.hrd_bit_rate, config.average_bit_rate) > level.max_bit_rate * kRateUnit) continue;
    if (config.hrd_cpb_size > level.max_cpb_size * kRateUnit) continue;
    return level.idc;
  }
  return 0;
}

Status check_references(const SequenceConfig& config) {
  for (int count : config.default_active_refs) {
    if (count < 1 || count > kMaxRefs - 1) return Status::config("lists hold 1 to 15 reference pictures");
  }
  if (config.short_term_rps.size() > kMaxShortTermRps) {
    return Status::config("at most 64 reference picture sets are possible");
  }
  for (const ShortTermRps& rps : config.short_term_rps) {
    if (rps.num_negative_pics + rps.num_positive_pics >= config.max_dec_pic_buffering) {
      return Status::config("a reference picture set is larger than the picture buffer");
    }
  }
  return {};
}

Status check(const SequenceConfig& config) {
  if (config.width < 16 || config.height < 16 || config.width % 2 || config.height % 2) {
    return Status::config("picture size " + std::to_string(config.width) + "x" +
                          std::to_string(config.height) + ": both sides must be even and at least 16");
  }
  if (config.bit_depth != 8 && config.bit_depth != 10) {
    return Status::config("bit depth " + std::to_string(config.bit_depth) + ": 8 and 10 are possible");
  }
  if (config.quantization_group != 0 && config.quantization_group != 16 && config.quantization_group != 32 &&
      config.quantization_group != 64) {
    return Status::config("quantisation groups have 16, 32 or 64 samples a side, or 0 for one QP a picture");
  }
  for (int offset : config.chroma_qp_offset) {
    if (offset < -12 || offset > 12) return Status::config("chroma QP offsets are -12 to 12");
  }
  for (int offset : {config.beta_offset, config.tc_offset}) {
    if (offset < -6 || offset > 6) return Status::config("deblocking offsets are -6 to 6");
  }
  if (config.fps_num <= 0 || config.fps_den <= 0) return Status::config("the frame rate must be positive");
  if (config.max_dec_pic_buffering < 1 || config.max_dec_pic_buffering > kMaxDpbSize ||
      config.max_num_reorder_pics < 0 || config.max_num_reorder_pics >= config.max_dec_pic_buffering) {
    return Status::config("the decoded picture buffer holds 1 to 16 pictures, more than are reordered");
  }
  if (config.max_latency_pictures != 0 && config.max_latency_pictures < config.max_num_reorder_pics) {
    return Status::config("pictures wait at least as long as they are reordered");
  }
  if (config.feedback_delay < 1 || config.feedback_delay > 64)
    return Status::config("1 to 64 pictures can be in work");
  if (config.max_sub_layers < 1 || config.max_sub_layers > kMaxSubLayers) {
    return Status::config("1 to 7 temporal sub-layers are possible");
  }
  if (config.log2_max_poc_lsb < 4 || config.log2_max_poc_lsb > 16) {
    return Status::config("log2_max_poc_lsb must be 4 to 16");
  }
  if (config.init_qp < -6 * (config.bit_depth - 8) || config.init_qp > 51) {
    return Status::config("the initial QP is out of range");
  }
  if (config.hrd_bit_rate < 0 || config.hrd_cpb_size < 0 ||
      (config.hrd_bit_rate == 0) != (config.hrd_cpb_size == 0)) {
    return Status::config("a coded picture buffer has a rate and a size, both positive");
  }
  return check_references(config);
}

ProfileTierLevel make_profile(int bit_depth, int level_idc) {
  constexpr uint32_t kMain = 1u << 30, kMain10 = 1u << 29;
  ProfileTierLevel ptl;
  ptl.general_profile_idc = bit_depth == 8 ? 1 : 2;
  ptl.general_profile_compatibility_flags = bit_depth == 8 ? kMain | kMain10 : kMain10;
  ptl.general_level_idc = level_idc;
  return ptl;
}

}  // namespace

Status make_parameter_sets(const SequenceConfig& config, ParameterSets& out) {
  INLOOP_RETURN_IF_ERROR(check(config));
  Sps sps{};
  sps.pic_width = (config.width + kMinCbSize - 1) / kMinCbSize * kMinCbSize;
  sps.pic_height = (config.height + kMinCbSize - 1) / kMinCbSize * kMinCbSize;
  const int level = find_level(config, sps.pic_width, sps.pic_height);
  if (level == 0) {
    return Status::config(
        "no HEVC level holds " + std::to_string(config.width) + "x" + std::to_string(config.height) +
        " at this frame rate, bitrate, number of reference pictures and size of the coded picture buffer");
  }
  sps.ptl = make_profile(config.bit_depth, level);
  sps.ptl.interlaced_source_flag = config.signal.field_order != FieldOrder::progressive;
  sps.ptl.progressive_source_flag = !sps.ptl.interlaced_source_flag;
  sps.crop_right = sps.pic_width - config.width;
  sps.crop_bottom = sps.pic_height - config.height;
  sps.bit_depth_luma = sps.bit_depth_chroma = config.bit_depth;
  sps.max_sub_layers = config.max_sub_layers;
  // SpsMaxLatencyPictures is the sum of this syntax element and max_num_reorder_pics, minus 1.
  const int latency = config.max_latency_pictures - config.max_num_reorder_pics + 1;
  sps.ordering.fill({config.max_dec_pic_buffering, config.max_num_reorder_pics,
                     config.max_latency_pictures > 0 ? latency : 0});
  sps.log2_max_poc_lsb = config.log2_max_poc_lsb;
  sps.short_term_rps = config.short_term_rps;
  // With 0, partitions other than 2Nx2N would have to split their transform.
  sps.max_transform_hierarchy_depth_inter = std::max(1, config.tools.transform_depth_inter);
  sps.max_transform_hierarchy_depth_intra = config.tools.transform_depth_intra;
  sps.amp_enabled_flag = config.tools.amp;
  sps.sao_enabled_flag = config.sao;
  sps.temporal_mvp_enabled_flag = config.temporal_mvp;
  sps.strong_intra_smoothing_enabled_flag = true;
  sps.vui_parameters_present_flag = true;
  sps.vui.timing_info_present_flag = true;
  sps.vui.num_units_in_tick = static_cast<uint32_t>(config.fps_den);
  sps.vui.time_scale = static_cast<uint32_t>(config.fps_num);
  INLOOP_RETURN_IF_ERROR(write_vui_signal(config.signal, sps.vui));
  sps.vui.frame_field_info_present_flag = sps.ptl.interlaced_source_flag;
  sps.vui.hrd_bit_rate = config.hrd_bit_rate;
  sps.vui.hrd_cpb_size = config.hrd_cpb_size;

  Pps pps{};
  pps.cabac_init_present_flag = true;
  pps.sign_data_hiding_enabled_flag = config.sign_hiding;
  pps.transform_skip_enabled_flag = config.tools.transform_skip;
  pps.init_qp = config.init_qp;
  pps.cb_qp_offset = std::clamp(config.chroma_qp_offset[0] + config.tools.cb_qp_offset, -12, 12);
  pps.cr_qp_offset = config.chroma_qp_offset[1];
  pps.deblocking_filter_disabled_flag = !config.deblocking;
  pps.beta_offset_div2 = std::clamp(config.beta_offset + config.tools.deblocking_offset, -6, 6);
  pps.tc_offset_div2 = std::clamp(config.tc_offset + config.tools.deblocking_offset, -6, 6);
  pps.deblocking_filter_control_present_flag =
      pps.deblocking_filter_disabled_flag || pps.beta_offset_div2 || pps.tc_offset_div2;
  if (config.quantization_group) {
    pps.cu_qp_delta_enabled_flag = true;
    pps.diff_cu_qp_delta_depth =
        sps.log2_ctb_size - std::countr_zero(static_cast<unsigned>(config.quantization_group));
  }
  pps.entropy_coding_sync_enabled_flag = config.wpp;
  pps.lists_modification_present_flag = config.list_modification;
  std::copy_n(config.default_active_refs, 2, pps.num_ref_idx_default_active);
  pps.column_widths = {sps.pic_width_in_ctbs()};
  pps.row_heights = {sps.pic_height_in_ctbs()};

  out.vps.ptl = sps.ptl;
  out.vps.max_sub_layers = sps.max_sub_layers;
  out.vps.ordering = sps.ordering;
  out.sps = std::make_shared<const Sps>(std::move(sps));
  out.pps = std::make_shared<const Pps>(std::move(pps));
  return {};
}

}  // namespace inloop::hevc
