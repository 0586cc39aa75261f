// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <stdint.h>

// A dense int16 convolution that finds its operands in one of three ways. Everything else is equal: the
// register tile, the packed weights and the arithmetic are those of the engine's kernels. It shows how much
// stepping pointers gain, and is for tests and benchmarks only.
namespace inloop::testing {

enum class Addressing {
  stepping,  // pointers advance by constants
  indexed,   // every address comes from four indices, and the compiler may keep what several have in common
  indexed_per_load,  // the same, but nothing is kept from one load to the next
};

// A dense array of dims[0] x dims[1] x dims[2] x dims[3] numbers.
template <class T>
struct Indexed {
  T* data;
  int dims[4];
};

struct AddressedConv {
  Indexed<const int16_t> in;       // 1, height + kernel - 1, width + kernel - 1, channels (even)
  Indexed<const int16_t> weights;  // blocks of 16 channels, taps, pairs of input channels, 32
  Indexed<int16_t> out;            // 1, height, width, channels
  const int32_t* start;            // one for each channel
  int kernel, shift;
};

void addressed_conv_scalar(const AddressedConv& conv, Addressing addressing);
void addressed_conv_avx2(const AddressedConv& conv, Addressing addressing);

}  // namespace inloop::testing
