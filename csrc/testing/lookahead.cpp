// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include <pybind11/pybind11.h>

#include <string>

#include "bindings/support.h"
#include "lookahead/kernels/table.h"
#include "testing/register.h"
#include "testing/rows.h"

namespace py = pybind11;

namespace inloop::testing {
namespace {

using lookahead::KernelTable;
using Bytes = Rows<const uint8_t>;
using MutableBytes = Rows<uint8_t>;

const KernelTable& table_of(const std::string& isa) { return lookahead::kernels(bindings::isa_named(isa)); }

// `src` is at least twice as large as dst in both directions.
template <class T>
void halve(const KernelTable& table, const py::array& src, const py::array& dst, int shift, int repeat) {
  const Rows<const T> in(src);
  const MutableBytes out(dst);
  if (in.width < 2 * out.width || in.height < 2 * out.height) throw py::value_error("sizes do not match");
  for (int i = 0; i < repeat; ++i) {
    if constexpr (sizeof(T) == 1) {
      table.halve_u8(in.data, in.stride, out.data, out.stride, out.width, out.height);
    } else {
      table.halve_u16(in.data, in.stride, out.data, out.stride, out.width, out.height, shift);
    }
  }
}

void test_halve(const std::string& isa, const py::array& src, const py::array& dst, int shift, int repeat) {
  const KernelTable& table = table_of(isa);
  if (py::isinstance<py::array_t<uint8_t>>(src)) {
    halve<uint8_t>(table, src, dst, shift, repeat);
  } else {
    halve<uint16_t>(table, src, dst, shift, repeat);
  }
}

void test_half_pel(const std::string& isa, const py::array& src, int right, int down, const py::array& dst,
                   int repeat) {
  const Bytes in(src);
  const MutableBytes out(dst);
  if (in.width < 9 || in.height < 9 || out.require_block() != 3) throw py::value_error("wrong size");
  const KernelTable& table = table_of(isa);
  for (int i = 0; i < repeat; ++i) table.half_pel8x8(in.data, in.stride, right, down, out.data);
}

void test_average(const std::string& isa, const py::array& a, const py::array& b, const py::array& dst,
                  int repeat) {
  const Bytes first(a), second(b);
  const MutableBytes out(dst);
  if (first.require_block() != 3 || second.require_block() != 3 || out.require_block() != 3) {
    throw py::value_error("wrong size");
  }
  const KernelTable& table = table_of(isa);
  for (int i = 0; i < repeat; ++i) table.average8x8(first.data, second.data, out.data);
}

template <auto kernel>
uint32_t distance(const std::string& isa, const py::array& a, const py::array& b, int repeat) {
  const Bytes first(a), second(b);
  if (first.width != 8 || first.height != 8) throw py::value_error("expected 8x8 blocks");
  first.require_same_size(second);
  const auto function = table_of(isa).*kernel;
  uint32_t result = 0;
  for (int i = 0; i < repeat; ++i) result = function(first.data, first.stride, second.data, second.stride);
  return result;
}

}  // namespace

void register_lookahead(py::module_& module) {
  using namespace py::literals;
  module.def("halve", test_halve, "isa"_a, "src"_a, "dst"_a, "shift"_a = 0, "repeat"_a = 1);
  module.def("half_pel8x8", test_half_pel, "isa"_a, "src"_a, "right"_a, "down"_a, "dst"_a, "repeat"_a = 1);
  module.def("average8x8", test_average, "isa"_a, "a"_a, "b"_a, "dst"_a, "repeat"_a = 1);
  module.def("sad8x8", distance<&KernelTable::sad8x8>, "isa"_a, "a"_a, "b"_a, "repeat"_a = 1);
  module.def("satd8x8", distance<&KernelTable::satd8x8>, "isa"_a, "a"_a, "b"_a, "repeat"_a = 1);
}

}  // namespace inloop::testing
