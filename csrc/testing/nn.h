// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>

#include <algorithm>
#include <string>
#include <vector>

#include "nn/cpu/kernels/table.h"

namespace inloop::testing {

// Returns the kernel table of an isa by its name, or that of "avx2 with AVX-VNNI". Raises ConfigError where
// this CPU cannot run it.
const nn::KernelTable& kernel_table(const std::string& isa);

// Output planes with guard elements around and between the pixels, which a kernel must leave alone. The
// residual has the same step as the planes.
template <class T>
struct GuardedOutputs {
  using Array = pybind11::array_t<T, pybind11::array::c_style>;
  static constexpr T kGuard = 23130;
  Array out, raw, residual_plane;
  nn::RowOutputOf<T> row;

  GuardedOutputs(int pixels, ptrdiff_t step, const pybind11::object& residual, bool want_raw)
      : out(step * (pixels + 2)), raw(step * (pixels + 2)) {
    std::fill_n(out.mutable_data(), out.size(), kGuard);
    std::fill_n(raw.mutable_data(), raw.size(), kGuard);
    row.pixels = pixels;
    row.out = out.mutable_data() + step;
    row.out_step = step;
    if (want_raw) row.raw = raw.mutable_data() + step, row.raw_step = step;
    if (residual.is_none()) return;
    residual_plane = residual.cast<Array>();
    row.residual = residual_plane.data();
    row.residual_step = step;
  }
};

template <class T>
std::vector<const T*> pointers(const pybind11::array_t<T, pybind11::array::c_style>& input,
                               const std::vector<ptrdiff_t>& offsets) {
  std::vector<const T*> result;
  for (ptrdiff_t offset : offsets) result.push_back(input.data() + offset);
  return result;
}

}  // namespace inloop::testing
