// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include <pybind11/pybind11.h>

#include <array>
#include <string>

#include "bindings/register.h"
#include "nn/cpu/kernels/table.h"

namespace py = pybind11;

namespace inloop::bindings {
namespace {

struct Watched {
  nn::KernelTable table;
  int64_t calls = 0;
};
std::array<Watched, 3> watched;

template <int Level>
void conv_i16(const nn::ConvRow& row) {
  ++watched[Level].calls;
  watched[Level].table.conv_row_i16(row);
}
template <int Level>
void depthwise_i16(const nn::DepthwiseRow& row) {
  ++watched[Level].calls;
  watched[Level].table.depthwise_row_i16(row);
}
template <int Level>
void conv_f32(const nn::ConvRowF32& row) {
  ++watched[Level].calls;
  watched[Level].table.conv_row_f32(row);
}
template <int Level>
void depthwise_f32(const nn::DepthwiseRowF32& row) {
  ++watched[Level].calls;
  watched[Level].table.depthwise_row_f32(row);
}

template <int Level>
void watch() {
  nn::KernelTable& table = nn::kernels_to_replace(static_cast<IsaLevel>(Level));
  watched[Level] = {table, 0};
  table.conv_row_i16 = conv_i16<Level>;
  table.depthwise_row_i16 = depthwise_i16<Level>;
  table.conv_row_f32 = conv_f32<Level>;
  table.depthwise_row_f32 = depthwise_f32<Level>;
}

// Between its creation and end(), counts how often the kernels of each level are called. One at a time, and
// while no other thread runs a session.
class KernelCalls {
 public:
  KernelCalls() {
    watch<0>();
    watch<1>();
    watch<2>();
  }
  ~KernelCalls() { end(); }
  void end() {
    if (ended_) return;
    ended_ = true;
    for (size_t level = 0; level < watched.size(); ++level)
      nn::kernels_to_replace(static_cast<IsaLevel>(level)) = watched[level].table;
  }
  py::dict counts() const {
    py::dict result;
    for (IsaLevel level : supported_isa_levels())
      result[isa_name(level)] = watched[static_cast<size_t>(level)].calls;
    return result;
  }

 private:
  bool ended_ = false;
};

}  // namespace

void register_testing_kernel_calls(py::module_& module) {
  py::class_<KernelCalls>(module, "KernelCalls")
      .def(py::init<>())
      .def("end", &KernelCalls::end)
      .def("counts", &KernelCalls::counts);
}

}  // namespace inloop::bindings
