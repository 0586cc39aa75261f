// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "codec/encoder/block_coder.h"

#include <cstring>

#include "codec/encoder/quantizer.h"
#include "codec/encoder/syntax_writer.h"
#include "codec/transform.h"

namespace inloop::codec {
namespace {

void copy_block(Sample* dst, ptrdiff_t dst_stride, const Sample* src, ptrdiff_t src_stride, int size) {
  for (int y = 0; y < size; ++y) {
    std::memcpy(dst + y * dst_stride, src + y * src_stride, static_cast<size_t>(size) * sizeof(Sample));
  }
}

// Qp' of the component.
int scaling_qp(const SearchState& state, int c_idx) {
  const int bit_depth = state.picture.sps().bit_depth(c_idx);
  if (c_idx) return chroma_qp(state.slice.slice_qp, state.picture.pps().qp_offset(c_idx), bit_depth);
  return state.slice.slice_qp + 6 * (bit_depth - 8);
}

uint64_t residual_cost(const SearchState& state, const TransformBlock& block) {
  BitCounter counter(state.contexts);
  SyntaxWriter<BitCounter> writer(counter, state.picture, state.slice, *state.ctu);
  writer.residual(block.c_idx, block.x, block.y, block.log2_size, block.intra_mode, block.intra);
  return counter.cost();
}

// Adds the residual of the levels to the prediction that picture.rec holds.
void reconstruct(SearchState& state, const TransformBlock& block, int qp, TransformKind kind,
                 const CodedExtent& extent, Sample* rec, ptrdiff_t rec_stride) {
  alignas(64) int16_t coeffs[32 * 32];
  alignas(64) int16_t residual[32 * 32];
  const int size = 1 << block.log2_size;
  const int bit_depth = state.picture.sps().bit_depth(block.c_idx);
  const int16_t* levels = state.ctu->levels(block.c_idx, block.x, block.y);
  dequantize(state.kernels, levels, coeffs, block.log2_size, qp, bit_depth);
  inverse_transform(state.kernels, coeffs, residual, block.log2_size, kind, bit_depth, extent.max_x,
                    extent.max_y);
  state.kernels.add_residual(rec, rec_stride, residual, size, size, size, bit_depth);
}

}  // namespace

BlockCost code_transform_block(SearchState& state, const TransformBlock& block, const Sample* pred,
                               ptrdiff_t pred_stride) {
  const int shift = block.c_idx ? 1 : 0;
  const int x = block.x >> shift, y = block.y >> shift, size = 1 << block.log2_size;
  const int bit_depth = state.picture.sps().bit_depth(block.c_idx);
  const int qp = scaling_qp(state, block.c_idx);
  const Sample* source = state.source_at(block.c_idx, x, y);
  const ptrdiff_t source_stride = state.source_stride(block.c_idx);
  Sample* rec = state.rec_at(block.c_idx, x, y);
  const ptrdiff_t rec_stride = state.rec_stride(block.c_idx);
  const TransformKind kind =
      block.intra && block.c_idx == 0 && block.log2_size == 2 ? TransformKind::dst4 : TransformKind::dct;

  alignas(64) int16_t residual[32 * 32];
  alignas(64) int16_t coeffs[32 * 32];
  state.kernels.subtract(residual, size, source, source_stride, pred, pred_stride, size, size);
  forward_transform(state.kernels, residual, coeffs, block.log2_size, kind, bit_depth);
  const double weight = state.weight(block.c_idx);
  QuantBlock quant;
  quant.log2_size = block.log2_size;
  quant.c_idx = block.c_idx;
  quant.scan_idx = derive_scan_idx(block.intra, block.log2_size, block.c_idx, block.intra_mode);
  quant.qp = qp;
  quant.bit_depth = bit_depth;
  quant.sign_hiding = state.picture.pps().sign_data_hiding_enabled_flag;
  quant.lambda = state.lambda / weight;
  const CodedExtent extent = quantize(state.kernels, coeffs, state.ctu->levels(block.c_idx, block.x, block.y),
                                      quant, state.contexts);
  copy_block(rec, rec_stride, pred, pred_stride, size);
  const double empty_cost =
      weight * static_cast<double>(state.kernels.sse(source, source_stride, pred, pred_stride, size, size));
  if (extent.count == 0) return {empty_cost, false};

  reconstruct(state, block, qp, kind, extent, rec, rec_stride);
  const double coded_cost =
      weight * static_cast<double>(state.kernels.sse(source, source_stride, rec, rec_stride, size, size)) +
      state.bit_cost(residual_cost(state, block));
  if (coded_cost < empty_cost) return {coded_cost, true};
  copy_block(rec, rec_stride, pred, pred_stride, size);
  return {empty_cost, false};
}

}  // namespace inloop::codec
