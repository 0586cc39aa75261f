// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "hevc/block/transform.h"

#include <cstring>

#include "hevc/syntax/types.h"

namespace inloop::hevc {
namespace {

constexpr int kCoeffMin = -32768, kCoeffMax = 32767;

// Replaces the transform where transform_skip_flag is set (8.6.2): tsShift is 7, and the shift is that of the
// second transform stage.
void inverse_skip(const int16_t* coeffs, int16_t* residual, int count, int bit_depth) {
  const int shift = 20 - bit_depth;
  for (int i = 0; i < count; ++i) {
    const int value = (coeffs[i] * 128 + (1 << (shift - 1))) >> shift;
    residual[i] = static_cast<int16_t>(clip3(kCoeffMin, kCoeffMax, value));
  }
}

void forward_skip(const int16_t* residual, int16_t* coeffs, int count, int shift) {
  for (int i = 0; i < count; ++i) {
    const int value = residual[i] * (1 << shift);
    coeffs[i] = static_cast<int16_t>(clip3(kCoeffMin, kCoeffMax, value));
  }
}

}  // namespace

int chroma_qp(int qp_y, int offset, int bit_depth) {
  // QpC for qPi = 30 to 43; below that range QpC is qPi, above it qPi - 6.
  constexpr int8_t kTable[14] = {29, 30, 31, 32, 33, 33, 34, 34, 35, 35, 36, 36, 37, 37};
  const int bd_offset = 6 * (bit_depth - 8);
  const int index = clip3(-bd_offset, 57, qp_y + offset);
  const int qp = index < 30 ? index : index > 43 ? index - 6 : kTable[index - 30];
  return qp + bd_offset;
}

void dequantize(const KernelTable& kernels, const int16_t* levels, int16_t* coeffs, int log2_size, int qp,
                int bit_depth) {
  constexpr int kLevelScale[6] = {40, 45, 51, 57, 64, 72};
  // bdShift minus the 4 bits of the flat factor 16 and minus the 2^(qp / 6) of the scale. Taking these
  // factors out is exact, because they divide the rounding offset wherever the shift stays positive, and
  // every product fits 32 bits.
  const int shift = bit_depth + log2_size - 5 - 4 - qp / 6;
  kernels.dequantize(levels, coeffs, 1 << (2 * log2_size), kLevelScale[qp % 6], shift);
}

void inverse_transform(const KernelTable& kernels, const int16_t* coeffs, int16_t* residual, int log2_size,
                       TransformKind kind, int bit_depth, int max_x, int max_y) {
  const int count = 1 << (2 * log2_size);
  switch (kind) {
    case TransformKind::dct:
      kernels.inverse_dct[log2_size - 2](coeffs, residual, bit_depth, max_x, max_y);
      break;
    case TransformKind::dst4:
      kernels.inverse_dst4(coeffs, residual, bit_depth);
      break;
    case TransformKind::skip:
      inverse_skip(coeffs, residual, count, bit_depth);
      break;
    case TransformKind::bypass:
      if (residual != coeffs) std::memcpy(residual, coeffs, static_cast<size_t>(count) * sizeof(int16_t));
      break;
  }
}

void forward_transform(const KernelTable& kernels, const int16_t* residual, int16_t* coeffs, int log2_size,
                       TransformKind kind, int bit_depth) {
  const int count = 1 << (2 * log2_size);
  switch (kind) {
    case TransformKind::dct:
      kernels.forward_dct[log2_size - 2](residual, coeffs, bit_depth);
      break;
    case TransformKind::dst4:
      kernels.forward_dst4(residual, coeffs, bit_depth);
      break;
    case TransformKind::skip:
      forward_skip(residual, coeffs, count, 15 - bit_depth - log2_size);
      break;
    case TransformKind::bypass:
      if (coeffs != residual) std::memcpy(coeffs, residual, static_cast<size_t>(count) * sizeof(int16_t));
      break;
  }
}

}  // namespace inloop::hevc
