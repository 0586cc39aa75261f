// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "hevc/kernels/table.h"
#include "hevc/kernels/transform_matrix.h"

namespace inloop::hevc {
namespace {

int16_t clip16(int32_t value) {
  return static_cast<int16_t>(value < -32768 ? -32768 : value > 32767 ? 32767 : value);
}

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
    for (int x = 0; x < n; ++x) {
      basis.forward[k][x] = basis.transposed[x][k] = transform_coefficient(n, k, x);
    }
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

// Sets out[y][x] = clip16((sum over k < terms of left[k][y] * right[k][x] + rounding) >> shift) for
// x < columns and to 0 elsewhere. Both stages of all four transforms are this product. Rounding and saturation
// are part of the definition, because 8.6.4.2 has 16-bit intermediates.
template <int n>
void multiply(const int16_t (*left)[n], const int16_t (*right)[n], int16_t (*out)[n], int terms, int columns,
              int shift) {
  const int32_t rounding = 1 << (shift - 1);
  for (int y = 0; y < n; ++y) {
    int32_t sums[n];
    for (int x = 0; x < n; ++x) sums[x] = rounding;
    for (int k = 0; k < terms; ++k) {
      const int16_t factor = left[k][y];
      for (int x = 0; x < columns; ++x) sums[x] += factor * right[k][x];
    }
    for (int x = 0; x < n; ++x) out[y][x] = x < columns ? clip16(sums[x] >> shift) : int16_t{0};
  }
}

template <int n>
void transpose(const int16_t (*in)[n], int16_t (*out)[n]) {
  for (int y = 0; y < n; ++y) {
    for (int x = 0; x < n; ++x) out[x][y] = in[y][x];
  }
}

template <int n>
void inverse(const Basis<n>& basis, const int16_t* coeffs, int16_t* residual, int bit_depth, int max_x,
             int max_y) {
  int16_t columns[n][n], rows[n][n];
  multiply<n>(basis.forward, reinterpret_cast<const int16_t (*)[n]>(coeffs), columns, max_y + 1, max_x + 1,
              7);
  transpose<n>(columns, rows);
  multiply<n>(rows, basis.forward, reinterpret_cast<int16_t (*)[n]>(residual), max_x + 1, n, 20 - bit_depth);
}

template <int n>
void forward(const Basis<n>& basis, const int16_t* residual, int16_t* coeffs, int bit_depth) {
  constexpr int kLog2 = n == 4 ? 2 : n == 8 ? 3 : n == 16 ? 4 : 5;
  int16_t columns[n][n], rows[n][n];
  multiply<n>(basis.transposed, reinterpret_cast<const int16_t (*)[n]>(residual), columns, n, n,
              kLog2 + bit_depth - 9);
  transpose<n>(columns, rows);
  multiply<n>(rows, basis.transposed, reinterpret_cast<int16_t (*)[n]>(coeffs), n, n, kLog2 + 6);
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

void fill_transform_scalar(KernelTable& table) {
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
