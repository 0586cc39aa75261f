// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "hevc/decoder/slice_decoder.h"

#include <algorithm>

#include "hevc/decoder/terminating_bins.h"

namespace inloop::hevc {

SliceDecoder::SliceDecoder(const KernelTable& kernels, Picture& picture, RowFilter& filter, ThreadPool* pool,
                           const std::atomic<bool>& cancelled)
    : kernels_(kernels),
      picture_(&picture),
      filter_(filter),
      pool_(pool),
      cancelled_(cancelled),
      sps_(&picture.sps()),
      pps_(&picture.pps()),
      layout_(&picture.layout()) {}

Status SliceDecoder::decode(const SliceHeader& header, const RefLists& refs, uint16_t slice_index,
                            const uint8_t* data, size_t size) {
  slice_ = &header;
  refs_ = &refs;
  slice_index_ = slice_index;
  motion_context_ = {picture_, slice_, refs_, nullptr};
  if (!header.is_intra() && header.temporal_mvp_enabled_flag) {
    const int list = header.collocated_from_l0_flag ? 0 : 1;
    motion_context_.collocated = refs.pic[list][header.collocated_ref_idx].get();
  }
  note_slice_segment(data, size);
  cabac_.start(data, data + size);
  if (!header.dependent_slice_segment_flag) reset_qp_ = true;
  return decode_ctus();
}

Status SliceDecoder::decode_ctus() {
  const int ctb_count = sps_->pic_size_in_ctbs();
  int ctb_ts = layout_->ctb_addr_rs_to_ts(slice_->slice_segment_address);
  for (bool first = true;; first = false) {
    INLOOP_RETURN_IF_ERROR(begin_ctu(ctb_ts, first));
    decode_ctu();
    if (cabac_.overrun()) fail("slice data ends early");
    if (failure_) return error(failure_);
    filter_.ctu_decoded(ctb_y_);
    if (pps_->entropy_coding_sync_enabled_flag && ctb_x_ == layout_->tile_start_column(ctb_x_) + 1) {
      contexts_wpp_ = contexts_;
    }
    note_terminating_bin(TerminatingBin::slice_end, ctb_ts, cabac_);
    ++ctb_ts;
    if (cabac_.decode_terminate()) break;  // end_of_slice_segment_flag
    if (ctb_ts >= ctb_count) return error("slice data continues after the last CTU");
    INLOOP_RETURN_IF_ERROR(next_substream(ctb_ts));
  }
  if (!cabac_.at_stop_bit()) return error("slice data ends without a stop bit");
  contexts_segment_end_ = contexts_;
  return {};
}

bool SliceDecoder::starts_tile(int ctb_ts) const {
  if (ctb_ts == 0) return true;
  return layout_->tile_id_rs(layout_->ctb_addr_ts_to_rs(ctb_ts)) !=
         layout_->tile_id_rs(layout_->ctb_addr_ts_to_rs(ctb_ts - 1));
}

bool SliceDecoder::starts_row_in_tile(int ctb_x) const { return layout_->tile_start_column(ctb_x) == ctb_x; }

bool SliceDecoder::starts_substream(int ctb_ts) const {
  if (pps_->tiles_enabled_flag && starts_tile(ctb_ts)) return true;
  const int ctb_x = layout_->ctb_addr_ts_to_rs(ctb_ts) % sps_->pic_width_in_ctbs();
  return pps_->entropy_coding_sync_enabled_flag && starts_row_in_tile(ctb_x);
}

// Handles end_of_subset_one_bit and byte_alignment() before a CTU that begins a tile or a wavefront row.
Status SliceDecoder::next_substream(int next_ts) {
  if (!starts_substream(next_ts)) return {};
  note_terminating_bin(TerminatingBin::subset_end, next_ts - 1, cabac_);
  if (!cabac_.decode_terminate()) return error("end_of_subset_one_bit is zero");
  cabac_.start(cabac_.aligned_position(), cabac_.end());
  return {};
}

// Sets position, availability and entropy coding state (9.3.1) for the next CTU.
Status SliceDecoder::begin_ctu(int ctb_ts, bool first_in_segment) {
  const int width = sps_->pic_width_in_ctbs();
  ctb_rs_ = layout_->ctb_addr_ts_to_rs(ctb_ts);
  ctb_x_ = ctb_rs_ % width;
  ctb_y_ = ctb_rs_ / width;
  auto& slice_address = picture_->slice_address;
  const auto rs = static_cast<size_t>(ctb_rs_);
  if (slice_address[rs] != -1) return error("CTU is coded twice");
  slice_address[rs] = slice_->slice_address;
  picture_->ctb_slice[rs] = slice_index_;

  const auto same_slice_and_tile = [&](int other) {
    return slice_address[static_cast<size_t>(other)] == slice_->slice_address &&
           layout_->tile_id_rs(other) == layout_->tile_id_rs(ctb_rs_);
  };
  left_available_ = ctb_x_ > 0 && same_slice_and_tile(ctb_rs_ - 1);
  above_available_ = ctb_y_ > 0 && same_slice_and_tile(ctb_rs_ - width);

  const bool wavefront_row = pps_->entropy_coding_sync_enabled_flag && starts_row_in_tile(ctb_x_);
  const bool tile_start = starts_tile(ctb_ts);
  if (tile_start || wavefront_row) reset_qp_ = true;
  if (!first_in_segment && !tile_start && !wavefront_row) return {};
  const bool above_right_available =
      ctb_y_ > 0 && ctb_x_ + 1 < width && same_slice_and_tile(ctb_rs_ - width + 1);
  if (!tile_start && wavefront_row && above_right_available) {
    contexts_ = contexts_wpp_;
  } else if (!tile_start && !wavefront_row && slice_->dependent_slice_segment_flag) {
    contexts_ = contexts_segment_end_;
  } else {
    init_contexts(contexts_, slice_->slice_type, slice_->cabac_init_flag, slice_->slice_qp);
  }
  return {};
}

void SliceDecoder::decode_ctu() {
  if (cancelled_.load(std::memory_order_relaxed)) return fail("cancelled");
  if (const Picture* collocated = motion_context_.collocated) {
    // Temporal candidates never lie below the current row of CTBs.
    const int rows = std::min((ctb_y_ + 1) << sps_->log2_ctb_size, sps_->pic_height);
    if (!collocated->coded_rows.wait(rows, pool_)) return fail_without(*collocated);
  }
  if (slice_->sao_luma_flag || slice_->sao_chroma_flag) parse_sao();
  coding_quadtree(ctb_x_ << sps_->log2_ctb_size, ctb_y_ << sps_->log2_ctb_size, sps_->log2_ctb_size, 0);
}

// Parses sao() of a CTU (7.3.8.3).
void SliceDecoder::parse_sao() {
  const auto copy_from = [this](int other) {
    for (auto& component : picture_->sao) {
      component[static_cast<size_t>(ctb_rs_)] = component[static_cast<size_t>(other)];
    }
  };
  if (left_available_ && cabac_.decode_bin(contexts_[kCtxSaoMerge])) return copy_from(ctb_rs_ - 1);
  if (above_available_ && cabac_.decode_bin(contexts_[kCtxSaoMerge])) {
    return copy_from(ctb_rs_ - sps_->pic_width_in_ctbs());
  }
  for (int c_idx = 0; c_idx < 3; ++c_idx) {
    if (c_idx == 0 ? slice_->sao_luma_flag : slice_->sao_chroma_flag) parse_sao_component(c_idx);
  }
}

void SliceDecoder::parse_sao_component(int c_idx) {
  SaoParams& sao = picture_->sao[c_idx][static_cast<size_t>(ctb_rs_)];
  if (c_idx == 2) {
    sao.type = picture_->sao[1][static_cast<size_t>(ctb_rs_)].type;
  } else if (cabac_.decode_bin(contexts_[kCtxSaoType])) {
    sao.type = cabac_.decode_bypass() ? 2 : 1;
  }
  if (sao.type == 0) return;
  const int max = (1 << (std::min(sps_->bit_depth(c_idx), 10) - 5)) - 1;
  for (int8_t& offset : sao.offset) {
    while (offset < max && cabac_.decode_bypass()) ++offset;
  }
  if (sao.type == 1) {
    for (int8_t& offset : sao.offset) {
      if (offset && cabac_.decode_bypass()) offset = static_cast<int8_t>(-offset);
    }
    sao.band_position = static_cast<uint8_t>(cabac_.decode_bypass_bits(5));
    return;
  }
  sao.offset[2] = static_cast<int8_t>(-sao.offset[2]);
  sao.offset[3] = static_cast<int8_t>(-sao.offset[3]);
  sao.eo_class = c_idx == 2 ? picture_->sao[1][static_cast<size_t>(ctb_rs_)].eo_class
                            : static_cast<uint8_t>(cabac_.decode_bypass_bits(2));
}

void SliceDecoder::fail_without(const Picture& reference) {
  unusable_reference_ = &reference;
  fail("the reference picture is missing");
}

Status SliceDecoder::error(std::string reason) const {
  if (unusable_reference_) {
    reason = "its reference picture with POC " + std::to_string(unusable_reference_->poc) + " is missing";
  }
  return Status::bitstream("picture with POC " + std::to_string(picture_->poc) + ", CTU at (" +
                           std::to_string(ctb_x_ << sps_->log2_ctb_size) + ", " +
                           std::to_string(ctb_y_ << sps_->log2_ctb_size) + "): " + reason);
}

}  // namespace inloop::hevc
