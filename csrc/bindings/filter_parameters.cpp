// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "bindings/filter_parameters.h"

#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "bindings/nnlf_arrays.h"
#include "bindings/register.h"
#include "nnlf/params/own_messages.h"

namespace py = pybind11;

namespace inloop::bindings {
namespace {

using nnlf::ParameterTrack;
using nnlf::PictureParameters;
using OptionalBytes = std::optional<py::bytes>;

py::bytes to_bytes(const uint8_t* data, size_t size) { return {reinterpret_cast<const char*>(data), size}; }

nnlf::ModelName model_name(const OptionalBytes& value) {
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

std::optional<Md5::Digest> md5_digest(const OptionalBytes& value) {
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

py::bytes serialise(const PictureParameters& parameters, int width, int height) {
  const nnlf::PictureSize size = checked_size(width, height);
  check_block_size(parameters.block_size);
  check_parameters(parameters, {width, height, parameters.block_size});
  const std::vector<uint8_t> payload = nnlf::serialise(parameters, size);
  return to_bytes(payload.data(), payload.size());
}

PictureParameters parse(const py::bytes& data, int width, int height, const PictureParameters* previous) {
  const std::string_view view(data);
  PictureParameters parameters;
  raise_if_error(nnlf::parse(reinterpret_cast<const uint8_t*>(view.data()), view.size(),
                             checked_size(width, height), previous, parameters));
  return parameters;
}

nnlf::Access access_of(bool irap, bool rasl) {
  return irap ? nnlf::Access::irap : rasl ? nnlf::Access::rasl : nnlf::Access::ordinary;
}

std::optional<PictureParameters> next(ParameterTrack& track, const py::bytes& data, int width, int height,
                                      bool irap, bool rasl, int temporal_id) {
  const std::string_view view(data);
  const std::vector<uint8_t> payload(view.begin(), view.end());
  std::optional<PictureParameters> parameters;
  raise_if_error(track.next(payload.empty() ? nullptr : &payload, access_of(irap, rasl), temporal_id,
                            checked_size(width, height), parameters));
  return parameters;
}

void check_temporal_id(int temporal_id) {
  if (temporal_id < 0 || temporal_id >= nnlf::kTemporalLayers) {
    raise_if_error(Status::config("temporal_id must be 0 to 6"));
  }
}

std::optional<PictureParameters> begin_picture(ParameterTrack& track, bool irap, bool rasl, int temporal_id) {
  check_temporal_id(temporal_id);
  const PictureParameters* previous = track.begin_picture(access_of(irap, rasl), temporal_id);
  return previous ? std::optional(*previous) : std::nullopt;
}

// The payload of ours, empty where there is none.
py::bytes choose(nnlf::OwnMessages& messages, const std::vector<py::bytes>& payloads, int width, int height) {
  std::vector<std::vector<uint8_t>> units;
  for (const py::bytes& payload : payloads) {
    const std::string_view view(payload);
    units.emplace_back(view.begin(), view.end());
  }
  const std::vector<uint8_t>* own = nullptr;
  raise_if_error(messages.choose(units, checked_size(width, height), own));
  return own ? to_bytes(own->data(), own->size()) : py::bytes();
}

void record(ParameterTrack& track, const PictureParameters& parameters, bool irap, bool rasl,
            int temporal_id) {
  check_temporal_id(temporal_id);
  track.record(access_of(irap, rasl), temporal_id, parameters);
}

}  // namespace

void check_parameters(const PictureParameters& p, const nnlf::BlockGrid& grid) {
  const auto in = [](int value, int low, int high) { return value >= low && value <= high; };
  bool ok = in(p.candidates, 1, nnlf::kMaxCandidates) && in(p.min_edges, 0, nnlf::kMaxMinEdges);
  for (int code : p.scale_code) ok = ok && in(code, 0, nnlf::kMaxScaleCode);
  for (int offset : p.qp_offset) ok = ok && in(offset, nnlf::kMinQpOffset, nnlf::kMaxQpOffset);
  for (uint8_t choice : p.block_choice) ok = ok && choice <= p.candidates;
  if (p.per_block) ok = ok && p.block_choice.size() == static_cast<size_t>(grid.count());
  if (!ok) raise_if_error(Status::config("filter parameters are out of range"));
}

void register_filter_parameters(py::module_& module) {
  py::class_<PictureParameters>(module, "FilterParameters")
      .def(py::init<>())
      .def_property(
          "model", [](const PictureParameters& p) { return model_bytes(p.model); },
          [](PictureParameters& p, const OptionalBytes& v) { p.model = model_name(v); })
      .def_property(
          "md5", [](const PictureParameters& p) { return md5_bytes(p.md5); },
          [](PictureParameters& p, const OptionalBytes& v) { p.md5 = md5_digest(v); })
      .def_readwrite("reuse", &PictureParameters::reuse)
      .def_readwrite("persist", &PictureParameters::persist)
      .def_readwrite("post", &PictureParameters::post)
      .def_readwrite("scale_code", &PictureParameters::scale_code)
      .def_readwrite("candidates", &PictureParameters::candidates)
      .def_readwrite("qp_offset", &PictureParameters::qp_offset)
      .def_readwrite("block_size", &PictureParameters::block_size)
      .def_readwrite("min_edges", &PictureParameters::min_edges)
      .def_readwrite("per_block", &PictureParameters::per_block)
      .def_readwrite("block_choice", &PictureParameters::block_choice)
      .def("serialise", &serialise, py::arg("width"), py::arg("height"))
      .def_static("parse", &parse, py::arg("data"), py::arg("width"), py::arg("height"),
                  py::arg("previous") = nullptr);
  py::class_<ParameterTrack>(module, "ParameterTrack")
      .def(py::init<>())
      .def("next", &next, py::arg("payload"), py::arg("width"), py::arg("height"), py::arg("irap") = false,
           py::arg("rasl") = false, py::arg("temporal_id") = 0)
      .def("begin_picture", &begin_picture, py::arg("irap") = false, py::arg("rasl") = false,
           py::arg("temporal_id") = 0)
      .def("record", &record, py::arg("parameters"), py::arg("irap") = false, py::arg("rasl") = false,
           py::arg("temporal_id") = 0);
  py::class_<nnlf::OwnMessages>(module, "OwnFilterMessages")
      .def(py::init<>())
      .def("choose", &choose, py::arg("payloads"), py::arg("width"), py::arg("height"));
  module.attr("FILTER_MAX_SCALE_CODE") = nnlf::kMaxScaleCode;
  module.attr("FILTER_EDGE_STEPS") = nnlf::kEdgeSteps;
  module.attr("FILTER_MAX_MIN_EDGES") = nnlf::kMaxMinEdges;
  module.def("filter_scale_of_code", &nnlf::scale_of_code, py::arg("code"));
}

}  // namespace inloop::bindings
