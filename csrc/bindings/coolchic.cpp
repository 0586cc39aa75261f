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
#include "coolchic/picture_decoder.h"
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

// A picture in the form that Python shows, with 8-bit samples as bytes.
struct OutputPicture {
  std::shared_ptr<const DecodedPicture> decoded;
  std::vector<uint8_t> bytes[3];  // filled at 8 bit
};

std::shared_ptr<OutputPicture> make_output(std::shared_ptr<const DecodedPicture> decoded, int bit_depth) {
  auto out = std::make_shared<OutputPicture>();
  for (int c = 0; bit_depth == 8 && c < 3; ++c) {
    const int width = decoded->plane_width(c), height = decoded->plane_height(c);
    std::vector<uint8_t>& bytes = out->bytes[c];
    bytes.resize(static_cast<size_t>(width) * static_cast<size_t>(height));
    for (int y = 0; y < height; ++y) {
      const Sample* row = decoded->plane(c).row(y);
      uint8_t* narrow = bytes.data() + ptrdiff_t{y} * width;
      for (int x = 0; x < width; ++x) narrow[x] = static_cast<uint8_t>(row[x]);
    }
  }
  out->decoded = std::move(decoded);
  return out;
}

py::array plane_view(const std::shared_ptr<const OutputPicture>& picture, int c) {
  const py::ssize_t width = picture->decoded->plane_width(c), height = picture->decoded->plane_height(c);
  if (!picture->bytes[c].empty()) {
    return py::array(py::dtype::of<uint8_t>(), {height, width}, {width, py::ssize_t{1}},
                     picture->bytes[c].data(), owner_of<OutputPicture>(picture));
  }
  const Plane<Sample>& plane = picture->decoded->plane(c);
  py::array view(py::dtype::of<uint16_t>(), {height, width},
                 {static_cast<py::ssize_t>(plane.stride() * 2), py::ssize_t{2}}, plane.row(0),
                 owner_of<OutputPicture>(picture));
  view.attr("setflags")(py::arg("write") = false);  // the picture may still be a reference
  return view;
}

class PythonCoolchicDecoder {
 public:
  PythonCoolchicDecoder(const py::bytes& data, int threads)
      : decoder_(parsed(data), checked_isa(), checked_threads(threads)) {}

  // Returns the planes of the next picture, or None.
  py::object next() {
    Status status;
    std::shared_ptr<OutputPicture> out;
    {
      const py::gil_scoped_release release;
      const std::lock_guard lock(mutex_);
      std::shared_ptr<const DecodedPicture> picture;
      status = decoder_.next(picture);
      if (picture) out = make_output(std::move(picture), decoder_.stream().sequence.bit_depth);
    }
    raise_if_error(status);
    if (!out) return py::none();
    return py::make_tuple(plane_view(out, 0), plane_view(out, 1), plane_view(out, 2));
  }

  const SequenceHeader& sequence() const { return decoder_.stream().sequence; }

 private:
  std::mutex mutex_;  // allows one call at a time, whatever the Python threads do
  coolchic::Decoder decoder_;
};

// Entropy-decodes the pictures of a stream one after the other, in coding order.
class LatentReader {
 public:
  explicit LatentReader(const py::bytes& data) : stream_(parsed(data)), decoder_(checked_isa()) {}

  // Returns the grids of the next picture, the finest first, or None.
  py::object next() {
    if (place_ == stream_.plan.size()) return py::none();
    if (place_ == stream_.pictures.size()) raise_if_error(stream_.status);
    const PictureHeader& picture = stream_.pictures[place_++];
    Status status;
    {
      const py::gil_scoped_release release;
      status = decoder_.decode_latents(stream_, picture);
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
        std::copy_n(decoder_.latents(i), count, values.mutable_data());
      }
      grids.append(values);
    }
    return grids;
  }

 private:
  Stream stream_;
  PictureDecoder decoder_;
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
