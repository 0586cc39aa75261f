// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#if defined(__GNUC__) && !defined(__clang__)
// The intrinsics headers of GCC 12 themselves trigger this warning (bug 105593).
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif
#include <immintrin.h>

#include "nn/cpu/kernels/avx2/eight_f32.h"
#include "nn/cpu/kernels/tiles_f32.h"

namespace inloop::nn {
namespace {

struct Sixteen {
  using Vector = __m512;
  static constexpr int kLanes = 16;
  static INLINE Vector zero() { return _mm512_setzero_ps(); }
  static INLINE Vector load(const float* at) { return _mm512_loadu_ps(at); }
  static INLINE void store(float* at, Vector v) { _mm512_storeu_ps(at, v); }
  static INLINE Vector broadcast(const float* at) { return _mm512_set1_ps(*at); }
  static INLINE Vector add(Vector a, Vector b) { return _mm512_add_ps(a, b); }
  static INLINE void multiply_add(Vector& sum, Vector a, Vector b) { sum = _mm512_fmadd_ps(a, b, sum); }

  struct Constants {
    Vector first, second;
  };
  template <Activation Kind>
  static INLINE Constants constants(const EpilogueF32& e, int c) {
    if constexpr (Kind == Activation::prelu) return {load(e.slope + c), zero()};
    if constexpr (Kind == Activation::clip) return {_mm512_set1_ps(e.low), _mm512_set1_ps(e.high)};
    return {zero(), zero()};
  }
  // The instructions for min and max return their second operand where one operand is NaN.
  template <Activation Kind>
  static INLINE Vector activate(Vector v, const Constants& k) {
    if constexpr (Kind == Activation::none) return v;
    if constexpr (Kind == Activation::relu) return _mm512_max_ps(k.first, v);
    if constexpr (Kind == Activation::clip) return _mm512_min_ps(k.second, _mm512_max_ps(k.first, v));
    return _mm512_mask_mul_ps(v, _mm512_cmp_ps_mask(v, zero(), _CMP_LT_OQ), v, k.first);
  }
};

constexpr int kWidest = 64;

int conv_block_f32(int channels) {
  if (channels < 16) return 8;
  return channels < kWidest ? channels / 16 * 16 : kWidest;
}

// A tile has 24 accumulators, or 12 where there are too few channels.
void conv_row_f32(const ConvRowF32& row) {
  const int chunk = row.chunk > 0 ? row.chunk : row.output.pixels;
  for (int begin = 0; begin < row.output.pixels; begin += chunk) {
    const int end = begin + chunk < row.output.pixels ? begin + chunk : row.output.pixels;
    int width = 0;
    for (int block = 0; block < row.channels; block += width) {
      width = conv_block_f32(row.channels - block);
      switch (width) {
        case 8:  // the last channels, if they fill only half a vector
          conv_block<Eight, 1, 12>(row, begin, end, block);
          break;
        case 16:
          conv_block<Sixteen, 1, 12>(row, begin, end, block);
          break;
        case 32:
          conv_block<Sixteen, 2, 12>(row, begin, end, block);
          break;
        case 48:
          conv_block<Sixteen, 3, 8>(row, begin, end, block);
          break;
        default:
          conv_block<Sixteen, 4, 6>(row, begin, end, block);
          break;
      }
    }
  }
}

void depthwise_row_f32(const DepthwiseRowF32& row) {
  if (row.tap_count == 3)
    depthwise<Sixteen, Eight, 3>(row);
  else
    depthwise<Sixteen, Eight, 0>(row);
}

}  // namespace

void fill_avx512_f32(KernelTable& table) {
  table.conv_block_f32 = conv_block_f32;
  table.depthwise_block_f32 = 16;
  table.conv_row_f32 = conv_row_f32;
  table.depthwise_row_f32 = depthwise_row_f32;
}

}  // namespace inloop::nn
