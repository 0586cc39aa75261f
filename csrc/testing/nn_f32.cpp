// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include <pybind11/stl.h>

#include <algorithm>
#include <string>
#include <vector>

#include "base/aligned_buffer.h"
#include "testing/nn.h"
#include "testing/register.h"

namespace py = pybind11;

namespace inloop::testing {
namespace {

using FloatArray = py::array_t<float, py::array::c_style>;

// Makes an epilogue of the parts that a test gives by name. The arrays stay alive in `holder`.
nn::EpilogueF32 make_epilogue(const py::dict& fields, std::vector<FloatArray>& holder) {
  nn::EpilogueF32 e;
  e.activation = static_cast<nn::Activation>(fields["activation"].cast<int>());
  const auto array = [&](const char* key) -> const float* {
    if (!fields.contains(key)) return nullptr;
    holder.push_back(fields[key].cast<FloatArray>());
    return holder.back().data();
  };
  e.bias = array("bias");
  e.slope = array("slope");
  if (fields.contains("low")) e.low = fields["low"].cast<float>();
  if (fields.contains("high")) e.high = fields["high"].cast<float>();
  return e;
}

// Rearranges [channels][count] into blocks [count][lane]. next_block(channels left) is the width of a block.
template <class NextBlock>
AlignedBuffer<float> pack(const FloatArray& weights, int channels, int count, NextBlock next_block) {
  AlignedBuffer<float> packed(static_cast<size_t>(channels) * static_cast<size_t>(count));
  float* out = packed.data();
  int block = 0;
  for (int first = 0; first < channels; first += block) {
    block = next_block(channels - first);
    for (int i = 0; i < count; ++i)
      for (int lane = 0; lane < block; ++lane) *out++ = weights.data()[(first + lane) * ptrdiff_t{count} + i];
  }
  return packed;
}

// The weights are [channels][runs * run_length]. The kernel works on `chunk` pixels at a time.
py::tuple conv_row(const std::string& isa, const FloatArray& input, const std::vector<ptrdiff_t>& offsets,
                   int run_length, ptrdiff_t pixel_step, const FloatArray& weights, int pixels,
                   ptrdiff_t out_step, const py::dict& epilogue, const py::object& residual, bool want_raw,
                   int chunk) {
  const nn::KernelTable& kernels = kernel_table(isa);
  std::vector<FloatArray> holder;
  const nn::EpilogueF32 e = make_epilogue(epilogue, holder);
  const GuardedOutputs<float> outputs(pixels, out_step, residual, want_raw);
  const auto runs = pointers(input, offsets);
  const int run_count = static_cast<int>(runs.size()), channels = static_cast<int>(weights.shape(0));
  const auto packed = pack(weights, channels, run_count * run_length, kernels.conv_block_f32);
  kernels.conv_row_f32(
      {runs.data(), run_count, run_length, pixel_step, chunk, packed.data(), channels, outputs.row, &e});
  return py::make_tuple(outputs.out, outputs.raw);
}

// The weights are [channels][taps].
py::tuple depthwise_row(const std::string& isa, const FloatArray& input,
                        const std::vector<ptrdiff_t>& offsets, ptrdiff_t pixel_step,
                        const FloatArray& weights, int pixels, ptrdiff_t out_step, const py::dict& epilogue,
                        const py::object& residual, bool want_raw) {
  const nn::KernelTable& kernels = kernel_table(isa);
  std::vector<FloatArray> holder;
  const nn::EpilogueF32 e = make_epilogue(epilogue, holder);
  const GuardedOutputs<float> outputs(pixels, out_step, residual, want_raw);
  const auto taps = pointers(input, offsets);
  const int count = static_cast<int>(taps.size()), channels = static_cast<int>(weights.shape(0));
  const int widest = kernels.depthwise_block_f32;
  const auto packed =
      pack(weights, channels, count, [widest](int channels_left) { return std::min(widest, channels_left); });
  kernels.depthwise_row_f32({taps.data(), count, pixel_step, packed.data(), channels, outputs.row, &e});
  return py::make_tuple(outputs.out, outputs.raw);
}

}  // namespace

void register_nn_f32(py::module_& module) {
  module.def("conv_row_f32", &conv_row, py::arg("isa"), py::arg("input"), py::arg("offsets"),
             py::arg("run_length"), py::arg("pixel_step"), py::arg("weights"), py::arg("pixels"),
             py::arg("out_step"), py::arg("epilogue"), py::arg("residual") = py::none(),
             py::arg("want_raw") = false, py::arg("chunk") = 0);
  module.def("depthwise_row_f32", &depthwise_row, py::arg("isa"), py::arg("input"), py::arg("offsets"),
             py::arg("pixel_step"), py::arg("weights"), py::arg("pixels"), py::arg("out_step"),
             py::arg("epilogue"), py::arg("residual") = py::none(), py::arg("want_raw") = false);
}

}  // namespace inloop::testing
