// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "nnlf/trial/filter_trial.h"

#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "bindings/filter_parameters.h"
#include "bindings/filter_picture.h"
#include "bindings/nnlf_arrays.h"
#include "bindings/register.h"
#include "nn/program_cache.h"
#include "nnlf/apply/block_rule.h"
#include "nnlf/params/payload.h"
#include "nnlf/trial/block_statistics.h"
#include "nnlf/trial/block_work.h"

namespace py = pybind11;

namespace inloop::bindings {
namespace {

using nnlf::FilterTrial;
using nnlf::PictureParameters;

// The blocks of a picture before a network has run on them.
struct FilterBlocks {
  FilterPicture picture;
  nnlf::BlockGrid grid;
};

std::unique_ptr<FilterBlocks> make_blocks(const FilterPicture& picture, int block_size) {
  return std::make_unique<FilterBlocks>(FilterBlocks{picture, block_grid(picture.view, block_size)});
}

py::array_t<int64_t> statistics(const FilterBlocks& blocks) {
  std::vector<nnlf::BlockStatistics> statistics;
  {
    py::gil_scoped_release release;  // `blocks` keeps the picture
    statistics = nnlf::block_statistics(blocks.picture.view, blocks.grid);
  }
  py::array_t<int64_t> table({blocks.grid.count(), nnlf::kBlockFields});
  int64_t* out = table.mutable_data();
  for (const nnlf::BlockStatistics& row : statistics) out = std::copy(row.begin(), row.end(), out);
  return table;
}

py::array_t<bool> with_edges(const FilterBlocks& blocks, int min_edges) {
  if (min_edges < 0 || min_edges > nnlf::kMaxMinEdges)
    raise_if_error(Status::config("min_edges must be 0 to 31"));
  return block_array<bool>(nnlf::blocks_by_edges(blocks.picture.view, blocks.grid, min_edges));
}

std::unique_ptr<FilterTrial> make_trial(const nnlf::FilterNetwork& network, const FilterBlocks& blocks,
                                        const py::sequence& original) {
  const nnlf::CodedPicture& picture = blocks.picture.view;
  return std::make_unique<FilterTrial>(network, picture, blocks.grid,
                                       planes_of(original, "original", picture.width(), picture.height()));
}

py::array_t<int64_t> run_trial(FilterTrial& trial, int qp_offset, const py::object& wanted) {
  const std::vector<uint8_t> blocks = wanted_of(wanted, trial.grid().count());
  std::vector<FilterTrial::ComponentSums> sums;
  Status status;
  {
    // The trial keeps everything it works on, and it is documented to serve one caller at a time.
    py::gil_scoped_release release;
    status = trial.run(qp_offset, blocks, sums);
  }
  raise_if_error(status);
  py::array_t<int64_t> table({static_cast<int>(sums.size()), 3, 3});
  int64_t* out = table.mutable_data();
  for (const FilterTrial::ComponentSums& block : sums) {
    for (const nnlf::BlendSums& component : block) out = std::copy(component.begin(), component.end(), out);
  }
  return table;
}

size_t payload_bits(const FilterTrial& trial, const PictureParameters& parameters) {
  check_parameters(parameters, trial.grid());
  return 8 * nnlf::serialise(parameters, {trial.picture().width(), trial.picture().height()}).size();
}

py::tuple apply_trial(const FilterTrial& trial, const PictureParameters& parameters) {
  check_parameters(parameters, trial.grid());
  PlaneTuple filtered = make_planes(trial.picture().width(), trial.picture().height());
  const nnlf::MutablePlanes views = mutable_views(filtered);
  Status status;
  {
    py::gil_scoped_release release;  // nobody else has the result yet
    status = trial.apply(parameters, views);
  }
  raise_if_error(status);
  return to_tuple(filtered);
}

}  // namespace

void register_filter_trial(py::module_& module) {
  py::class_<FilterBlocks>(module, "FilterBlocks")
      .def(py::init(&make_blocks), py::arg("picture"), py::arg("block_size"))
      .def("areas", [](const FilterBlocks& b) { return block_array<int64_t>(nnlf::block_areas(b.grid)); })
      .def(
          "macs",
          [](const FilterBlocks& b, const nn::ProgramCache& model) {
            return block_array<int64_t>(nnlf::block_macs(*model.model(), b.grid));
          },
          py::arg("model"))
      .def("statistics", &statistics)
      .def("with_edges", &with_edges, py::arg("min_edges"));
  py::class_<FilterTrial>(module, "FilterTrial")
      .def(py::init(&make_trial), py::arg("network"), py::arg("blocks"), py::arg("original"),
           py::keep_alive<1, 2>(), py::keep_alive<1, 3>(), py::keep_alive<1, 4>())
      .def("run", &run_trial, py::arg("qp_offset"), py::arg("wanted"))
      .def("payload_bits", &payload_bits, py::arg("parameters"))
      .def("apply", &apply_trial, py::arg("parameters"));
  module.attr("FILTER_BLOCK_FIELDS") =
      std::vector<std::string>(nnlf::kBlockFieldNames.begin(), nnlf::kBlockFieldNames.end());
}

}  // namespace inloop::bindings
