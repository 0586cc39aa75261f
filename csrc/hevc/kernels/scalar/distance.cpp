// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "hevc/kernels/table.h"

namespace inloop::hevc {
namespace {

uint64_t sse(const uint16_t* a, ptrdiff_t a_stride, const uint16_t* b, ptrdiff_t b_stride, int width,
             int height) {
  uint64_t sum = 0;
  for (int y = 0; y < height; ++y, a += a_stride, b += b_stride) {
    for (int x = 0; x < width; ++x) {
      const int64_t difference = a[x] - b[x];
      sum += static_cast<uint64_t>(difference * difference);
    }
  }
  return sum;
}

uint32_t sad(const uint16_t* a, ptrdiff_t a_stride, const uint16_t* b, ptrdiff_t b_stride, int width,
             int height) {
  uint32_t sum = 0;
  for (int y = 0; y < height; ++y, a += a_stride, b += b_stride) {
    for (int x = 0; x < width; ++x) {
      const int difference = a[x] - b[x];
      sum += static_cast<uint32_t>(difference < 0 ? -difference : difference);
    }
  }
  return sum;
}

// Applies the unnormalised Hadamard transform in place to n values that are `step` apart.
template <int n>
void hadamard(int32_t* values, int step) {
  for (int half = n / 2; half >= 1; half /= 2) {
    for (int start = 0; start < n; start += 2 * half) {
      for (int i = start; i < start + half; ++i) {
        const int32_t p = values[i * step], q = values[(i + half) * step];
        values[i * step] = p + q;
        values[(i + half) * step] = p - q;
      }
    }
  }
}

template <int n>
uint32_t satd_tile(const uint16_t* a, ptrdiff_t a_stride, const uint16_t* b, ptrdiff_t b_stride) {
  int32_t block[n * n];
  for (int y = 0; y < n; ++y) {
    for (int x = 0; x < n; ++x) block[y * n + x] = a[y * a_stride + x] - b[y * b_stride + x];
  }
  for (int y = 0; y < n; ++y) hadamard<n>(block + y * n, 1);
  for (int x = 0; x < n; ++x) hadamard<n>(block + x, n);
  uint32_t sum = 0;
  for (int32_t value : block) sum += static_cast<uint32_t>(value < 0 ? -value : value);
  return n == 8 ? (sum + 2) >> 2 : (sum + 1) >> 1;
}

uint32_t satd(const uint16_t* a, ptrdiff_t a_stride, const uint16_t* b, ptrdiff_t b_stride, int width,
              int height) {
  const bool large = width % 8 == 0 && height % 8 == 0;
  const int n = large ? 8 : 4;
  uint32_t sum = 0;
  for (int y = 0; y < height; y += n, a += n * a_stride, b += n * b_stride) {
    for (int x = 0; x < width; x += n) {
      sum += large ? satd_tile<8>(a + x, a_stride, b + x, b_stride)
                   : satd_tile<4>(a + x, a_stride, b + x, b_stride);
    }
  }
  return sum;
}

}  // namespace

void fill_distance_scalar(KernelTable& table) {
  table.sse = sse;
  table.sad = sad;
  table.satd = satd;
}

}  // namespace inloop::hevc
