// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "hevc/encoder/search/block_coder.h"

#include <cstring>

#include "hevc/block/transform.h"
#include "hevc/syntax/residual_scan.h"

namespace inloop::hevc {
namespace {

// Rounding the reconstruction to integers adds this squared error to each sample; the error of the
// coefficients does not include it.
constexpr double kRoundingError = 1.0 / 12;

void copy_block(Sample* dst, ptrdiff_t dst_stride, const Sample* src, ptrdiff_t src_stride, int size) {
  for (int y = 0; y < size; ++y) {
    std::memcpy(dst + y * dst_stride, src + y * src_stride, static_cast<size_t>(size) * sizeof(Sample));
  }
}

// Returns Qp' of the component.
int scaling_qp(const SearchState& state, int c_idx) {
  const int bit_depth = state.picture.sps().bit_depth(c_idx);
  if (c_idx) return chroma_qp(state.qp, state.picture.pps().qp_offset(c_idx), bit_depth);
  return state.qp + 6 * (bit_depth - 8);
}

TransformKind transform_kind(const TransformBlock& block) {
  return block.intra && block.c_idx == 0 && block.log2_size == 2 ? TransformKind::dst4 : TransformKind::dct;
}

QuantBlock quant_block(const SearchState& state, const TransformBlock& block) {
  QuantBlock quant;
  quant.log2_size = block.log2_size;
  quant.c_idx = block.c_idx;
  quant.scan_idx = derive_scan_idx(block.intra, block.log2_size, block.c_idx, block.intra_mode);
  quant.qp = scaling_qp(state, block.c_idx);
  quant.bit_depth = state.picture.sps().bit_depth(block.c_idx);
  quant.sign_hiding = state.picture.pps().sign_data_hiding_enabled_flag;
  return quant;
}

// Codes a 4x4 residual without a transform where that is cheaper than `best`, which was coded with one.
void try_transform_skip(const SearchState& state, const QuantBlock& quant, const int16_t* residual,
                        int16_t* levels, QuantResult& best, bool& transform_skip) {
  const BinPrices& prices = state.bin_prices(quant.c_idx);
  const uint8_t flag = state.contexts[static_cast<size_t>(kCtxTransformSkip + (quant.c_idx ? 1 : 0))];
  if (best.extent.count) best.cost += prices.bin(flag, 0);
  alignas(64) int16_t coeffs[16], other_levels[16];
  forward_transform(state.kernels, residual, coeffs, 2, TransformKind::skip, quant.bit_depth);
  QuantResult other = quantize(state.kernels, coeffs, other_levels, quant, state.contexts, prices);
  if (other.extent.count == 0) return;
  other.cost += prices.bin(flag, 1);
  if (best.extent.count && other.cost >= best.cost) return;
  best = other;
  transform_skip = true;
  std::memcpy(levels, other_levels, sizeof other_levels);
}

}  // namespace

BlockCost quantize_transform_block(const SearchState& state, const TransformBlock& block, const Sample* pred,
                                   ptrdiff_t pred_stride, int16_t* levels) {
  const int shift = block.c_idx ? 1 : 0, size = 1 << block.log2_size;
  const Sample* source = state.source_at(block.c_idx, block.x >> shift, block.y >> shift);
  const ptrdiff_t source_stride = state.source_stride(block.c_idx);
  const QuantBlock quant = quant_block(state, block);

  alignas(64) int16_t residual[32 * 32];
  alignas(64) int16_t coeffs[32 * 32];
  state.kernels.subtract(residual, size, source, source_stride, pred, pred_stride, size, size);
  forward_transform(state.kernels, residual, coeffs, block.log2_size, transform_kind(block), quant.bit_depth);
  QuantResult result =
      quantize(state.kernels, coeffs, levels, quant, state.contexts, state.bin_prices(block.c_idx));
  BlockCost cost;
  if (block.log2_size == 2 && state.picture.pps().transform_skip_enabled_flag) {
    try_transform_skip(state, quant, residual, levels, result, cost.transform_skip);
  }
  const uint64_t error = state.kernels.sse(source, source_stride, pred, pred_stride, size, size);
  result.cost += kRoundingError * size * size;
  cost.coded = result.extent.count > 0 && result.cost < 0;
  cost.transform_skip &= cost.coded;
  cost.cost = state.weight(block.c_idx) * (static_cast<double>(error) + (cost.coded ? result.cost : 0));
  cost.max_x = static_cast<uint8_t>(result.extent.max_x);
  cost.max_y = static_cast<uint8_t>(result.extent.max_y);
  return cost;
}

void reconstruct_transform_block(SearchState& state, const TransformBlock& block, const BlockCost& cost,
                                 const Sample* pred, ptrdiff_t pred_stride) {
  const int shift = block.c_idx ? 1 : 0, size = 1 << block.log2_size;
  Sample* rec = state.rec_at(block.c_idx, block.x >> shift, block.y >> shift);
  const ptrdiff_t rec_stride = state.rec_stride(block.c_idx);
  copy_block(rec, rec_stride, pred, pred_stride, size);
  uint8_t& skips = state.cells(block.x, block.y)->transform_skip;
  const int bit = 1 << block.c_idx;
  skips = static_cast<uint8_t>(cost.transform_skip ? skips | bit : skips & ~bit);
  if (!cost.coded) return;

  alignas(64) int16_t coeffs[32 * 32];
  alignas(64) int16_t residual[32 * 32];
  const int bit_depth = state.picture.sps().bit_depth(block.c_idx);
  const TransformKind kind = cost.transform_skip ? TransformKind::skip : transform_kind(block);
  dequantize(state.kernels, state.ctu->levels(block.c_idx, block.x, block.y), coeffs, block.log2_size,
             scaling_qp(state, block.c_idx), bit_depth);
  inverse_transform(state.kernels, coeffs, residual, block.log2_size, kind, bit_depth, cost.max_x,
                    cost.max_y);
  state.kernels.add_residual(rec, rec_stride, residual, size, size, size, bit_depth);
}

BlockCost code_transform_block(SearchState& state, const TransformBlock& block, const Sample* pred,
                               ptrdiff_t pred_stride) {
  const BlockCost cost = quantize_transform_block(state, block, pred, pred_stride,
                                                  state.ctu->levels(block.c_idx, block.x, block.y));
  reconstruct_transform_block(state, block, cost, pred, pred_stride);
  return cost;
}

}  // namespace inloop::hevc
