// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include <immintrin.h>

#include "hevc/kernels/table.h"
#include "hevc/kernels/transform_matrix.h"

// Every pass transforms columns, 8 at a time, and stores them as rows, so that two passes make a transform.
// The products are sums over pairs of rows (madd). The matrix is split into its even and odd parts first,
// except for 4x4 blocks and in the second forward pass, whose butterflies do not fit in 16 bits.
namespace inloop::hevc {
namespace {

constexpr int32_t pack_pair(int low, int high) {
  return static_cast<int32_t>((static_cast<uint32_t>(high) << 16) | (static_cast<uint32_t>(low) & 0xffffu));
}

// Pairs of coefficients of the odd basis functions of the n-point matrix.
template <int n>
struct OddPairs {
  int32_t inverse[n / 4][n / 2];  // [j][y] has frequencies 4 j + 1 and 4 j + 3 at sample y
  int32_t forward[n / 4][n / 2];  // [j][i] has frequency 2 i + 1 at samples 2 j and 2 j + 1
};

template <int n>
consteval OddPairs<n> make_odd_pairs() {
  OddPairs<n> pairs{};
  for (int j = 0; j < n / 4; ++j) {
    for (int i = 0; i < n / 2; ++i) {
      pairs.inverse[j][i] =
          pack_pair(transform_coefficient(n, 4 * j + 1, i), transform_coefficient(n, 4 * j + 3, i));
      pairs.forward[j][i] = pack_pair(transform_coefficient(n, 2 * i + 1, 2 * j),
                                      transform_coefficient(n, 2 * i + 1, 2 * j + 1));
    }
  }
  return pairs;
}

// Pairs of coefficients of the whole matrix: [j][k] has frequency k at samples 2 j and 2 j + 1.
template <int n>
struct AllPairs {
  int32_t forward[n / 2][n];
};

template <int n>
consteval AllPairs<n> make_all_pairs() {
  AllPairs<n> pairs{};
  for (int j = 0; j < n / 2; ++j) {
    for (int k = 0; k < n; ++k) {
      pairs.forward[j][k] =
          pack_pair(transform_coefficient(n, k, 2 * j), transform_coefficient(n, k, 2 * j + 1));
    }
  }
  return pairs;
}

template <int n>
constexpr OddPairs<n> kOddPairs = make_odd_pairs<n>();
template <int n>
constexpr AllPairs<n> kAllPairs = make_all_pairs<n>();

__m128i load128(const int16_t* p) { return _mm_loadu_si128(reinterpret_cast<const __m128i*>(p)); }
void store128(int16_t* p, __m128i v) { _mm_storeu_si128(reinterpret_cast<__m128i*>(p), v); }

// Returns (a[x], b[x]) for the 8 columns x.
__m256i interleave(__m128i a, __m128i b) {
  const __m128i low = _mm_unpacklo_epi16(a, b), high = _mm_unpackhi_epi16(a, b);
  return _mm256_inserti128_si256(_mm256_castsi128_si256(low), high, 1);
}

__m256i multiply_add(__m256i sum, __m256i pair, int32_t coefficients) {
  return _mm256_add_epi32(sum, _mm256_madd_epi16(pair, _mm256_set1_epi32(coefficients)));
}

// Sets sums[i] = initial + sum over j < count of pairs[j] * table[j][first + i] for i < outputs, which is at
// most 8 so that the sums stay in registers.
template <int outputs, int row>
void accumulate(const __m256i* pairs, int count, const int32_t (*table)[row], int first, __m256i initial,
                __m256i* sums) {
  __m256i acc[outputs];
#pragma GCC unroll 8
  for (int i = 0; i < outputs; ++i) acc[i] = initial;
  for (int j = 0; j < count; ++j) {
    const __m256i pair = pairs[j];
#pragma GCC unroll 8
    for (int i = 0; i < outputs; ++i) acc[i] = multiply_add(acc[i], pair, table[j][first + i]);
  }
#pragma GCC unroll 8
  for (int i = 0; i < outputs; ++i) sums[i] = acc[i];
}

// Shifts, saturates and stores the n results of 8 columns as 8 rows.
template <int n>
void store_transposed(const __m256i* results, int shift, int16_t* out, int out_stride) {
  const __m128i count = _mm_cvtsi32_si128(shift);
  for (int y = 0; y < n; y += 8) {
    const __m256i* r = results + y;
    __m256i t[4];
    for (int i = 0; i < 2; ++i) {
      // These are rows 4 i .. 4 i + 3, and each half of a register has 4 of the columns.
      const __m256i even =
          _mm256_packs_epi32(_mm256_sra_epi32(r[4 * i], count), _mm256_sra_epi32(r[4 * i + 2], count));
      const __m256i odd =
          _mm256_packs_epi32(_mm256_sra_epi32(r[4 * i + 1], count), _mm256_sra_epi32(r[4 * i + 3], count));
      const __m256i low = _mm256_unpacklo_epi16(even, odd), high = _mm256_unpackhi_epi16(even, odd);
      t[2 * i] = _mm256_unpacklo_epi32(low, high);
      t[2 * i + 1] = _mm256_unpackhi_epi32(low, high);
    }
    for (int i = 0; i < 2; ++i) {
      const __m256i first = _mm256_unpacklo_epi64(t[i], t[2 + i]),
                    second = _mm256_unpackhi_epi64(t[i], t[2 + i]);
      int16_t* row = out + 2 * i * out_stride + y;
      store128(row, _mm256_castsi256_si128(first));
      store128(row + out_stride, _mm256_castsi256_si128(second));
      store128(row + 4 * out_stride, _mm256_extracti128_si256(first, 1));
      store128(row + 5 * out_stride, _mm256_extracti128_si256(second, 1));
    }
  }
}

// Transforms 8 columns with the n-point inverse over the rows 0, step, 2 step, ... Rows beyond `last` are
// zero and are not read.
template <int n, int step, int row_stride>
void inverse_points(const int16_t* in, int last, __m256i rounding, __m256i* out) {
  const auto row = [&](int y) { return y <= last ? load128(in + y * row_stride) : _mm_setzero_si128(); };
  if constexpr (n == 2) {
    const __m256i pair = interleave(row(0), row(step));
    out[0] = multiply_add(rounding, pair, pack_pair(64, 64));
    out[1] = multiply_add(rounding, pair, pack_pair(64, -64));
  } else {
    __m256i even[n / 2], pairs[n / 4];
    inverse_points<n / 2, 2 * step, row_stride>(in, last, rounding, even);
    int count = 0;
    for (; count < n / 4 && (4 * count + 1) * step <= last; ++count) {
      pairs[count] = interleave(row((4 * count + 1) * step), row((4 * count + 3) * step));
    }
    constexpr int kBlock = n / 2 < 8 ? n / 2 : 8;
    for (int y = 0; y < n / 2; y += kBlock) {
      __m256i odd[kBlock];
      accumulate<kBlock>(pairs, count, kOddPairs<n>.inverse, y, _mm256_setzero_si256(), odd);
      for (int i = 0; i < kBlock; ++i) {
        out[y + i] = _mm256_add_epi32(even[y + i], odd[i]);
        out[n - 1 - y - i] = _mm256_sub_epi32(even[y + i], odd[i]);
      }
    }
  }
}

template <int n>
void inverse_pass(const int16_t* in, int16_t* out, int columns, int last_row, int shift) {
  const __m256i rounding = _mm256_set1_epi32(1 << (shift - 1));
  for (int x = 0; x < columns; x += 8) {
    __m256i results[n];
    inverse_points<n, 1, n>(in + x, last_row, rounding, results);
    store_transposed<n>(results, shift, out + x * n, n);
  }
}

template <int n>
void fill_dc(int dc, int16_t* residual, int shift) {
  const int column = (64 * dc + 64) >> 7;  // 64 * 32767 >> 7 needs no saturation
  const int value = (64 * column + (1 << (shift - 1))) >> shift;
  const __m256i v = _mm256_set1_epi16(static_cast<short>(value));
  for (int i = 0; i < n * n; i += 16) _mm256_storeu_si256(reinterpret_cast<__m256i*>(residual + i), v);
}

template <int n>
void inverse_dct(const int16_t* coeffs, int16_t* residual, int bit_depth, int max_x, int max_y) {
  const int shift = 20 - bit_depth;
  if (max_x == 0 && max_y == 0) return fill_dc<n>(coeffs[0], residual, shift);
  alignas(32) int16_t transposed[n * n];
  // The first pass writes whole groups of 8 columns, and the second reads only those.
  inverse_pass<n>(coeffs, transposed, max_x + 1, max_y, 7);
  inverse_pass<n>(transposed, residual, n, max_x | 7, shift);
}

// Transforms 8 columns with the n-point forward transform, to the frequencies 0, step, 2 step, ... of `out`.
// Differences of 10-bit samples stay within 16 bits through all butterflies.
template <int n, int step>
void forward_points(const __m128i* in, __m256i rounding, __m256i* out) {
  if constexpr (n == 2) {
    const __m256i pair = interleave(in[0], in[1]);
    out[0] = multiply_add(rounding, pair, pack_pair(64, 64));
    out[step] = multiply_add(rounding, pair, pack_pair(64, -64));
  } else {
    __m128i sums[n / 2], differences[n / 2];
    for (int x = 0; x < n / 2; ++x) {
      sums[x] = _mm_add_epi16(in[x], in[n - 1 - x]);
      differences[x] = _mm_sub_epi16(in[x], in[n - 1 - x]);
    }
    forward_points<n / 2, 2 * step>(sums, rounding, out);
    __m256i pairs[n / 4];
    for (int j = 0; j < n / 4; ++j) pairs[j] = interleave(differences[2 * j], differences[2 * j + 1]);
    constexpr int kBlock = n / 2 < 8 ? n / 2 : 8;
    for (int k = 0; k < n / 2; k += kBlock) {
      __m256i odd[kBlock];
      accumulate<kBlock>(pairs, n / 4, kOddPairs<n>.forward, k, rounding, odd);
      for (int i = 0; i < kBlock; ++i) out[(2 * (k + i) + 1) * step] = odd[i];
    }
  }
}

template <int n>
void forward_first_pass(const int16_t* residual, int16_t* out, int shift) {
  const __m256i rounding = _mm256_set1_epi32(1 << (shift - 1));
  for (int x = 0; x < n; x += 8) {
    __m128i rows[n];
    for (int y = 0; y < n; ++y) rows[y] = load128(residual + y * n + x);
    __m256i results[n];
    forward_points<n, 1>(rows, rounding, results);
    store_transposed<n>(results, shift, out + x * n, n);
  }
}

// The intermediates use all 16 bits, so that this pass has to multiply by the whole matrix.
template <int n>
void forward_second_pass(const int16_t* in, int16_t* coeffs, int shift) {
  const __m256i rounding = _mm256_set1_epi32(1 << (shift - 1));
  for (int x = 0; x < n; x += 8) {
    __m256i pairs[n / 2], results[n];
    for (int j = 0; j < n / 2; ++j) {
      pairs[j] = interleave(load128(in + 2 * j * n + x), load128(in + (2 * j + 1) * n + x));
    }
    for (int k = 0; k < n; k += 8)
      accumulate<8>(pairs, n / 2, kAllPairs<n>.forward, k, rounding, results + k);
    store_transposed<n>(results, shift, coeffs + x * n, n);
  }
}

template <int n>
void forward_dct(const int16_t* residual, int16_t* coeffs, int bit_depth) {
  constexpr int kLog2 = n == 8 ? 3 : n == 16 ? 4 : 5;
  alignas(32) int16_t transposed[n * n];
  forward_first_pass<n>(residual, transposed, kLog2 + bit_depth - 9);
  forward_second_pass<n>(transposed, coeffs, kLog2 + 6);
}

// --- 4x4 blocks. One register has rows 0 and 1, the other rows 2 and 3.
struct Block4 {
  __m128i top, bottom;
};

// Pairs of weights for out[i] = sum over k of row k * weight(i, k): first for rows (0, 2), then for rows
// (1, 3), and in each for outputs (0, 1), then (2, 3).
struct Weights4 {
  int32_t at[2][2][8];
};

// If `inverse` is set, output i is a sample and k a frequency, otherwise the other way round.
consteval Weights4 make_weights4(bool dst, bool inverse) {
  Weights4 weights{};
  for (int rows = 0; rows < 2; ++rows) {
    for (int i = 0; i < 4; ++i) {
      int value[2] = {};
      for (int half = 0; half < 2; ++half) {
        const int k = rows + 2 * half, frequency = inverse ? k : i, sample = inverse ? i : k;
        value[half] = dst ? kDstMatrix[frequency][sample] : transform_coefficient(4, frequency, sample);
      }
      for (int column = 0; column < 4; ++column) {
        weights.at[rows][i / 2][4 * (i % 2) + column] = pack_pair(value[0], value[1]);
      }
    }
  }
  return weights;
}

alignas(32) constexpr Weights4 kInverseDct4 = make_weights4(false, true);
alignas(32) constexpr Weights4 kForwardDct4 = make_weights4(false, false);
alignas(32) constexpr Weights4 kInverseDst4 = make_weights4(true, true);
alignas(32) constexpr Weights4 kForwardDst4 = make_weights4(true, false);

Block4 pass4(const Block4& in, const Weights4& weights, int shift) {
  const __m256i even = _mm256_broadcastsi128_si256(_mm_unpacklo_epi16(in.top, in.bottom));
  const __m256i odd = _mm256_broadcastsi128_si256(_mm_unpackhi_epi16(in.top, in.bottom));
  const __m256i rounding = _mm256_set1_epi32(1 << (shift - 1));
  const __m128i count = _mm_cvtsi32_si128(shift);
  __m256i out[2];
  for (int i = 0; i < 2; ++i) {
    const auto* e = reinterpret_cast<const __m256i*>(weights.at[0][i]);
    const auto* o = reinterpret_cast<const __m256i*>(weights.at[1][i]);
    const __m256i sum = _mm256_add_epi32(_mm256_madd_epi16(even, _mm256_loadu_si256(e)),
                                         _mm256_madd_epi16(odd, _mm256_loadu_si256(o)));
    out[i] = _mm256_sra_epi32(_mm256_add_epi32(sum, rounding), count);
  }
  const __m256i packed = _mm256_packs_epi32(out[0], out[1]);  // the outputs are 0, 2 | 1, 3
  const __m128i low = _mm256_castsi256_si128(packed), high = _mm256_extracti128_si256(packed, 1);
  const __m128i first = _mm_unpacklo_epi16(low, high), second = _mm_unpackhi_epi16(low, high);
  return {_mm_unpacklo_epi32(first, second), _mm_unpackhi_epi32(first, second)};
}

void transform4(const int16_t* in, int16_t* out, const Weights4& weights, int first_shift, int second_shift) {
  const Block4 half = pass4({load128(in), load128(in + 8)}, weights, first_shift);
  const Block4 block = pass4(half, weights, second_shift);
  store128(out, block.top);
  store128(out + 8, block.bottom);
}

void inverse_dct4(const int16_t* coeffs, int16_t* residual, int bit_depth, int, int) {
  transform4(coeffs, residual, kInverseDct4, 7, 20 - bit_depth);
}
void inverse_dst4(const int16_t* coeffs, int16_t* residual, int bit_depth) {
  transform4(coeffs, residual, kInverseDst4, 7, 20 - bit_depth);
}
void forward_dct4(const int16_t* residual, int16_t* coeffs, int bit_depth) {
  transform4(residual, coeffs, kForwardDct4, bit_depth - 7, 8);
}
void forward_dst4(const int16_t* residual, int16_t* coeffs, int bit_depth) {
  transform4(residual, coeffs, kForwardDst4, bit_depth - 7, 8);
}

}  // namespace

void fill_transform_avx2(KernelTable& table) {
  table.inverse_dct[0] = inverse_dct4;
  table.inverse_dct[1] = inverse_dct<8>;
  table.inverse_dct[2] = inverse_dct<16>;
  table.inverse_dct[3] = inverse_dct<32>;
  table.forward_dct[0] = forward_dct4;
  table.forward_dct[1] = forward_dct<8>;
  table.forward_dct[2] = forward_dct<16>;
  table.forward_dct[3] = forward_dct<32>;
  table.inverse_dst4 = inverse_dst4;
  table.forward_dst4 = forward_dst4;
}

}  // namespace inloop::hevc
