// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include <immintrin.h>

#include "nnlf/kernels/table.h"

namespace inloop::nnlf {
namespace {

// Shifts to the left, or to the right with rounding where the count is negative.
struct Shift {
  explicit Shift(int shift)
      : left(_mm_cvtsi32_si128(shift > 0 ? shift : 0)),
        right(_mm_cvtsi32_si128(shift < 0 ? -shift : 0)),
        rounding(_mm256_set1_epi32(shift < 0 ? 1 << (-shift - 1) : 0)) {}

  __m256i of(__m256i value) const {
    return _mm256_sra_epi32(_mm256_add_epi32(_mm256_sll_epi32(value, left), rounding), right);
  }

  __m128i left, right;
  __m256i rounding;
};

__m256i load16(const uint16_t* p) { return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p)); }
__m256i load8(const uint16_t* p) {
  return _mm256_cvtepu16_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p)));
}

// Combines values to pairs of 16 bits: low, high.
__m256i pairs(__m256i low, __m256i high) {
  return _mm256_blend_epi16(low, _mm256_slli_epi32(high, 16), 0xaa);
}

// Stores p0 q0 r0 p1 q1 r1 ...
void store3(int16_t* out, __m256i p, __m256i q, __m256i r) {
  const auto part = [](__m256i v, int a, int b, int c, int d, int e, int f, int g, int h) {
    return _mm256_permutevar8x32_epi32(v, _mm256_setr_epi32(a, b, c, d, e, f, g, h));
  };
  auto* to = reinterpret_cast<__m256i*>(out);
  __m256i v = _mm256_blend_epi32(part(p, 0, 0, 0, 1, 0, 0, 2, 0), part(q, 0, 0, 0, 0, 1, 0, 0, 2), 0x92);
  _mm256_storeu_si256(to, _mm256_blend_epi32(v, part(r, 0, 0, 0, 0, 0, 1, 0, 0), 0x24));
  v = _mm256_blend_epi32(part(p, 0, 3, 0, 0, 4, 0, 0, 5), part(q, 0, 0, 3, 0, 0, 4, 0, 0), 0x24);
  _mm256_storeu_si256(to + 1, _mm256_blend_epi32(v, part(r, 2, 0, 0, 3, 0, 0, 4, 0), 0x49));
  v = _mm256_blend_epi32(part(p, 0, 0, 6, 0, 0, 7, 0, 0), part(q, 5, 0, 0, 6, 0, 0, 7, 0), 0x49);
  _mm256_storeu_si256(to + 2, _mm256_blend_epi32(v, part(r, 0, 5, 0, 0, 6, 0, 0, 7), 0x92));
}

void pack_row(const uint16_t* top, const uint16_t* bottom, const uint16_t* cb, const uint16_t* cr, int width,
              int luma_shift, int chroma_shift, int16_t* out) {
  const Shift luma(luma_shift), chroma(chroma_shift);
  const __m256i sum = _mm256_set1_epi16(1), difference = _mm256_set1_epi32(static_cast<int>(0xffff0001));
  int x = 0;
  for (; x + 8 <= width; x += 8, out += 48) {
    const __m256i a = load16(top + 2 * x), b = load16(bottom + 2 * x);
    const __m256i s = _mm256_add_epi16(a, b), d = _mm256_sub_epi16(a, b);
    const __m256i p = pairs(luma.of(_mm256_madd_epi16(s, sum)), luma.of(_mm256_madd_epi16(s, difference)));
    const __m256i q = pairs(luma.of(_mm256_madd_epi16(d, sum)), luma.of(_mm256_madd_epi16(d, difference)));
    store3(out, p, q, pairs(chroma.of(load8(cb + x)), chroma.of(load8(cr + x))));
  }
  if (x == width) return;
  // The rest of a row is packed from padded copies.
  uint16_t copies[2][16] = {}, chroma_copies[2][8] = {};
  alignas(32) int16_t packed[48];
  for (int i = 0; i < width - x; ++i) {
    for (int j = 0; j < 2; ++j) {
      copies[0][2 * i + j] = top[2 * (x + i) + j];
      copies[1][2 * i + j] = bottom[2 * (x + i) + j];
    }
    chroma_copies[0][i] = cb[x + i];
    chroma_copies[1][i] = cr[x + i];
  }
  pack_row(copies[0], copies[1], chroma_copies[0], chroma_copies[1], 8, luma_shift, chroma_shift, packed);
  for (int i = 0; i < 6 * (width - x); ++i) out[i] = packed[i];
}

}  // namespace

void fill_pack_avx2(KernelTable& table) { table.pack_row = pack_row; }

}  // namespace inloop::nnlf
