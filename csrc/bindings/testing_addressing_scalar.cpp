// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "bindings/testing_addressing.h"

namespace inloop::bindings {
namespace {

constexpr int kBlock = 16;

template <bool PerLoad, class T>
T& at(const Indexed<T>& tensor, int n, int h, int w, int c) {
  int rows = tensor.dims[1], columns = tensor.dims[2], channels = tensor.dims[3];
  if constexpr (PerLoad) asm volatile("" : "+r"(rows), "+r"(columns), "+r"(channels));
  return tensor.data[((n * rows + h) * columns + w) * channels + c];
}

// Modulo 2^32, as the kernels.
int32_t multiply_add(int32_t sum, int32_t a, int32_t b) {
  return static_cast<int32_t>(static_cast<uint32_t>(sum) + static_cast<uint32_t>(a * b));
}

template <bool PerLoad>
void conv_pixel(const IndexConv& conv, int y, int x, int block) {
  int32_t sums[kBlock];
  for (int lane = 0; lane < kBlock; ++lane) sums[lane] = conv.start[block * kBlock + lane];
  for (int ky = 0; ky < conv.kernel; ++ky)
    for (int kx = 0; kx < conv.kernel; ++kx)
      for (int pair = 0; pair < conv.weights.dims[2]; ++pair)
        for (int lane = 0; lane < kBlock; ++lane)
          for (int i = 0; i < 2; ++i)
            sums[lane] =
                multiply_add(sums[lane], at<PerLoad>(conv.in, 0, y + ky, x + kx, 2 * pair + i),
                             at<PerLoad>(conv.weights, block, ky * conv.kernel + kx, pair, 2 * lane + i));
  for (int lane = 0; lane < kBlock; ++lane) {
    const int32_t v = sums[lane] >> conv.shift;
    at<PerLoad>(conv.out, 0, y, x, block * kBlock + lane) = static_cast<int16_t>(v > 32767    ? 32767
                                                                                 : v < -32767 ? -32767
                                                                                              : v);
  }
}

template <bool PerLoad>
void run(const IndexConv& conv) {
  for (int y = 0; y < conv.out.dims[1]; ++y)
    for (int block = 0; block < conv.weights.dims[0]; ++block)
      for (int x = 0; x < conv.out.dims[2]; ++x) conv_pixel<PerLoad>(conv, y, x, block);
}

}  // namespace

void index_conv_scalar(const IndexConv& conv, bool per_load) {
  if (per_load)
    run<true>(conv);
  else
    run<false>(conv);
}

}  // namespace inloop::bindings
