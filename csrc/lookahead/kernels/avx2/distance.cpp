// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include <immintrin.h>

#include "base/tiles_hadamard.h"
#include "lookahead/kernels/table.h"

namespace inloop::lookahead {
namespace {

__m128i load64(const uint8_t* p) { return _mm_loadl_epi64(reinterpret_cast<const __m128i*>(p)); }

__m128i two_rows(const uint8_t* p, ptrdiff_t stride) {
  return _mm_unpacklo_epi64(load64(p), load64(p + stride));
}

uint32_t sad8x8(const uint8_t* a, ptrdiff_t a_stride, const uint8_t* b, ptrdiff_t b_stride) {
  __m128i sum = _mm_setzero_si128();
  for (int y = 0; y < 8; y += 2, a += 2 * a_stride, b += 2 * b_stride) {
    sum = _mm_add_epi32(sum, _mm_sad_epu8(two_rows(a, a_stride), two_rows(b, b_stride)));
  }
  return static_cast<uint32_t>(_mm_cvtsi128_si32(sum) + _mm_extract_epi32(sum, 2));
}

// Returns the differences of rows y and y + 4, one row per lane.
__m256i difference(const uint8_t* a, ptrdiff_t a_stride, const uint8_t* b, ptrdiff_t b_stride) {
  return _mm256_sub_epi16(_mm256_cvtepu8_epi16(two_rows(a, 4 * a_stride)),
                          _mm256_cvtepu8_epi16(two_rows(b, 4 * b_stride)));
}

uint32_t satd8x8(const uint8_t* a, ptrdiff_t a_stride, const uint8_t* b, ptrdiff_t b_stride) {
  __m256i d[4];
  for (int y = 0; y < 4; ++y) {
    d[y] = difference(a + y * a_stride, a_stride, b + y * b_stride, b_stride);
  }
  return satd8_tile(d);
}

}  // namespace

void fill_distance_avx2(KernelTable& table) {
  table.sad8x8 = sad8x8;
  table.satd8x8 = satd8x8;
}

}  // namespace inloop::lookahead
