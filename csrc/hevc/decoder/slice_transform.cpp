// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include <cstring>

#include "hevc/decoder/slice_decoder.h"

namespace inloop::hevc {

// transform_tree() (7.3.8.8). The chroma flags in `parent_flags` are those of the parent node.
void SliceDecoder::transform_tree(const CodingUnit& cu, const TransformNode& parent_flags) {
  TransformNode node = parent_flags;
  const bool split = split_transform(cu, node);
  // 4x4 luma blocks keep the flags of their parent, as chroma is coded with the last of the four.
  if (node.log2_size > 2) {
    uint8_t& context = contexts_[static_cast<size_t>(kCtxCbfChroma + node.depth)];
    node.cbf_cb = node.cbf_cb && cabac_.decode_bin(context);
    node.cbf_cr = node.cbf_cr && cabac_.decode_bin(context);
  }
  if (split) {
    TransformNode child = node;
    child.log2_size = node.log2_size - 1;
    child.depth = node.depth + 1;
    child.parent_x = node.x;
    child.parent_y = node.y;
    const int half = 1 << child.log2_size;
    for (int i = 0; i < 4 && !failure_; ++i) {
      child.x = node.x + (i & 1) * half;
      child.y = node.y + (i >> 1) * half;
      child.block_idx = i;
      transform_tree(cu, child);
    }
    return;
  }
  bool cbf_luma = true;
  if (cu.pred_mode == PredMode::intra || node.depth > 0 || node.cbf_cb || node.cbf_cr) {
    cbf_luma = cabac_.decode_bin(contexts_[static_cast<size_t>(kCtxCbfLuma + (node.depth == 0))]);
  }
  transform_unit(cu, node, cbf_luma);
}

// Reads or infers split_transform_flag (7.4.9.8).
bool SliceDecoder::split_transform(const CodingUnit& cu, const TransformNode& node) {
  const bool intra_nxn = cu.pred_mode == PredMode::intra && cu.part_mode == PartMode::pNxN;
  const bool inter_split = sps_->max_transform_hierarchy_depth_inter == 0 &&
                           cu.pred_mode == PredMode::inter && cu.part_mode != PartMode::p2Nx2N &&
                           node.depth == 0;
  if (node.log2_size <= sps_->log2_max_tb_size && node.log2_size > sps_->log2_min_tb_size &&
      node.depth < cu.max_trafo_depth && !(intra_nxn && node.depth == 0)) {
    return cabac_.decode_bin(contexts_[static_cast<size_t>(kCtxSplitTransform + 5 - node.log2_size)]);
  }
  return node.log2_size > sps_->log2_max_tb_size || (intra_nxn && node.depth == 0) ||
         (inter_split && node.log2_size > sps_->log2_min_tb_size);
}

// Parses transform_unit() (7.3.8.10) and reconstructs its blocks.
void SliceDecoder::transform_unit(const CodingUnit& cu, const TransformNode& node, bool cbf_luma) {
  const bool coded = cbf_luma || node.cbf_cb || node.cbf_cr;
  if (coded && pps_->cu_qp_delta_enabled_flag && !cu_qp_delta_coded_) parse_cu_qp_delta();
  mark_transform_unit(node, cbf_luma);
  const bool intra = cu.pred_mode == PredMode::intra;
  if (!coded && !intra) return;
  const int part = cu.part_mode == PartMode::pNxN ? (node.x >= cu.x + (1 << cu.log2_size >> 1)) +
                                                        2 * (node.y >= cu.y + (1 << cu.log2_size >> 1))
                                                  : 0;
  reconstruct_block(cu, node.x, node.y, node.log2_size, 0, cu.luma_modes[part], cbf_luma);
  reconstruct_chroma(cu, node);
}

// Reconstructs the chroma of a transform unit. The chroma of four 4x4 luma blocks comes with the last of
// them.
void SliceDecoder::reconstruct_chroma(const CodingUnit& cu, const TransformNode& node) {
  int x = node.x, y = node.y, log2_size = node.log2_size - 1;
  if (node.log2_size == 2) {
    if (node.block_idx != 3) return;
    x = node.parent_x;
    y = node.parent_y;
    log2_size = 2;
  }
  reconstruct_block(cu, x >> 1, y >> 1, log2_size, 1, cu.chroma_mode, node.cbf_cb);
  reconstruct_block(cu, x >> 1, y >> 1, log2_size, 2, cu.chroma_mode, node.cbf_cr);
}

// Parses cu_qp_delta_abs and cu_qp_delta_sign_flag (7.4.9.14).
void SliceDecoder::parse_cu_qp_delta() {
  int magnitude = 0;
  while (magnitude < 5 &&
         cabac_.decode_bin(contexts_[static_cast<size_t>(kCtxCuQpDelta + (magnitude > 0))])) {
    ++magnitude;
  }
  if (magnitude == 5) {
    int k = 0;
    while (k < 7 && cabac_.decode_bypass()) magnitude += 1 << k++;
    magnitude += static_cast<int>(cabac_.decode_bypass_bits(k));
  }
  const bool negative = magnitude > 0 && cabac_.decode_bypass();
  const int half_bd_offset = 3 * (sps_->bit_depth_luma - 8);
  if (magnitude > (negative ? 26 : 25) + half_bd_offset) return fail("cu_qp_delta_abs out of range");
  cu_qp_delta_ = negative ? -magnitude : magnitude;
  cu_qp_delta_coded_ = true;
}

// Predicts one block (if it is intra) and adds its residual (if it is coded). (x, y) is in samples of the
// component.
void SliceDecoder::reconstruct_block(const CodingUnit& cu, int x, int y, int log2_size, int c_idx,
                                     int intra_mode, bool coded) {
  if (cu.pred_mode == PredMode::intra) predict_intra_block(x, y, log2_size, c_idx, intra_mode);
  if (!coded || failure_) return;
  const Residual info = residual_coding(cu, log2_size, c_idx, intra_mode);
  const int n = 1 << log2_size;
  const int bit_depth = sps_->bit_depth(c_idx);
  inverse_transform(kernels_, coefficients_, residual_, log2_size, info.kind, bit_depth, info.max_x,
                    info.max_y);
  std::memset(coefficients_, 0, sizeof(int16_t) * static_cast<size_t>(n * (info.max_y + 1)));
  Plane<Sample>& plane = picture_->rec.planes[c_idx];
  kernels_.add_residual(plane.row(y) + x, plane.stride(), residual_, n, n, n, bit_depth);
}

void SliceDecoder::predict_intra_block(int x, int y, int log2_size, int c_idx, int intra_mode) {
  Plane<Sample>& plane = picture_->rec.planes[c_idx];
  gather_intra_references(*picture_, c_idx, x, y, log2_size, references_);
  predict_intra(kernels_, references_, c_idx, log2_size, intra_mode, sps_->bit_depth(c_idx),
                sps_->strong_intra_smoothing_enabled_flag, plane.row(y) + x, plane.stride());
  keep_prediction(c_idx, x, y, 1 << log2_size, 1 << log2_size);
}

void SliceDecoder::mark_transform_unit(const TransformNode& node, bool cbf_luma) {
  const int stride = picture_->cell_stride();
  const int cells = 1 << (node.log2_size - 2);
  uint8_t* first = picture_->flags.at(node.x, node.y);
  if (cbf_luma) {
    for (int j = 0; j < cells; ++j) {
      for (int i = 0; i < cells; ++i) first[j * stride + i] |= kCellLumaCoded;
    }
  }
  if (node.depth == 0) return;  // the edges of the CU are marked already
  for (int i = 0; i < cells; ++i) {
    first[i] |= kCellEdgeHorizontal;
    first[i * stride] |= kCellEdgeVertical;
  }
}

// Copies a block that holds only the prediction so far, for filters that read it.
void SliceDecoder::keep_prediction(int c_idx, int x, int y, int width, int height) {
  if (!picture_->keep_filter_inputs) return;
  const Plane<Sample>& from = picture_->rec.planes[c_idx];
  Plane<Sample>& to = picture_->pred.planes[c_idx];
  for (int row = y; row < y + height; ++row) {
    std::memcpy(to.row(row) + x, from.row(row) + x, sizeof(Sample) * static_cast<size_t>(width));
  }
}

}  // namespace inloop::hevc
