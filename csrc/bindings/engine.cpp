// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include <pybind11/numpy.h>
#include <pybind11/stl.h>

#include <algorithm>
#include <iterator>
#include <optional>
#include <string>
#include <utility>

#include "base/md5.h"
#include "base/shared_loop.h"
#include "bindings/register.h"
#include "nn/graph/model.h"
#include "nn/program_cache.h"
#include "nn/reference/reference.h"

namespace py = pybind11;

namespace inloop::bindings {
namespace {

using nn::Model;
using nn::Program;
using nn::ProgramCache;
using nn::Workspace;
// The Model of Python, which is a model with what runs it.
using ModelPointer = std::shared_ptr<ProgramCache>;

ModelPointer parse(const py::bytes& data, bool allow_wrapping) {
  const std::string_view view(data);
  std::shared_ptr<const Model> model;
  Status status;
  {
    // This reads only the immutable bytes object, which the caller's reference keeps alive.
    py::gil_scoped_release release;
    status = Model::parse(reinterpret_cast<const uint8_t*>(view.data()), view.size(), model, allow_wrapping);
  }
  raise_if_error(status);
  return std::make_shared<ProgramCache>(std::move(model));
}

py::list tensor_list(const std::vector<nn::TensorInfo>& tensors) {
  py::list list;
  for (const nn::TensorInfo& tensor : tensors)
    list.append(py::make_tuple(tensor.name, tensor.channels, tensor.quantizer));
  return list;
}

py::list layer_list(const ProgramCache& programs, int height, int width) {
  const Model& model = *programs.model();
  std::vector<nn::Shape> shapes;
  raise_if_error(nn::infer_shapes(model.graph(), height, width, shapes));
  py::list list;
  for (size_t i = 0; i < model.graph().layers.size(); ++i) {
    const nn::Layer& layer = model.graph().layers[i];
    const nn::Shape& shape = shapes[static_cast<size_t>(model.graph().value_of_layer(i))];
    const auto count = static_cast<int64_t>(layer.constant.size() + layer.constant_f32.size());
    py::dict row;
    row["name"] = layer.name;
    row["op"] = nn::op_name(layer.op);
    row["shape"] = py::make_tuple(shape.height, shape.width, shape.channels);
    row["kernel"] = py::make_tuple(layer.window.kernel_height, layer.window.kernel_width);
    row["groups"] = layer.groups;
    row["quantizer"] = layer.quantizer;
    row["parameters"] = count;
    row["macs"] = layer.op == nn::Op::conv ? count * shape.height * shape.width : 0;
    list.append(row);
  }
  return list;
}

struct PythonSession {
  explicit PythonSession(std::shared_ptr<const Program> program) : workspace(std::move(program)) {}

  Workspace workspace;

  const Program& program() const { return workspace.program(); }
  const Model& model() const { return program().model(); }

  // Python (model.py) has checked dtype and shape of the arrays; this second check keeps memory safe.
  template <class T>
  std::vector<const T*> input_pointers(const std::vector<py::array>& inputs) const {
    if (inputs.size() != model().inputs().size()) raise_if_error(Status::config("wrong number of inputs"));
    std::vector<const T*> pointers;
    for (size_t i = 0; i < inputs.size(); ++i) {
      const std::string name = "input '" + model().inputs()[i].name + "'";
      if (!py::array_t<T, py::array::c_style>::check_(inputs[i]))
        raise_if_error(Status::config(name + " is no C-contiguous array of the network's type"));
      if (inputs[i].size() !=
          py::ssize_t{program().input_height()} * program().input_width() * model().inputs()[i].channels)
        raise_if_error(Status::config(name + " has a wrong size"));
      pointers.push_back(static_cast<const T*>(inputs[i].data()));
    }
    return pointers;
  }

  py::list new_outputs() const {
    py::list arrays;
    for (size_t i = 0; i < model().outputs().size(); ++i) {
      const std::vector<py::ssize_t> shape{1, program().output_height(i), program().output_width(i),
                                           model().outputs()[i].channels};
      arrays.append(model().is_float() ? py::array(py::array_t<float>(shape))
                                       : py::array(py::array_t<int16_t>(shape)));
    }
    return arrays;
  }

  // Returns where the outputs begin, with the same second check as for the inputs.
  template <class T>
  std::vector<T*> output_pointers(const py::list& outputs) const {
    if (outputs.size() != model().outputs().size()) raise_if_error(Status::config("wrong number of outputs"));
    std::vector<T*> pointers;
    for (size_t i = 0; i < outputs.size(); ++i) {
      const std::string name = "output '" + model().outputs()[i].name + "'";
      if (!py::array_t<T, py::array::c_style>::check_(outputs[i]))
        raise_if_error(Status::config(name + " is no C-contiguous array of the network's type"));
      auto array = outputs[i].cast<py::array>();
      if (!array.writeable() || array.size() != py::ssize_t{program().output_height(i)} *
                                                    program().output_width(i) * model().outputs()[i].channels)
        raise_if_error(Status::config(name + " is read-only or has a wrong size"));
      pointers.push_back(static_cast<T*>(array.mutable_data()));
    }
    return pointers;
  }

  template <class T>
  void run_typed(const std::vector<py::array>& inputs, bool reference, const py::list& outputs) {
    const std::vector<const T*> in = input_pointers<T>(inputs);
    const std::vector<T*> out = output_pointers<T>(outputs);
    Status status;
    {
      // This call holds the inputs and outputs; a session is documented to serve one thread at a time.
      py::gil_scoped_release release;
      status = reference ? nn::run_reference<T>(model(), program().input_height(), program().input_width(),
                                                in.data(), out.data())
                         : workspace.run(in.data(), out.data());
    }
    raise_if_error(status);
  }

  py::list run(const std::vector<py::array>& inputs, bool reference, const std::optional<py::list>& given) {
    py::list outputs = given ? *given : new_outputs();
    if (model().is_float())
      run_typed<float>(inputs, reference, outputs);
    else
      run_typed<int16_t>(inputs, reference, outputs);
    return outputs;
  }

  template <class T>
  std::vector<Workspace::StepTime> profile_typed(const std::vector<py::array>& inputs) {
    const std::vector<const T*> in = input_pointers<T>(inputs);
    const py::list outputs = new_outputs();
    const std::vector<T*> out = output_pointers<T>(outputs);
    std::vector<Workspace::StepTime> times;
    Status status;
    {
      py::gil_scoped_release release;  // safe for the same reasons as in run_typed()
      status = workspace.profile(in.data(), out.data(), times);
    }
    raise_if_error(status);
    return times;
  }

  // Runs once and returns (name, kind, macs, seconds) of every step.
  py::list profile(const std::vector<py::array>& inputs) {
    py::list list;
    for (const auto& step :
         model().is_float() ? profile_typed<float>(inputs) : profile_typed<int16_t>(inputs))
      list.append(py::make_tuple(step.name, step.kind, step.macs, step.seconds));
    return list;
  }
};

// What Model.run() runs. Workspaces come from the model's cache, one for each thread that takes part.
struct PythonProgram {
  ModelPointer programs;
  std::shared_ptr<const Program> program;

  const Model& model() const { return program->model(); }

  // Returns pointers to the first block of each array, and checks the size of the arrays once more.
  template <class T>
  std::vector<T*> first_blocks(const std::vector<py::array>& arrays, int blocks, bool outputs) const {
    const auto& infos = outputs ? model().outputs() : model().inputs();
    if (arrays.size() != infos.size() || blocks < 1)
      raise_if_error(Status::config("wrong number of arrays or blocks"));
    std::vector<T*> pointers;
    for (size_t i = 0; i < arrays.size(); ++i) {
      using Array = py::array_t<std::remove_const_t<T>, py::array::c_style>;
      if (!Array::check_(arrays[i]) || arrays[i].size() != blocks * block_elements(i, outputs) ||
          (outputs && !arrays[i].writeable()))
        raise_if_error(Status::config("array '" + infos[i].name + "' has a wrong type or size"));
      pointers.push_back(static_cast<T*>(const_cast<void*>(arrays[i].data())));
    }
    return pointers;
  }
  py::ssize_t block_elements(size_t i, bool outputs) const {
    return outputs
               ? py::ssize_t{program->output_height(i)} * program->output_width(i) *
                     model().outputs()[i].channels
               : py::ssize_t{program->input_height()} * program->input_width() * model().inputs()[i].channels;
  }

  template <class T>
  Status run_block(const std::vector<const T*>& inputs, const std::vector<T*>& outputs, int block) const {
    std::vector<const T*> in = inputs;
    std::vector<T*> out = outputs;
    for (size_t i = 0; i < in.size(); ++i) in[i] += block * block_elements(i, false);
    for (size_t i = 0; i < out.size(); ++i) out[i] += block * block_elements(i, true);
    std::unique_ptr<Workspace> workspace;
    INLOOP_RETURN_IF_ERROR(
        programs->acquire(program->input_height(), program->input_width(), program->device(), workspace));
    INLOOP_RETURN_IF_ERROR(workspace->run(in.data(), out.data()));
    programs->release(std::move(workspace));
    return {};
  }

  template <class T>
  void run_typed(const std::vector<py::array>& inputs, const std::vector<py::array>& outputs, int blocks,
                 ThreadPool* pool) const {
    const std::vector<const T*> in = first_blocks<const T>(inputs, blocks, false);
    const std::vector<T*> out = first_blocks<T>(outputs, blocks, true);
    Status status;
    {
      py::gil_scoped_release release;  // this call holds the inputs and outputs
      status = run_shared(
          pool, blocks, [&]() -> IndexWork { return [&](int block) { return run_block(in, out, block); }; });
    }
    raise_if_error(status);
  }

  void run(const std::vector<py::array>& inputs, const std::vector<py::array>& outputs, int blocks,
           ThreadPool* pool) const {
    if (model().is_float())
      run_typed<float>(inputs, outputs, blocks, pool);
    else
      run_typed<int16_t>(inputs, outputs, blocks, pool);
  }
};

py::list output_shapes(const Program& program) {
  py::list list;
  for (size_t i = 0; i < program.model().outputs().size(); ++i)
    list.append(py::make_tuple(1, program.output_height(i), program.output_width(i),
                               program.model().outputs()[i].channels));
  return list;
}

// Passes are switched only for tests and benchmarks.
std::vector<std::string> pass_names() {
  std::vector<std::string> names;
  for (const nn::PassSwitch& pass : nn::kPassSwitches) names.emplace_back(pass.name);
  return names;
}

nn::PlanOptions plan_options(const py::dict& passes) {
  nn::PlanOptions options;
  for (const auto& [key, value] : passes) {
    const auto name = key.cast<std::string>();
    if (name == "stripe_columns") {
      options.stripe_columns = value.cast<int>();
      continue;
    }
    const auto found = std::find_if(std::begin(nn::kPassSwitches), std::end(nn::kPassSwitches),
                                    [&](const nn::PassSwitch& pass) { return name == pass.name; });
    if (found == std::end(nn::kPassSwitches))
      raise_if_error(Status::config("no pass is called '" + name + "'"));
    options.*found->flag = value.cast<bool>();
  }
  return options;
}

// Passes other than the usual ones make a program of their own; otherwise the program comes from the cache.
std::unique_ptr<PythonSession> create_session(const ModelPointer& programs, int height, int width,
                                              const std::string& isa, const py::dict& passes) {
  const nn::PlanOptions options = plan_options(passes);
  const nn::Device device = nn::Device::cpu(isa_named(isa));
  const bool usual = passes.empty();
  std::unique_ptr<PythonSession> session;
  Status status;
  {
    py::gil_scoped_release release;  // the model is immutable and the cache is thread-safe
    std::shared_ptr<const Program> program;
    status = usual ? programs->program(height, width, device, program)
                   : Program::compile(programs->model(), height, width, device, options, nullptr, program);
    if (status.ok()) session = std::make_unique<PythonSession>(std::move(program));
  }
  raise_if_error(status);
  return session;
}

PythonProgram find_program(const ModelPointer& programs, int height, int width, const std::string& isa) {
  const nn::Device device = nn::Device::cpu(isa_named(isa));
  PythonProgram found{programs, nullptr};
  Status status;
  {
    py::gil_scoped_release release;  // the cache is thread-safe
    status = programs->program(height, width, device, found.program);
  }
  raise_if_error(status);
  return found;
}

py::dict memory(ProgramCache& programs) {
  const ProgramCache::Memory memory = programs.memory();
  py::dict result;
  result["weights"] = memory.weights;
  result["idle"] = memory.idle;
  result["programs"] = memory.programs;
  return result;
}

}  // namespace

void register_engine(py::module_& module) {
  py::class_<ThreadPool>(module, "ThreadPool")
      .def(py::init([](int threads) { return std::make_unique<ThreadPool>(checked_threads(threads) - 1); }),
           py::arg("threads"));
  module.def("pass_names", &pass_names);
  py::class_<ProgramCache, ModelPointer>(module, "Model")
      .def_static("parse", &parse, py::arg("data"), py::arg("allow_wrapping") = false)
      .def_property_readonly("inputs", [](const ProgramCache& p) { return tensor_list(p.model()->inputs()); })
      .def_property_readonly("outputs",
                             [](const ProgramCache& p) { return tensor_list(p.model()->outputs()); })
      .def_property_readonly("metadata", [](const ProgramCache& p) { return p.model()->metadata(); })
      .def_property_readonly("sha256",
                             [](const ProgramCache& p) {
                               const auto digest = p.model()->sha256();
                               return to_hex(digest.data(), digest.size());
                             })
      .def_property_readonly("is_float", [](const ProgramCache& p) { return p.model()->is_float(); })
      .def_property_readonly("parameters", [](const ProgramCache& p) { return p.model()->parameters(); })
      .def(
          "macs", [](const ProgramCache& p, int height, int width) { return p.model()->macs(height, width); },
          py::arg("height"), py::arg("width"))
      .def("memory", &memory)
      .def("program", &find_program, py::arg("height"), py::arg("width"), py::arg("isa") = "")
      .def("layers", &layer_list, py::arg("height"), py::arg("width"))
      .def("session", &create_session, py::arg("height"), py::arg("width"), py::arg("isa") = "",
           py::arg("passes") = py::dict());
  py::class_<PythonProgram>(module, "Program")
      .def("run", &PythonProgram::run, py::arg("inputs"), py::arg("outputs"), py::arg("blocks"),
           py::arg("pool") = nullptr)
      .def_property_readonly("output_shapes",
                             [](const PythonProgram& p) { return output_shapes(*p.program); });
  py::class_<PythonSession>(module, "Session")
      .def("run", &PythonSession::run, py::arg("inputs"), py::arg("reference") = false,
           py::arg("outputs") = py::none())
      .def("profile", &PythonSession::profile, py::arg("inputs"))
      .def_property_readonly(
          "isa", [](const PythonSession& s) { return std::string(isa_name(s.program().device().isa)); })
      .def_property_readonly("arena_bytes", [](const PythonSession& s) { return s.program().arena_bytes(); })
      .def_property_readonly("weight_bytes",
                             [](const PythonSession& s) { return s.program().weight_bytes(); })
      .def_property_readonly("output_shapes",
                             [](const PythonSession& s) { return output_shapes(s.program()); });
}

}  // namespace inloop::bindings
