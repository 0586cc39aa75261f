// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
//
// Fuzz target of the engine. It takes any bytes as a network file. An accepted network is planned for small
// sizes and run with the lowest and the highest isa, with the passes on and off. Integer results must agree
// with each other and with the reference executor. replay.cpp says how it runs without libFuzzer.

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <type_traits>
#include <vector>

#include "base/isa.h"
#include "nn/graph/graph.h"
#include "nn/graph/model.h"
#include "nn/program.h"
#include "nn/reference/reference.h"
#include "nn/workspace.h"

namespace {

using namespace inloop;
using nn::Model;
using nn::Program;

// A network may be large and right, but running such networks teaches nothing more.
constexpr int64_t kMaxElements = 1 << 18, kMaxMacs = 1 << 22;
constexpr int kSizes[][2] = {{1, 1}, {6, 5}, {9, 16}};

template <class T>
struct Tensors {
  std::vector<std::vector<T>> data;
  std::vector<T*> pointers;

  void add(int64_t size) { data.emplace_back(static_cast<size_t>(size)); }
  // Fills in numbers of every magnitude, the same ones for every run.
  void fill() {
    uint32_t state = 1;
    for (auto& tensor : data)
      for (T& number : tensor) {
        state = state * 1664525u + 1013904223u;
        number = static_cast<T>(static_cast<int32_t>(state) >> (16 + state % 16));
      }
  }
  T* const* begin() {
    pointers.clear();
    for (auto& tensor : data) pointers.push_back(tensor.data());
    return pointers.data();
  }
};

bool small_enough(const Model& model, int height, int width) {
  std::vector<nn::Shape> shapes;
  if (!nn::infer_shapes(model.graph(), height, width, shapes).ok()) return false;
  int64_t elements = 0;
  for (const nn::Shape& shape : shapes) elements += int64_t{shape.height} * shape.width * shape.channels;
  return elements <= kMaxElements && model.macs(height, width) <= kMaxMacs;
}

[[noreturn]] void differ(const char* what, int height, int width) {
  std::fprintf(stderr, "%s differs at %dx%d\n", what, width, height);
  std::abort();
}

template <class T>
Tensors<T> inputs_of(const Model& model, int height, int width) {
  Tensors<T> inputs;
  for (const nn::TensorInfo& info : model.inputs()) inputs.add(int64_t{height} * width * info.channels);
  inputs.fill();
  return inputs;
}

template <class T>
Tensors<T> outputs_of(const Program& program) {
  Tensors<T> outputs;
  for (size_t i = 0; i < program.model().outputs().size(); ++i)
    outputs.add(int64_t{program.output_height(i)} * program.output_width(i) *
                program.model().outputs()[i].channels);
  return outputs;
}

template <class T>
void run_at(const std::shared_ptr<const Model>& model, int height, int width) {
  Tensors<T> inputs = inputs_of<T>(*model, height, width), expected;
  const auto isas = supported_isas();
  for (Isa isa : {isas.front(), isas.back()})
    for (bool passes : {true, false}) {
      nn::PlanOptions options;
      for (const nn::PassSwitch& pass : nn::kPassSwitches) options.*pass.flag = passes;
      options.stripe_columns = 4;  // so that even small tensors have several stripes
      std::shared_ptr<const Program> program;
      const nn::Device device = nn::Device::cpu(isa);
      if (!Program::compile(model, height, width, device, options, nullptr, program).ok()) return;
      Tensors<T> outputs = outputs_of<T>(*program);
      if (!nn::Workspace(program).run(inputs.begin(), outputs.begin()).ok()) return;
      if (model->is_float()) continue;
      if (expected.data.empty()) {
        expected = outputs_of<T>(*program);
        if constexpr (std::is_same_v<T, int16_t>)
          if (!nn::run_reference(*model, height, width, inputs.begin(), expected.begin()).ok())
            differ("the reference's status", height, width);
      }
      if (outputs.data != expected.data) differ(isa_name(isa), height, width);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::shared_ptr<const Model> model;
  if (!Model::parse(data, size, model).ok()) return 0;
  for (const auto& [height, width] : kSizes) {
    if (!small_enough(*model, height, width)) continue;
    if (model->is_float())
      run_at<float>(model, height, width);
    else
      run_at<int16_t>(model, height, width);
  }
  return 0;
}
