// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <immintrin.h>
#include <string.h>

#include "hevc/kernels/interpolation_filters.h"
#include "hevc/kernels/table.h"

// Interpolation kernels, as AVX2 and AVX-512 compile them; the latter takes 32 samples at a time where a block is that
// wide.
namespace inloop::hevc {
namespace {

// The same names serve all sizes of registers, so that each filter is written only once.
inline __m256i add16(__m256i a, __m256i b) { return _mm256_add_epi16(a, b); }
inline __m128i add16(__m128i a, __m128i b) { return _mm_add_epi16(a, b); }
inline __m256i adds16(__m256i a, __m256i b) { return _mm256_adds_epi16(a, b); }
inline __m128i adds16(__m128i a, __m128i b) { return _mm_adds_epi16(a, b); }
inline __m256i mullo16(__m256i a, __m256i b) { return _mm256_mullo_epi16(a, b); }
inline __m128i mullo16(__m128i a, __m128i b) { return _mm_mullo_epi16(a, b); }
inline __m256i sra16(__m256i a, __m128i count) { return _mm256_sra_epi16(a, count); }
inline __m128i sra16(__m128i a, __m128i count) { return _mm_sra_epi16(a, count); }
inline __m256i sll16(__m256i a, __m128i count) { return _mm256_sll_epi16(a, count); }
inline __m128i sll16(__m128i a, __m128i count) { return _mm_sll_epi16(a, count); }
inline __m256i sra32(__m256i a, __m128i count) { return _mm256_sra_epi32(a, count); }
inline __m128i sra32(__m128i a, __m128i count) { return _mm_sra_epi32(a, count); }
inline __m256i add32(__m256i a, __m256i b) { return _mm256_add_epi32(a, b); }
inline __m128i add32(__m128i a, __m128i b) { return _mm_add_epi32(a, b); }
inline __m256i madd(__m256i a, __m256i b) { return _mm256_madd_epi16(a, b); }
inline __m128i madd(__m128i a, __m128i b) { return _mm_madd_epi16(a, b); }
inline __m256i low_pairs(__m256i a, __m256i b) { return _mm256_unpacklo_epi16(a, b); }
inline __m128i low_pairs(__m128i a, __m128i b) { return _mm_unpacklo_epi16(a, b); }
inline __m256i high_pairs(__m256i a, __m256i b) { return _mm256_unpackhi_epi16(a, b); }
inline __m128i high_pairs(__m128i a, __m128i b) { return _mm_unpackhi_epi16(a, b); }
inline __m256i pack32(__m256i a, __m256i b) { return _mm256_packs_epi32(a, b); }
inline __m128i pack32(__m128i a, __m128i b) { return _mm_packs_epi32(a, b); }
inline __m256i clip16(__m256i v, __m256i max) {
  return _mm256_max_epi16(_mm256_min_epi16(v, max), _mm256_setzero_si256());
}
inline __m128i clip16(__m128i v, __m128i max) {
  return _mm_max_epi16(_mm_min_epi16(v, max), _mm_setzero_si128());
}

#if defined(__AVX512BW__)
inline __m512i add16(__m512i a, __m512i b) { return _mm512_add_epi16(a, b); }
inline __m512i adds16(__m512i a, __m512i b) { return _mm512_adds_epi16(a, b); }
inline __m512i mullo16(__m512i a, __m512i b) { return _mm512_mullo_epi16(a, b); }
inline __m512i sra16(__m512i a, __m128i count) { return _mm512_sra_epi16(a, count); }
inline __m512i sll16(__m512i a, __m128i count) { return _mm512_sll_epi16(a, count); }
inline __m512i sra32(__m512i a, __m128i count) { return _mm512_sra_epi32(a, count); }
inline __m512i add32(__m512i a, __m512i b) { return _mm512_add_epi32(a, b); }
inline __m512i madd(__m512i a, __m512i b) { return _mm512_madd_epi16(a, b); }
inline __m512i low_pairs(__m512i a, __m512i b) { return _mm512_unpacklo_epi16(a, b); }
inline __m512i high_pairs(__m512i a, __m512i b) { return _mm512_unpackhi_epi16(a, b); }
inline __m512i pack32(__m512i a, __m512i b) { return _mm512_packs_epi32(a, b); }
inline __m512i clip16(__m512i v, __m512i max) {
  return _mm512_max_epi16(_mm512_min_epi16(v, max), _mm512_setzero_si512());
}
#endif

// Strips are 32, 16, 8, 4 and 2 samples wide. Their loads and stores touch exactly these samples.
#if defined(__AVX512BW__)
struct Strip32 {
  using Reg = __m512i;
  static constexpr int kWidth = 32;
  static constexpr bool kHasHigh = true;
  static Reg load(const void* p) { return _mm512_loadu_si512(p); }
  static void store(void* p, Reg v) { _mm512_storeu_si512(p, v); }
  static Reg set16(int v) { return _mm512_set1_epi16(static_cast<short>(v)); }
  static Reg set32(int v) { return _mm512_set1_epi32(v); }
};
#endif

struct Strip16 {
  using Reg = __m256i;
  static constexpr int kWidth = 16;
  static constexpr bool kHasHigh = true;
  static Reg load(const void* p) { return _mm256_loadu_si256(static_cast<const __m256i*>(p)); }
  static void store(void* p, Reg v) { _mm256_storeu_si256(static_cast<__m256i*>(p), v); }
  static Reg set16(int v) { return _mm256_set1_epi16(static_cast<short>(v)); }
  static Reg set32(int v) { return _mm256_set1_epi32(v); }
};

struct Strip8 {
  using Reg = __m128i;
  static constexpr int kWidth = 8;
  static constexpr bool kHasHigh = true;
  static Reg load(const void* p) { return _mm_loadu_si128(static_cast<const __m128i*>(p)); }
  static void store(void* p, Reg v) { _mm_storeu_si128(static_cast<__m128i*>(p), v); }
  static Reg set16(int v) { return _mm_set1_epi16(static_cast<short>(v)); }
  static Reg set32(int v) { return _mm_set1_epi32(v); }
};

struct Strip4 : Strip8 {
  static constexpr int kWidth = 4;
  static constexpr bool kHasHigh = false;
  static Reg load(const void* p) { return _mm_loadl_epi64(static_cast<const __m128i*>(p)); }
  static void store(void* p, Reg v) { _mm_storel_epi64(static_cast<__m128i*>(p), v); }
};

struct Strip2 : Strip8 {
  static constexpr int kWidth = 2;
  static constexpr bool kHasHigh = false;
  static Reg load(const void* p) {
    int v;
    memcpy(&v, p, sizeof v);
    return _mm_cvtsi32_si128(v);
  }
  static void store(void* p, Reg v) {
    const int low = _mm_cvtsi128_si32(v);
    memcpy(p, &low, sizeof low);
  }
};

inline int tap_pair(const int16_t* taps) { return (taps[0] & 0xffff) | (static_cast<int>(taps[1]) << 16); }

// A filter for 8-bit samples, whose sums fit in 16 bits. It adds `init` to each sum.
template <class S, int kTaps>
struct NarrowFilter {
  using Reg = typename S::Reg;
  NarrowFilter(const int16_t* filter, int init_value, int /*shift*/) : init(S::set16(init_value)) {
    for (int i = 0; i < kTaps; ++i) taps[i] = S::set16(filter[i]);
  }
  Reg operator()(const void* src, ptrdiff_t step) const {
    const uint16_t* p = static_cast<const uint16_t*>(src) - (kTaps / 2 - 1) * step;
    Reg sum = add16(init, mullo16(S::load(p), taps[0]));
    for (int i = 1; i < kTaps; ++i) sum = add16(sum, mullo16(S::load(p + i * step), taps[i]));
    return sum;
  }
  Reg taps[kTaps], init;
};

// A filter with 32-bit sums: (sum + (init << shift)) >> shift.
template <class S, int kTaps>
struct WideFilter {
  using Reg = typename S::Reg;
  WideFilter(const int16_t* filter, int init_value, int shift_count)
      : init(S::set32(init_value * (1 << shift_count))), shift(_mm_cvtsi32_si128(shift_count)) {
    for (int i = 0; i < kTaps / 2; ++i) taps[i] = S::set32(tap_pair(filter + 2 * i));
  }
  Reg operator()(const void* src, ptrdiff_t step) const {
    const uint16_t* p = static_cast<const uint16_t*>(src) - (kTaps / 2 - 1) * step;
    Reg low = init, high = init;
    for (int i = 0; i < kTaps; i += 2) {
      const Reg a = S::load(p + i * step), b = S::load(p + (i + 1) * step);
      low = add32(low, madd(low_pairs(a, b), taps[i / 2]));
      if constexpr (S::kHasHigh) high = add32(high, madd(high_pairs(a, b), taps[i / 2]));
    }
    return pack32(sra32(low, shift), S::kHasHigh ? sra32(high, shift) : high);
  }
  Reg taps[kTaps / 2], init;
  __m128i shift;
};

struct StoreBi {
  int16_t* dst;
  ptrdiff_t stride;

  template <class S>
  struct Writer {
    explicit Writer(const StoreBi& store) : dst(store.dst), stride(store.stride) {}
    void operator()(int x, int y, typename S::Reg value) const { S::store(dst + y * stride + x, value); }
    int16_t* dst;
    ptrdiff_t stride;
  };
};

struct StoreUni {
  uint16_t* dst;
  ptrdiff_t stride;
  int bit_depth;

  template <class S>
  struct Writer {
    explicit Writer(const StoreUni& store)
        : dst(store.dst),
          stride(store.stride),
          rounding(S::set16(1 << (13 - store.bit_depth))),
          offset(S::set16(kIntermediateOffset >> (14 - store.bit_depth))),
          max(S::set16((1 << store.bit_depth) - 1)),
          shift(_mm_cvtsi32_si128(14 - store.bit_depth)) {}
    // A sum that saturates would be clipped anyway.
    void operator()(int x, int y, typename S::Reg value) const {
      value = add16(sra16(adds16(value, rounding), shift), offset);
      S::store(dst + y * stride + x, clip16(value, max));
    }
    uint16_t* dst;
    ptrdiff_t stride;
    typename S::Reg rounding, offset, max;
    __m128i shift;
  };
};

struct Source {
  const uint16_t* data;
  ptrdiff_t stride;
  int height;
  const int16_t* taps_x;
  const int16_t* taps_y;
  bool whole_x, whole_y;
  int bit_depth;
};

// Interpolates one strip of the block, which starts at column x. First is the filter that works on samples.
template <class S, int kTaps, class First, class Store>
void interpolate_strip(const Source& source, int x, const Store& store) {
  const typename Store::template Writer<S> write(store);
  const uint16_t* src = source.data + x;
  const int shift1 = source.bit_depth - 8;
  if (source.whole_x && source.whole_y) {
    const __m128i shift = _mm_cvtsi32_si128(14 - source.bit_depth);
    const auto offset = S::set16(-kIntermediateOffset);
    for (int y = 0; y < source.height; ++y) {
      write(x, y, add16(sll16(S::load(src + y * source.stride), shift), offset));
    }
    return;
  }
  if (source.whole_x || source.whole_y) {
    const First filter(source.whole_y ? source.taps_x : source.taps_y, -kIntermediateOffset, shift1);
    const ptrdiff_t step = source.whole_y ? 1 : source.stride;
    for (int y = 0; y < source.height; ++y) write(x, y, filter(src + y * source.stride, step));
    return;
  }
  constexpr int kBefore = kTaps / 2 - 1;
  alignas(64) int16_t rows[(kMaxPredictionSize + kTaps - 1) * S::kWidth];
  const First horizontal(source.taps_x, 0, shift1);
  for (int y = 0; y < source.height + kTaps - 1; ++y) {
    S::store(rows + y * S::kWidth, horizontal(src + (y - kBefore) * source.stride, 1));
  }
  const WideFilter<S, kTaps> vertical(source.taps_y, -kIntermediateOffset, 6);
  for (int y = 0; y < source.height; ++y) {
    write(x, y, vertical(rows + (y + kBefore) * S::kWidth, S::kWidth));
  }
}

template <int kTaps, template <class, int> class First, class Store>
void interpolate_strips(const Source& source, int width, const Store& store) {
  int x = 0;
#if defined(__AVX512BW__)
  for (; x + 32 <= width; x += 32) interpolate_strip<Strip32, kTaps, First<Strip32, kTaps>>(source, x, store);
#endif
  for (; x + 16 <= width; x += 16) interpolate_strip<Strip16, kTaps, First<Strip16, kTaps>>(source, x, store);
  for (; x + 8 <= width; x += 8) interpolate_strip<Strip8, kTaps, First<Strip8, kTaps>>(source, x, store);
  for (; x + 4 <= width; x += 4) interpolate_strip<Strip4, kTaps, First<Strip4, kTaps>>(source, x, store);
  if constexpr (kTaps == 4) {
    if (x < width) interpolate_strip<Strip2, kTaps, First<Strip2, kTaps>>(source, x, store);
  }
}

template <int kTaps, class Store>
void interpolate(const Source& source, int width, const Store& store) {
  if (source.bit_depth == 8) {
    interpolate_strips<kTaps, NarrowFilter>(source, width, store);
  } else {
    interpolate_strips<kTaps, WideFilter>(source, width, store);
  }
}

void copy_block(const uint16_t* src, ptrdiff_t src_stride, uint16_t* dst, ptrdiff_t dst_stride, int width,
                int height) {
  for (int y = 0; y < height; ++y, src += src_stride, dst += dst_stride) {
    memcpy(dst, src, static_cast<size_t>(width) * sizeof(uint16_t));
  }
}

void luma_uni(const uint16_t* src, ptrdiff_t src_stride, uint16_t* dst, ptrdiff_t dst_stride, int width,
              int height, int fx, int fy, int bit_depth) {
  if (!fx && !fy) return copy_block(src, src_stride, dst, dst_stride, width, height);
  interpolate<8>({src, src_stride, height, kLumaFilter[fx], kLumaFilter[fy], !fx, !fy, bit_depth}, width,
                 StoreUni{dst, dst_stride, bit_depth});
}

void luma_bi(const uint16_t* src, ptrdiff_t src_stride, int16_t* dst, ptrdiff_t dst_stride, int width,
             int height, int fx, int fy, int bit_depth) {
  interpolate<8>({src, src_stride, height, kLumaFilter[fx], kLumaFilter[fy], !fx, !fy, bit_depth}, width,
                 StoreBi{dst, dst_stride});
}

void chroma_uni(const uint16_t* src, ptrdiff_t src_stride, uint16_t* dst, ptrdiff_t dst_stride, int width,
                int height, int fx, int fy, int bit_depth) {
  if (!fx && !fy) return copy_block(src, src_stride, dst, dst_stride, width, height);
  interpolate<4>({src, src_stride, height, kChromaFilter[fx], kChromaFilter[fy], !fx, !fy, bit_depth}, width,
                 StoreUni{dst, dst_stride, bit_depth});
}

void chroma_bi(const uint16_t* src, ptrdiff_t src_stride, int16_t* dst, ptrdiff_t dst_stride, int width,
               int height, int fx, int fy, int bit_depth) {
  interpolate<4>({src, src_stride, height, kChromaFilter[fx], kChromaFilter[fy], !fx, !fy, bit_depth}, width,
                 StoreBi{dst, dst_stride});
}

// Calls op(strip tag, x) for every strip of a row.
template <class Op>
void for_each_strip(int width, const Op& op) {
  int x = 0;
#if defined(__AVX512BW__)
  for (; x + 32 <= width; x += 32) op(Strip32{}, x);
#endif
  for (; x + 16 <= width; x += 16) op(Strip16{}, x);
  for (; x + 8 <= width; x += 8) op(Strip8{}, x);
  for (; x + 4 <= width; x += 4) op(Strip4{}, x);
  for (; x + 2 <= width; x += 2) op(Strip2{}, x);
}

void average_bi(const int16_t* a, const int16_t* b, ptrdiff_t src_stride, uint16_t* dst, ptrdiff_t dst_stride,
                int width, int height, int bit_depth) {
  const __m128i shift = _mm_cvtsi32_si128(15 - bit_depth);
  for_each_strip(width, [&](auto strip, int x) {
    using S = decltype(strip);
    const auto rounding = S::set16(1 << (14 - bit_depth));
    const auto offset = S::set16((2 * kIntermediateOffset) >> (15 - bit_depth));
    const auto max = S::set16((1 << bit_depth) - 1);
    for (int y = 0; y < height; ++y) {
      // A sum that saturates would be clipped anyway.
      const auto sum = adds16(S::load(a + y * src_stride + x), S::load(b + y * src_stride + x));
      const auto value = add16(sra16(adds16(sum, rounding), shift), offset);
      S::store(dst + y * dst_stride + x, clip16(value, max));
    }
  });
}

// Computes clip(((pairs(a, b) . weights + rounding) >> shift) + offset) with 32-bit sums.
template <class S>
typename S::Reg weight_pairs(typename S::Reg a, typename S::Reg b, typename S::Reg weights,
                             typename S::Reg rounding, __m128i shift, typename S::Reg offset,
                             typename S::Reg max) {
  const auto low = sra32(add32(madd(low_pairs(a, b), weights), rounding), shift);
  const auto high = sra32(add32(madd(high_pairs(a, b), weights), rounding), shift);
  return clip16(pack32(add32(low, offset), add32(high, offset)), max);
}

void weight_uni(const int16_t* a, ptrdiff_t src_stride, uint16_t* dst, ptrdiff_t dst_stride, int width,
                int height, int weight, int offset, int log2_wd, int bit_depth) {
  const __m128i shift = _mm_cvtsi32_si128(log2_wd);
  for_each_strip(width, [&](auto strip, int x) {
    using S = decltype(strip);
    const auto rounding = S::set32(kIntermediateOffset * weight + (1 << (log2_wd - 1)));
    for (int y = 0; y < height; ++y) {
      S::store(dst + y * dst_stride + x,
               weight_pairs<S>(S::load(a + y * src_stride + x), S::set16(0), S::set32(weight & 0xffff),
                               rounding, shift, S::set32(offset), S::set16((1 << bit_depth) - 1)));
    }
  });
}

void weight_bi(const int16_t* a, const int16_t* b, ptrdiff_t src_stride, uint16_t* dst, ptrdiff_t dst_stride,
               int width, int height, int weight_a, int weight_b, int offset, int log2_wd, int bit_depth) {
  const __m128i shift = _mm_cvtsi32_si128(log2_wd + 1);
  const int16_t weights[2] = {static_cast<int16_t>(weight_a), static_cast<int16_t>(weight_b)};
  const int rounding_value = kIntermediateOffset * (weight_a + weight_b) + (offset + 1) * (1 << log2_wd);
  for_each_strip(width, [&](auto strip, int x) {
    using S = decltype(strip);
    for (int y = 0; y < height; ++y) {
      S::store(dst + y * dst_stride + x,
               weight_pairs<S>(S::load(a + y * src_stride + x), S::load(b + y * src_stride + x),
                               S::set32(tap_pair(weights)), S::set32(rounding_value), shift, S::set32(0),
                               S::set16((1 << bit_depth) - 1)));
    }
  });
}

}  // namespace
}  // namespace inloop::hevc
