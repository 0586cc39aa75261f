// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "bindings/testing_addressing.h"

#include <pybind11/numpy.h>
#include <pybind11/stl.h>

#include <random>
#include <string>
#include <vector>

#include "base/aligned_buffer.h"
#include "bindings/register.h"
#include "nn/kernels/table.h"

namespace py = pybind11;

namespace inloop::bindings {
namespace {

// One convolution over random numbers, run by the level's kernel or with addresses computed from indices.
class AddressingCase {
 public:
  AddressingCase(const std::string& isa, int height, int width, int in_channels, int out_channels, int kernel)
      : level_(level_named(isa)),
        table_(nn::kernels(level_)),
        height_(height),
        width_(width),
        kernel_(kernel),
        pairs_((in_channels + 1) / 2),
        channels_((out_channels + kBlock - 1) / kBlock * kBlock),
        in_(size_t(height + kernel - 1) * size_t(width + kernel - 1) * size_t(2 * pairs_) + kSlack),
        weights_(size_t(channels_) * size_t(kernel) * size_t(kernel) * size_t(2 * pairs_)),
        out_(size_t(height) * size_t(width) * size_t(channels_) + kSlack),
        start_(size_t(channels_)) {
    if (level_ == IsaLevel::avx512 || table_.conv_block != kBlock)
      raise_if_error(Status::unsupported("there is no index addressing at this level"));
    std::minstd_rand random(1);
    for (size_t i = 0; i < in_.size(); ++i) in_[i] = static_cast<int16_t>(random() % 8192 - 4096);
    for (size_t i = 0; i < weights_.size(); ++i) weights_[i] = static_cast<int16_t>(random() % 512 - 256);
  }

  void run(const std::string& mode) {
    if (mode == "stepping") return step();
    if (mode != "indexed" && mode != "indexed per load") raise_if_error(Status::config("no such mode"));
    const int taps = kernel_ * kernel_;
    const IndexConv conv{
        .in = {in_.data(), {1, height_ + kernel_ - 1, width_ + kernel_ - 1, 2 * pairs_}},
        .weights = {weights_.data(), {channels_ / kBlock, taps, pairs_, 2 * kBlock}},
        .out = {out_.data(), {1, height_, width_, channels_}},
        .start = start_.data(),
        .kernel = kernel_,
        .shift = kShift,
    };
    (level_ == IsaLevel::avx2 ? index_conv_avx2 : index_conv_scalar)(conv, mode == "indexed per load");
  }

  py::array_t<int16_t> output() const {
    return py::array_t<int16_t>({height_, width_, channels_}, out_.data());
  }

 private:
  void step() {
    const ptrdiff_t pitch = 2 * ptrdiff_t{pairs_}, row = pitch * (width_ + kernel_ - 1);
    std::vector<const int16_t*> runs(static_cast<size_t>(kernel_));
    const nn::Epilogue epilogue{.shift = kShift};
    for (int y = 0; y < height_; ++y) {
      for (int ky = 0; ky < kernel_; ++ky) runs[static_cast<size_t>(ky)] = in_.data() + (y + ky) * row;
      nn::RowOutput output{
          .pixels = width_, .out = out_.data() + ptrdiff_t{y} * width_ * channels_, .out_step = channels_};
      table_.conv_row_i16({.runs = runs.data(),
                           .run_count = kernel_,
                           .run_pairs = pairs_ * kernel_,
                           .pixel_step = pitch,
                           .weights = weights_.data(),
                           .start = start_.data(),
                           .channels = channels_,
                           .output = output,
                           .epilogue = &epilogue});
    }
  }

  static constexpr int kBlock = 16, kShift = 11;
  static constexpr size_t kSlack = 128;

  IsaLevel level_;
  const nn::KernelTable& table_;
  int height_, width_, kernel_, pairs_, channels_;
  AlignedBuffer<int16_t> in_, weights_, out_;
  AlignedBuffer<int32_t> start_;
};

}  // namespace

void register_testing_addressing(py::module_& module) {
  py::class_<AddressingCase>(module, "AddressingCase")
      .def(py::init<const std::string&, int, int, int, int, int>(), py::arg("isa"), py::arg("height"),
           py::arg("width"), py::arg("in_channels"), py::arg("out_channels"), py::arg("kernel"))
      .def("run", &AddressingCase::run, py::arg("mode"))
      .def("output", &AddressingCase::output);
}

}  // namespace inloop::bindings
