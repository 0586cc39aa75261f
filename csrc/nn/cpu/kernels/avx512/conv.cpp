// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#if defined(__GNUC__) && !defined(__clang__)
// The intrinsics headers of GCC 12 themselves trigger this warning (bug 105593).
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif
#include <immintrin.h>

#include "nn/cpu/kernels/avx2/rows_i16.h"

namespace inloop::nn {
namespace {

struct OneProduct {
  static INLINE void multiply_add(__m512i& sum, __m512i weights, __m512i pairs) {
    asm("vpdpwssd %[a], %[w], %[s]" : [s] "+v"(sum) : [a] "v"(pairs), [w] "v"(weights));
  }
  static INLINE void multiply_add(__m256i& sum, __m256i weights, __m256i pairs) {
    asm("vpdpwssd %[a], %[w], %[s]" : [s] "+v"(sum) : [a] "v"(pairs), [w] "v"(weights));
  }
  static INLINE __m512i sum_of(__m512i sum, __m512i weights, __m512i pairs) {
    return _mm512_dpwssd_epi32(sum, weights, pairs);
  }
  static INLINE __m256i sum_of(__m256i sum, __m256i weights, __m256i pairs) {
    return _mm256_dpwssd_epi32(sum, weights, pairs);
  }
  static INLINE __m128i sum_of(__m128i sum, __m128i weights, __m128i pairs) {
    return _mm_dpwssd_epi32(sum, weights, pairs);
  }
};
using MultiplyAdd = EachAlone<OneProduct>;

struct ThirtyTwo {
  using Vector = __m512i;
  static constexpr int kChannels = 32;
  static INLINE Vector load(const int16_t* at) { return _mm512_loadu_si512(at); }
  static INLINE void store(int16_t* at, Vector v) { _mm512_storeu_si512(at, v); }
  static INLINE Vector all(int16_t v) { return _mm512_set1_epi16(v); }
  static INLINE Vector max(Vector a, Vector b) { return _mm512_max_epi16(a, b); }
  static INLINE Vector min(Vector a, Vector b) { return _mm512_min_epi16(a, b); }
  static INLINE Vector add(Vector a, Vector b) { return _mm512_add_epi16(a, b); }
  static INLINE Vector sub(Vector a, Vector b) { return _mm512_sub_epi16(a, b); }
  static INLINE Vector adds(Vector a, Vector b) { return _mm512_adds_epi16(a, b); }
  static INLINE Vector mulhi(Vector a, Vector b) { return _mm512_mulhi_epi16(a, b); }
  static INLINE Vector mullo(Vector a, Vector b) { return _mm512_mullo_epi16(a, b); }
  static INLINE Vector sra(Vector a, int n) { return _mm512_sra_epi16(a, _mm_cvtsi32_si128(n)); }
  static INLINE Vector load_sums(const int32_t* at) { return _mm512_loadu_si512(at); }
  static INLINE Vector interleave_low(Vector a, Vector b) { return _mm512_unpacklo_epi16(a, b); }
  static INLINE Vector interleave_high(Vector a, Vector b) { return _mm512_unpackhi_epi16(a, b); }
  static INLINE Vector upper(Vector a) { return _mm512_slli_epi32(a, 16); }
  static INLINE Vector lower(Vector a) { return _mm512_srli_epi32(a, 16); }
  static INLINE Vector either(Vector a, Vector b) { return _mm512_or_si512(a, b); }
  static INLINE Vector pack(Vector low, Vector high, int shift) {
    const Vector n = _mm512_set1_epi32(shift);
    return _mm512_packs_epi32(_mm512_srav_epi32(low, n), _mm512_srav_epi32(high, n));
  }
};

struct SixteenSums {
  using Sum = __m512i;
  using Weights = __m512i;
  using Pair = ThirtyTwo;
  using Single = Sixteen;
  static constexpr int kLanes = 16;
  static INLINE Sum load(const int32_t* at) { return _mm512_loadu_si512(at); }
  static INLINE void store(int32_t* at, Sum v) { _mm512_storeu_si512(at, v); }
  static INLINE Sum add(Sum a, Sum b) { return _mm512_add_epi32(a, b); }
  static INLINE Sum sub(Sum a, Sum b) { return _mm512_sub_epi32(a, b); }
  static INLINE Weights load_weights(const int16_t* at) { return _mm512_loadu_si512(at); }
  static INLINE Sum broadcast(const int16_t* pair) {
    int32_t both;
    __builtin_memcpy(&both, pair, sizeof both);
    return _mm512_set1_epi32(both);
  }
  static INLINE __m512i pack(Sum low, Sum high, int shift) { return ThirtyTwo::pack(low, high, shift); }
  static INLINE __m256i pack(Sum sum, int shift) {
    return Sixteen::pack(_mm512_castsi512_si256(sum), _mm512_extracti64x4_epi64(sum, 1), shift);
  }
};

constexpr int kConvBlock = 64;  // four vectors of sums per pixel

void wide_conv_row_i16(const ConvRow& row) {
  for_blocks(row, kConvBlock, [&](int begin, int end, int block, int channels) INLINE_LAMBDA {
    switch (channels) {
      case 8:
        return conv_block<MultiplyAdd, EightSums, 1, 12>(row, begin, end, block);
      case 16:
        return conv_block<MultiplyAdd, SixteenSums, 1, 12>(row, begin, end, block);
      case 32:
        return conv_block<MultiplyAdd, SixteenSums, 2, 12>(row, begin, end, block);
      case 48:
        return conv_block<MultiplyAdd, SixteenSums, 3, 8>(row, begin, end, block);
      default:
        return conv_block<MultiplyAdd, SixteenSums, 4, 6>(row, begin, end, block);
    }
  });
}

void wide_depthwise_row_i16(const DepthwiseRow& row) {
  for (int block = 0, channels = 0; block < row.channels; block += channels) {
    channels = block_channels(row.channels - block, ThirtyTwo::kChannels);
    if (channels == 32)
      depthwise_block<MultiplyAdd, ThirtyTwo>(row, block);
    else if (channels == 16)
      depthwise_block<MultiplyAdd, Sixteen>(row, block);
    else
      depthwise_block<MultiplyAdd, Eight>(row, block);
  }
}

// The channels of a block form groups of 32, then one of 16 or 8.
int wide_lane_channel(int block, int lane) {
  const int group = lane / 32 * 32, left = block - group;
  return group + lane_in_group(left < 32 ? left : 32, lane - group);
}

}  // namespace

void fill_avx512(KernelTable& table) {
  table.conv_block = kConvBlock;
  table.depthwise_block = ThirtyTwo::kChannels;
  table.lane_channel = wide_lane_channel;
  table.conv_row_i16 = wide_conv_row_i16;
  table.depthwise_row_i16 = wide_depthwise_row_i16;
  table.winograd_block = 32;
  table.winograd_rows_i16 = winograd_rows_i16<MultiplyAdd, SixteenSums, 2, 12>;
}

// Fills what a CPU with AVX-VNNI runs as its avx2 isa, in the encoding of AVX-512.
void fill_avx512_as_avxvnni(KernelTable& table) { fill_rows<MultiplyAdd>(table); }

}  // namespace inloop::nn
