// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include <immintrin.h>

#include "hevc/kernels/table.h"

namespace inloop::hevc {
namespace {

__m256i load(const int16_t* p) { return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p)); }
void store(int16_t* p, __m256i v) { _mm256_storeu_si256(reinterpret_cast<__m256i*>(p), v); }

// Sets two bits for each lane that is not zero.
uint32_t nonzero_mask(__m256i v) {
  return ~static_cast<uint32_t>(_mm256_movemask_epi8(_mm256_cmpeq_epi16(v, _mm256_setzero_si256())));
}
int last_lane(uint32_t mask) { return (31 - __builtin_clz(mask)) >> 1; }

__m256i quantize16(__m256i coeffs, __m256i scale, __m256i rounding, __m128i shift) {
  const __m256i magnitude = _mm256_abs_epi16(coeffs);  // -32768 becomes 32768, which is right as unsigned
  const __m256i low = _mm256_mullo_epi16(magnitude, scale), high = _mm256_mulhi_epu16(magnitude, scale);
  const __m256i first = _mm256_add_epi32(_mm256_unpacklo_epi16(low, high), rounding);
  const __m256i second = _mm256_add_epi32(_mm256_unpackhi_epi16(low, high), rounding);
  const __m256i levels = _mm256_packs_epi32(_mm256_srl_epi32(first, shift), _mm256_srl_epi32(second, shift));
  return _mm256_sign_epi16(levels, coeffs);
}

// Returns the last column that is not zero in any row of n samples. The rows lie on top of each other in
// `left`, and for n = 32 their right halves in `right`.
template <int n>
int last_column(__m256i left, __m256i right) {
  uint32_t mask = nonzero_mask(left);
  if constexpr (n == 32) {
    const uint32_t right_mask = nonzero_mask(right);
    if (right_mask) return 16 + last_lane(right_mask);
  }
  if constexpr (n <= 8) mask = (mask | mask >> 16) & 0xffff;
  if constexpr (n == 4) mask = (mask | mask >> 8) & 0xff;
  return last_lane(mask);
}

template <int n>
CodedExtent quantize(const int16_t* coeffs, int16_t* levels, uint32_t scale, uint32_t rounding, int shift) {
  const __m256i scales = _mm256_set1_epi16(static_cast<short>(scale));
  const __m256i roundings = _mm256_set1_epi32(static_cast<int>(rounding));
  const __m128i count = _mm_cvtsi32_si128(shift);
  __m256i columns[2] = {_mm256_setzero_si256(), _mm256_setzero_si256()};
  CodedExtent extent;
  int last = 0;
  for (int i = 0; i < n * n; i += 16) {
    const __m256i v = quantize16(load(coeffs + i), scales, roundings, count);
    store(levels + i, v);
    const uint32_t mask = nonzero_mask(v);
    if (mask == 0) continue;
    extent.count += __builtin_popcount(mask) >> 1;
    last = i + last_lane(mask);
    __m256i& column = columns[n == 32 ? i >> 4 & 1 : 0];
    column = _mm256_or_si256(column, v);
  }
  if (extent.count == 0) return extent;
  extent.max_y = last / n;
  extent.max_x = last_column<n>(columns[0], columns[1]);
  return extent;
}

void dequantize(const int16_t* levels, int16_t* coeffs, int count, int scale, int shift) {
  const __m256i scales = _mm256_set1_epi16(static_cast<short>(scale));
  const __m256i rounding = _mm256_set1_epi32(shift > 0 ? 1 << (shift - 1) : 0);
  const __m128i right = _mm_cvtsi32_si128(shift > 0 ? shift : 0);
  const __m128i left = _mm_cvtsi32_si128(shift > 0 ? 0 : -shift);
  for (int i = 0; i < count; i += 16) {
    const __m256i v = load(levels + i);
    if (_mm256_testz_si256(v, v)) {  // most of a block is empty
      store(coeffs + i, v);
      continue;
    }
    const __m256i low = _mm256_mullo_epi16(v, scales), high = _mm256_mulhi_epi16(v, scales);
    __m256i first = _mm256_unpacklo_epi16(low, high), second = _mm256_unpackhi_epi16(low, high);
    first = _mm256_sll_epi32(_mm256_sra_epi32(_mm256_add_epi32(first, rounding), right), left);
    second = _mm256_sll_epi32(_mm256_sra_epi32(_mm256_add_epi32(second, rounding), right), left);
    store(coeffs + i, _mm256_packs_epi32(first, second));
  }
}

}  // namespace

void fill_quantization_avx2(KernelTable& table) {
  table.quantize[0] = quantize<4>;
  table.quantize[1] = quantize<8>;
  table.quantize[2] = quantize<16>;
  table.quantize[3] = quantize<32>;
  table.dequantize = dequantize;
}

}  // namespace inloop::hevc
