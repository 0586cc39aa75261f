// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "nnlf/apply/filter_network.h"

#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>

#include <memory>
#include <vector>

#include "bindings/filter_function.h"
#include "bindings/filter_parameters.h"
#include "bindings/filter_picture.h"
#include "bindings/nnlf_arrays.h"
#include "bindings/register.h"
#include "nnlf/apply/picture_filter.h"
#include "nnlf/apply/picture_md5.h"

namespace py = pybind11;

namespace inloop::bindings {
namespace {

std::unique_ptr<nnlf::FilterNetwork> create_network(const nnlf::FilterModel& model, ThreadPool* pool) {
  raise_if_error(isa_status());
  std::unique_ptr<nnlf::FilterNetwork> network;
  raise_if_error(nnlf::FilterNetwork::create(model, nn::Device::cpu(checked_isa()), pool, network));
  return network;
}

std::unique_ptr<nnlf::FilterNetwork> create_of_function(const py::function& function, ThreadPool* pool) {
  raise_if_error(isa_status());
  return nnlf::FilterNetwork::of_function(block_function(function), nn::Device::cpu(checked_isa()), pool);
}

// Makes planes of the picture's size that `write` fills without the GIL; the caller keeps what it reads.
template <class Write>
py::tuple written_planes(const nnlf::CodedPicture& picture, Write write) {
  PlaneTuple planes = make_planes(picture.width(), picture.height());
  const nnlf::MutablePlanes views = mutable_views(planes);
  Status status;
  {
    py::gil_scoped_release release;  // nobody else has the result yet
    status = write(views);
  }
  raise_if_error(status);
  return to_tuple(planes);
}

py::tuple run_network(const nnlf::FilterNetwork& network, const FilterPicture& picture, int qp_base,
                      const py::object& wanted, int block_size) {
  const nnlf::BlockGrid grid = block_grid(picture.view, block_size);
  const std::vector<uint8_t> blocks = wanted_of(wanted, grid.count());
  return written_planes(picture.view, [&](const nnlf::MutablePlanes& signal) {
    return network.run(picture.view, qp_base, grid, blocks, signal);
  });
}

py::tuple filter_picture(const nnlf::FilterNetwork& network, const FilterPicture& picture,
                         const nnlf::PictureParameters& parameters) {
  check_parameters(parameters, block_grid(picture.view, parameters.block_size));
  return written_planes(picture.view, [&](const nnlf::MutablePlanes& filtered) -> Status {
    nnlf::copy(picture.view.dbf, filtered);
    nnlf::PictureFilter filter(network, parameters, picture.view, filtered);
    INLOOP_RETURN_IF_ERROR(filter.run());
    if (filter.hash_matches()) return {};
    return Status::bitstream("the filtered picture differs from its hash in the payload");
  });
}

// Returns views of planes whose size is taken from the luma plane.
nnlf::ConstPlanes sized_planes(const py::sequence& planes, const char* name) {
  const auto luma = py::array(planes[0]);
  if (luma.ndim() != 2) raise_if_error(Status::config(std::string(name) + " must be two-dimensional"));
  return planes_of(planes, name, static_cast<int>(luma.shape(1)), static_cast<int>(luma.shape(0)));
}

py::tuple shown_planes(const py::sequence& filtered, const py::sequence& decoded, const py::object& choice,
                       int block_size) {
  const nnlf::ConstPlanes from = sized_planes(filtered, "filtered");
  const nnlf::ConstPlanes elsewhere = sized_planes(decoded, "decoded");
  if (elsewhere[0].width > from[0].width || elsewhere[0].height > from[0].height) {
    raise_if_error(Status::config("the decoded picture is larger than the filtered one"));
  }
  check_block_size(block_size);
  const nnlf::BlockGrid grid(from[0].width, from[0].height, block_size);
  const std::vector<uint8_t> blocks = wanted_of(choice, grid.count());
  PlaneTuple shown = make_planes(from[0].width, from[0].height);
  const nnlf::MutablePlanes views = mutable_views(shown);
  {
    py::gil_scoped_release release;  // the caller keeps the arguments, and nobody else has the result yet
    nnlf::copy(from, views);
    nnlf::show_unfiltered(grid, grid.all(), blocks, elsewhere, views);
  }
  return to_tuple(shown);
}

py::bytes planes_md5(const py::sequence& planes, int bit_depth) {
  const Md5::Digest digest = nnlf::picture_md5(sized_planes(planes, "planes"), bit_depth);
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

}  // namespace

void register_filter_network(py::module_& module) {
  py::class_<nnlf::FilterNetwork>(module, "FilterNetwork")
      .def(py::init(&create_network), py::arg("model"), py::arg("pool") = nullptr, py::keep_alive<1, 3>())
      .def_static("of_function", &create_of_function, py::arg("function"), py::arg("pool") = nullptr,
                  py::keep_alive<0, 2>())
      .def("run", &run_network, py::arg("picture"), py::arg("qp_base"), py::arg("wanted") = py::none(),
           py::arg("block_size") = nnlf::kBlockSize)
      .def("filter", &filter_picture, py::arg("picture"), py::arg("parameters"));
  module.def("filter_shown", &shown_planes, py::arg("filtered"), py::arg("decoded"), py::arg("on"),
             py::arg("block_size") = nnlf::kBlockSize);
  module.def("planes_md5", &planes_md5, py::arg("planes"), py::arg("bit_depth"));
  module.attr("FILTER_BLOCK_SIZE") = nnlf::kBlockSize;
  module.attr("FILTER_LARGE_BLOCK_SIZE") = nnlf::kLargeBlockSize;
}

}  // namespace inloop::bindings
