// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "testing/addressing.h"

#include <pybind11/numpy.h>

#include <random>
#include <string>

#include "base/aligned_buffer.h"
#include "bindings/support.h"
#include "testing/register.h"

namespace py = pybind11;

namespace inloop::testing {
namespace {

Addressing addressing_named(const std::string& name) {
  if (name == "stepping") return Addressing::stepping;
  if (name == "indexed") return Addressing::indexed;
  if (name != "indexed per load")
    bindings::raise_if_error(Status::config("no addressing is called '" + name + "'"));
  return Addressing::indexed_per_load;
}

// A convolution over random numbers.
class AddressingCase {
 public:
  AddressingCase(const std::string& isa, int height, int width, int in_channels, int out_channels, int kernel)
      : isa_(bindings::isa_named(isa)),
        height_(height),
        width_(width),
        kernel_(kernel),
        pairs_((in_channels + 1) / 2),
        channels_((out_channels + kBlock - 1) / kBlock * kBlock),
        in_(size_t(height + kernel - 1) * size_t(width + kernel - 1) * size_t(2 * pairs_)),
        weights_(size_t(channels_) * size_t(kernel) * size_t(kernel) * size_t(2 * pairs_)),
        out_(size_t(height) * size_t(width) * size_t(channels_)),
        start_(size_t(channels_)) {
    if (isa_ > Isa::avx2) bindings::raise_if_error(Status::unsupported("scalar and avx2 only"));
    std::minstd_rand random(1);
    for (size_t i = 0; i < in_.size(); ++i) in_[i] = static_cast<int16_t>(random() % 8192 - 4096);
    for (size_t i = 0; i < weights_.size(); ++i) weights_[i] = static_cast<int16_t>(random() % 512 - 256);
  }

  void run(const std::string& addressing) {
    const AddressedConv conv{
        .in = {in_.data(), {1, height_ + kernel_ - 1, width_ + kernel_ - 1, 2 * pairs_}},
        .weights = {weights_.data(), {channels_ / kBlock, kernel_ * kernel_, pairs_, 2 * kBlock}},
        .out = {out_.data(), {1, height_, width_, channels_}},
        .start = start_.data(),
        .kernel = kernel_,
        .shift = 11,
    };
    const Addressing chosen = addressing_named(addressing);
#if INLOOP_HAS_AVX2
    if (isa_ == Isa::avx2) return addressed_conv_avx2(conv, chosen);
#endif
    addressed_conv_scalar(conv, chosen);
  }

  py::array_t<int16_t> output() const {
    return py::array_t<int16_t>({height_, width_, channels_}, out_.data());
  }

 private:
  static constexpr int kBlock = 16;

  Isa isa_;
  int height_, width_, kernel_, pairs_, channels_;
  AlignedBuffer<int16_t> in_, weights_, out_;
  AlignedBuffer<int32_t> start_;
};

}  // namespace

void register_addressing(py::module_& module) {
  py::class_<AddressingCase>(module, "AddressingCase")
      .def(py::init<const std::string&, int, int, int, int, int>(), py::arg("isa"), py::arg("height"),
           py::arg("width"), py::arg("in_channels"), py::arg("out_channels"), py::arg("kernel"))
      .def("run", &AddressingCase::run, py::arg("addressing"))
      .def("output", &AddressingCase::output);
}

}  // namespace inloop::testing
