// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include <arm_neon.h>

#include "base/tiles_hadamard_neon.h"
#include "hevc/kernels/table.h"
#include "hevc/kernels/transform_matrix.h"

// Both stages of all transforms are products of matrices, four rows and eight columns (four in 4x4 blocks) at
// a time; frequencies without coefficients are left out.
namespace inloop::hevc {
namespace {

// The n-point matrix as [frequency][sample], and transposed.
template <int n>
struct Basis {
  int16_t forward[n][n];
  int16_t transposed[n][n];
};

template <int n>
consteval Basis<n> make_basis() {
  Basis<n> basis{};
  for (int k = 0; k < n; ++k) {
    for (int x = 0; x < n; ++x) basis.forward[k][x] = basis.transposed[x][k] = transform_coefficient(n, k, x);
  }
  return basis;
}

consteval Basis<4> make_dst_basis() {
  Basis<4> basis{};
  for (int k = 0; k < 4; ++k) {
    for (int x = 0; x < 4; ++x) basis.forward[k][x] = basis.transposed[x][k] = kDstMatrix[k][x];
  }
  return basis;
}

template <int n>
constexpr Basis<n> kDct = make_basis<n>();
constexpr Basis<4> kDst = make_dst_basis();

// The shift rounds and the narrowing saturates, as 8.6.4.2 asks.
int16x4_t narrow(int32x4_t sum, int32x4_t shift) { return vqmovn_s32(vrshlq_s32(sum, shift)); }

template <int n>
using Block = int16_t (*)[n];
template <int n>
using ConstBlock = const int16_t (*)[n];

// Sets the rows y .. y + 3 of out, columns x .. x + 7, to the sums over k < terms of left[k][y] right[k][x].
template <int n>
void product_tile(ConstBlock<n> left, ConstBlock<n> right, Block<n> out, int y, int x, int terms,
                  int32x4_t shift) {
  int32x4_t low[4] = {}, high[4] = {};
  for (int k = 0; k < terms; ++k) {
    const int16x4_t factors = vld1_s16(&left[k][y]);
    const int16x8_t row = vld1q_s16(&right[k][x]);
    const int16x4_t row_low = vget_low_s16(row);
    low[0] = vmlal_lane_s16(low[0], row_low, factors, 0);
    low[1] = vmlal_lane_s16(low[1], row_low, factors, 1);
    low[2] = vmlal_lane_s16(low[2], row_low, factors, 2);
    low[3] = vmlal_lane_s16(low[3], row_low, factors, 3);
    high[0] = vmlal_high_lane_s16(high[0], row, factors, 0);
    high[1] = vmlal_high_lane_s16(high[1], row, factors, 1);
    high[2] = vmlal_high_lane_s16(high[2], row, factors, 2);
    high[3] = vmlal_high_lane_s16(high[3], row, factors, 3);
  }
  for (int i = 0; i < 4; ++i)
    vst1q_s16(&out[y + i][x], vcombine_s16(narrow(low[i], shift), narrow(high[i], shift)));
}

void product_tile4(ConstBlock<4> left, ConstBlock<4> right, Block<4> out, int32x4_t shift) {
  int32x4_t sums[4] = {};
  for (int k = 0; k < 4; ++k) {
    const int16x4_t factors = vld1_s16(left[k]), row = vld1_s16(right[k]);
    sums[0] = vmlal_lane_s16(sums[0], row, factors, 0);
    sums[1] = vmlal_lane_s16(sums[1], row, factors, 1);
    sums[2] = vmlal_lane_s16(sums[2], row, factors, 2);
    sums[3] = vmlal_lane_s16(sums[3], row, factors, 3);
  }
  for (int i = 0; i < 4; ++i) vst1_s16(out[i], narrow(sums[i], shift));
}

template <int n>
void multiply(ConstBlock<n> left, ConstBlock<n> right, Block<n> out, int terms, int shift_count) {
  const int32x4_t shift = vdupq_n_s32(-shift_count);
  if constexpr (n == 4) {
    product_tile4(left, right, out, shift);
  } else {
    for (int y = 0; y < n; y += 4) {
      for (int x = 0; x < n; x += 8) product_tile<n>(left, right, out, y, x, terms, shift);
    }
  }
}

template <int n>
void transpose_block(ConstBlock<n> in, Block<n> out) {
  if constexpr (n == 4) {
    int16x4_t rows[4];
    for (int i = 0; i < 4; ++i) rows[i] = vld1_s16(in[i]);
    transpose(rows);
    for (int i = 0; i < 4; ++i) vst1_s16(out[i], rows[i]);
  } else {
    for (int y = 0; y < n; y += 8) {
      for (int x = 0; x < n; x += 8) {
        int16x8_t rows[8];
        for (int i = 0; i < 8; ++i) rows[i] = vld1q_s16(&in[y + i][x]);
        transpose(rows);
        for (int i = 0; i < 8; ++i) vst1q_s16(&out[x + i][y], rows[i]);
      }
    }
  }
}

template <int n>
void inverse(const Basis<n>& basis, const int16_t* coeffs, int16_t* residual, int bit_depth, int max_x,
             int max_y) {
  int16_t columns[n][n], rows[n][n];
  multiply<n>(basis.forward, reinterpret_cast<ConstBlock<n>>(coeffs), columns, max_y + 1, 7);
  transpose_block<n>(columns, rows);
  multiply<n>(rows, basis.forward, reinterpret_cast<Block<n>>(residual), max_x + 1, 20 - bit_depth);
}

template <int n>
void forward(const Basis<n>& basis, const int16_t* residual, int16_t* coeffs, int bit_depth) {
  constexpr int kLog2 = n == 4 ? 2 : n == 8 ? 3 : n == 16 ? 4 : 5;
  int16_t columns[n][n], rows[n][n];
  multiply<n>(basis.transposed, reinterpret_cast<ConstBlock<n>>(residual), columns, n, kLog2 + bit_depth - 9);
  transpose_block<n>(columns, rows);
  multiply<n>(rows, basis.transposed, reinterpret_cast<Block<n>>(coeffs), n, kLog2 + 6);
}

template <int n>
void inverse_dct(const int16_t* coeffs, int16_t* residual, int bit_depth, int max_x, int max_y) {
  inverse<n>(kDct<n>, coeffs, residual, bit_depth, max_x, max_y);
}

template <int n>
void forward_dct(const int16_t* residual, int16_t* coeffs, int bit_depth) {
  forward<n>(kDct<n>, residual, coeffs, bit_depth);
}

void inverse_dst4(const int16_t* coeffs, int16_t* residual, int bit_depth) {
  inverse<4>(kDst, coeffs, residual, bit_depth, 3, 3);
}

void forward_dst4(const int16_t* residual, int16_t* coeffs, int bit_depth) {
  forward<4>(kDst, residual, coeffs, bit_depth);
}

}  // namespace

void fill_transform_neon(KernelTable& table) {
  table.inverse_dct[0] = inverse_dct<4>;
  table.inverse_dct[1] = inverse_dct<8>;
  table.inverse_dct[2] = inverse_dct<16>;
  table.inverse_dct[3] = inverse_dct<32>;
  table.forward_dct[0] = forward_dct<4>;
  table.forward_dct[1] = forward_dct<8>;
  table.forward_dct[2] = forward_dct<16>;
  table.forward_dct[3] = forward_dct<32>;
  table.inverse_dst4 = inverse_dst4;
  table.forward_dst4 = forward_dst4;
}

}  // namespace inloop::hevc
