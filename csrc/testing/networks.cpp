// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
// Networks built in memory, for the tests of nn/graph/builder.h. They are small ones like those with which
// codecs with overfitted networks decode.
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <array>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/md5.h"
#include "base/sha256.h"
#include "bindings/support.h"
#include "nn/graph/builder.h"
#include "nn/graph/writer.h"
#include "nn/program.h"
#include "nn/reference/reference.h"
#include "nn/workspace.h"
#include "testing/register.h"

namespace py = pybind11;

namespace inloop::testing {
namespace {

using bindings::raise_if_error;

using nn::GraphBuilder;
using nn::Numbers;

class RandomNumbers {
 public:
  explicit RandomNumbers(uint32_t seed) : generator_(seed) {}
  Numbers operator()(int count, int range, int quantizer) {
    Numbers numbers{{}, quantizer};
    for (int i = 0; i < count; ++i)
      numbers.values.push_back(static_cast<int16_t>(
          static_cast<int>(generator_() % (2u * static_cast<unsigned>(range) + 1)) - range));
    return numbers;
  }

 private:
  std::minstd_rand generator_;
};

// A network and what the tests ask about it.
class BuiltNetwork {
 public:
  explicit BuiltNetwork(GraphBuilder& builder) { raise_if_error(builder.build(model_)); }

  std::string sha256() const { return hex(model_->sha256()); }
  // Identifies a network by the bytes that it would be written as.
  std::string canonical_sha256() const { return canonical_sha256_of(*model_); }
  int64_t parameters() const { return model_->parameters(); }
  py::tuple output_shape(int height, int width) const {
    const auto program = compiled(height, width, nn::Device::current());
    return py::make_tuple(program->output_height(0), program->output_width(0), model_->outputs()[0].channels);
  }

  // Returns the output for random input.
  std::vector<int16_t> run(const std::string& isa, int height, int width) const {
    return output_of(compiled(height, width, nn::Device::cpu(bindings::isa_named(isa))));
  }
  std::vector<int16_t> reference(int height, int width) const {
    const auto program = compiled(height, width, nn::Device::current());
    const std::vector<int16_t> input = random_input(*program);
    std::vector<int16_t> output(output_size(*program));
    const int16_t* in[] = {input.data()};
    int16_t* out[] = {output.data()};
    raise_if_error(nn::run_reference<int16_t>(*model_, height, width, in, out));
    return output;
  }
  // Runs this network's plan with the weights of another network.
  std::vector<int16_t> run_with_weights_of(const BuiltNetwork& other, int height, int width) const {
    std::shared_ptr<const nn::Program> exchanged;
    raise_if_error(compiled(height, width, nn::Device::current())->with_weights_of(other.model_, exchanged));
    return output_of(exchanged);
  }

  static std::string canonical_sha256_of(const nn::Model& model) {
    const std::vector<uint8_t> bytes = nn::canonical_form(model.graph());
    return hex(nn::sha256(bytes.data(), bytes.size()));
  }

 private:
  static std::string hex(const std::array<uint8_t, 32>& digest) {
    return to_hex(digest.data(), digest.size());
  }
  std::shared_ptr<const nn::Program> compiled(int height, int width, const nn::Device& device) const {
    std::shared_ptr<const nn::Program> program;
    raise_if_error(nn::Program::compile(model_, height, width, device, {}, nullptr, program));
    return program;
  }
  static std::vector<int16_t> random_input(const nn::Program& program) {
    const int pixels = program.input_height() * program.input_width();
    return RandomNumbers(5)(pixels * program.model().inputs()[0].channels, 4000, 0).values;
  }
  static size_t output_size(const nn::Program& program) {
    return static_cast<size_t>(program.output_height(0)) * static_cast<size_t>(program.output_width(0)) *
           static_cast<size_t>(program.model().outputs()[0].channels);
  }
  static std::vector<int16_t> output_of(const std::shared_ptr<const nn::Program>& program) {
    const std::vector<int16_t> input = random_input(*program);
    std::vector<int16_t> output(output_size(*program));
    const int16_t* in[] = {input.data()};
    int16_t* out[] = {output.data()};
    raise_if_error(nn::Workspace(program).run(in, out));
    return output;
  }

  std::shared_ptr<const nn::Model> model_;
};

// A network from seven latent planes to three channels. It has two 1x1 layers, a 3x3 layer, and a 3x3 layer
// that is added to its input.
BuiltNetwork synthesis(uint32_t seed) {
  RandomNumbers random(seed);
  GraphBuilder builder;
  const int latents = builder.input("latents", 7, 8);
  const auto layer = [&](int input, int in, int channels, int kernel) {
    const int sums = builder.conv(input, channels, random(channels * in * kernel * kernel, 300, 10),
                                  nn::same_window(kernel), 8);
    return builder.bias_add(sums, random(channels, 200, 8));
  };
  const int hidden = builder.relu(layer(latents, 7, 16, 1));
  const int colours = builder.relu(layer(hidden, 16, 3, 1));
  const int refined = builder.relu(layer(colours, 3, 3, 3));
  builder.output("picture", builder.sum(layer(refined, 3, 3, 3), refined));
  return BuiltNetwork(builder);
}

// A network from one latent plane to twice its size. It has a convolution for each phase, side by side, then
// depth to space.
BuiltNetwork upsampling(uint32_t seed) {
  RandomNumbers random(seed);
  GraphBuilder builder;
  const int latent = builder.input("latent", 1, 8);
  std::vector<int> phases;
  for (int phase = 0; phase < 4; ++phase)
    phases.push_back(builder.conv(latent, 1, random(9, 800, 11), nn::same_window(3), 8));
  builder.output("larger", builder.depth_to_space(builder.concat(std::move(phases)), 2));
  return BuiltNetwork(builder);
}

// Makes a network that build() must refuse. `fault` names what is wrong with it.
void build_faulty(const std::string& fault) {
  GraphBuilder builder;
  const int x = builder.input("x", fault == "channels" ? 5000 : 4, 8);
  if (fault == "value") builder.relu(x + 1);
  if (fault == "weights") builder.conv(x, 2, {std::vector<int16_t>(7), 10}, nn::same_window(1), 8);
  if (fault == "groups") builder.conv(x, 2, {std::vector<int16_t>(8), 10}, nn::same_window(1), 8, 3);
  if (fault == "window") {
    nn::Window window = nn::same_window(1);
    window.top = 1;
    builder.conv(x, 2, {std::vector<int16_t>(8), 10}, window, 8);
  }
  if (fault == "overflow")
    builder.conv(x, 1, {std::vector<int16_t>(4 * 31 * 31, 32767), 10}, nn::same_window(31), 8);
  if (fault == "late input") builder.relu(x), builder.input("y", 1);
  if (fault == "name") builder.output(std::string(256, 'n'), x);
  if (fault == "block") builder.depth_to_space(x, 0);
  if (fault != "outputs") builder.output("out", x);
  const BuiltNetwork network(builder);
}

std::string canonical_sha256(const py::bytes& file) {
  const std::string_view data(file);
  std::shared_ptr<const nn::Model> model;
  raise_if_error(nn::Model::parse(reinterpret_cast<const uint8_t*>(data.data()), data.size(), model));
  return BuiltNetwork::canonical_sha256_of(*model);
}

}  // namespace

void register_networks(py::module_& module) {
  py::class_<BuiltNetwork>(module, "BuiltNetwork")
      .def_property_readonly("sha256", &BuiltNetwork::sha256)
      .def_property_readonly("canonical_sha256", &BuiltNetwork::canonical_sha256)
      .def_property_readonly("parameters", &BuiltNetwork::parameters)
      .def("output_shape", &BuiltNetwork::output_shape, py::arg("height"), py::arg("width"))
      .def("run", &BuiltNetwork::run, py::arg("isa"), py::arg("height"), py::arg("width"))
      .def("reference", &BuiltNetwork::reference, py::arg("height"), py::arg("width"))
      .def("run_with_weights_of", &BuiltNetwork::run_with_weights_of, py::arg("other"), py::arg("height"),
           py::arg("width"));
  module.def("synthesis_network", &synthesis, py::arg("seed"));
  module.def("upsampling_network", &upsampling, py::arg("seed"));
  module.def("build_faulty_network", &build_faulty, py::arg("fault"));
  module.def("canonical_sha256", &canonical_sha256, py::arg("file"));
}

}  // namespace inloop::testing
