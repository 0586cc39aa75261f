// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include <arm_neon.h>
#include <string.h>

#include "hevc/kernels/interpolation_filters.h"
#include "hevc/kernels/table.h"

namespace inloop::hevc {
namespace {

// Strips are 8, 4 and 2 samples wide. Their loads and stores touch exactly these samples; the other lanes
// hold zeros.
template <int kSamples>
struct Strip {
  static constexpr int kWidth = kSamples;
  static int16x8_t load(const void* p) {
    if constexpr (kWidth == 8) return vld1q_s16(static_cast<const int16_t*>(p));
    int16_t samples[8] = {};
    memcpy(samples, p, sizeof(int16_t) * kWidth);
    return vld1q_s16(samples);
  }
  static void store(void* p, int16x8_t v) {
    if constexpr (kWidth == 8) return vst1q_s16(static_cast<int16_t*>(p), v);
    int16_t samples[8];
    vst1q_s16(samples, v);
    memcpy(p, samples, sizeof(int16_t) * kWidth);
  }
};
template <>
inline int16x8_t Strip<4>::load(const void* p) {
  return vcombine_s16(vld1_s16(static_cast<const int16_t*>(p)), vdup_n_s16(0));
}
template <>
inline void Strip<4>::store(void* p, int16x8_t v) {
  vst1_s16(static_cast<int16_t*>(p), vget_low_s16(v));
}

int16x8_t all16(int v) { return vdupq_n_s16(static_cast<int16_t>(v)); }
int16x8_t clip16(int16x8_t v, int16x8_t max) { return vmaxq_s16(vminq_s16(v, max), vdupq_n_s16(0)); }

// A filter for 8-bit samples, whose sums fit in 16 bits. It adds `init` to each sum.
template <class S, int kTaps>
struct NarrowFilter {
  NarrowFilter(const int16_t* filter, int init_value, int /*shift*/)
      : taps(filter), init(all16(init_value)) {}
  int16x8_t operator()(const void* src, ptrdiff_t step) const {
    const uint16_t* p = static_cast<const uint16_t*>(src) - (kTaps / 2 - 1) * step;
    int16x8_t sum = init;
    for (int i = 0; i < kTaps; ++i) sum = vmlaq_n_s16(sum, S::load(p + i * step), taps[i]);
    return sum;
  }
  const int16_t* taps;
  int16x8_t init;
};

// A filter with 32-bit sums: (sum + (init << shift)) >> shift.
template <class S, int kTaps>
struct WideFilter {
  WideFilter(const int16_t* filter, int init_value, int shift_count)
      : taps(filter), init(vdupq_n_s32(init_value * (1 << shift_count))), shift(vdupq_n_s32(-shift_count)) {}
  int16x8_t operator()(const void* src, ptrdiff_t step) const {
    const uint16_t* p = static_cast<const uint16_t*>(src) - (kTaps / 2 - 1) * step;
    int32x4_t low = init, high = init;
    for (int i = 0; i < kTaps; ++i) {
      const int16x8_t samples = S::load(p + i * step);
      low = vmlal_n_s16(low, vget_low_s16(samples), taps[i]);
      if constexpr (S::kWidth > 4) high = vmlal_high_n_s16(high, samples, taps[i]);
    }
    return vqmovn_high_s32(vqmovn_s32(vshlq_s32(low, shift)), vshlq_s32(high, shift));
  }
  const int16_t* taps;
  int32x4_t init, shift;
};

struct StoreBi {
  int16_t* dst;
  ptrdiff_t stride;
  template <class S>
  void write(int x, int y, int16x8_t value) const {
    S::store(dst + y * stride + x, value);
  }
};

struct StoreUni {
  StoreUni(uint16_t* to, ptrdiff_t to_stride, int bit_depth)
      : dst(to),
        stride(to_stride),
        rounding(all16(1 << (13 - bit_depth))),
        offset(all16(kIntermediateOffset >> (14 - bit_depth))),
        max(all16((1 << bit_depth) - 1)),
        shift(all16(bit_depth - 14)) {}
  // A sum that saturates would be clipped anyway.
  template <class S>
  void write(int x, int y, int16x8_t value) const {
    value = vaddq_s16(vshlq_s16(vqaddq_s16(value, rounding), shift), offset);
    S::store(dst + y * stride + x, clip16(value, max));
  }
  uint16_t* dst;
  ptrdiff_t stride;
  int16x8_t rounding, offset, max, shift;
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
  const uint16_t* src = source.data + x;
  const int shift1 = source.bit_depth - 8;
  if (source.whole_x && source.whole_y) {
    const int16x8_t shift = all16(14 - source.bit_depth), offset = all16(-kIntermediateOffset);
    for (int y = 0; y < source.height; ++y)
      store.template write<S>(x, y, vaddq_s16(vshlq_s16(S::load(src + y * source.stride), shift), offset));
    return;
  }
  if (source.whole_x || source.whole_y) {
    const First filter(source.whole_y ? source.taps_x : source.taps_y, -kIntermediateOffset, shift1);
    const ptrdiff_t step = source.whole_y ? 1 : source.stride;
    for (int y = 0; y < source.height; ++y)
      store.template write<S>(x, y, filter(src + y * source.stride, step));
    return;
  }
  constexpr int kBefore = kTaps / 2 - 1;
  int16_t rows[(kMaxPredictionSize + kTaps - 1) * S::kWidth];
  const First horizontal(source.taps_x, 0, shift1);
  for (int y = 0; y < source.height + kTaps - 1; ++y)
    S::store(rows + y * S::kWidth, horizontal(src + (y - kBefore) * source.stride, 1));
  const WideFilter<S, kTaps> vertical(source.taps_y, -kIntermediateOffset, 6);
  for (int y = 0; y < source.height; ++y)
    store.template write<S>(x, y, vertical(rows + (y + kBefore) * S::kWidth, S::kWidth));
}

// Calls op(strip tag, x) for every strip of a row.
template <class Op>
void for_each_strip(int width, const Op& op) {
  int x = 0;
  for (; x + 8 <= width; x += 8) op(Strip<8>{}, x);
  for (; x + 4 <= width; x += 4) op(Strip<4>{}, x);
  if (x < width) op(Strip<2>{}, x);
}

template <int kTaps, class Store>
void interpolate(const Source& source, int width, const Store& store) {
  for_each_strip(width, [&](auto strip, int x) {
    using S = decltype(strip);
    if (source.bit_depth == 8)
      interpolate_strip<S, kTaps, NarrowFilter<S, kTaps>>(source, x, store);
    else
      interpolate_strip<S, kTaps, WideFilter<S, kTaps>>(source, x, store);
  });
}

void luma_uni(const uint16_t* src, ptrdiff_t src_stride, uint16_t* dst, ptrdiff_t dst_stride, int width,
              int height, int fx, int fy, int bit_depth) {
  interpolate<8>({src, src_stride, height, kLumaFilter[fx], kLumaFilter[fy], !fx, !fy, bit_depth}, width,
                 StoreUni(dst, dst_stride, bit_depth));
}

void luma_bi(const uint16_t* src, ptrdiff_t src_stride, int16_t* dst, ptrdiff_t dst_stride, int width,
             int height, int fx, int fy, int bit_depth) {
  interpolate<8>({src, src_stride, height, kLumaFilter[fx], kLumaFilter[fy], !fx, !fy, bit_depth}, width,
                 StoreBi{dst, dst_stride});
}

void chroma_uni(const uint16_t* src, ptrdiff_t src_stride, uint16_t* dst, ptrdiff_t dst_stride, int width,
                int height, int fx, int fy, int bit_depth) {
  interpolate<4>({src, src_stride, height, kChromaFilter[fx], kChromaFilter[fy], !fx, !fy, bit_depth}, width,
                 StoreUni(dst, dst_stride, bit_depth));
}

void chroma_bi(const uint16_t* src, ptrdiff_t src_stride, int16_t* dst, ptrdiff_t dst_stride, int width,
               int height, int fx, int fy, int bit_depth) {
  interpolate<4>({src, src_stride, height, kChromaFilter[fx], kChromaFilter[fy], !fx, !fy, bit_depth}, width,
                 StoreBi{dst, dst_stride});
}

void average_bi(const int16_t* a, const int16_t* b, ptrdiff_t src_stride, uint16_t* dst, ptrdiff_t dst_stride,
                int width, int height, int bit_depth) {
  const int16x8_t rounding = all16(1 << (14 - bit_depth)), shift = all16(bit_depth - 15);
  const int16x8_t offset = all16((2 * kIntermediateOffset) >> (15 - bit_depth));
  const int16x8_t max = all16((1 << bit_depth) - 1);
  for_each_strip(width, [&](auto strip, int x) {
    using S = decltype(strip);
    for (int y = 0; y < height; ++y) {
      // A sum that saturates would be clipped anyway.
      const int16x8_t sum = vqaddq_s16(S::load(a + y * src_stride + x), S::load(b + y * src_stride + x));
      const int16x8_t value = vaddq_s16(vshlq_s16(vqaddq_s16(sum, rounding), shift), offset);
      S::store(dst + y * dst_stride + x, clip16(value, max));
    }
  });
}

}  // namespace

void fill_interpolation_neon(KernelTable& table) {
  table.luma_uni = luma_uni;
  table.luma_bi = luma_bi;
  table.chroma_uni = chroma_uni;
  table.chroma_bi = chroma_bi;
  table.average_bi = average_bi;
}

}  // namespace inloop::hevc
