// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "bindings/nnlf_arrays.h"
#include "bindings/register.h"
#include "hybrid/nnlf_stage.h"
#include "nnlf/apply/blend.h"
#include "nnlf/apply/block_rule.h"
#include "nnlf/apply/block_statistics.h"
#include "nnlf/kernels/table.h"
#include "nnlf/params/payload.h"

namespace py = pybind11;

namespace inloop::bindings {
namespace {

using nnlf::PictureParameters;

std::unique_ptr<nnlf::FilterNetwork> create_network(const std::shared_ptr<nn::Model>& model, int threads) {
  raise_if_error(isa_status());
  std::unique_ptr<nnlf::FilterNetwork> network;
  raise_if_error(nnlf::FilterNetwork::create(model, checked_isa(), checked_threads(threads), network));
  return network;
}

// Which blocks are wanted: those that are not zero, or all where there is no array.
std::vector<uint8_t> wanted_of(const py::object& wanted, int block_count) {
  const auto count = static_cast<size_t>(block_count);
  if (wanted.is_none()) return std::vector<uint8_t>(count, 1);
  const auto array = py::array_t<bool, py::array::c_style | py::array::forcecast>::ensure(wanted);
  if (!array || static_cast<size_t>(array.size()) != count) {
    PyErr_Clear();
    raise_if_error(Status::config("wanted must have " + std::to_string(count) + " entries, one a block"));
  }
  return {array.data(), array.data() + count};
}

py::tuple run_network(nnlf::FilterNetwork& network, const py::object& coded, int qp_base,
                      const py::object& wanted, int block_size) {
  const nnlf::CodedPicture picture = coded_picture(coded);
  const nnlf::BlockGrid grid = block_grid(picture, block_size);
  const std::vector<uint8_t> blocks = wanted_of(wanted, grid.count());
  PlaneTuple signal = make_planes(picture.width(), picture.height());
  const nnlf::MutablePlanes views = mutable_views(signal);
  Status status;
  {
    py::gil_scoped_release release;  // the arrays are held by `coded` and `signal`
    status = network.run(picture, qp_base, grid, blocks, views);
  }
  raise_if_error(status);
  return to_tuple(signal);
}

py::array_t<int64_t> filter_statistics(const py::object& coded, const py::sequence& signal,
                                       const py::sequence& original, int block_size) {
  const nnlf::CodedPicture picture = coded_picture(coded);
  const auto signal_planes = planes_of(signal, "signal", picture.width(), picture.height());
  const auto original_planes = planes_of(original, "original", picture.width(), picture.height());
  const nnlf::BlockGrid grid = block_grid(picture, block_size);
  const nnlf::KernelTable& table = nnlf::kernels(checked_isa());
  py::array_t<int64_t> result({grid.count(), 3, 3});
  int64_t* out = result.mutable_data();
  py::gil_scoped_release release;  // every array is held by the caller
  for (int i = 0; i < grid.count(); ++i) {
    const nnlf::Block block = grid.at(i);
    for (const nnlf::BlendSums& s :
         nnlf::blend_sums(table, nnlf::crop(picture.dbf, block), nnlf::crop(signal_planes, block),
                          nnlf::crop(original_planes, block), picture.bit_depth)) {
      out = std::copy(s.begin(), s.end(), out);
    }
  }
  return result;
}

void check_parameters(const PictureParameters& p, int block_count) {
  const auto in = [](int value, int low, int high) { return value >= low && value <= high; };
  bool ok = in(p.candidates, 1, nnlf::kMaxCandidates) && in(p.min_edges, 0, nnlf::kMaxMinEdges);
  for (int code : p.scale_code) ok = ok && in(code, 0, nnlf::kMaxScaleCode);
  for (int offset : p.qp_offset) ok = ok && in(offset, nnlf::kMinQpOffset, nnlf::kMaxQpOffset);
  for (uint8_t choice : p.block_choice) ok = ok && choice <= p.candidates;
  if (p.per_block) ok = ok && p.block_choice.size() == static_cast<size_t>(block_count);
  if (!ok) raise_if_error(Status::config("filter parameters are out of range"));
}

// Which blocks of a picture have at least `min_edges` coded edges.
py::array_t<bool> filter_edge_blocks(const py::object& coded, int min_edges, int block_size) {
  const nnlf::CodedPicture picture = coded_picture(coded);
  const nnlf::BlockGrid grid = block_grid(picture, block_size);
  if (min_edges < 0 || min_edges > nnlf::kMaxMinEdges)
    raise_if_error(Status::config("min_edges must be 0 to 31"));
  const std::vector<uint8_t> on = nnlf::blocks_by_edges(picture, grid, min_edges);
  py::array_t<bool> result(static_cast<py::ssize_t>(on.size()));
  std::copy(on.begin(), on.end(), result.mutable_data());
  return result;
}

py::array_t<int64_t> filter_block_statistics(const py::object& coded, int block_size) {
  const nnlf::CodedPicture picture = coded_picture(coded);
  const nnlf::BlockGrid grid = block_grid(picture, block_size);
  py::array_t<int64_t> result({grid.count(), nnlf::kBlockFields});
  int64_t* out = result.mutable_data();
  py::gil_scoped_release release;  // the arrays are held by `coded`
  for (int i = 0; i < grid.count(); ++i) {
    const nnlf::BlockStatistics statistics = nnlf::block_statistics(picture, grid.at(i));
    out = std::copy(statistics.begin(), statistics.end(), out);
  }
  return result;
}

py::tuple filter_apply(const py::object& coded, const PictureParameters& parameters,
                       const std::vector<py::sequence>& signals) {
  const nnlf::CodedPicture picture = coded_picture(coded);
  check_parameters(parameters, block_grid(picture, parameters.block_size).count());
  if (signals.size() != static_cast<size_t>(parameters.candidates)) {
    raise_if_error(Status::config("one signal a candidate is needed"));
  }
  std::array<nnlf::ConstPlanes, nnlf::kMaxCandidates> views;
  for (size_t i = 0; i < signals.size(); ++i) {
    views[i] = planes_of(signals[i], "signal", picture.width(), picture.height());
  }
  PlaneTuple filtered = make_planes(picture.width(), picture.height());
  const nnlf::MutablePlanes out = mutable_views(filtered);
  const nnlf::KernelTable& table = nnlf::kernels(checked_isa());
  {
    py::gil_scoped_release release;  // inputs are held by the caller, the result is fresh
    nnlf::apply_plan(table, picture, nnlf::plan_blocks(picture, parameters), views, out);
  }
  return to_tuple(filtered);
}

py::bytes to_bytes(const uint8_t* data, size_t size) { return {reinterpret_cast<const char*>(data), size}; }

py::bytes planes_md5(const py::sequence& planes, int bit_depth) {
  const auto luma = planes[0].cast<py::array>();
  const auto views =
      planes_of(planes, "planes", static_cast<int>(luma.shape(1)), static_cast<int>(luma.shape(0)));
  const Md5::Digest digest = nnlf::picture_md5(views, bit_depth);
  return to_bytes(digest.data(), digest.size());
}

nnlf::ModelName model_name(const std::optional<py::bytes>& value) {
  if (!value) return {};
  const std::string_view view(*value);
  if (view.size() != nnlf::kShortNameSize && view.size() != nnlf::kFullNameSize) {
    raise_if_error(Status::config("a model is named by its SHA-256 or the first 4 bytes of it"));
  }
  return {view.begin(), view.end()};
}

py::object model_bytes(const nnlf::ModelName& name) {
  return name.empty() ? py::object(py::none()) : py::object(to_bytes(name.data(), name.size()));
}

std::optional<Md5::Digest> md5_digest(const std::optional<py::bytes>& value) {
  if (!value) return std::nullopt;
  const std::string_view view(*value);
  Md5::Digest digest;
  if (view.size() != digest.size()) raise_if_error(Status::config("an MD5 has 16 bytes"));
  std::copy(view.begin(), view.end(), digest.begin());
  return digest;
}

py::object md5_bytes(const std::optional<Md5::Digest>& value) {
  return value ? py::object(to_bytes(value->data(), value->size())) : py::object(py::none());
}

nnlf::PictureSize checked_size(int width, int height) {
  constexpr int kMaxSide = 1 << 16;
  if (width < 1 || height < 1 || width > kMaxSide || height > kMaxSide) {
    raise_if_error(Status::config("no picture has this size"));
  }
  return {width, height};
}

void register_parameters(py::module_& module) {
  py::class_<PictureParameters>(module, "FilterParameters")
      .def(py::init<>())
      .def_property(
          "model", [](const PictureParameters& p) { return model_bytes(p.model); },
          [](PictureParameters& p, const std::optional<py::bytes>& v) { p.model = model_name(v); })
      .def_property(
          "md5", [](const PictureParameters& p) { return md5_bytes(p.md5); },
          [](PictureParameters& p, const std::optional<py::bytes>& v) { p.md5 = md5_digest(v); })
      .def_readwrite("reuse", &PictureParameters::reuse)
      .def_readwrite("hold", &PictureParameters::hold)
      .def_readwrite("post", &PictureParameters::post)
      .def_readwrite("scale_code", &PictureParameters::scale_code)
      .def_readwrite("candidates", &PictureParameters::candidates)
      .def_readwrite("qp_offset", &PictureParameters::qp_offset)
      .def_readwrite("block_size", &PictureParameters::block_size)
      .def_readwrite("min_edges", &PictureParameters::min_edges)
      .def_readwrite("per_block", &PictureParameters::per_block)
      .def_readwrite("block_choice", &PictureParameters::block_choice)
      .def(
          "serialise",
          [](const PictureParameters& p, int width, int height) {
            const nnlf::PictureSize size = checked_size(width, height);
            check_block_size(p.block_size);
            check_parameters(p, nnlf::BlockGrid(width, height, p.block_size).count());
            const std::vector<uint8_t> payload = nnlf::serialise(p, size);
            return to_bytes(payload.data(), payload.size());
          },
          py::arg("width"), py::arg("height"))
      .def_static(
          "parse",
          [](const py::bytes& data, int width, int height, const PictureParameters* previous) {
            const std::string_view view(data);
            PictureParameters p;
            raise_if_error(nnlf::parse(reinterpret_cast<const uint8_t*>(view.data()), view.size(),
                                       checked_size(width, height), previous, p));
            return p;
          },
          py::arg("data"), py::arg("width"), py::arg("height"), py::arg("previous") = nullptr);
  py::class_<nnlf::ParameterTrack>(module, "FilterParameterTrack")
      .def(py::init<>())
      .def(
          "next",
          [](nnlf::ParameterTrack& track, const py::bytes& data, int width, int height, bool irap, bool rasl,
             int temporal_id) {
            const auto access = irap   ? nnlf::Access::irap
                                : rasl ? nnlf::Access::rasl
                                       : nnlf::Access::ordinary;
            const std::string_view view(data);
            const std::vector<uint8_t> payload(view.begin(), view.end());
            std::optional<PictureParameters> parameters;
            raise_if_error(track.next(payload.empty() ? nullptr : &payload, access, temporal_id,
                                      checked_size(width, height), parameters));
            return parameters;
          },
          py::arg("payload"), py::arg("width"), py::arg("height"), py::arg("irap") = false,
          py::arg("rasl") = false, py::arg("temporal_id") = 0);
}

}  // namespace

void register_nnlf(py::module_& module) {
  register_parameters(module);
  module.attr("FILTER_BLOCK_SIZE") = nnlf::kBlockSize;
  module.attr("FILTER_LARGE_BLOCK_SIZE") = nnlf::kLargeBlockSize;
  module.attr("FILTER_MAX_SCALE_CODE") = nnlf::kMaxScaleCode;
  module.def("filter_scale_of_code", &nnlf::scale_of_code, py::arg("code"));
  py::class_<nnlf::FilterNetwork>(module, "FilterNetwork")
      .def(py::init(&create_network), py::arg("model"), py::arg("threads") = 1)
      .def("run", &run_network, py::arg("coded"), py::arg("qp_base"), py::arg("wanted") = py::none(),
           py::arg("block_size") = nnlf::kBlockSize);
  module.def("filter_statistics", &filter_statistics, py::arg("coded"), py::arg("signal"),
             py::arg("original"), py::arg("block_size") = nnlf::kBlockSize);
  module.def("filter_apply", &filter_apply, py::arg("coded"), py::arg("parameters"), py::arg("signals"));
  module.def("filter_edge_blocks", &filter_edge_blocks, py::arg("coded"), py::arg("min_edges"),
             py::arg("block_size") = nnlf::kBlockSize);
  module.def("filter_block_statistics", &filter_block_statistics, py::arg("coded"),
             py::arg("block_size") = nnlf::kBlockSize);
  module.attr("FILTER_BLOCK_FIELDS") =
      std::vector<std::string>(nnlf::kBlockFieldNames.begin(), nnlf::kBlockFieldNames.end());
  module.attr("FILTER_EDGE_STEPS") = nnlf::kEdgeSteps;
  module.attr("FILTER_MAX_MIN_EDGES") = nnlf::kMaxMinEdges;
  module.def("planes_md5", &planes_md5, py::arg("planes"), py::arg("bit_depth"));
  py::class_<hybrid::NnlfStage, std::shared_ptr<hybrid::NnlfStage>>(module, "NnlfStage")
      .def(py::init([](const std::vector<std::shared_ptr<nn::Model>>& models, int threads) {
             return std::make_shared<hybrid::NnlfStage>(
                 std::vector<std::shared_ptr<const nn::Model>>(models.begin(), models.end()),
                 checked_threads(threads));
           }),
           py::arg("models"), py::arg("threads") = 1);
}

}  // namespace inloop::bindings
