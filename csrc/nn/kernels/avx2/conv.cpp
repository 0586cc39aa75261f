// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include <immintrin.h>

#include "nn/kernels/table.h"

#define INLINE inline __attribute__((always_inline))

namespace inloop::nn {
namespace {

constexpr int kBlock = 16;      // channels of a block: two accumulators of eight
constexpr int kTilePixels = 6;  // 12 accumulators + 2 weights + 1 activation + 1 product = all 16 registers

// sum += pairwise products. GCC 12 spills accumulators in the intrinsics form of this loop.
INLINE void multiply_add(__m256i& sum, __m256i weights, __m256i pair) {
  __m256i product;
  asm("vpmaddwd %[a], %[w], %[p]\n\tvpaddd %[p], %[s], %[s]"
      : [s] "+x"(sum), [p] "=&x"(product)
      : [a] "x"(pair), [w] "x"(weights));
}

INLINE __m256i broadcast_pair(const int16_t* pair) {
  int32_t both;
  __builtin_memcpy(&both, pair, sizeof both);
  return _mm256_set1_epi32(both);
}

INLINE __m256i load(const int16_t* at) { return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(at)); }
INLINE __m256i load(const int32_t* at) { return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(at)); }
INLINE void store(int16_t* at, __m256i v) { _mm256_storeu_si256(reinterpret_cast<__m256i*>(at), v); }
INLINE __m256i symmetric(__m256i v) { return _mm256_max_epi16(v, _mm256_set1_epi16(-32767)); }

// The lane order of the blocks makes the pack restore the order of channels.
INLINE __m256i pack(__m256i low, __m256i high, __m128i shift) {
  return _mm256_packs_epi32(_mm256_sra_epi32(low, shift), _mm256_sra_epi32(high, shift));
}

// Calls f<0>() .. f<Count - 1>(): indices of accumulators must be constants before optimisation begins, or
// GCC keeps the array of accumulators in memory.
template <int Count, int Index = 0, class Function>
INLINE void repeat(Function f) {
  if constexpr (Index < Count) {
    f.template operator()<Index>();
    repeat<Count, Index + 1>(f);
  }
}

template <int Pixels>
INLINE void activate(__m256i (&v)[Pixels], const Epilogue& e, int c) {
  if (e.activation == Activation::none) return;
  const __m256i zero = _mm256_setzero_si256();
  if (e.activation == Activation::relu) {
    repeat<Pixels>([&]<int P>() __attribute__((always_inline)) { v[P] = _mm256_max_epi16(v[P], zero); });
    return;
  }
  const __m256i low = load(e.slope_low + c);
  if (e.activation == Activation::prelu_fraction) {
    repeat<Pixels>([&]<int P>() __attribute__((always_inline)) {
      const __m256i fraction = _mm256_mulhi_epi16(_mm256_min_epi16(v[P], zero), low);
      v[P] = _mm256_add_epi16(_mm256_max_epi16(v[P], zero), fraction);
    });
    return;
  }
  const __m256i units = load(e.slope_units + c);
  repeat<Pixels>([&]<int P>() __attribute__((always_inline)) {
    const __m256i negative = _mm256_min_epi16(v[P], zero);
    const __m256i scaled =
        _mm256_adds_epi16(_mm256_mulhi_epi16(negative, low), _mm256_mullo_epi16(negative, units));
    v[P] = _mm256_add_epi16(_mm256_max_epi16(v[P], zero), symmetric(scaled));
  });
}

// Everything after the sums, for `Pixels` pixels of 16 channels from channel c on: v holds the packed sums.
// Stage by stage over all pixels, so that every choice is made once.
template <int Pixels>
INLINE void finish(__m256i (&v)[Pixels], int pixel, int c, const Epilogue& e, const RowOutput& o) {
  repeat<Pixels>([&]<int P>() __attribute__((always_inline)) { v[P] = symmetric(v[P]); });
  if (e.bias) {
    const __m256i bias = load(e.bias + c);
    const __m128i shift = _mm_cvtsi32_si128(e.bias_shift);
    repeat<Pixels>([&]<int P>() __attribute__((always_inline)) {
      v[P] = symmetric(_mm256_adds_epi16(_mm256_sra_epi16(v[P], shift), bias));
    });
  }
  if (o.residual) {
    const __m128i self_shift = _mm_cvtsi32_si128(e.self_shift),
                  residual_shift = _mm_cvtsi32_si128(e.residual_shift);
    const ptrdiff_t step = o.residual_step;
    const int16_t* residual = o.residual + pixel * step + c;
    repeat<Pixels>([&]<int P>() __attribute__((always_inline)) {
      const __m256i other = _mm256_sra_epi16(load(residual + P * step), residual_shift);
      v[P] = symmetric(_mm256_adds_epi16(_mm256_sra_epi16(v[P], self_shift), other));
    });
  }
  if (o.raw) {
    const ptrdiff_t step = o.raw_step;
    int16_t* raw = o.raw + pixel * step + c;
    repeat<Pixels>([&]<int P>() __attribute__((always_inline)) { store(raw + P * step, v[P]); });
  }
  activate<Pixels>(v, e, c);
  const ptrdiff_t step = o.out_step;
  int16_t* out = o.out + pixel * step + c;
  repeat<Pixels>([&]<int P>() __attribute__((always_inline)) { store(out + P * step, v[P]); });
}

template <int Pixels>
void conv_tile(const ConvRow& row, int pixel, int block) {
  __m256i sums[Pixels][2];
  const __m256i start0 = load(row.start + block), start1 = load(row.start + block + 8);
  repeat<Pixels>([&]<int P>() __attribute__((always_inline)) { sums[P][0] = start0, sums[P][1] = start1; });
  const int16_t* weights = row.weights + ptrdiff_t{block} * row.run_count * row.run_pairs * 2;
  const ptrdiff_t step = row.pixel_step;
  for (int run = 0; run < row.run_count; ++run) {
    const int16_t* in = row.runs[run] + pixel * step;
    for (int pair = row.run_pairs; pair > 0; --pair, in += 2, weights += 2 * kBlock) {
      const __m256i w0 = load(weights), w1 = load(weights + kBlock);
      repeat<Pixels>([&]<int P>() __attribute__((always_inline)) {
        const __m256i a = broadcast_pair(in + P * step);
        multiply_add(sums[P][0], w0, a);
        multiply_add(sums[P][1], w1, a);
      });
    }
  }
  const __m128i shift = _mm_cvtsi32_si128(row.epilogue->shift);
  __m256i v[Pixels];
  repeat<Pixels>([&]<int P>() __attribute__((always_inline)) { v[P] = pack(sums[P][0], sums[P][1], shift); });
  finish<Pixels>(v, pixel, block, *row.epilogue, row.output);
}

void conv_block(const ConvRow& row, int pixel, int end, int block) {
  for (; pixel + kTilePixels <= end; pixel += kTilePixels) conv_tile<kTilePixels>(row, pixel, block);
  switch (end - pixel) {
    case 1:
      conv_tile<1>(row, pixel, block);
      break;
    case 2:
      conv_tile<2>(row, pixel, block);
      break;
    case 3:
      conv_tile<3>(row, pixel, block);
      break;
    case 4:
      conv_tile<4>(row, pixel, block);
      break;
    case 5:
      conv_tile<5>(row, pixel, block);
      break;
    default:
      break;
  }
}

void conv_row_i16(const ConvRow& row) {
  const int chunk = row.chunk > 0 ? row.chunk : row.output.pixels;
  for (int begin = 0; begin < row.output.pixels; begin += chunk) {
    const int end = begin + chunk < row.output.pixels ? begin + chunk : row.output.pixels;
    for (int block = 0; block < row.channels; block += kBlock) conv_block(row, begin, end, block);
  }
}

// Taps is the number of taps if it is known, else 0.
template <int Taps>
void depthwise(const DepthwiseRow& row) {
  const int count = Taps ? Taps : row.tap_count, pairs = (row.tap_count + 1) / 2;
  for (int block = 0; block < row.channels; block += kBlock) {
    const __m256i start0 = load(row.start + block), start1 = load(row.start + block + 8);
    for (int pixel = 0; pixel < row.output.pixels; ++pixel) {
      const ptrdiff_t at = pixel * row.pixel_step + block;
      const int16_t* weights = row.weights + ptrdiff_t{block} * pairs * 2;
      __m256i low = start0, high = start1;
      for (int tap = 0; tap < count; tap += 2, weights += 2 * kBlock) {
        const __m256i a = load(row.taps[tap] + at);
        const __m256i b = tap + 1 < count ? load(row.taps[tap + 1] + at) : _mm256_setzero_si256();
        multiply_add(low, load(weights), _mm256_unpacklo_epi16(a, b));
        multiply_add(high, load(weights + kBlock), _mm256_unpackhi_epi16(a, b));
      }
      __m256i v[1] = {pack(low, high, _mm_cvtsi32_si128(row.epilogue->shift))};
      finish<1>(v, pixel, block, *row.epilogue, row.output);
    }
  }
}

void depthwise_row_i16(const DepthwiseRow& row) {
  if (row.tap_count == 3)
    depthwise<3>(row);
  else
    depthwise<0>(row);
}

// Lanes 0-7 are the first accumulator: the channels that unpacklo leaves there and packs takes from there.
int lane_channel(int, int lane) { return lane % 4 + (lane % 8 >= 4 ? 8 : 0) + (lane >= 8 ? 4 : 0); }

}  // namespace

void fill_avx2(KernelTable& table) {
  table.conv_block = table.depthwise_block = kBlock;
  table.lane_channel = lane_channel;
  table.conv_row_i16 = conv_row_i16;
  table.depthwise_row_i16 = depthwise_row_i16;
}

}  // namespace inloop::nn
