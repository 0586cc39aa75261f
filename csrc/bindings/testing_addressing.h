// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <stdint.h>

// A dense int16 convolution whose every address is computed from four indices, as libraries of the field do
// it: the baseline that tells what stepping pointers is worth. Register tile, weights and arithmetic are
// those of the level's kernel. For tests and benchmarks only.
namespace inloop::bindings {

// Dense array of dims[0] x dims[1] x dims[2] x dims[3] numbers.
template <class T>
struct Indexed {
  T* data;
  int dims[4];
};

struct IndexConv {
  Indexed<const int16_t> in;       // 1, height + kernel - 1, width + kernel - 1, channels (even)
  Indexed<const int16_t> weights;  // blocks of 16 channels, taps, pairs of input channels, 32
  Indexed<int16_t> out;            // 1, height, width, channels
  const int32_t* start;            // per channel
  int kernel, shift;
};

// With `per_load` no part of an address is kept from one load to the next; without, the compiler may keep
// what it finds.
void index_conv_scalar(const IndexConv& conv, bool per_load);
void index_conv_avx2(const IndexConv& conv, bool per_load);

}  // namespace inloop::bindings
