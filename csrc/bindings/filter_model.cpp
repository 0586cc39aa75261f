// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "nnlf/apply/filter_model.h"

#include <pybind11/pybind11.h>

#include <memory>
#include <string>
#include <string_view>

#include "base/md5.h"
#include "bindings/register.h"
#include "bindings/support.h"

namespace py = pybind11;

namespace inloop::bindings {
namespace {

using nn::ProgramCache;
using nnlf::FilterModel;

const uint8_t* bytes_of(std::string_view data) { return reinterpret_cast<const uint8_t*>(data.data()); }

py::object split_pair(const py::bytes& data) {
  const std::string_view view = data;
  if (!nnlf::is_pair(bytes_of(view), view.size())) return py::none();
  nnlf::PairParts parts;
  raise_if_error(nnlf::split_pair(bytes_of(view), view.size(), parts));
  return py::make_tuple(py::bytes(reinterpret_cast<const char*>(parts.intra), parts.intra_size),
                        py::bytes(reinterpret_cast<const char*>(parts.inter), parts.inter_size));
}

py::bytes join_pair(const std::string& intra, const std::string& inter) {
  const auto bytes = nnlf::join_pair({intra.begin(), intra.end()}, {inter.begin(), inter.end()});
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace

void register_filter_model(py::module_& module) {
  py::class_<FilterModel>(module, "FilterModel")
      .def(py::init<std::shared_ptr<ProgramCache>>(), py::arg("network"))
      .def(py::init<std::shared_ptr<ProgramCache>, std::shared_ptr<ProgramCache>>(), py::arg("intra"),
           py::arg("inter"))
      .def_property_readonly("sha256",
                             [](const FilterModel& m) { return to_hex(m.sha256.data(), m.sha256.size()); });
  py::implicitly_convertible<ProgramCache, FilterModel>();
  module.def("split_filter_pair", &split_pair, py::arg("data"));
  module.def("join_filter_pair", &join_pair, py::arg("intra"), py::arg("inter"));
}

}  // namespace inloop::bindings
