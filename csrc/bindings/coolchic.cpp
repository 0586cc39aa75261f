// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include <pybind11/numpy.h>
#include <pybind11/stl.h>

#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "bindings/coded_picture.h"
#include "bindings/register.h"
#include "coolchic/decoder.h"
#include "coolchic/picture_latents.h"
#include "coolchic/stream.h"

namespace py = pybind11;

namespace inloop::bindings {
namespace {

using namespace inloop::coolchic;

const char* format_name(ColourFormat format) {
  switch (format) {
    case ColourFormat::rgb:
      return "rgb";
    case ColourFormat::yuv420:
      return "yuv420";
    case ColourFormat::yuv444:
      break;
  }
  return "yuv444";
}

Stream parsed(const py::bytes& data) {
  const std::string_view view(data);
  Stream stream;
  Status status;
  {
    const py::gil_scoped_release release;  // the caller holds the bytes object
    status = parse_stream({view.begin(), view.end()}, stream);
  }
  raise_if_error(status);
  return stream;
}

bool starts_like(const py::bytes& data) {
  const std::string_view view(data);
  return starts_like_stream(reinterpret_cast<const uint8_t*>(view.data()), view.size());
}

py::dict describe_picture(const PlannedPicture& planned, const PictureHeader& picture) {
  py::dict out;
  out["display_index"] = planned.display_index;
  out["depth"] = planned.depth;
  py::list references;
  for (size_t r = 0; r < static_cast<size_t>(planned.type); ++r) references.append(planned.references[r]);
  out["references"] = references;
  out["header_bytes"] = picture.header.size;
  size_t network_bytes = 0;
  for (const ParameterSet* set : picture.parameter_sets()) network_bytes += set->payload.size;
  out["network_bytes"] = network_bytes;
  out["context_size"] = picture.context_size;
  out["hidden_layers"] = picture.hidden_layers;
  out["upsampling_size"] = picture.upsampling_size;
  out["flow_gain"] = picture.flow_gain;
  py::list layers, grids;
  for (const SynthesisLayer& layer : picture.layers)
    layers.append(py::make_tuple(layer.outputs, layer.kernel_size));
  for (const Grid& grid : picture.grids) {
    grids.append(py::make_tuple(grid.halvings, grid.width, grid.height, grid.payload.size));
  }
  out["layers"] = layers;
  out["grids"] = grids;
  return out;
}

py::dict describe(const py::bytes& data) {
  const Stream stream = parsed(data);
  raise_if_error(stream.status);
  py::dict out;
  out["width"] = stream.sequence.width;
  out["height"] = stream.sequence.height;
  out["bit_depth"] = stream.sequence.bit_depth;
  out["format"] = format_name(stream.sequence.format);
  out["intra_period"] = stream.sequence.intra_period;
  out["p_period"] = stream.sequence.p_period;
  out["early_headers"] = stream.pictures.front().two_byte_scales;
  py::list pictures;
  for (size_t i = 0; i < stream.plan.size(); ++i) {
    pictures.append(describe_picture(stream.plan[i], stream.pictures[i]));
  }
  out["pictures"] = pictures;
  return out;
}

template <class S>
py::array plane_view_of(const std::shared_ptr<const DecodedPicture>& picture, int c) {
  constexpr auto size = static_cast<py::ssize_t>(sizeof(S));
  const Plane<S>& plane = picture->plane<S>(c);
  py::array view(py::dtype::of<S>(), {picture->plane_height(c), picture->plane_width(c)},
                 {static_cast<py::ssize_t>(plane.stride()) * size, size}, plane.row(0),
                 owner_of<DecodedPicture>(picture));
  view.attr("setflags")(py::arg("write") = false);  // the picture may still be a reference
  return view;
}

py::array plane_view(const std::shared_ptr<const DecodedPicture>& picture, int c) {
  return picture->has_bytes() ? plane_view_of<uint8_t>(picture, c) : plane_view_of<uint16_t>(picture, c);
}

class PythonCoolchicDecoder {
 public:
  PythonCoolchicDecoder(const py::bytes& data, int threads)
      : decoder_(parsed(data), checked_isa(), checked_threads(threads)) {}

  // Returns the planes of the next picture, or None.
  py::object next() {
    Status status;
    std::shared_ptr<const DecodedPicture> picture;
    {
      const py::gil_scoped_release release;
      const std::lock_guard lock(mutex_);
      status = decoder_.next(picture);
    }
    raise_if_error(status);
    if (!picture) return py::none();
    return py::make_tuple(plane_view(picture, 0), plane_view(picture, 1), plane_view(picture, 2));
  }

  const SequenceHeader& sequence() const { return decoder_.stream().sequence; }

 private:
  std::mutex mutex_;  // allows one call at a time, whatever the Python threads do
  coolchic::Decoder decoder_;
};

// Entropy-decodes the pictures of a stream one after the other, in coding order.
class LatentReader {
 public:
  explicit LatentReader(const py::bytes& data) : stream_(parsed(data)), latents_(kernels(checked_isa())) {}

  // Returns the grids of the next picture, the finest first, or None.
  py::object next() {
    if (place_ == stream_.plan.size()) return py::none();
    if (place_ == stream_.pictures.size()) raise_if_error(stream_.status);
    const PictureHeader& picture = stream_.pictures[place_++];
    Status status;
    {
      const py::gil_scoped_release release;
      status = latents_.decode(stream_, picture);
    }
    raise_if_error(status);
    py::list grids;
    for (size_t i = 0; i < picture.grids.size(); ++i) {
      const Grid& grid = picture.grids[i];
      py::array_t<int16_t> values({grid.height, grid.width});
      const auto count = static_cast<size_t>(values.size());
      if (grid.empty()) {
        std::fill_n(values.mutable_data(), count, int16_t{0});
      } else {
        std::copy_n(latents_.grid(i), count, values.mutable_data());
      }
      grids.append(values);
    }
    return grids;
  }

 private:
  Stream stream_;
  PictureLatents latents_;
  size_t place_ = 0;
};

}  // namespace

void register_coolchic(py::module_& module) {
  module.def("coolchic_starts_like_stream", &starts_like, py::arg("data"));
  module.def("coolchic_describe", &describe, py::arg("data"));
  py::class_<LatentReader>(module, "CoolchicLatentReader")
      .def(py::init<const py::bytes&>(), py::arg("data"))
      .def("next", &LatentReader::next);
  py::class_<PythonCoolchicDecoder>(module, "CoolchicDecoder")
      .def(py::init<const py::bytes&, int>(), py::arg("data"), py::arg("threads") = 1)
      .def("next", &PythonCoolchicDecoder::next)
      .def_property_readonly("width", [](const PythonCoolchicDecoder& d) { return d.sequence().width; })
      .def_property_readonly("height", [](const PythonCoolchicDecoder& d) { return d.sequence().height; })
      .def_property_readonly("bit_depth",
                             [](const PythonCoolchicDecoder& d) { return d.sequence().bit_depth; })
      .def_property_readonly("format",
                             [](const PythonCoolchicDecoder& d) { return format_name(d.sequence().format); })
      .def_property_readonly("pictures",
                             [](const PythonCoolchicDecoder& d) { return d.sequence().pictures(); });
}

}  // namespace inloop::bindings
