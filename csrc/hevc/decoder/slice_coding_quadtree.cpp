// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>
#include <cstring>

#include "entropy/bit_reader.h"
#include "hevc/decoder/slice_decoder.h"
#include "hevc/decoder/terminating_bins.h"
#include "hevc/syntax/qp_rules.h"

namespace inloop::hevc {
namespace {

template <size_t kCells>
void fill_rows(uint8_t* row, int stride, uint8_t value) {
  for (size_t j = 0; j < kCells; ++j, row += stride) std::memset(row, value, kCells);
}

// Fills the cells of a CU, of which a row is one store.
template <class T>
void fill_unit(Grid<T>& grid, int stride, int x, int y, int log2_size, T value) {
  static_assert(sizeof(T) == 1);
  auto* const first = reinterpret_cast<uint8_t*>(grid.at(x, y));
  const auto byte = static_cast<uint8_t>(value);
  if (log2_size == 3) return fill_rows<2>(first, stride, byte);
  if (log2_size == 4) return fill_rows<4>(first, stride, byte);
  if (log2_size == 5) return fill_rows<8>(first, stride, byte);
  fill_rows<16>(first, stride, byte);
}

}  // namespace

// coding_quadtree() (7.3.8.4)
void SliceDecoder::coding_quadtree(int x, int y, int log2_size, int depth) {
  const int size = 1 << log2_size;
  const bool inside = x + size <= sps_->pic_width && y + size <= sps_->pic_height;
  bool split = log2_size > sps_->log2_min_cb_size;
  if (inside && split) split = parse_split_cu_flag(x, y, depth);
  if (log2_size >= sps_->log2_ctb_size - pps_->diff_cu_qp_delta_depth) start_quantization_group(x, y);
  if (!split) {
    coding_unit(x, y, log2_size, depth);
    return;
  }
  const int half = size >> 1;
  for (int i = 0; i < 4; ++i) {
    const int child_x = x + (i & 1) * half, child_y = y + (i >> 1) * half;
    if (child_x >= sps_->pic_width || child_y >= sps_->pic_height) continue;
    coding_quadtree(child_x, child_y, log2_size - 1, depth + 1);
    if (failure_) return;
  }
}

bool SliceDecoder::parse_split_cu_flag(int x, int y, int depth) {
  const int ctb_mask = sps_->ctb_size() - 1;
  const auto deeper = [&](int nx, int ny) { return picture_->cqt_depth[picture_->cell(nx, ny)] > depth; };
  int context = kCtxSplitCu;
  if (((x & ctb_mask) || left_available_) && deeper(x - 1, y)) ++context;
  if (((y & ctb_mask) || above_available_) && deeper(x, y - 1)) ++context;
  return cabac_.decode_bin(contexts_[static_cast<size_t>(context)]);
}

void SliceDecoder::start_quantization_group(int x, int y) {
  cu_qp_delta_coded_ = false;
  cu_qp_delta_ = 0;
  if (reset_qp_) qp_y_last_ = slice_->slice_qp;
  reset_qp_ = false;
  qp_y_predicted_ = predict_qp(sps_->ctb_size() - 1, x, y, qp_y_last_,
                               [this](int nx, int ny) { return picture_->qp_y[picture_->cell(nx, ny)]; });
}

int SliceDecoder::current_qp() const {
  return qp_from_delta(qp_y_predicted_, cu_qp_delta_, sps_->bit_depth_luma);
}

// coding_unit() (7.3.8.5)
void SliceDecoder::coding_unit(int x, int y, int log2_size, int depth) {
  CodingUnit cu;
  cu.x = x;
  cu.y = y;
  cu.log2_size = log2_size;
  uint8_t flags = 0;
  if (pps_->transquant_bypass_enabled_flag && cabac_.decode_bin(contexts_[kCtxTransquantBypass])) {
    cu.transquant_bypass = true;
    flags |= kCellBypass;
  }
  bool skipped = false;
  if (!slice_->is_intra()) {
    skipped = parse_skip_flag(x, y);
    cu.pred_mode = PredMode::inter;
  }
  if (skipped) {
    mark_coding_unit(cu, flags | kCellSkip, depth);
    prediction_units(cu, true, depth);
  } else {
    if (!slice_->is_intra() && cabac_.decode_bin(contexts_[kCtxPredMode])) cu.pred_mode = PredMode::intra;
    mark_coding_unit(cu, flags, depth);
    coding_unit_body(cu);
  }
  qp_y_last_ = current_qp();
  fill_unit(picture_->qp_y, picture_->cell_stride(), x, y, log2_size, static_cast<int8_t>(qp_y_last_));
}

// Decodes the rest of a CU that is not skipped, from part_mode on.
void SliceDecoder::coding_unit_body(CodingUnit& cu) {
  const bool intra = cu.pred_mode == PredMode::intra;
  if (!intra || cu.log2_size == sps_->log2_min_cb_size) cu.part_mode = parse_part_mode(cu);
  if (intra) {
    const bool pcm_possible = sps_->pcm_enabled_flag && cu.part_mode == PartMode::p2Nx2N &&
                              cu.log2_size >= sps_->log2_min_pcm_cb_size &&
                              cu.log2_size <= sps_->log2_max_pcm_cb_size;
    if (pcm_possible) {
      note_terminating_bin(TerminatingBin::pcm, layout_->ctb_addr_rs_to_ts(ctb_rs_), cabac_);
      if (cabac_.decode_terminate()) return pcm_samples(cu);
    }
    parse_intra_modes(cu);
  } else {
    const int depth = sps_->log2_ctb_size - cu.log2_size;
    prediction_units(cu, false, depth);
    if (!cu.merge_2Nx2N && !cabac_.decode_bin(contexts_[kCtxRqtRootCbf])) return;
  }
  const bool intra_split = intra && cu.part_mode == PartMode::pNxN;
  cu.max_trafo_depth = intra ? sps_->max_transform_hierarchy_depth_intra + intra_split
                             : sps_->max_transform_hierarchy_depth_inter;
  TransformNode root;
  root.x = root.parent_x = cu.x;
  root.y = root.parent_y = cu.y;
  root.log2_size = cu.log2_size;
  root.cbf_cb = root.cbf_cr = true;  // the root has no parent, and its chroma flags are always coded
  transform_tree(cu, root);
}

bool SliceDecoder::parse_skip_flag(int x, int y) {
  const int ctb_mask = sps_->ctb_size() - 1;
  const auto skipped = [&](int nx, int ny) { return picture_->flags[picture_->cell(nx, ny)] & kCellSkip; };
  int context = kCtxSkip;
  if (((x & ctb_mask) || left_available_) && skipped(x - 1, y)) ++context;
  if (((y & ctb_mask) || above_available_) && skipped(x, y - 1)) ++context;
  return cabac_.decode_bin(contexts_[static_cast<size_t>(context)]);
}

PartMode SliceDecoder::parse_part_mode(const CodingUnit& cu) {
  const bool smallest = cu.log2_size == sps_->log2_min_cb_size;
  const auto bin = [this](int i) {
    return cabac_.decode_bin(contexts_[static_cast<size_t>(kCtxPartMode + i)]);
  };
  if (bin(0)) return PartMode::p2Nx2N;
  if (cu.pred_mode == PredMode::intra) return PartMode::pNxN;
  if (smallest) {
    if (bin(1)) return PartMode::p2NxN;
    if (cu.log2_size == 3) return PartMode::pNx2N;
    return bin(2) ? PartMode::pNx2N : PartMode::pNxN;
  }
  const bool horizontal = bin(1);
  if (!sps_->amp_enabled_flag || bin(3)) return horizontal ? PartMode::p2NxN : PartMode::pNx2N;
  const bool second = cabac_.decode_bypass();
  if (horizontal) return second ? PartMode::p2NxnD : PartMode::p2NxnU;
  return second ? PartMode::pnRx2N : PartMode::pnLx2N;
}

// Parses prev_intra_luma_pred_flag to intra_chroma_pred_mode and derives the modes (8.4.2, 8.4.3).
void SliceDecoder::parse_intra_modes(CodingUnit& cu) {
  const int parts = cu.part_mode == PartMode::pNxN ? 4 : 1;
  const int size = (1 << cu.log2_size) >> (parts == 4 ? 1 : 0);
  int most_probable[4];
  for (int i = 0; i < parts; ++i) most_probable[i] = cabac_.decode_bin(contexts_[kCtxPrevIntraLuma]);
  for (int i = 0; i < parts; ++i) {
    const int x = cu.x + (i & 1) * size, y = cu.y + (i >> 1) * size;
    int mpm[3];
    derive_mpm(*picture_, x, y, mpm);
    int mode;
    if (most_probable[i]) {
      const int idx = cabac_.decode_bypass() ? 1 + cabac_.decode_bypass() : 0;
      mode = mpm[idx];
    } else {
      mode = static_cast<int>(cabac_.decode_bypass_bits(5));
      std::sort(mpm, mpm + 3);
      for (int candidate : mpm) mode += mode >= candidate;
    }
    cu.luma_modes[i] = mode;
    picture_->intra_mode.fill(x, y, size, size, static_cast<uint8_t>(mode));
  }
  const int chroma =
      cabac_.decode_bin(contexts_[kCtxIntraChroma]) ? static_cast<int>(cabac_.decode_bypass_bits(2)) : 4;
  cu.chroma_mode = derive_chroma_mode(cu.luma_modes[0], chroma);
}

// Reads pcm_sample() (7.3.8.7) and restarts the arithmetic decoder behind it.
void SliceDecoder::pcm_samples(const CodingUnit& cu) {
  const uint8_t* data = cabac_.aligned_position();
  const int size = 1 << cu.log2_size;
  const size_t bits = static_cast<size_t>(size) * static_cast<size_t>(size) *
                      static_cast<size_t>(2 * sps_->pcm_bit_depth_luma + sps_->pcm_bit_depth_chroma) / 2;
  const size_t bytes = (bits + 7) / 8;
  if (static_cast<size_t>(cabac_.end() - data) < bytes) return fail("PCM samples end early");
  BitReader reader(data, bytes, "PCM samples");
  for (int c = 0; c < 3; ++c) {
    const int sub = c > 0;
    const int depth = c ? sps_->pcm_bit_depth_chroma : sps_->pcm_bit_depth_luma;
    const int shift = sps_->bit_depth(c) - depth;
    for (int y = cu.y >> sub; y < (cu.y + size) >> sub; ++y) {
      Sample* row = picture_->rec.planes[c].row(y);
      for (int x = cu.x >> sub; x < (cu.x + size) >> sub; ++x) {
        row[x] = static_cast<Sample>(reader.bits(depth) << shift);
      }
    }
    keep_prediction(c, cu.x >> sub, cu.y >> sub, size >> sub, size >> sub);
  }
  uint8_t* flags = picture_->flags.data();
  for (int y = cu.y; y < cu.y + size; y += kCellSize) {
    for (int x = cu.x; x < cu.x + size; x += kCellSize) flags[picture_->cell(x, y)] |= kCellPcm;
  }
  cabac_.start(data + bytes, cabac_.end());
}

// Stores the side information that later syntax reads, and the edges of the CU.
void SliceDecoder::mark_coding_unit(const CodingUnit& cu, uint8_t flags, int depth) {
  const int size = 1 << cu.log2_size;
  const int stride = picture_->cell_stride();
  fill_unit(picture_->pred_mode, stride, cu.x, cu.y, cu.log2_size, cu.pred_mode);
  fill_unit(picture_->cqt_depth, stride, cu.x, cu.y, cu.log2_size, static_cast<uint8_t>(depth));
  fill_unit(picture_->flags, stride, cu.x, cu.y, cu.log2_size, flags);
  uint8_t* first = picture_->flags.at(cu.x, cu.y);
  for (int i = 0; i < size >> 2; ++i) {
    first[i] |= kCellEdgeHorizontal;
    first[i * stride] |= kCellEdgeVertical;
  }
}

}  // namespace inloop::hevc
