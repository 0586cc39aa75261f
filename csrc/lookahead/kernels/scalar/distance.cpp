// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "lookahead/kernels/table.h"

namespace inloop::lookahead {
namespace {

uint32_t magnitude(int32_t value) { return static_cast<uint32_t>(value < 0 ? -value : value); }

uint32_t sad8x8(const uint8_t* a, ptrdiff_t a_stride, const uint8_t* b, ptrdiff_t b_stride) {
  uint32_t sum = 0;
  for (int y = 0; y < 8; ++y, a += a_stride, b += b_stride) {
    for (int x = 0; x < 8; ++x) sum += magnitude(a[x] - b[x]);
  }
  return sum;
}

// Applies an unnormalised Hadamard transform to 8 values that are `step` apart, in place.
void hadamard8(int32_t* values, int step) {
  for (int half = 4; half >= 1; half /= 2) {
    for (int i = 0; i < 8; ++i) {
      if (i & half) continue;
      const int32_t p = values[i * step], q = values[(i + half) * step];
      values[i * step] = p + q;
      values[(i + half) * step] = p - q;
    }
  }
}

uint32_t satd8x8(const uint8_t* a, ptrdiff_t a_stride, const uint8_t* b, ptrdiff_t b_stride) {
  int32_t block[64];
  for (int y = 0; y < 8; ++y, a += a_stride, b += b_stride) {
    for (int x = 0; x < 8; ++x) block[8 * y + x] = a[x] - b[x];
  }
  for (int i = 0; i < 8; ++i) hadamard8(block + 8 * i, 1);
  for (int i = 0; i < 8; ++i) hadamard8(block + i, 8);
  uint32_t sum = 0;
  for (const int32_t value : block) sum += magnitude(value);
  return (sum + 2) >> 2;
}

}  // namespace

void fill_distance_scalar(KernelTable& table) {
  table.sad8x8 = sad8x8;
  table.satd8x8 = satd8x8;
}

}  // namespace inloop::lookahead
