// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "bindings/support.h"
#include "nn/cpu/kernels/table.h"
#include "nn/cpu/weights/weights.h"
#include "nn/graph/model.h"
#include "nn/program.h"
#include "nn/workspace.h"
#include "testing/register.h"

namespace py = pybind11;

namespace inloop::testing {
namespace {

// The own kernels of an isa, and how often the table that stands before them was called; also how often
// Winograd's kernel had values that it could take.
struct Counted {
  nn::KernelTable own;
  int64_t calls = 0, winograd = 0;
};
std::array<Counted, kIsaCount> counted;

template <auto kKernel, size_t kIsa, class Row>
void count_row(const Row& row) {
  ++counted[kIsa].calls;
  (counted[kIsa].own.*kKernel)(row);
}

template <size_t kIsa>
bool count_winograd(const nn::WinogradRows& rows, int tile, int tiles) {
  ++counted[kIsa].calls;
  const bool done = counted[kIsa].own.winograd_rows_i16(rows, tile, tiles);
  counted[kIsa].winograd += done;
  return done;
}

template <size_t kIsa>
const nn::KernelTable& counting_table() {
  using Table = nn::KernelTable;
  static const Table table = [] {
    Table made = counted[kIsa].own = nn::kernels(static_cast<Isa>(kIsa));
    made.conv_row_i16 = count_row<&Table::conv_row_i16, kIsa, nn::ConvRow>;
    made.depthwise_row_i16 = count_row<&Table::depthwise_row_i16, kIsa, nn::DepthwiseRow>;
    if (made.winograd_rows_i16) made.winograd_rows_i16 = count_winograd<kIsa>;
    made.conv_row_f32 = count_row<&Table::conv_row_f32, kIsa, nn::ConvRowF32>;
    made.depthwise_row_f32 = count_row<&Table::depthwise_row_f32, kIsa, nn::DepthwiseRowF32>;
    return made;
  }();
  return table;
}

const nn::KernelTable& counting_kernels(Isa isa) {
  switch (isa) {
    case Isa::scalar:
      break;
    case Isa::avx2:
      return counting_table<1>();
    case Isa::avx512:
      return counting_table<2>();
    case Isa::neon:
      return counting_table<3>();
  }
  return counting_table<0>();
}

// A workspace whose weights are packed for the counting tables and which runs with them.
class CountedSession {
 public:
  CountedSession(const py::bytes& model, int height, int width, const std::string& isa) {
    const std::string_view data(model);
    std::shared_ptr<const nn::Model> parsed;
    bindings::raise_if_error(
        nn::Model::parse(reinterpret_cast<const uint8_t*>(data.data()), data.size(), parsed));
    const Isa chosen = bindings::isa_named(isa);
    std::shared_ptr<const nn::Weights> weights;
    bindings::raise_if_error(nn::pack_weights(*parsed, counting_kernels(chosen), {}, weights));
    std::shared_ptr<const nn::Program> program;
    bindings::raise_if_error(nn::Program::compile(std::move(parsed), height, width, nn::Device::cpu(chosen),
                                                  {}, std::move(weights), program));
    workspace_ = std::make_unique<nn::Workspace>(std::move(program));
  }

  // Runs once on zeros and returns {isa: number of calls of its kernels}. A process may have only one run at
  // a time.
  py::dict run() {
    for (Counted& kernels : counted) kernels.calls = kernels.winograd = 0;
    bindings::raise_if_error(workspace_->program().model().is_float() ? run_on_zeros<float>()
                                                                      : run_on_zeros<int16_t>());
    py::dict calls;
    for (Isa isa : supported_isas()) calls[isa_name(isa)] = counted[static_cast<size_t>(isa)].calls;
    return calls;
  }

  // Returns how many calls of the last run Winograd's kernel took.
  int64_t winograd_calls() const {
    int64_t calls = 0;
    for (const Counted& kernels : counted) calls += kernels.winograd;
    return calls;
  }

 private:
  template <class T>
  Status run_on_zeros() {
    std::vector<std::vector<T>> tensors;
    std::vector<const T*> inputs;
    std::vector<T*> outputs;
    const auto tensor = [&](int height, int width, int channels) {
      const size_t pixels = static_cast<size_t>(height) * static_cast<size_t>(width);
      return tensors.emplace_back(pixels * static_cast<size_t>(channels)).data();
    };
    const nn::Program& program = workspace_->program();
    const nn::Model& model = program.model();
    for (const nn::TensorInfo& input : model.inputs())
      inputs.push_back(tensor(program.input_height(), program.input_width(), input.channels));
    for (size_t i = 0; i < model.outputs().size(); ++i)
      outputs.push_back(
          tensor(program.output_height(i), program.output_width(i), model.outputs()[i].channels));
    return workspace_->run(inputs.data(), outputs.data());
  }

  std::unique_ptr<nn::Workspace> workspace_;
};

}  // namespace

void register_kernel_calls(py::module_& module) {
  module.def(
      "set_isa", [](const std::string& name) { bindings::raise_if_error(set_isa(name)); }, py::arg("name"));
  py::class_<CountedSession>(module, "CountedSession")
      .def(py::init<const py::bytes&, int, int, const std::string&>(), py::arg("model"), py::arg("height"),
           py::arg("width"), py::arg("isa") = "")
      .def("run", &CountedSession::run)
      .def("winograd_calls", &CountedSession::winograd_calls);
}

}  // namespace inloop::testing
