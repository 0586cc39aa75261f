// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include <pybind11/numpy.h>
#include <pybind11/stl.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "bindings/register.h"
#include "coolchic/encoder/messages.h"
#include "coolchic/header_reader.h"
#include "coolchic/laplace_scale.h"
#include "coolchic/picture_decoder.h"

namespace py = pybind11;

namespace inloop::bindings {
namespace {

using namespace inloop::coolchic;

using Integers = py::array_t<int32_t, py::array::c_style | py::array::forcecast>;
using Latents = py::array_t<int16_t, py::array::c_style | py::array::forcecast>;

py::bytes as_bytes(const std::vector<uint8_t>& data) {
  return py::bytes(reinterpret_cast<const char*>(data.data()), data.size());
}

template <class T>
void check_range(const T* values, py::ssize_t count, int range) {
  const bool inside =
      std::all_of(values, values + count, [range](T v) { return v >= -range && v <= range + 1; });
  if (!inside) raise_if_error(Status::config("integers outside of -" + std::to_string(range) + " ..."));
}

std::vector<CountInterval> intervals_of(const Integers& integers, int range, int scale_index) {
  check_range(integers.data(), integers.size(), range);
  return parameter_intervals(integers.data(), static_cast<size_t>(integers.size()), range,
                             parameter_scale_128(scale_index));
}

double integer_bits(const Integers& integers, int range, int scale_index) {
  return bits_of(intervals_of(integers, range, scale_index));
}

py::bytes encode_integers(const Integers& integers, int range, int scale_index) {
  return as_bytes(encode_message(intervals_of(integers, range, scale_index)));
}

ContextModel make_model(int context_size, int hidden_layers, const Integers& weights, int weight_step_log2,
                        const Integers& biases, int bias_step_log2, int latent_range) {
  PictureHeader picture;
  picture.context_size = context_size;
  picture.hidden_layers = hidden_layers;
  picture.latent_range = latent_range;
  picture.context_weights.step_log2 = weight_step_log2;
  picture.context_biases.step_log2 = bias_step_log2;
  const bool known = context_size % 8 == 0 && context_size >= 8 && context_size <= 32 && hidden_layers >= 0;
  const py::ssize_t outputs = py::ssize_t{context_size} * hidden_layers + 2;
  if (!known || weights.size() != outputs * context_size || biases.size() != outputs) {
    raise_if_error(Status::config("context model of " + std::to_string(weights.size()) + " weights"));
  }
  Parameters parameters;
  parameters.context_weights.assign(weights.data(), weights.data() + weights.size());
  parameters.context_biases.assign(biases.data(), biases.data() + biases.size());
  return ContextModel(picture, parameters);
}

// Tells the cost of latents under one context model, and makes their messages.
class GridCoder {
 public:
  GridCoder(int context_size, int hidden_layers, const Integers& weights, int weight_step_log2,
            const Integers& biases, int bias_step_log2, int latent_range)
      : kernels_(kernels(checked_isa())),
        model_(make_model(context_size, hidden_layers, weights, weight_step_log2, biases, bias_step_log2,
                          latent_range)),
        latent_range_(latent_range) {}

  double bits(const Latents& latents) const { return bits_of(intervals(latents)); }

  py::bytes encode(const Latents& latents) const {
    return as_bytes(encode_message(in_wave_order(intervals(latents), static_cast<int>(latents.shape(1)),
                                                 static_cast<int>(latents.shape(0)))));
  }

 private:
  std::vector<CountInterval> intervals(const Latents& latents) const {
    if (latents.ndim() != 2) raise_if_error(Status::config("a grid has two dimensions"));
    check_range(latents.data(), latents.size(), latent_range_);
    const LatentGrid grid{latents.data(), static_cast<int>(latents.shape(1)),
                          static_cast<int>(latents.shape(0)), latent_range_};
    const py::gil_scoped_release release;  // the arguments hold the array
    return latent_intervals(kernels_, model_, grid);
  }

  const KernelTable& kernels_;
  ContextModel model_;
  int latent_range_;
};

std::vector<uint8_t> to_vector(const py::bytes& data) {
  const std::string_view view(data);
  return {view.begin(), view.end()};
}

using Samples = py::array_t<uint16_t, py::array::c_style | py::array::forcecast>;

template <class S>
void fill_plane(const Samples& samples, DecodedPicture& picture, int c) {
  for (int y = 0; y < picture.plane_height(c); ++y) {
    S* row = picture.plane<S>(c).row(y);
    for (int x = 0; x < picture.plane_width(c); ++x) row[x] = static_cast<S>(samples.at(y, x));
  }
}

std::shared_ptr<DecodedPicture> make_reference(const SequenceHeader& sequence, const py::sequence& planes) {
  auto picture = std::make_shared<DecodedPicture>();
  picture->reset(sequence);
  picture->allocate();
  for (int c = 0; c < 3; ++c) {
    const auto samples = Samples::ensure(planes[static_cast<size_t>(c)]);
    if (!samples || samples.ndim() != 2 || samples.shape(0) != picture->plane_height(c) ||
        samples.shape(1) != picture->plane_width(c)) {
      raise_if_error(Status::config("planes of a reference do not fit the picture"));
    }
    if (picture->has_bytes()) {
      fill_plane<uint8_t>(samples, *picture, c);
    } else {
      fill_plane<uint16_t>(samples, *picture, c);
    }
  }
  picture->finish({});
  return picture;
}

template <class S>
Samples copy_plane(const DecodedPicture& picture, int c) {
  Samples plane({picture.plane_height(c), picture.plane_width(c)});
  for (int y = 0; y < picture.plane_height(c); ++y) {
    std::copy_n(picture.plane<S>(c).row(y), picture.plane_width(c), plane.mutable_data(y, 0));
  }
  return plane;
}

py::tuple copy_planes(const DecodedPicture& picture) {
  py::tuple planes(3);
  for (int c = 0; c < 3; ++c) {
    planes[static_cast<size_t>(c)] =
        picture.has_bytes() ? copy_plane<uint8_t>(picture, c) : copy_plane<uint16_t>(picture, c);
  }
  return planes;
}

// One picture alone, with the header of its group.
struct LonePicture {
  LonePicture(const py::bytes& sequence_header, const py::bytes& data, size_t references) {
    stream.data = to_vector(data);
    raise_if_error(parse_sequence(to_vector(sequence_header), stream.sequence));
    if (references > 2) raise_if_error(Status::config("a picture has two references at most"));
    size_t offset = 0;
    raise_if_error(parse_picture_header(stream.data, offset, stream.sequence,
                                        static_cast<PictureType>(references), picture));
  }

  Stream stream;
  PictureHeader picture;
};

// Returns the parameters of the networks of a picture, one after the other in the order of the stream.
py::array_t<float> picture_parameters(const py::bytes& sequence_header, const py::bytes& data,
                                      size_t references) {
  const LonePicture lone(sequence_header, data, references);
  Parameters parameters;
  raise_if_error(decode_parameters(lone.stream, lone.picture, parameters));
  std::vector<float> values;
  const auto append = [&values](const std::vector<int32_t>& integers, const ParameterSet& set) {
    for (const int32_t integer : integers) {
      values.push_back(std::ldexp(static_cast<float>(integer), set.step_log2));
    }
  };
  append(parameters.context_weights, lone.picture.context_weights);
  append(parameters.context_biases, lone.picture.context_biases);
  append(parameters.upsampling_weights, lone.picture.upsampling_weights);
  append(parameters.synthesis_weights, lone.picture.synthesis_weights);
  append(parameters.synthesis_biases, lone.picture.synthesis_biases);
  return py::array_t<float>(static_cast<py::ssize_t>(values.size()), values.data());
}

// Decodes one picture from its own bytes, the header of its group and the planes of its references.
py::tuple decode_picture(const py::bytes& sequence_header, const py::bytes& data,
                         const std::vector<py::sequence>& references) {
  const LonePicture lone(sequence_header, data, references.size());
  const auto& [stream, picture] = lone;
  References pictures;
  for (size_t r = 0; r < references.size(); ++r) {
    pictures.pictures[r] = make_reference(stream.sequence, references[r]);
  }
  DecodedPicture out;
  out.reset(stream.sequence);
  Status status;
  {
    const py::gil_scoped_release release;
    PictureDecoder decoder(checked_isa());
    out.allocate();
    decoder.start(stream, picture);
    status = decoder.latents().decode(stream, picture);
    // The references are complete, so nothing can be missing.
    if (status.ok()) (void)decoder.reconstruct(stream, picture, pictures, nullptr, out);
  }
  raise_if_error(status);
  return copy_planes(out);
}

py::list order_of(int intra_period, int p_period) {
  py::list pictures;
  for (const PlannedPicture& planned : coding_order(intra_period, p_period)) {
    py::list references;
    for (size_t r = 0; r < static_cast<size_t>(planned.type); ++r) references.append(planned.references[r]);
    pictures.append(py::make_tuple(planned.display_index, planned.depth, references));
  }
  return pictures;
}

}  // namespace

void register_coolchic_encoder(py::module_& module) {
  module.def("coolchic_coding_order", &order_of, py::arg("intra_period"), py::arg("p_period"));
  module.def("coolchic_integer_bits", &integer_bits, py::arg("integers"), py::arg("range"),
             py::arg("scale_index"));
  module.def("coolchic_encode_integers", &encode_integers, py::arg("integers"), py::arg("range"),
             py::arg("scale_index"));
  module.def("coolchic_decode_picture", &decode_picture, py::arg("sequence_header"), py::arg("data"),
             py::arg("references"));
  module.def("coolchic_picture_parameters", &picture_parameters, py::arg("sequence_header"), py::arg("data"),
             py::arg("references"));
  py::class_<GridCoder>(module, "CoolchicGridCoder")
      .def(py::init<int, int, const Integers&, int, const Integers&, int, int>(), py::arg("context_size"),
           py::arg("hidden_layers"), py::arg("weights"), py::arg("weight_step_log2"), py::arg("biases"),
           py::arg("bias_step_log2"), py::arg("latent_range"))
      .def("bits", &GridCoder::bits, py::arg("latents"))
      .def("encode", &GridCoder::encode, py::arg("latents"));
}

}  // namespace inloop::bindings
