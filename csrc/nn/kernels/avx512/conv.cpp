// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#if defined(__GNUC__) && !defined(__clang__)
// GCC 12's own intrinsics headers trip this warning (bug 105593).
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif
#include <immintrin.h>

#include "nn/kernels/table.h"

#define INLINE inline __attribute__((always_inline))

namespace inloop::nn {
namespace {

constexpr int kConvBlock = 64;  // four accumulators a pixel
constexpr int kDepthwiseBlock = 32;

// sum += pairwise products, in place: GCC 12 copies registers around the intrinsic.
INLINE void multiply_add(__m512i& sum, __m512i weights, __m512i pair) {
  asm("vpdpwssd %[a], %[w], %[s]" : [s] "+v"(sum) : [a] "v"(pair), [w] "v"(weights));
}
INLINE void multiply_add(__m256i& sum, __m256i weights, __m256i pair) {
  asm("vpdpwssd %[a], %[w], %[s]" : [s] "+v"(sum) : [a] "v"(pair), [w] "v"(weights));
}

INLINE __m512i broadcast_pair(const int16_t* pair) {
  int32_t both;
  __builtin_memcpy(&both, pair, sizeof both);
  return _mm512_set1_epi32(both);
}

// The same operations on 32 and on 16 channels.
struct Wide {
  using Vector = __m512i;
  static Vector load(const int16_t* at) { return _mm512_loadu_si512(at); }
  static void store(int16_t* at, Vector v) { _mm512_storeu_si512(at, v); }
  static Vector all(int16_t v) { return _mm512_set1_epi16(v); }
  static Vector max(Vector a, Vector b) { return _mm512_max_epi16(a, b); }
  static Vector min(Vector a, Vector b) { return _mm512_min_epi16(a, b); }
  static Vector add(Vector a, Vector b) { return _mm512_add_epi16(a, b); }
  static Vector adds(Vector a, Vector b) { return _mm512_adds_epi16(a, b); }
  static Vector mulhi(Vector a, Vector b) { return _mm512_mulhi_epi16(a, b); }
  static Vector mullo(Vector a, Vector b) { return _mm512_mullo_epi16(a, b); }
  static Vector sra(Vector a, int n) { return _mm512_sra_epi16(a, _mm_cvtsi32_si128(n)); }
};
struct Narrow {
  using Vector = __m256i;
  static Vector load(const int16_t* at) { return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(at)); }
  static void store(int16_t* at, Vector v) { _mm256_storeu_si256(reinterpret_cast<__m256i*>(at), v); }
  static Vector all(int16_t v) { return _mm256_set1_epi16(v); }
  static Vector max(Vector a, Vector b) { return _mm256_max_epi16(a, b); }
  static Vector min(Vector a, Vector b) { return _mm256_min_epi16(a, b); }
  static Vector add(Vector a, Vector b) { return _mm256_add_epi16(a, b); }
  static Vector adds(Vector a, Vector b) { return _mm256_adds_epi16(a, b); }
  static Vector mulhi(Vector a, Vector b) { return _mm256_mulhi_epi16(a, b); }
  static Vector mullo(Vector a, Vector b) { return _mm256_mullo_epi16(a, b); }
  static Vector sra(Vector a, int n) { return _mm256_sra_epi16(a, _mm_cvtsi32_si128(n)); }
};

template <class V>
INLINE typename V::Vector symmetric(typename V::Vector v) {
  return V::max(v, V::all(-32767));
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

template <class V, int Count>
INLINE void activate(typename V::Vector (&v)[Count], const Epilogue& e, int c) {
  if (e.activation == Activation::none) return;
  const auto zero = V::all(0);
  if (e.activation == Activation::relu) {
    repeat<Count>([&]<int P>() __attribute__((always_inline)) { v[P] = V::max(v[P], zero); });
    return;
  }
  const auto low = V::load(e.slope_low + c);
  if (e.activation == Activation::prelu_fraction) {
    repeat<Count>([&]<int P>() __attribute__((always_inline)) {
      v[P] = V::add(V::max(v[P], zero), V::mulhi(V::min(v[P], zero), low));
    });
    return;
  }
  const auto units = V::load(e.slope_units + c);
  repeat<Count>([&]<int P>() __attribute__((always_inline)) {
    const auto negative = V::min(v[P], zero);
    const auto scaled = V::adds(V::mulhi(negative, low), V::mullo(negative, units));
    v[P] = V::add(V::max(v[P], zero), symmetric<V>(scaled));
  });
}

// Everything after the sums, for `Count` pixels' channels from c on: v holds the packed sums. Stage by stage
// over all pixels, so that every choice is made once.
template <class V, int Count>
INLINE void finish(typename V::Vector (&v)[Count], int pixel, int c, const Epilogue& e, const RowOutput& o) {
  repeat<Count>([&]<int P>() __attribute__((always_inline)) { v[P] = symmetric<V>(v[P]); });
  if (e.bias) {
    const auto bias = V::load(e.bias + c);
    const int shift = e.bias_shift;
    repeat<Count>([&]<int P>() __attribute__((always_inline)) {
      v[P] = symmetric<V>(V::adds(V::sra(v[P], shift), bias));
    });
  }
  if (o.residual) {
    const int self_shift = e.self_shift, residual_shift = e.residual_shift;
    const ptrdiff_t step = o.residual_step;
    const int16_t* residual = o.residual + pixel * step + c;
    repeat<Count>([&]<int P>() __attribute__((always_inline)) {
      const auto other = V::sra(V::load(residual + P * step), residual_shift);
      v[P] = symmetric<V>(V::adds(V::sra(v[P], self_shift), other));
    });
  }
  if (o.raw) {
    const ptrdiff_t step = o.raw_step;
    int16_t* raw = o.raw + pixel * step + c;
    repeat<Count>([&]<int P>() __attribute__((always_inline)) { V::store(raw + P * step, v[P]); });
  }
  activate<V, Count>(v, e, c);
  const ptrdiff_t step = o.out_step;
  int16_t* out = o.out + pixel * step + c;
  repeat<Count>([&]<int P>() __attribute__((always_inline)) { V::store(out + P * step, v[P]); });
}

// Two accumulators hold 32 channels in the order that packs undoes; a single one holds 16, again in two
// halves.
INLINE __m512i pack(__m512i low, __m512i high, __m128i shift) {
  return _mm512_packs_epi32(_mm512_sra_epi32(low, shift), _mm512_sra_epi32(high, shift));
}
INLINE __m256i pack(__m256i low, __m256i high, __m128i shift) {
  return _mm256_packs_epi32(_mm256_sra_epi32(low, shift), _mm256_sra_epi32(high, shift));
}

template <int Vectors, int Pixels>
void conv_tile(const ConvRow& row, int pixel, int block) {
  __m512i sums[Pixels][Vectors];
  repeat<Vectors>([&]<int V>() __attribute__((always_inline)) {
    const __m512i start = _mm512_loadu_si512(row.start + block + 16 * V);
    repeat<Pixels>([&]<int P>() __attribute__((always_inline)) { sums[P][V] = start; });
  });
  const int16_t* weights = row.weights + ptrdiff_t{block} * row.run_count * row.run_pairs * 2;
  const ptrdiff_t step = row.pixel_step;
  for (int run = 0; run < row.run_count; ++run) {
    const int16_t* in = row.runs[run] + pixel * step;
    for (int pair = row.run_pairs; pair > 0; --pair, in += 2, weights += 32 * Vectors) {
      __m512i w[Vectors];
      repeat<Vectors>([&]<int V>()
                          __attribute__((always_inline)) { w[V] = _mm512_loadu_si512(weights + 32 * V); });
      repeat<Pixels>([&]<int P>() __attribute__((always_inline)) {
        const __m512i a = broadcast_pair(in + P * step);
        repeat<Vectors>([&]<int V>() __attribute__((always_inline)) { multiply_add(sums[P][V], w[V], a); });
      });
    }
  }
  const Epilogue& e = *row.epilogue;
  const __m128i shift = _mm_cvtsi32_si128(e.shift);
  repeat<Vectors / 2>([&]<int V>() __attribute__((always_inline)) {
    __m512i v[Pixels];
    repeat<Pixels>([&]<int P>() __attribute__((always_inline)) {
      v[P] = pack(sums[P][2 * V], sums[P][2 * V + 1], shift);
    });
    finish<Wide, Pixels>(v, pixel, block + 32 * V, e, row.output);
  });
  if constexpr (Vectors % 2 == 1) {
    __m256i v[Pixels];
    repeat<Pixels>([&]<int P>() __attribute__((always_inline)) {
      const __m512i sum = sums[P][Vectors - 1];
      v[P] = pack(_mm512_castsi512_si256(sum), _mm512_extracti64x4_epi64(sum, 1), shift);
    });
    finish<Narrow, Pixels>(v, pixel, block + 16 * (Vectors - 1), e, row.output);
  }
}

// The pixels that whole tiles leave over.
template <int Vectors, int Pixels>
void conv_rest(const ConvRow& row, int pixel, int count, int block) {
  if constexpr (Pixels > 0) {
    if (count == Pixels)
      conv_tile<Vectors, Pixels>(row, pixel, block);
    else
      conv_rest<Vectors, Pixels - 1>(row, pixel, count, block);
  }
}

template <int Vectors, int Pixels>
void conv_block(const ConvRow& row, int begin, int end, int block) {
  for (; begin + Pixels <= end; begin += Pixels) conv_tile<Vectors, Pixels>(row, begin, block);
  conv_rest<Vectors, Pixels - 1>(row, begin, end - begin, block);
}

void conv_row_i16(const ConvRow& row) {
  const int chunk = row.chunk > 0 ? row.chunk : row.output.pixels;
  for (int begin = 0; begin < row.output.pixels; begin += chunk) {
    const int end = begin + chunk < row.output.pixels ? begin + chunk : row.output.pixels;
    for (int block = 0; block < row.channels; block += kConvBlock) switch (row.channels - block) {
        case 16:
          conv_block<1, 8>(row, begin, end, block);
          break;
        case 32:
          conv_block<2, 12>(row, begin, end, block);
          break;
        case 48:
          conv_block<3, 8>(row, begin, end, block);
          break;
        default:
          conv_block<4, 6>(row, begin, end, block);
          break;
      }
  }
}

// Taps is the number of taps if it is known, else 0.
template <int Taps>
void depthwise_wide(const DepthwiseRow& row, int block) {
  const int count = Taps ? Taps : row.tap_count, pairs = (count + 1) / 2;
  const __m512i start0 = _mm512_loadu_si512(row.start + block),
                start1 = _mm512_loadu_si512(row.start + block + 16);
  for (int pixel = 0; pixel < row.output.pixels; ++pixel) {
    const ptrdiff_t at = pixel * row.pixel_step + block;
    const int16_t* weights = row.weights + ptrdiff_t{block} * pairs * 2;
    __m512i sum0 = start0, sum1 = start1;
    for (int tap = 0; tap < count; tap += 2, weights += 64) {
      const __m512i a = Wide::load(row.taps[tap] + at);
      const __m512i b = tap + 1 < count ? Wide::load(row.taps[tap + 1] + at) : _mm512_setzero_si512();
      multiply_add(sum0, Wide::load(weights), _mm512_unpacklo_epi16(a, b));
      multiply_add(sum1, Wide::load(weights + 32), _mm512_unpackhi_epi16(a, b));
    }
    __m512i v[1] = {pack(sum0, sum1, _mm_cvtsi32_si128(row.epilogue->shift))};
    finish<Wide, 1>(v, pixel, block, *row.epilogue, row.output);
  }
}

template <int Taps>
void depthwise_narrow(const DepthwiseRow& row, int block) {
  const int count = Taps ? Taps : row.tap_count, pairs = (count + 1) / 2;
  const __m256i start0 = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(row.start + block));
  const __m256i start1 = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(row.start + block + 8));
  for (int pixel = 0; pixel < row.output.pixels; ++pixel) {
    const ptrdiff_t at = pixel * row.pixel_step + block;
    const int16_t* weights = row.weights + ptrdiff_t{block} * pairs * 2;
    __m256i sum0 = start0, sum1 = start1;
    for (int tap = 0; tap < count; tap += 2, weights += 32) {
      const __m256i a = Narrow::load(row.taps[tap] + at);
      const __m256i b = tap + 1 < count ? Narrow::load(row.taps[tap + 1] + at) : _mm256_setzero_si256();
      multiply_add(sum0, Narrow::load(weights), _mm256_unpacklo_epi16(a, b));
      multiply_add(sum1, Narrow::load(weights + 16), _mm256_unpackhi_epi16(a, b));
    }
    __m256i v[1] = {pack(sum0, sum1, _mm_cvtsi32_si128(row.epilogue->shift))};
    finish<Narrow, 1>(v, pixel, block, *row.epilogue, row.output);
  }
}

template <int Taps>
void depthwise(const DepthwiseRow& row) {
  int block = 0;
  for (; block + kDepthwiseBlock <= row.channels; block += kDepthwiseBlock) depthwise_wide<Taps>(row, block);
  if (block < row.channels) depthwise_narrow<Taps>(row, block);
}

void depthwise_row_i16(const DepthwiseRow& row) {
  if (row.tap_count == 3)
    depthwise<3>(row);
  else
    depthwise<0>(row);
}

// Whole groups of 32 fill two accumulators as unpacklo and unpackhi of 32 channels do; 16 left over fill the
// halves of one as those of 16 channels do.
int lane_channel(int block, int lane) {
  const int group = lane / 32 * 32, in_group = lane - group;
  if (group + 32 <= block) return group + in_group % 16 / 4 * 8 + in_group / 16 * 4 + in_group % 4;
  return group + in_group % 8 / 4 * 8 + in_group / 8 * 4 + in_group % 4;
}

}  // namespace

void fill_avx512(KernelTable& table) {
  table.conv_block = kConvBlock;
  table.depthwise_block = kDepthwiseBlock;
  table.lane_channel = lane_channel;
  table.conv_row_i16 = conv_row_i16;
  table.depthwise_row_i16 = depthwise_row_i16;
}

}  // namespace inloop::nn
