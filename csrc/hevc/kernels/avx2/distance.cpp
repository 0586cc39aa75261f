// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include <immintrin.h>

#include "base/tiles_hadamard.h"
#include "hevc/kernels/table.h"

namespace inloop::hevc {
namespace {

// The two operands of a distance, which advance together.
struct Pair {
  const uint16_t* a;
  ptrdiff_t a_stride;
  const uint16_t* b;
  ptrdiff_t b_stride;

  Pair at(int x, int y) const { return {a + y * a_stride + x, a_stride, b + y * b_stride + x, b_stride}; }
};

__m128i load128(const uint16_t* p) { return _mm_loadu_si128(reinterpret_cast<const __m128i*>(p)); }
__m128i load64(const uint16_t* p) { return _mm_loadl_epi64(reinterpret_cast<const __m128i*>(p)); }
__m256i join(__m128i low, __m128i high) {
  return _mm256_inserti128_si256(_mm256_castsi128_si256(low), high, 1);
}

// Returns a - b of one row of 16 samples, two rows of 8 or four rows of 4.
__m256i difference16(const Pair& p) {
  return _mm256_sub_epi16(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(p.a)),
                          _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p.b)));
}
__m256i two_rows(const uint16_t* p, ptrdiff_t stride) { return join(load128(p), load128(p + stride)); }
__m256i four_rows(const uint16_t* p, ptrdiff_t stride) {
  return join(_mm_unpacklo_epi64(load64(p), load64(p + stride)),
              _mm_unpacklo_epi64(load64(p + 2 * stride), load64(p + 3 * stride)));
}
__m256i difference8(const Pair& p) {
  return _mm256_sub_epi16(two_rows(p.a, p.a_stride), two_rows(p.b, p.b_stride));
}
__m256i difference4(const Pair& p) {
  return _mm256_sub_epi16(four_rows(p.a, p.a_stride), four_rows(p.b, p.b_stride));
}

// Handles the part of a block that is `vectors` registers wide (with 0, `width` says how many); see
// for_each_difference().
template <int vectors, class Add, class Flush>
inline void for_each_row(const Pair& block, int width, int height, int limit, Add add, Flush flush) {
  const int count = vectors > 0 ? vectors : width >> 4;
  Pair p = block;
  for (int y = 0, pending = 0; y < height; ++y) {
    for (int x = 0; x < count; ++x) add(difference16(p.at(16 * x, 0)));
    p.a += p.a_stride;
    p.b += p.b_stride;
    pending += count;
    if (pending + count > limit || y + 1 == height) flush(), pending = 0;
  }
}

// Calls add(difference of 16 samples) so that every sample of the block is covered once, and flush() after at
// most `limit` additions (or after a single row, if that needs more). `limit` is at least 32.
template <class Add, class Flush>
inline void for_each_difference(const Pair& block, int width, int height, int limit, Add add, Flush flush) {
  switch (width >> 4) {
    case 0:
      break;
    case 1:
      for_each_row<1>(block, width, height, limit, add, flush);
      break;
    case 2:
      for_each_row<2>(block, width, height, limit, add, flush);
      break;
    case 4:
      for_each_row<4>(block, width, height, limit, add, flush);
      break;
    default:
      for_each_row<0>(block, width, height, limit, add, flush);
  }
  if (width & 8) {
    const int x = width & ~15;
    for (int y = 0, pending = 0; y < height; y += 2) {
      add(difference8(block.at(x, y)));
      if (++pending == limit || y + 2 >= height) flush(), pending = 0;
    }
  }
  if (width & 4) {
    const int x = width & ~7;
    for (int y = 0, pending = 0; y < height; y += 4) {
      add(difference4(block.at(x, y)));
      if (++pending == limit || y + 4 >= height) flush(), pending = 0;
    }
  }
}

uint32_t sad(const uint16_t* a, ptrdiff_t a_stride, const uint16_t* b, ptrdiff_t b_stride, int width,
             int height) {
  const __m256i ones = _mm256_set1_epi16(1);
  __m256i sum16 = _mm256_setzero_si256(), sum32 = _mm256_setzero_si256();
  // 32 differences of 10 bits fit a signed 16-bit lane.
  for_each_difference(
      {a, a_stride, b, b_stride}, width, height, 32,
      [&](__m256i difference) { sum16 = _mm256_add_epi16(sum16, _mm256_abs_epi16(difference)); },
      [&] {
        sum32 = _mm256_add_epi32(sum32, _mm256_madd_epi16(sum16, ones));
        sum16 = _mm256_setzero_si256();
      });
  return sum_epi32(sum32);
}

uint64_t sse(const uint16_t* a, ptrdiff_t a_stride, const uint16_t* b, ptrdiff_t b_stride, int width,
             int height) {
  __m256i sum32 = _mm256_setzero_si256(), sum64 = _mm256_setzero_si256();
  // A lane grows by at most 2 * 1023^2, so 512 additions fit.
  for_each_difference(
      {a, a_stride, b, b_stride}, width, height, 512,
      [&](__m256i difference) { sum32 = _mm256_add_epi32(sum32, _mm256_madd_epi16(difference, difference)); },
      [&] {
        const __m256i zero = _mm256_setzero_si256();
        sum64 = _mm256_add_epi64(sum64, _mm256_unpacklo_epi32(sum32, zero));
        sum64 = _mm256_add_epi64(sum64, _mm256_unpackhi_epi32(sum32, zero));
        sum32 = zero;
      });
  const __m128i sum = _mm_add_epi64(_mm256_castsi256_si128(sum64), _mm256_extracti128_si256(sum64, 1));
  return static_cast<uint64_t>(_mm_cvtsi128_si64(sum)) + static_cast<uint64_t>(_mm_extract_epi64(sum, 1));
}

// Transposes the 8x8 block in each 128-bit lane of r[0..7].
void transpose8(__m256i* r) {
  __m256i t[8], u[8];
  for (int i = 0; i < 4; ++i) {
    t[2 * i] = _mm256_unpacklo_epi16(r[2 * i], r[2 * i + 1]);
    t[2 * i + 1] = _mm256_unpackhi_epi16(r[2 * i], r[2 * i + 1]);
  }
  for (int i = 0; i < 2; ++i) {
    for (int j = 0; j < 2; ++j) {
      u[4 * i + 2 * j] = _mm256_unpacklo_epi32(t[4 * i + j], t[4 * i + 2 + j]);
      u[4 * i + 2 * j + 1] = _mm256_unpackhi_epi32(t[4 * i + j], t[4 * i + 2 + j]);
    }
  }
  for (int i = 0; i < 4; ++i) {
    r[2 * i] = _mm256_unpacklo_epi64(u[i], u[4 + i]);
    r[2 * i + 1] = _mm256_unpackhi_epi64(u[i], u[4 + i]);
  }
}

// Returns the sum of the rounded SATDs of two 8x8 tiles, one per lane; d[y] holds row y of both.
uint32_t satd8_pair(__m256i* d) {
  for (int i = 0; i < 4; ++i) butterfly(d[i], d[i + 4]);
  for (int i = 0; i < 8; i += 4) butterfly(d[i], d[i + 2]), butterfly(d[i + 1], d[i + 3]);
  for (int i = 0; i < 8; i += 2) butterfly(d[i], d[i + 1]);
  transpose8(d);
  for (int i = 0; i < 4; ++i) butterfly(d[i], d[i + 4]);
  for (int i = 0; i < 8; i += 4) butterfly(d[i], d[i + 2]), butterfly(d[i + 1], d[i + 3]);
  const __m256i ones = _mm256_set1_epi16(1);
  __m256i sum = _mm256_setzero_si256();
  for (int i = 0; i < 8; i += 2) {
    sum = _mm256_add_epi32(sum, _mm256_madd_epi16(max_abs(d[i], d[i + 1]), ones));
  }
  sum = _mm256_hadd_epi32(sum, sum);
  sum = _mm256_hadd_epi32(sum, sum);
  const auto low = static_cast<uint32_t>(_mm256_extract_epi32(sum, 0));
  const auto high = static_cast<uint32_t>(_mm256_extract_epi32(sum, 4));
  return ((low + 1) >> 1) + ((high + 1) >> 1);
}

uint32_t satd8_columns16(const Pair& p) {
  __m256i d[8];
  for (int y = 0; y < 8; ++y) d[y] = difference16(p.at(0, y));
  return satd8_pair(d);
}

// Returns the SATD of one 8x8 tile.
uint32_t satd8_single(const Pair& p) {
  __m256i d[4];
  for (int y = 0; y < 4; ++y) {
    const Pair row = p.at(0, y);
    d[y] = _mm256_sub_epi16(two_rows(row.a, 4 * row.a_stride), two_rows(row.b, 4 * row.b_stride));
  }
  return satd8_tile(d);
}

// Returns the sums of the four 4x4 tiles whose rows are d[0..3], with 4 samples per tile. The half sum of a
// tile is its rounded SATD.
__m256i satd4_tiles(__m256i* d) {
  butterfly(d[0], d[2]), butterfly(d[1], d[3]);
  butterfly(d[0], d[1]), butterfly(d[2], d[3]);
  const __m256i t0 = _mm256_unpacklo_epi16(d[0], d[1]), t1 = _mm256_unpackhi_epi16(d[0], d[1]);
  const __m256i t2 = _mm256_unpacklo_epi16(d[2], d[3]), t3 = _mm256_unpackhi_epi16(d[2], d[3]);
  // Each half of a lane is a column: (0, 1) and (2, 3) of the even and of the odd tiles.
  __m256i a01 = _mm256_unpacklo_epi32(t0, t2), a23 = _mm256_unpackhi_epi32(t0, t2);
  __m256i b01 = _mm256_unpacklo_epi32(t1, t3), b23 = _mm256_unpackhi_epi32(t1, t3);
  butterfly(a01, a23), butterfly(b01, b23);
  const __m256i first = max_abs(_mm256_unpacklo_epi64(a01, b01), _mm256_unpackhi_epi64(a01, b01));
  const __m256i second = max_abs(_mm256_unpacklo_epi64(a23, b23), _mm256_unpackhi_epi64(a23, b23));
  // Each sum is at most 3 * 4096, so no lane overflows.
  return _mm256_madd_epi16(_mm256_add_epi16(first, second), _mm256_set1_epi16(1));
}

uint32_t satd4(const Pair& block, int width, int height) {
  __m256i sum = _mm256_setzero_si256();
  __m256i d[4];
  for (int y0 = 0; y0 < height; y0 += 4) {
    int x = 0;
    for (; x + 16 <= width; x += 16) {
      for (int y = 0; y < 4; ++y) d[y] = difference16(block.at(x, y0 + y));
      sum = _mm256_add_epi32(sum, satd4_tiles(d));
    }
    // With 8 or 4 samples per row, the rest of the register stays empty.
    for (; x < width; x += width - x >= 8 ? 8 : 4) {
      for (int y = 0; y < 4; ++y) {
        const Pair p = block.at(x, y0 + y);
        const __m128i row = width - x >= 8 ? _mm_sub_epi16(load128(p.a), load128(p.b))
                                           : _mm_sub_epi16(load64(p.a), load64(p.b));
        d[y] = _mm256_zextsi128_si256(row);
      }
      sum = _mm256_add_epi32(sum, satd4_tiles(d));
    }
  }
  return sum_epi32(sum);
}

uint32_t satd(const uint16_t* a, ptrdiff_t a_stride, const uint16_t* b, ptrdiff_t b_stride, int width,
              int height) {
  const Pair block{a, a_stride, b, b_stride};
  if (((width | height) & 7) != 0) return satd4(block, width, height);
  uint32_t sum = 0;
  int x = 0;
  for (; x + 16 <= width; x += 16) {
    for (int y = 0; y < height; y += 8) sum += satd8_columns16(block.at(x, y));
  }
  if (x < width) {
    for (int y = 0; y < height; y += 8) sum += satd8_single(block.at(x, y));
  }
  return sum;
}

}  // namespace

void fill_distance_avx2(KernelTable& table) {
  table.sse = sse;
  table.sad = sad;
  table.satd = satd;
}

}  // namespace inloop::hevc
