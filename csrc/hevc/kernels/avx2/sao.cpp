// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include <immintrin.h>
#include <string.h>

#include "base/tiles_hadamard.h"
#include "hevc/kernels/table.h"

namespace inloop::hevc {
namespace {

// Looks up one of up to eight 16-bit offsets for each 16-bit index 0..7.
struct OffsetTable {
  explicit OffsetTable(const int16_t values[8])
      : table(_mm256_broadcastsi128_si256(_mm_loadu_si128(reinterpret_cast<const __m128i*>(values)))) {}
  __m256i find(__m256i index) const {
    const __m256i bytes =
        _mm256_add_epi16(_mm256_mullo_epi16(index, _mm256_set1_epi16(0x0202)), _mm256_set1_epi16(0x0100));
    return _mm256_shuffle_epi8(table, bytes);
  }
  __m256i table;
};

inline __m256i clip(__m256i value, __m256i max) {
  return _mm256_max_epi16(_mm256_min_epi16(value, max), _mm256_setzero_si256());
}

inline __m256i load16(const uint16_t* p) { return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p)); }
inline __m256i load8(const uint16_t* p) {
  return _mm256_castsi128_si256(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p)));
}
inline __m256i load4(const uint16_t* p) {
  return _mm256_castsi128_si256(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(p)));
}
inline __m256i load1(const uint16_t* p) { return _mm256_castsi128_si256(_mm_cvtsi32_si128(*p)); }

// Handles rows of any width. `value(load, x)` returns the new samples at x. The last vector of a row may
// overlap the one before it, because src and dst are different arrays.
template <class Value>
void for_row(uint16_t* dst, int width, const Value& value) {
  const auto put16 = [&](int x) {
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(dst + x), value(load16, x));
  };
  const auto put8 = [&](int x) {
    _mm_storeu_si128(reinterpret_cast<__m128i*>(dst + x), _mm256_castsi256_si128(value(load8, x)));
  };
  const auto put4 = [&](int x) {
    _mm_storel_epi64(reinterpret_cast<__m128i*>(dst + x), _mm256_castsi256_si128(value(load4, x)));
  };
  if (width >= 16) {
    for (int x = 0; x + 16 <= width; x += 16) put16(x);
    if (width & 15) put16(width - 16);
  } else if (width >= 8) {
    put8(0);
    if (width & 7) put8(width - 8);
  } else if (width >= 4) {
    put4(0);
    if (width & 3) put4(width - 4);
  } else {
    for (int x = 0; x < width; ++x) {
      dst[x] = static_cast<uint16_t>(_mm_cvtsi128_si32(_mm256_castsi256_si128(value(load1, x))));
    }
  }
}

void sao_band(const uint16_t* src, ptrdiff_t src_stride, uint16_t* dst, ptrdiff_t dst_stride, int width,
              int height, int band_position, const int8_t offset[4], int bit_depth) {
  const int16_t values[8] = {offset[0], offset[1], offset[2], offset[3], 0, 0, 0, 0};
  const OffsetTable table(values);
  const __m128i shift = _mm_cvtsi32_si128(bit_depth - 5);
  const __m256i position = _mm256_set1_epi16(static_cast<short>(band_position));
  const __m256i max = _mm256_set1_epi16(static_cast<short>((1 << bit_depth) - 1));
  for (int y = 0; y < height; ++y, src += src_stride, dst += dst_stride) {
    for_row(dst, width, [&](auto load, int x) {
      const __m256i samples = load(src + x);
      const __m256i distance = _mm256_sub_epi16(_mm256_srl_epi16(samples, shift), position);
      const __m256i band = _mm256_and_si256(distance, _mm256_set1_epi16(31));
      const __m256i change = table.find(_mm256_min_epi16(band, _mm256_set1_epi16(4)));
      return clip(_mm256_add_epi16(samples, change), max);
    });
  }
}

void sao_edge(const uint16_t* src, ptrdiff_t src_stride, uint16_t* dst, ptrdiff_t dst_stride, int width,
              int height, int eo_class, const int8_t offset[4], int bit_depth) {
  const ptrdiff_t steps[4] = {-1, -src_stride, -src_stride - 1, -src_stride + 1};
  const ptrdiff_t step = steps[eo_class];
  const int16_t values[8] = {offset[0], offset[1], 0, offset[2], offset[3], 0, 0, 0};
  const OffsetTable table(values);
  const __m256i max = _mm256_set1_epi16(static_cast<short>((1 << bit_depth) - 1));
  for (int y = 0; y < height; ++y, src += src_stride, dst += dst_stride) {
    for_row(dst, width, [&](auto load, int x) {
      const __m256i c = load(src + x), a = load(src + x + step), b = load(src + x - step);
      // The comparison gives -1 where it is true, so that the sum is -sign(c - a) - sign(c - b).
      const __m256i above = _mm256_add_epi16(_mm256_cmpgt_epi16(c, a), _mm256_cmpgt_epi16(c, b));
      const __m256i below = _mm256_add_epi16(_mm256_cmpgt_epi16(a, c), _mm256_cmpgt_epi16(b, c));
      const __m256i shape = _mm256_add_epi16(_mm256_sub_epi16(below, above), _mm256_set1_epi16(2));
      return clip(_mm256_add_epi16(c, table.find(shape)), max);
    });
  }
}

// Sums of each of the four categories of an edge class.
struct EdgeSums {
  __m256i count[4] = {};  // 16-bit lanes suffice, because 4096 samples are at most 4096 vectors
  __m256i error[4] = {};  // the lanes have 32 bits

  // `lanes` is all ones where a sample counts.
  void add(__m256i c, __m256i a, __m256i b, __m256i source, __m256i lanes) {
    const __m256i above = _mm256_add_epi16(_mm256_cmpgt_epi16(c, a), _mm256_cmpgt_epi16(c, b));
    const __m256i below = _mm256_add_epi16(_mm256_cmpgt_epi16(a, c), _mm256_cmpgt_epi16(b, c));
    const __m256i shape = _mm256_sub_epi16(below, above);
    const __m256i difference = _mm256_sub_epi16(source, c);
    constexpr short kShapes[4] = {-2, -1, 1, 2};
    for (int k = 0; k < 4; ++k) {
      const __m256i member =
          _mm256_and_si256(_mm256_cmpeq_epi16(shape, _mm256_set1_epi16(kShapes[k])), lanes);
      count[k] = _mm256_sub_epi16(count[k], member);
      error[k] = _mm256_sub_epi32(error[k], _mm256_madd_epi16(difference, member));
    }
  }
};

// Loads `count` samples from p and sets the other lanes to zero, so that nothing behind the samples is read.
__m256i load_some(const uint16_t* p, int count) {
  uint16_t samples[16] = {};
  memcpy(samples, p, static_cast<size_t>(count) * sizeof *p);
  return load16(samples);
}

void sao_edge_statistics(const uint16_t* rec, ptrdiff_t rec_stride, const uint16_t* source,
                         ptrdiff_t source_stride, int width, int height, int eo_class, int32_t count[4],
                         int32_t error[4]) {
  const ptrdiff_t steps[4] = {-1, -rec_stride, -rec_stride - 1, -rec_stride + 1};
  const ptrdiff_t step = steps[eo_class];
  const __m256i all = _mm256_set1_epi16(-1);
  const int whole = width & ~15, rest = width & 15;
  const __m256i index = _mm256_setr_epi16(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
  const __m256i first = _mm256_cmpgt_epi16(_mm256_set1_epi16(static_cast<short>(rest)), index);
  EdgeSums sums;
  for (int y = 0; y < height; ++y, rec += rec_stride, source += source_stride) {
    for (int x = 0; x < whole; x += 16) {
      sums.add(load16(rec + x), load16(rec + x + step), load16(rec + x - step), load16(source + x), all);
    }
    if (rest == 0) continue;
    const uint16_t* c = rec + whole;
    sums.add(load_some(c, rest), load_some(c + step, rest), load_some(c - step, rest),
             load_some(source + whole, rest), first);
  }
  for (int k = 0; k < 4; ++k) {
    count[k] = static_cast<int32_t>(sum_epi32(_mm256_madd_epi16(sums.count[k], _mm256_set1_epi16(1))));
    error[k] = static_cast<int32_t>(sum_epi32(sums.error[k]));
  }
}

}  // namespace

void fill_sao_avx2(KernelTable& table) {
  table.sao_band = sao_band;
  table.sao_edge = sao_edge;
  table.sao_edge_statistics = sao_edge_statistics;
}

}  // namespace inloop::hevc
