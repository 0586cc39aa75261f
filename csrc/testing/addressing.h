// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <stdint.h>

// A dense int16 convolution in three ways of finding its operands, everything else being equal: register
// tile, packed weights and arithmetic are those of the engine's kernels. It tells what stepping pointers is
// worth. For tests and benchmarks only.
namespace inloop::testing {

enum class Addressing {
  stepping,          // pointers that advance by constants
  indexed,           // every address from four indices; the compiler may keep what it finds common to several
  indexed_per_load,  // the same, nothing being kept from one load to the next
};

// Dense array of dims[0] x dims[1] x dims[2] x dims[3] numbers.
template <class T>
struct Indexed {
  T* data;
  int dims[4];
};

struct AddressedConv {
  Indexed<const int16_t> in;       // 1, height + kernel - 1, width + kernel - 1, channels (even)
  Indexed<const int16_t> weights;  // blocks of 16 channels, taps, pairs of input channels, 32
  Indexed<int16_t> out;            // 1, height, width, channels
  const int32_t* start;            // per channel
  int kernel, shift;
};

void addressed_conv_scalar(const AddressedConv& conv, Addressing addressing);
void addressed_conv_avx2(const AddressedConv& conv, Addressing addressing);

}  // namespace inloop::testing
