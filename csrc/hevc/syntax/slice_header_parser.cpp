// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "hevc/syntax/slice_header_parser.h"

#include <algorithm>

namespace inloop::hevc {
namespace {

constexpr int kMaxLongTermRefs = 32;
constexpr int kMaxMsbCycle = 1 << 26;

void parse_long_term_refs(BitReader& reader, const Sps& sps, SliceHeader& header) {
  const int sps_count = static_cast<int>(sps.lt_ref_pic_poc_lsb_sps.size());
  const int num_sps = sps_count > 0 ? reader.ue("num_long_term_sps", 0, sps_count) : 0;
  const int num_pics = reader.ue("num_long_term_pics", 0, kMaxLongTermRefs - num_sps);
  for (int i = 0; i < num_sps + num_pics && reader.ok(); ++i) {
    SliceHeader::LongTermRef ref;
    if (i < num_sps) {
      const auto idx = static_cast<size_t>(
          reader.bits("lt_idx_sps", ceil_log2(static_cast<uint32_t>(sps_count)), 0, sps_count - 1));
      ref.poc_lsb = sps.lt_ref_pic_poc_lsb_sps[idx];
      ref.used = sps.used_by_curr_pic_lt_sps[idx];
    } else {
      ref.poc_lsb = static_cast<int>(reader.bits(sps.log2_max_poc_lsb));
      ref.used = reader.flag();
    }
    ref.msb_present = reader.flag();
    if (ref.msb_present) ref.delta_poc_msb_cycle = reader.ue("delta_poc_msb_cycle_lt", 0, kMaxMsbCycle);
    // The cycles are coded as differences, separately for the two kinds (7-52).
    if (i != 0 && i != num_sps) {
      ref.delta_poc_msb_cycle += header.long_term_refs.back().delta_poc_msb_cycle;
      if (ref.delta_poc_msb_cycle > kMaxMsbCycle) reader.fail(": delta_poc_msb_cycle_lt out of range");
    }
    header.long_term_refs.push_back(ref);
  }
}

void parse_reference_picture_set(BitReader& reader, const Sps& sps, SliceHeader& header) {
  header.poc_lsb = static_cast<int>(reader.bits(sps.log2_max_poc_lsb));
  const int count = static_cast<int>(sps.short_term_rps.size());
  if (!reader.flag()) {  // short_term_ref_pic_set_sps_flag
    const size_t start = reader.position_bits();
    const int max_pictures = sps.ordering[static_cast<size_t>(sps.max_sub_layers - 1)].max_dec_pic_buffering;
    parse_short_term_rps(reader, count, sps.short_term_rps, true, max_pictures, header.short_term_rps);
    header.short_term_rps_bits = static_cast<int>(reader.position_bits() - start);
  } else if (count == 0) {
    reader.fail(": refers to a reference picture set of an SPS that has none");
  } else {
    header.short_term_rps_sps_idx =
        reader.bits("short_term_ref_pic_set_idx", ceil_log2(static_cast<uint32_t>(count)), 0, count - 1);
    header.short_term_rps = sps.short_term_rps[static_cast<size_t>(header.short_term_rps_sps_idx)];
  }
  if (sps.long_term_ref_pics_present_flag) parse_long_term_refs(reader, sps, header);
  if (sps.temporal_mvp_enabled_flag) header.temporal_mvp_enabled_flag = reader.flag();
}

// Returns NumPicTotalCurr (7-55).
int num_pic_total_curr(const SliceHeader& header) {
  const ShortTermRps& rps = header.short_term_rps;
  int count = 0;
  for (size_t i = 0; i < static_cast<size_t>(rps.num_negative_pics); ++i) count += rps.used_s0[i];
  for (size_t i = 0; i < static_cast<size_t>(rps.num_positive_pics); ++i) count += rps.used_s1[i];
  for (const auto& ref : header.long_term_refs) count += ref.used;
  return count;
}

void parse_list_modification(BitReader& reader, int pictures, SliceHeader& header) {
  const int bits = ceil_log2(static_cast<uint32_t>(pictures));
  for (int list = 0; list < (header.is_b() ? 2 : 1); ++list) {
    header.ref_pic_list_modification_flag[list] = reader.flag();
    if (!header.ref_pic_list_modification_flag[list]) continue;
    for (int i = 0; i < header.num_ref_idx_active[list]; ++i) {
      header.list_entry[list][i] = reader.bits("list_entry", bits, 0, pictures - 1);
    }
  }
}

void parse_weights_of_list(BitReader& reader, const Sps& sps, int list, SliceHeader& header) {
  const int count = header.num_ref_idx_active[list];
  bool luma[kMaxRefs] = {}, chroma[kMaxRefs] = {};
  for (int i = 0; i < count; ++i) luma[i] = reader.flag();
  for (int i = 0; i < count; ++i) chroma[i] = reader.flag();
  for (int i = 0; i < count; ++i) {
    PredWeight& weight = header.weights[list][i];
    weight.weight[0] = 1 << header.luma_log2_weight_denom;
    weight.weight[1] = weight.weight[2] = 1 << header.chroma_log2_weight_denom;
    std::fill(weight.offset, weight.offset + 3, 0);
    if (luma[i]) {
      weight.weight[0] += reader.se("delta_luma_weight", -128, 127);
      weight.offset[0] = reader.se("luma_offset", -128, 127) * (1 << (sps.bit_depth_luma - 8));
    }
    for (int c = 1; chroma[i] && c < 3; ++c) {
      weight.weight[c] += reader.se("delta_chroma_weight", -128, 127);
      const int delta = reader.se("delta_chroma_offset", -512, 511);
      const int predicted = (128 * weight.weight[c]) >> header.chroma_log2_weight_denom;
      weight.offset[c] = clip3(-128, 127, 128 + delta - predicted) * (1 << (sps.bit_depth_chroma - 8));
    }
  }
}

void parse_pred_weight_table(BitReader& reader, const Sps& sps, SliceHeader& header) {
  header.explicit_weights = true;
  header.luma_log2_weight_denom = reader.ue("luma_log2_weight_denom", 0, 7);
  header.chroma_log2_weight_denom =
      header.luma_log2_weight_denom + reader.se("delta_chroma_log2_weight_denom",
                                                -header.luma_log2_weight_denom,
                                                7 - header.luma_log2_weight_denom);
  for (int list = 0; list < (header.is_b() ? 2 : 1); ++list) parse_weights_of_list(reader, sps, list, header);
}

void parse_inter_fields(BitReader& reader, const Sps& sps, const Pps& pps, SliceHeader& header) {
  const int lists = header.is_b() ? 2 : 1;
  for (int list = 0; list < lists; ++list) {
    header.num_ref_idx_active[list] = pps.num_ref_idx_default_active[list];
  }
  if (reader.flag()) {
    for (int list = 0; list < lists; ++list) {
      header.num_ref_idx_active[list] = reader.ue("num_ref_idx_active_minus1", 0, 14) + 1;
    }
  }
  const int pictures = num_pic_total_curr(header);
  if (pictures == 0) reader.fail(": inter slice without reference pictures");
  if (pps.lists_modification_present_flag && pictures > 1) parse_list_modification(reader, pictures, header);
  if (header.is_b()) header.mvd_l1_zero_flag = reader.flag();
  if (pps.cabac_init_present_flag) header.cabac_init_flag = reader.flag();
  if (header.temporal_mvp_enabled_flag) {
    if (header.is_b()) header.collocated_from_l0_flag = reader.flag();
    const int count = header.num_ref_idx_active[header.collocated_from_l0_flag ? 0 : 1];
    if (count > 1) header.collocated_ref_idx = reader.ue("collocated_ref_idx", 0, count - 1);
  }
  const bool weighted = header.is_b() ? pps.weighted_bipred_flag : pps.weighted_pred_flag;
  if (weighted) parse_pred_weight_table(reader, sps, header);
  header.max_num_merge_cand = 5 - reader.ue("five_minus_max_num_merge_cand", 0, 4);
}

void parse_qp_and_filters(BitReader& reader, const Sps& sps, const Pps& pps, SliceHeader& header) {
  const int lowest = -6 * (sps.bit_depth_luma - 8);
  header.slice_qp = pps.init_qp + reader.se("slice_qp_delta", lowest - pps.init_qp, 51 - pps.init_qp);
  if (pps.slice_chroma_qp_offsets_present_flag) {
    header.cb_qp_offset = reader.se("slice_cb_qp_offset", -12, 12);
    header.cr_qp_offset = reader.se("slice_cr_qp_offset", -12, 12);
  }
  header.deblocking_filter_disabled_flag = pps.deblocking_filter_disabled_flag;
  header.beta_offset_div2 = pps.beta_offset_div2;
  header.tc_offset_div2 = pps.tc_offset_div2;
  if (pps.deblocking_filter_override_enabled_flag && reader.flag()) {
    header.deblocking_filter_disabled_flag = reader.flag();
    if (!header.deblocking_filter_disabled_flag) {
      header.beta_offset_div2 = reader.se("slice_beta_offset_div2", -6, 6);
      header.tc_offset_div2 = reader.se("slice_tc_offset_div2", -6, 6);
    }
  }
  header.loop_filter_across_slices_enabled_flag = pps.loop_filter_across_slices_enabled_flag;
  const bool filters =
      header.sao_luma_flag || header.sao_chroma_flag || !header.deblocking_filter_disabled_flag;
  if (pps.loop_filter_across_slices_enabled_flag && filters) {
    header.loop_filter_across_slices_enabled_flag = reader.flag();
  }
}

void parse_independent_fields(BitReader& reader, const Sps& sps, const Pps& pps, SliceHeader& header) {
  header.slice_address = header.slice_segment_address;
  reader.skip(pps.num_extra_slice_header_bits);
  header.slice_type = static_cast<SliceType>(reader.ue("slice_type", 0, 2));
  if (pps.output_flag_present_flag) header.pic_output_flag = reader.flag();
  if (!is_idr(header.nal_type)) parse_reference_picture_set(reader, sps, header);
  if (is_irap(header.nal_type) && !header.is_intra()) {
    reader.fail(": slice of a random access picture is not intra");
  }
  if (sps.sao_enabled_flag) {
    header.sao_luma_flag = reader.flag();
    header.sao_chroma_flag = reader.flag();
  }
  if (!header.is_intra()) parse_inter_fields(reader, sps, pps, header);
  parse_qp_and_filters(reader, sps, pps, header);
}

void parse_entry_points(BitReader& reader, const Sps& sps, const Pps& pps, SliceHeader& header) {
  int most = sps.pic_size_in_ctbs();
  if (!pps.tiles_enabled_flag) {
    most = sps.pic_height_in_ctbs();
  } else if (!pps.entropy_coding_sync_enabled_flag) {
    most = static_cast<int>(pps.column_widths.size() * pps.row_heights.size());
  }
  const int count = reader.ue("num_entry_point_offsets", 0, most - 1);
  const int length = count > 0 ? reader.ue("offset_len_minus1", 0, 31) + 1 : 0;
  for (int i = 0; i < count && reader.ok(); ++i) {
    const uint32_t offset_minus1 = reader.bits(length);
    header.entry_point_offsets.push_back(offset_minus1 == 0xFFFFFFFF ? offset_minus1 : offset_minus1 + 1);
  }
}

// Parses slice_segment_address and copies what a dependent segment inherits.
Status parse_address(BitReader& reader, const Sps& sps, const Pps& pps, const SliceHeaderContext& context,
                     const NalUnit& nal, SliceHeader& header) {
  if (header.first_slice_segment_in_pic_flag) return {};
  const bool dependent = pps.dependent_slice_segments_enabled_flag && reader.flag();
  const int ctbs = sps.pic_size_in_ctbs();
  const int address =
      reader.bits("slice_segment_address", ceil_log2(static_cast<uint32_t>(ctbs)), 0, ctbs - 1);
  INLOOP_RETURN_IF_ERROR(reader.status());
  if (dependent) {
    if (!context.previous) return Status::bitstream("slice header: dependent slice without its slice");
    const SliceHeader own = header;
    header = *context.previous;
    header.first_slice_segment_in_pic_flag = own.first_slice_segment_in_pic_flag;
    header.entry_point_offsets.clear();
    if (header.nal_type != nal.type) return Status::bitstream("slice header: NAL type changes in a picture");
  }
  header.dependent_slice_segment_flag = dependent;
  header.slice_segment_address = address;
  return {};
}

}  // namespace

Status parse_slice_header(const NalUnit& nal, ParameterSetStore& sets, const SliceHeaderContext& context,
                          SliceHeader& header, PictureParameters& parameters, size_t& data_offset) {
  BitReader reader(nal.rbsp.data(), nal.size, "slice header");
  header = SliceHeader{};
  header.nal_type = nal.type;
  header.temporal_id = nal.temporal_id;
  header.first_slice_segment_in_pic_flag = reader.flag();
  if (is_irap(nal.type)) header.no_output_of_prior_pics_flag = reader.flag();
  header.pps_id = reader.ue("slice_pic_parameter_set_id", 0, 63);
  INLOOP_RETURN_IF_ERROR(reader.status());
  if (header.first_slice_segment_in_pic_flag) {
    const std::shared_ptr<const Sps> in_force = is_irap(nal.type) ? nullptr : context.in_force;
    INLOOP_RETURN_IF_ERROR(sets.activate(header.pps_id, in_force, parameters));
  } else {
    if (!context.picture) return Status::bitstream("slice header: the first slice of the picture is missing");
    parameters = *context.picture;
    if (header.pps_id != parameters.sets.pps->pps_id) {
      return Status::bitstream("slice header: PPS changes in a picture");
    }
  }
  const Sps& sps = *parameters.sets.sps;
  const Pps& pps = *parameters.sets.pps;
  INLOOP_RETURN_IF_ERROR(parse_address(reader, sps, pps, context, nal, header));
  if (!header.dependent_slice_segment_flag) parse_independent_fields(reader, sps, pps, header);
  if (pps.tiles_enabled_flag || pps.entropy_coding_sync_enabled_flag) {
    parse_entry_points(reader, sps, pps, header);
  }
  if (pps.slice_segment_header_extension_present_flag) {
    const int length = reader.ue("slice_segment_header_extension_length", 0, 256);
    reader.skip(8 * length);
  }
  reader.byte_alignment();
  data_offset = reader.position_bits() / 8;
  return reader.status();
}

}  // namespace inloop::hevc
