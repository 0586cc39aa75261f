// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "testing/nn.h"

#include <pybind11/numpy.h>
#include <pybind11/stl.h>

#include <algorithm>
#include <string>
#include <vector>

#include "base/aligned_buffer.h"
#include "bindings/support.h"
#include "testing/register.h"

namespace py = pybind11;

namespace inloop::testing {

const nn::KernelTable& kernel_table(const std::string& isa) {
  if (const nn::KernelTable* vnni = nn::vnni_kernels(); vnni && isa == "avx2 with AVX-VNNI") return *vnni;
  return nn::kernels(bindings::isa_named(isa));
}

namespace {

using Int16Array = py::array_t<int16_t, py::array::c_style>;
using Int32Array = py::array_t<int32_t, py::array::c_style>;

// Makes an epilogue of the parts that a test gives by name. The arrays stay alive in `holder`.
nn::Epilogue make_epilogue(const py::dict& fields, std::vector<Int16Array>& holder) {
  nn::Epilogue e;
  const auto number = [&](const char* key) { return fields.contains(key) ? fields[key].cast<int>() : 0; };
  const auto array = [&](const char* key) -> const int16_t* {
    if (!fields.contains(key)) return nullptr;
    holder.push_back(fields[key].cast<Int16Array>());
    return holder.back().data();
  };
  e.shift = number("shift");
  e.bias = array("bias");
  e.bias_shift = number("bias_shift");
  e.self_shift = number("self_shift");
  e.residual_shift = number("residual_shift");
  e.activation = static_cast<nn::Activation>(number("activation"));
  e.slope_low = array("slope_low");
  e.slope_units = array("slope_units");
  return e;
}

// Rearranges [channels][pairs][2] into the blocks [pair][lane][2] of these kernels.
AlignedBuffer<int16_t> pack(const nn::KernelTable& kernels, int widest, const Int16Array& weights,
                            int channels, int pairs) {
  AlignedBuffer<int16_t> packed(static_cast<size_t>(channels) * static_cast<size_t>(pairs) * 2);
  int16_t* out = packed.data();
  for (int first = 0, block = 0; first < channels; first += block) {
    block = nn::block_channels(channels - first, widest);
    for (int pair = 0; pair < pairs; ++pair)
      for (int lane = 0; lane < block; ++lane, out += 2) {
        const int16_t* from =
            weights.data() + ((first + kernels.lane_channel(block, lane)) * ptrdiff_t{pairs} + pair) * 2;
        std::copy_n(from, 2, out);
      }
  }
  return packed;
}

AlignedBuffer<int32_t> pack_start(const nn::KernelTable& kernels, int widest, const Int32Array& start) {
  const int channels = static_cast<int>(start.size());
  AlignedBuffer<int32_t> packed(static_cast<size_t>(channels));
  for (int first = 0, block = 0; first < channels; first += block) {
    block = nn::block_channels(channels - first, widest);
    for (int lane = 0; lane < block; ++lane)
      packed[static_cast<size_t>(first + lane)] = start.data()[first + kernels.lane_channel(block, lane)];
  }
  return packed;
}

py::tuple conv_row(const std::string& isa, const Int16Array& input, const std::vector<ptrdiff_t>& offsets,
                   int run_pairs, ptrdiff_t pixel_step, const Int16Array& weights, const Int32Array& start,
                   int pixels, ptrdiff_t out_step, const py::dict& epilogue, const py::object& residual,
                   bool want_raw) {
  const nn::KernelTable& kernels = kernel_table(isa);
  std::vector<Int16Array> holder;
  const nn::Epilogue e = make_epilogue(epilogue, holder);
  const GuardedOutputs<int16_t> outputs(pixels, out_step, residual, want_raw);
  const int channels = static_cast<int>(start.size());
  const auto runs = pointers(input, offsets);
  const int run_count = static_cast<int>(runs.size());
  const auto packed = pack(kernels, kernels.conv_block, weights, channels, run_count * run_pairs);
  const auto packed_start = pack_start(kernels, kernels.conv_block, start);
  kernels.conv_row_i16({runs.data(), run_count, run_pairs, pixel_step, 24, packed.data(),
                        2 * run_count * run_pairs, packed_start.data(), channels, outputs.row, &e});
  return py::make_tuple(outputs.out, outputs.raw);
}

py::tuple depthwise_row(const std::string& isa, const Int16Array& input,
                        const std::vector<ptrdiff_t>& offsets, ptrdiff_t pixel_step,
                        const Int16Array& weights, const Int32Array& start, int pixels, ptrdiff_t out_step,
                        const py::dict& epilogue, const py::object& residual, bool want_raw) {
  const nn::KernelTable& kernels = kernel_table(isa);
  std::vector<Int16Array> holder;
  const nn::Epilogue e = make_epilogue(epilogue, holder);
  const GuardedOutputs<int16_t> outputs(pixels, out_step, residual, want_raw);
  const int channels = static_cast<int>(start.size());
  const auto taps = pointers(input, offsets);
  const int count = static_cast<int>(taps.size());
  const auto packed = pack(kernels, kernels.depthwise_block, weights, channels, (count + 1) / 2);
  const auto packed_start = pack_start(kernels, kernels.depthwise_block, start);
  kernels.depthwise_row_i16(
      {taps.data(), count, pixel_step, packed.data(), packed_start.data(), channels, outputs.row, &e});
  return py::make_tuple(outputs.out, outputs.raw);
}

}  // namespace

void register_nn(py::module_& module) {
  module.def("has_vnni_kernels", [] { return nn::vnni_kernels() != nullptr; });
  module.def("conv_row_i16", &conv_row, py::arg("isa"), py::arg("input"), py::arg("offsets"),
             py::arg("run_pairs"), py::arg("pixel_step"), py::arg("weights"), py::arg("start"),
             py::arg("pixels"), py::arg("out_step"), py::arg("epilogue"), py::arg("residual") = py::none(),
             py::arg("want_raw") = false);
  module.def("depthwise_row_i16", &depthwise_row, py::arg("isa"), py::arg("input"), py::arg("offsets"),
             py::arg("pixel_step"), py::arg("weights"), py::arg("start"), py::arg("pixels"),
             py::arg("out_step"), py::arg("epilogue"), py::arg("residual") = py::none(),
             py::arg("want_raw") = false);
}

}  // namespace inloop::testing
