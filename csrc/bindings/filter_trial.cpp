// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "nnlf/trial/filter_trial.h"

#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>
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
#include "nnlf/trial/trial_filter.h"

namespace py = pybind11;

namespace inloop::bindings {
namespace {

using nnlf::FilterTrial;
using nnlf::PictureParameters;
using nnlf::TrialFilter;

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

py::array_t<int64_t> sums_array(const std::vector<FilterTrial::ComponentSums>& sums) {
  py::array_t<int64_t> table({static_cast<int>(sums.size()), 3, 3});
  int64_t* out = table.mutable_data();
  for (const FilterTrial::ComponentSums& block : sums) {
    for (const nnlf::BlendSums& component : block) out = std::copy(component.begin(), component.end(), out);
  }
  return table;
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
  return sums_array(sums);
}

size_t payload_bits(const FilterTrial& trial, const PictureParameters& parameters) {
  check_parameters(parameters, trial.grid());
  return 8 * nnlf::serialise(parameters, {trial.picture().width(), trial.picture().height()}).size();
}

std::shared_ptr<TrialFilter> make_filter(FilterTrial& trial, const PictureParameters& parameters,
                                         const py::object& open, const py::object& least_gain, bool hash) {
  check_parameters(parameters, trial.grid());
  const auto blocks = static_cast<size_t>(trial.grid().count());
  nnlf::OpenBlocks left{std::vector<uint8_t>(blocks), std::vector<double>(blocks)};
  if (!open.is_none()) {
    left.open = wanted_of(open, trial.grid().count());
    left.least_gain = least_gain.cast<std::vector<double>>();
  }
  std::optional<TrialFilter> made;
  raise_if_error(TrialFilter::create(trial, parameters, std::move(left), hash, made));
  return std::make_shared<TrialFilter>(std::move(*made));
}

py::tuple run_filter(TrialFilter& filter) {
  const nnlf::CodedPicture& picture = filter.trial().picture();
  PlaneTuple filtered = make_planes(picture.width(), picture.height());
  raise_if_error(filter.begin(mutable_views(filtered)));
  Status status;
  {
    py::gil_scoped_release release;  // nobody else has the result yet
    status = filter.run();
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
      .def("payload_bits", &payload_bits, py::arg("parameters"));
  py::class_<TrialFilter, std::shared_ptr<TrialFilter>>(module, "TrialFilter")
      .def(py::init(&make_filter), py::arg("trial"), py::arg("parameters"), py::arg("open") = py::none(),
           py::arg("least_gain") = py::none(), py::kw_only(), py::arg("hash") = false, py::keep_alive<1, 2>())
      .def("run", &run_filter)
      .def_property_readonly("parameters", &TrialFilter::parameters)
      .def_property_readonly("choice", [](const TrialFilter& f) { return block_array<int64_t>(f.choice()); })
      .def_property_readonly("sums", [](const TrialFilter& f) { return sums_array(f.sums()); })
      .def_property_readonly("has_run", [](const TrialFilter& f) { return block_array<bool>(f.has_run()); });
  module.attr("FILTER_BLOCK_FIELDS") =
      std::vector<std::string>(nnlf::kBlockFieldNames.begin(), nnlf::kBlockFieldNames.end());
}

}  // namespace inloop::bindings
