// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
// GCC 12 takes the undefined lanes inside its own intrinsics for mistakes of ours.
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"

#include <immintrin.h>

#include "codec/kernels/table.h"

namespace inloop::codec {
namespace {

// Blocks of 32 and 64 columns; the others are as fast at the level below.
decltype(KernelTable::sse) narrow_sse;
decltype(KernelTable::sad) narrow_sad;
decltype(KernelTable::satd) narrow_satd;

__m512i difference(const uint16_t* a, const uint16_t* b) {
  return _mm512_sub_epi16(_mm512_loadu_si512(a), _mm512_loadu_si512(b));
}

uint32_t sad(const uint16_t* a, ptrdiff_t a_stride, const uint16_t* b, ptrdiff_t b_stride, int width,
             int height) {
  if (width & 31) return narrow_sad(a, a_stride, b, b_stride, width, height);
  const __m512i ones = _mm512_set1_epi16(1);
  __m512i sum = _mm512_setzero_si512();
  for (int y = 0; y < height; ++y, a += a_stride, b += b_stride) {
    for (int x = 0; x < width; x += 32) {
      sum = _mm512_dpwssd_epi32(sum, _mm512_abs_epi16(difference(a + x, b + x)), ones);
    }
  }
  return static_cast<uint32_t>(_mm512_reduce_add_epi32(sum));
}

uint64_t sse(const uint16_t* a, ptrdiff_t a_stride, const uint16_t* b, ptrdiff_t b_stride, int width,
             int height) {
  if (width & 31) return narrow_sse(a, a_stride, b, b_stride, width, height);
  const __m512i zero = _mm512_setzero_si512();
  __m512i sum64 = zero;
  // A lane of 32 bits gains at most 2 * 1023^2 a step.
  for (int y = 0; y < height; ++y, a += a_stride, b += b_stride) {
    __m512i sum32 = zero;
    for (int x = 0; x < width; x += 32) {
      const __m512i d = difference(a + x, b + x);
      sum32 = _mm512_dpwssd_epi32(sum32, d, d);
    }
    sum64 = _mm512_add_epi64(sum64, _mm512_unpacklo_epi32(sum32, zero));
    sum64 = _mm512_add_epi64(sum64, _mm512_unpackhi_epi32(sum32, zero));
  }
  return static_cast<uint64_t>(_mm512_reduce_add_epi64(sum64));
}

// The Hadamard transform as at the level below: 16-bit lanes, the last stage replaced by a maximum, half
// sums.

void butterfly(__m512i& p, __m512i& q) {
  const __m512i sum = _mm512_add_epi16(p, q);
  q = _mm512_sub_epi16(p, q);
  p = sum;
}

// Transposes the 8x8 block in each 128-bit lane of r[0..7].
void transpose8(__m512i* r) {
  __m512i t[8], u[8];
  for (int i = 0; i < 4; ++i) {
    t[2 * i] = _mm512_unpacklo_epi16(r[2 * i], r[2 * i + 1]);
    t[2 * i + 1] = _mm512_unpackhi_epi16(r[2 * i], r[2 * i + 1]);
  }
  for (int i = 0; i < 2; ++i) {
    for (int j = 0; j < 2; ++j) {
      u[4 * i + 2 * j] = _mm512_unpacklo_epi32(t[4 * i + j], t[4 * i + 2 + j]);
      u[4 * i + 2 * j + 1] = _mm512_unpackhi_epi32(t[4 * i + j], t[4 * i + 2 + j]);
    }
  }
  for (int i = 0; i < 4; ++i) {
    r[2 * i] = _mm512_unpacklo_epi64(u[i], u[4 + i]);
    r[2 * i + 1] = _mm512_unpackhi_epi64(u[i], u[4 + i]);
  }
}

void three_stages(__m512i* d) {
  for (int i = 0; i < 4; ++i) butterfly(d[i], d[i + 4]);
  for (int i = 0; i < 8; i += 4) butterfly(d[i], d[i + 2]), butterfly(d[i + 1], d[i + 3]);
}

// Rounded SATDs of four 8x8 tiles side by side, one a 128-bit lane, each lane's in all four of its elements.
__m512i satd8_tiles(const uint16_t* a, ptrdiff_t a_stride, const uint16_t* b, ptrdiff_t b_stride) {
  __m512i d[8];
  for (int y = 0; y < 8; ++y) d[y] = difference(a + y * a_stride, b + y * b_stride);
  three_stages(d);
  for (int i = 0; i < 8; i += 2) butterfly(d[i], d[i + 1]);
  transpose8(d);
  three_stages(d);
  const __m512i ones = _mm512_set1_epi16(1);
  __m512i sum = _mm512_setzero_si512();
  for (int i = 0; i < 8; i += 2) {
    const __m512i largest = _mm512_max_epi16(_mm512_abs_epi16(d[i]), _mm512_abs_epi16(d[i + 1]));
    sum = _mm512_dpwssd_epi32(sum, largest, ones);
  }
  sum = _mm512_add_epi32(sum, _mm512_shuffle_epi32(sum, _MM_PERM_BADC));
  sum = _mm512_add_epi32(sum, _mm512_shuffle_epi32(sum, _MM_PERM_CDAB));
  return _mm512_srli_epi32(_mm512_add_epi32(sum, _mm512_set1_epi32(1)), 1);
}

uint32_t satd(const uint16_t* a, ptrdiff_t a_stride, const uint16_t* b, ptrdiff_t b_stride, int width,
              int height) {
  if ((width & 31) || (height & 7)) return narrow_satd(a, a_stride, b, b_stride, width, height);
  __m512i sum = _mm512_setzero_si512();
  for (int y = 0; y < height; y += 8) {
    for (int x = 0; x < width; x += 32) {
      sum =
          _mm512_add_epi32(sum, satd8_tiles(a + y * a_stride + x, a_stride, b + y * b_stride + x, b_stride));
    }
  }
  return static_cast<uint32_t>(_mm512_mask_reduce_add_epi32(0x1111, sum));
}

}  // namespace

void fill_distance_avx512(KernelTable& table) {
  narrow_sse = table.sse;
  narrow_sad = table.sad;
  narrow_satd = table.satd;
  table.sse = sse;
  table.sad = sad;
  table.satd = satd;
}

}  // namespace inloop::codec
