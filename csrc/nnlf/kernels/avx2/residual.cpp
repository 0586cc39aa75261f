// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include <immintrin.h>

#include "nnlf/kernels/table.h"

namespace inloop::nnlf {
namespace {

constexpr int kSignalBits = 14;
constexpr int kChannels = 24;

__m128i load64(const void* p) { return _mm_loadl_epi64(static_cast<const __m128i*>(p)); }
__m128i load128(const void* p) { return _mm_loadu_si128(static_cast<const __m128i*>(p)); }
void store64(void* p, __m128i v) { _mm_storel_epi64(static_cast<__m128i*>(p), v); }
void store128(void* p, __m128i v) { _mm_storeu_si128(static_cast<__m128i*>(p), v); }

// Turns sums of coefficients into samples of the signal.
struct ToSignal {
  explicit ToSignal(const ResidualRow& row)
      : left(_mm_cvtsi32_si128(row.quantizer < kSignalBits ? kSignalBits - row.quantizer : 0)),
        right(_mm_cvtsi32_si128(row.quantizer > kSignalBits ? row.quantizer - kSignalBits : 0)),
        rounding(_mm256_set1_epi32(row.quantizer > kSignalBits ? 1 << (row.quantizer - kSignalBits - 1) : 0)),
        depth(_mm_cvtsi32_si128(row.shift)) {}

  __m128i of(__m256i residual, __m128i rec) const {
    const __m256i base = _mm256_sll_epi32(_mm256_cvtepu16_epi32(rec), depth);
    residual = _mm256_sra_epi32(_mm256_add_epi32(_mm256_sll_epi32(residual, left), rounding), right);
    const __m256i value = _mm256_add_epi32(base, residual);
    return _mm_min_epu16(_mm_packus_epi32(_mm256_castsi256_si128(value), _mm256_extracti128_si256(value, 1)),
                         _mm_set1_epi16((1 << kSignalBits) - 1));
  }

  __m128i left, right;
  __m256i rounding;
  __m128i depth;
};

// Loads coefficients k[0] to k[3] of two blocks, one block per lane.
__m256i lanes(const int16_t* k) {
  return _mm256_cvtepi16_epi32(_mm_unpacklo_epi64(load64(k), load64(k + kChannels)));
}

void luma(const ResidualRow& row, const ToSignal& to_signal, const int16_t* k, int x) {
  const __m256i c0 = lanes(k), c1 = lanes(k + 4), c2 = lanes(k + 8), c3 = lanes(k + 12);
  const __m256i a = _mm256_add_epi32(c0, c1), b = _mm256_sub_epi32(c0, c1);
  const __m256i c = _mm256_add_epi32(c2, c3), d = _mm256_sub_epi32(c2, c3);
  const __m256i top[2] = {_mm256_add_epi32(a, c), _mm256_add_epi32(b, d)};
  const __m256i bottom[2] = {_mm256_sub_epi32(a, c), _mm256_sub_epi32(b, d)};
  const __m256i rows[4] = {_mm256_unpacklo_epi32(top[0], top[1]), _mm256_unpacklo_epi32(bottom[0], bottom[1]),
                           _mm256_unpackhi_epi32(top[0], top[1]),
                           _mm256_unpackhi_epi32(bottom[0], bottom[1])};
  for (int y = 0; y < 4; ++y) {
    const __m128i rec = load128(row.rec[0] + y * row.rec_stride[0] + x);
    store128(row.signal[0] + y * row.signal_stride[0] + x, to_signal.of(rows[y], rec));
  }
}

void chroma(const ResidualRow& row, const ToSignal& to_signal, int c, const int16_t* k, int x) {
  // Each lane first holds c0 + c1, c0 - c1, c2 + c3, c2 - c3 and then the four samples.
  __m256i v = lanes(k);
  v = _mm256_add_epi32(_mm256_sign_epi32(v, _mm256_setr_epi32(1, -1, 1, -1, 1, -1, 1, -1)),
                       _mm256_shuffle_epi32(v, 0xb1));
  v = _mm256_add_epi32(_mm256_sign_epi32(v, _mm256_setr_epi32(1, 1, -1, -1, 1, 1, -1, -1)),
                       _mm256_shuffle_epi32(v, 0x4e));
  v = _mm256_permute4x64_epi64(v, 0xd8);  // each lane now holds a row of samples
  const uint16_t* rec = row.rec[c] + x;
  uint16_t* signal = row.signal[c] + x;
  const __m128i samples = to_signal.of(v, _mm_unpacklo_epi64(load64(rec), load64(rec + row.rec_stride[c])));
  store64(signal, samples);
  store64(signal + row.signal_stride[c], _mm_unpackhi_epi64(samples, samples));
}

void two_blocks(const ResidualRow& row, const ToSignal& to_signal, const int16_t* k, int block) {
  luma(row, to_signal, k, 4 * block);
  chroma(row, to_signal, 1, k + 16, 2 * block);
  chroma(row, to_signal, 2, k + 20, 2 * block);
}

void residual_row(const ResidualRow& row) {
  const ToSignal to_signal(row);
  for (int block = 0; block + 2 <= row.blocks; block += 2) {
    two_blocks(row, to_signal, row.coefficients + block * kChannels, block);
  }
}

}  // namespace

void fill_residual_avx2(KernelTable& table) { table.residual_row = residual_row; }

}  // namespace inloop::nnlf
