// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include <stddef.h>

#include "testing/addressing.h"

namespace inloop::testing {
namespace {

constexpr int kBlock = 16;

template <Addressing A, class T>
T& at(const Indexed<T>& tensor, int n, int h, int w, int c) {
  int rows = tensor.dims[1], columns = tensor.dims[2], channels = tensor.dims[3];
  if constexpr (A == Addressing::indexed_per_load)
    asm volatile("" : "+r"(rows), "+r"(columns), "+r"(channels));
  return tensor.data[((n * rows + h) * columns + w) * channels + c];
}

// Sums wrap modulo 2^32, as in the kernels.
int32_t multiply_add(int32_t sum, int32_t a, int32_t b) {
  return static_cast<int32_t>(static_cast<uint32_t>(sum) + static_cast<uint32_t>(a * b));
}

template <Addressing A>
void sum_indexed(const AddressedConv& conv, int y, int x, int block, int32_t* sums) {
  for (int ky = 0; ky < conv.kernel; ++ky)
    for (int kx = 0; kx < conv.kernel; ++kx)
      for (int pair = 0; pair < conv.weights.dims[2]; ++pair)
        for (int lane = 0; lane < kBlock; ++lane)
          for (int i = 0; i < 2; ++i)
            sums[lane] = multiply_add(sums[lane], at<A>(conv.in, 0, y + ky, x + kx, 2 * pair + i),
                                      at<A>(conv.weights, block, ky * conv.kernel + kx, pair, 2 * lane + i));
}

void sum_stepping(const AddressedConv& conv, const int16_t* first, const int16_t* weight, int32_t* sums) {
  const ptrdiff_t row = ptrdiff_t{conv.in.dims[2]} * conv.in.dims[3];
  for (int ky = 0; ky < conv.kernel; ++ky, first += row) {
    const int16_t* in = first;
    for (int pair = conv.weights.dims[2] * conv.kernel; pair > 0; --pair, in += 2)
      for (int lane = 0; lane < kBlock; ++lane, weight += 2)
        for (int i = 0; i < 2; ++i) sums[lane] = multiply_add(sums[lane], in[i], weight[i]);
  }
}

template <Addressing A>
void run(const AddressedConv& conv) {
  const ptrdiff_t pitch = conv.in.dims[3], row = pitch * conv.in.dims[2];
  const ptrdiff_t block_weights = ptrdiff_t{conv.kernel} * conv.kernel * conv.weights.dims[2] * 2 * kBlock;
  for (int y = 0; y < conv.out.dims[1]; ++y)
    for (int block = 0; block < conv.weights.dims[0]; ++block)
      for (int x = 0; x < conv.out.dims[2]; ++x) {
        int32_t sums[kBlock];
        for (int lane = 0; lane < kBlock; ++lane) sums[lane] = conv.start[block * kBlock + lane];
        if constexpr (A == Addressing::stepping)
          sum_stepping(conv, conv.in.data + y * row + x * pitch, conv.weights.data + block * block_weights,
                       sums);
        else
          sum_indexed<A>(conv, y, x, block, sums);
        for (int lane = 0; lane < kBlock; ++lane) {
          const int32_t v = sums[lane] >> conv.shift;
          at<A>(conv.out, 0, y, x, block * kBlock + lane) = static_cast<int16_t>(v > 32767    ? 32767
                                                                                 : v < -32767 ? -32767
                                                                                              : v);
        }
      }
}

}  // namespace

void addressed_conv_scalar(const AddressedConv& conv, Addressing addressing) {
  if (addressing == Addressing::stepping) run<Addressing::stepping>(conv);
  if (addressing == Addressing::indexed) run<Addressing::indexed>(conv);
  if (addressing == Addressing::indexed_per_load) run<Addressing::indexed_per_load>(conv);
}

}  // namespace inloop::testing
