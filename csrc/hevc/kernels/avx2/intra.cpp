// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include <immintrin.h>
#include <string.h>

#include "hevc/kernels/intra_angles.h"
#include "hevc/kernels/table.h"

namespace inloop::hevc {
namespace {

// Row holds a row of n = 4, 8, 16 or 32 samples in registers of 16-bit lanes.
template <int n>
struct Row;

template <>
struct Row<4> {
  using Vector = __m128i;
  static constexpr int kLanes = 4;
  static Vector load(const uint16_t* p) { return _mm_loadl_epi64(reinterpret_cast<const __m128i*>(p)); }
  static void store(uint16_t* p, Vector v) { _mm_storel_epi64(reinterpret_cast<__m128i*>(p), v); }
};

template <>
struct Row<8> {
  using Vector = __m128i;
  static constexpr int kLanes = 8;
  static Vector load(const uint16_t* p) { return _mm_loadu_si128(reinterpret_cast<const __m128i*>(p)); }
  static void store(uint16_t* p, Vector v) { _mm_storeu_si128(reinterpret_cast<__m128i*>(p), v); }
};

template <>
struct Row<16> {
  using Vector = __m256i;
  static constexpr int kLanes = 16;
  static Vector load(const uint16_t* p) { return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p)); }
  static void store(uint16_t* p, Vector v) { _mm256_storeu_si256(reinterpret_cast<__m256i*>(p), v); }
};

template <>
struct Row<32> : Row<16> {};

__m128i add(__m128i a, __m128i b) { return _mm_add_epi16(a, b); }
__m256i add(__m256i a, __m256i b) { return _mm256_add_epi16(a, b); }
__m128i subtract(__m128i a, __m128i b) { return _mm_sub_epi16(a, b); }
__m256i subtract(__m256i a, __m256i b) { return _mm256_sub_epi16(a, b); }
__m128i multiply(__m128i a, __m128i b) { return _mm_mullo_epi16(a, b); }
__m256i multiply(__m256i a, __m256i b) { return _mm256_mullo_epi16(a, b); }
template <int count>
__m128i shift_right(__m128i a) {
  return _mm_srli_epi16(a, count);
}
template <int count>
__m256i shift_right(__m256i a) {
  return _mm256_srli_epi16(a, count);
}
void set_all(__m128i& v, int value) { v = _mm_set1_epi16(static_cast<short>(value)); }
void set_all(__m256i& v, int value) { v = _mm256_set1_epi16(static_cast<short>(value)); }

constexpr uint16_t kOneToN[32] = {1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13, 14, 15, 16,
                                  17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32};

// The whole sum is at most 64 * 1023 + 32, which fits in unsigned 16 bits.
template <int n>
void planar(const uint16_t* line, uint16_t* dst, ptrdiff_t dst_stride) {
  using Vector = typename Row<n>::Vector;
  constexpr int kLanes = Row<n>::kLanes, kVectors = n / kLanes;
  constexpr int kShift = n == 4 ? 3 : n == 8 ? 4 : n == 16 ? 5 : 6;
  const uint16_t* top = line + 2 * n + 1;
  const uint16_t* left = line + 2 * n - 1;  // left[-y]
  Vector top_right, bottom_left, size, minus_one;
  set_all(top_right, top[n]);
  set_all(bottom_left, left[-n]);
  set_all(size, n);
  set_all(minus_one, n - 1);
  Vector sum[kVectors], step[kVectors], weight[kVectors];
  for (int i = 0; i < kVectors; ++i) {
    const Vector column = Row<n>::load(kOneToN + i * kLanes), above = Row<n>::load(top + i * kLanes);
    weight[i] = subtract(size, column);
    step[i] = subtract(bottom_left, above);
    // The sums of row 0 without the left sample: (n - 1) top + bottom_left + (x + 1) top_right + n.
    sum[i] = add(add(multiply(above, minus_one), bottom_left), add(multiply(column, top_right), size));
  }
  for (int y = 0; y < n; ++y, dst += dst_stride) {
    Vector side;
    set_all(side, left[-y]);
    for (int i = 0; i < kVectors; ++i) {
      Row<n>::store(dst + i * kLanes, shift_right<kShift>(add(sum[i], multiply(weight[i], side))));
      sum[i] = add(sum[i], step[i]);
    }
  }
}

void intra_planar(const uint16_t* line, uint16_t* dst, ptrdiff_t dst_stride, int n) {
  switch (n) {
    case 4:
      return planar<4>(line, dst, dst_stride);
    case 8:
      return planar<8>(line, dst, dst_stride);
    case 16:
      return planar<16>(line, dst, dst_stride);
    default:
      return planar<32>(line, dst, dst_stride);
  }
}

// Writes dst[j][i] for all rows j from `ref`, the projected line, of which ref[0] is the corner. A fraction
// of 0 needs no case of its own, because (32 a + 16) >> 5 = a.
template <int n>
void project(const uint16_t* ref, uint16_t* dst, ptrdiff_t dst_stride, int angle) {
  using Vector = typename Row<n>::Vector;
  constexpr int kLanes = Row<n>::kLanes;
  Vector rounding;
  set_all(rounding, 16);
  for (int j = 0, position = angle; j < n; ++j, position += angle, dst += dst_stride) {
    const uint16_t* source = ref + (position >> 5) + 1;
    const int fraction = position & 31;
    Vector first_weight, second_weight;
    set_all(first_weight, 32 - fraction);
    set_all(second_weight, fraction);
    for (int i = 0; i < n; i += kLanes) {
      const Vector first = multiply(Row<n>::load(source + i), first_weight);
      const Vector second = multiply(Row<n>::load(source + i + 1), second_weight);
      Row<n>::store(dst + i, shift_right<5>(add(add(first, second), rounding)));
    }
  }
}

void transpose4(const uint16_t* in, uint16_t* dst, ptrdiff_t dst_stride) {
  const __m128i top = Row<8>::load(in), bottom = Row<8>::load(in + 8);
  // The lanes are 00 20 01 21 02 22 03 23 and 10 30 11 31 ...
  const __m128i even = _mm_unpacklo_epi16(top, bottom), odd = _mm_unpackhi_epi16(top, bottom);
  const __m128i first = _mm_unpacklo_epi16(even, odd), second = _mm_unpackhi_epi16(even, odd);
  Row<4>::store(dst, first);
  Row<4>::store(dst + dst_stride, _mm_unpackhi_epi64(first, first));
  Row<4>::store(dst + 2 * dst_stride, second);
  Row<4>::store(dst + 3 * dst_stride, _mm_unpackhi_epi64(second, second));
}

void transpose8(const uint16_t* in, ptrdiff_t in_stride, uint16_t* dst, ptrdiff_t dst_stride) {
  __m128i r[8], t[8];
  for (int i = 0; i < 8; ++i) r[i] = Row<8>::load(in + i * in_stride);
  for (int i = 0; i < 4; ++i) {
    t[i] = _mm_unpacklo_epi16(r[i], r[i + 4]);
    t[i + 4] = _mm_unpackhi_epi16(r[i], r[i + 4]);
  }
  // Here t[i] has columns 0..3 of rows i and i + 4, t[i + 4] has their columns 4..7.
  for (int half = 0; half < 8; half += 4) {
    const __m128i a = _mm_unpacklo_epi16(t[half], t[half + 2]), b = _mm_unpackhi_epi16(t[half], t[half + 2]);
    const __m128i c = _mm_unpacklo_epi16(t[half + 1], t[half + 3]);
    const __m128i d = _mm_unpackhi_epi16(t[half + 1], t[half + 3]);
    uint16_t* out = dst + half * dst_stride;
    Row<8>::store(out, _mm_unpacklo_epi16(a, c));
    Row<8>::store(out + dst_stride, _mm_unpackhi_epi16(a, c));
    Row<8>::store(out + 2 * dst_stride, _mm_unpacklo_epi16(b, d));
    Row<8>::store(out + 3 * dst_stride, _mm_unpackhi_epi16(b, d));
  }
}

template <int n>
void transpose(const uint16_t* in, uint16_t* dst, ptrdiff_t dst_stride) {
  if constexpr (n == 4) {
    transpose4(in, dst, dst_stride);
  } else {
    for (int y = 0; y < n; y += 8) {
      for (int x = 0; x < n; x += 8) transpose8(in + y * n + x, n, dst + x * dst_stride + y, dst_stride);
    }
  }
}

// Sets out[i] = line[-i] for i < count, with count rounded up to 8. It reads as many samples as it writes.
void reverse(const uint16_t* line, uint16_t* out, int count) {
  const __m128i order = _mm_setr_epi8(14, 15, 12, 13, 10, 11, 8, 9, 6, 7, 4, 5, 2, 3, 0, 1);
  for (int i = 0; i < count; i += 8)
    Row<8>::store(out + i, _mm_shuffle_epi8(Row<8>::load(line - i - 7), order));
}

template <int n>
void angular(const uint16_t* line, uint16_t* dst, ptrdiff_t dst_stride, int mode) {
  const uint16_t* corner = line + 2 * n;
  const int angle = kIntraAngle[mode];
  const bool vertical = mode >= 18;
  if (vertical && angle >= 0) return project<n>(corner, dst, dst_stride, angle);

  alignas(32) uint16_t buffer[32 + 2 * n + 16];
  uint16_t* ref = buffer + 32;
  if (vertical) {
    memcpy(ref, corner, (n + 1) * sizeof(uint16_t));
  } else {
    // The last sample is copied on its own, so that nothing before the line is read.
    const int count = angle < 0 ? n : 2 * n;
    reverse(corner, ref, count);
    ref[count] = corner[-count];
    ref[count + 1] = 0;  // this one is read, but with weight 0
  }
  if (angle < 0) {
    const int sign = vertical ? -1 : 1, inverse = kIntraInverseAngle[mode];
    const int last = (n * angle) >> 5;
    for (int i = -1, position = 128 - inverse; i > last; --i, position -= inverse) {
      ref[i] = corner[sign * (position >> 8)];
    }
  }
  if (vertical) return project<n>(ref, dst, dst_stride, angle);
  alignas(32) uint16_t block[n * n];
  project<n>(ref, block, n, angle);
  transpose<n>(block, dst, dst_stride);
}

void intra_angular(const uint16_t* line, uint16_t* dst, ptrdiff_t dst_stride, int n, int mode) {
  switch (n) {
    case 4:
      return angular<4>(line, dst, dst_stride, mode);
    case 8:
      return angular<8>(line, dst, dst_stride, mode);
    case 16:
      return angular<16>(line, dst, dst_stride, mode);
    default:
      return angular<32>(line, dst, dst_stride, mode);
  }
}

}  // namespace

void fill_intra_avx2(KernelTable& table) {
  table.intra_planar = intra_planar;
  table.intra_angular = intra_angular;
}

}  // namespace inloop::hevc
