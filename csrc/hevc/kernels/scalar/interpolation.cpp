// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "hevc/kernels/interpolation_filters.h"
#include "hevc/kernels/table.h"
#include "hevc/syntax/types.h"

namespace inloop::hevc {
namespace {

template <int kTaps, class T>
int filter(const T* src, ptrdiff_t step, const int16_t* taps) {
  int sum = 0;
  for (int i = 0; i < kTaps; ++i) sum += taps[i] * src[(i - kTaps / 2 + 1) * step];
  return sum;
}

// Passes the 14-bit intermediate of every sample (8.5.3.3.3) to store(x, y, value).
template <int kTaps, class Store>
void interpolate(const uint16_t* src, ptrdiff_t src_stride, int width, int height, const int16_t* taps_x,
                 const int16_t* taps_y, int bit_depth, const Store& store) {
  const int shift1 = bit_depth - 8;
  const bool whole_x = taps_x[kTaps / 2 - 1] == 64, whole_y = taps_y[kTaps / 2 - 1] == 64;
  if (whole_x || whole_y) {
    for (int y = 0; y < height; ++y, src += src_stride) {
      for (int x = 0; x < width; ++x) {
        if (whole_x && whole_y) {
          store(x, y, src[x] << (14 - bit_depth));
        } else {
          store(x, y, filter<kTaps>(src + x, whole_y ? 1 : src_stride, whole_y ? taps_x : taps_y) >> shift1);
        }
      }
    }
    return;
  }
  constexpr int kBefore = kTaps / 2 - 1;
  int16_t rows[(kMaxPredictionSize + kTaps - 1) * kMaxPredictionSize];
  src -= kBefore * src_stride;
  for (int y = 0; y < height + kTaps - 1; ++y, src += src_stride) {
    for (int x = 0; x < width; ++x) {
      rows[y * kMaxPredictionSize + x] = static_cast<int16_t>(filter<kTaps>(src + x, 1, taps_x) >> shift1);
    }
  }
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      const int16_t* centre = rows + (y + kBefore) * kMaxPredictionSize + x;
      store(x, y, filter<kTaps>(centre, kMaxPredictionSize, taps_y) >> 6);
    }
  }
}

uint16_t clip_sample(int value, int bit_depth) {
  return static_cast<uint16_t>(clip3(0, (1 << bit_depth) - 1, value));
}

struct StoreUni {
  uint16_t* dst;
  ptrdiff_t stride;
  int bit_depth;
  void operator()(int x, int y, int value) const {
    const int shift = 14 - bit_depth;
    dst[y * stride + x] = clip_sample((value + (1 << (shift - 1))) >> shift, bit_depth);
  }
};

struct StoreBi {
  int16_t* dst;
  ptrdiff_t stride;
  void operator()(int x, int y, int value) const {
    dst[y * stride + x] = static_cast<int16_t>(value - kIntermediateOffset);
  }
};

void luma_uni(const uint16_t* src, ptrdiff_t src_stride, uint16_t* dst, ptrdiff_t dst_stride, int width,
              int height, int fx, int fy, int bit_depth) {
  interpolate<8>(src, src_stride, width, height, kLumaFilter[fx], kLumaFilter[fy], bit_depth,
                 StoreUni{dst, dst_stride, bit_depth});
}

void luma_bi(const uint16_t* src, ptrdiff_t src_stride, int16_t* dst, ptrdiff_t dst_stride, int width,
             int height, int fx, int fy, int bit_depth) {
  interpolate<8>(src, src_stride, width, height, kLumaFilter[fx], kLumaFilter[fy], bit_depth,
                 StoreBi{dst, dst_stride});
}

void chroma_uni(const uint16_t* src, ptrdiff_t src_stride, uint16_t* dst, ptrdiff_t dst_stride, int width,
                int height, int fx, int fy, int bit_depth) {
  interpolate<4>(src, src_stride, width, height, kChromaFilter[fx], kChromaFilter[fy], bit_depth,
                 StoreUni{dst, dst_stride, bit_depth});
}

void chroma_bi(const uint16_t* src, ptrdiff_t src_stride, int16_t* dst, ptrdiff_t dst_stride, int width,
               int height, int fx, int fy, int bit_depth) {
  interpolate<4>(src, src_stride, width, height, kChromaFilter[fx], kChromaFilter[fy], bit_depth,
                 StoreBi{dst, dst_stride});
}

void average_bi(const int16_t* a, const int16_t* b, ptrdiff_t src_stride, uint16_t* dst, ptrdiff_t dst_stride,
                int width, int height, int bit_depth) {
  const int shift = 15 - bit_depth;
  const int rounding = 2 * kIntermediateOffset + (1 << (shift - 1));
  for (int y = 0; y < height; ++y, a += src_stride, b += src_stride, dst += dst_stride) {
    for (int x = 0; x < width; ++x) {
      dst[x] = clip_sample((a[x] + b[x] + rounding) >> shift, bit_depth);
    }
  }
}

void weight_uni(const int16_t* a, ptrdiff_t src_stride, uint16_t* dst, ptrdiff_t dst_stride, int width,
                int height, int weight, int offset, int log2_wd, int bit_depth) {
  for (int y = 0; y < height; ++y, a += src_stride, dst += dst_stride) {
    for (int x = 0; x < width; ++x) {
      const int value = a[x] + kIntermediateOffset;
      dst[x] = clip_sample(((value * weight + (1 << (log2_wd - 1))) >> log2_wd) + offset, bit_depth);
    }
  }
}

void weight_bi(const int16_t* a, const int16_t* b, ptrdiff_t src_stride, uint16_t* dst, ptrdiff_t dst_stride,
               int width, int height, int weight_a, int weight_b, int offset, int log2_wd, int bit_depth) {
  for (int y = 0; y < height; ++y, a += src_stride, b += src_stride, dst += dst_stride) {
    for (int x = 0; x < width; ++x) {
      const int sum = (a[x] + kIntermediateOffset) * weight_a + (b[x] + kIntermediateOffset) * weight_b;
      dst[x] = clip_sample((sum + (offset + 1) * (1 << log2_wd)) >> (log2_wd + 1), bit_depth);
    }
  }
}

}  // namespace

void fill_interpolation_scalar(KernelTable& table) {
  table.luma_uni = luma_uni;
  table.luma_bi = luma_bi;
  table.chroma_uni = chroma_uni;
  table.chroma_bi = chroma_bi;
  table.average_bi = average_bi;
  table.weight_uni = weight_uni;
  table.weight_bi = weight_bi;
}

}  // namespace inloop::hevc
