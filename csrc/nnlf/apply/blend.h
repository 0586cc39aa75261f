// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <cstdint>

#include "nnlf/contract/coded_picture.h"
#include "nnlf/kernels/table.h"

namespace inloop::nnlf {

// Bit depth of the signal, which is what the network's residual gives when it is added to the reconstruction.
constexpr int kSignalBits = 14;

// The two forms of a network's output, which holds Hadamard coefficients of the residual against the
// original.
//   quarter: 24 channels at 1/4 resolution: for each coefficient those of the four 2x2 luma blocks of a 4x4
//            block, then four of a 2x2 block of Cb, and of Cr
//   half:    6 channels at 1/2 resolution: four of a 2x2 luma block, then Cb and Cr samples
enum class OutputForm { quarter, half };
constexpr int output_channels(OutputForm form) { return form == OutputForm::quarter ? 24 : 6; }
constexpr int output_step(OutputForm form) { return form == OutputForm::quarter ? 4 : 2; }  // in luma samples

// Says where the output of a block lies: a dense NHWC array with `columns` columns, of which `margin` rows
// and columns at each side belong to the context.
struct NetworkOutput {
  const int16_t* data = nullptr;
  int columns = 0;
  int margin = 0;
  int quantizer = 0;
  OutputForm form = OutputForm::quarter;
};

// All planes below are those of one block (see crop()) or of any area that begins at a multiple of 8 samples.

// Adds the inverse Hadamard transform of the residual to the reconstruction before deblocking, at 14 bit, and
// clips the sum to 14 bit.
void add_residual(const KernelTable& kernels, const NetworkOutput& output, const ConstPlanes& rec,
                  int bit_depth, const MutablePlanes& signal);

// Writes the deblocked picture at 14 bit, which is the signal of a block without the network.
void lift_deblocked(const ConstPlanes& dbf, int bit_depth, const MutablePlanes& signal);

void copy(const ConstPlanes& from, const MutablePlanes& to);

// Blends the network's signal with the deblocked one; it may work in place. Scales have 8 fractional bits; a
// scale of 0 copies the deblocked component.
void blend(const KernelTable& kernels, const ConstPlanes& dbf, const ConstPlanes& signal,
           const std::array<int, 3>& scale, int bit_depth, const MutablePlanes& out);

// The sums over a component that decide about its scale, all at 14 bit. With d = signal - deblocked and e =
// original - deblocked, a scale s leaves the squared error ee - 2 s de + s^2 dd.
using BlendSums = std::array<int64_t, 3>;  // ee, de, dd
std::array<BlendSums, 3> blend_sums(const KernelTable& kernels, const ConstPlanes& dbf,
                                    const ConstPlanes& signal, const ConstPlanes& original, int bit_depth);

}  // namespace inloop::nnlf
