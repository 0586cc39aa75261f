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
#include "bindings/register.h"
#include "nn/cpu/plan/plan.h"
#include "nn/graph/model.h"
#include "nn/reference/reference.h"
#include "nn/session.h"

namespace py = pybind11;

namespace inloop::bindings {
namespace {

using nn::Model;
using nn::Session;
using ModelPointer = std::shared_ptr<Model>;  // pybind11 holders know no const; Model has no mutating member

ModelPointer parse(const py::bytes& data, bool allow_wrapping) {
  const std::string_view view(data);
  std::shared_ptr<const Model> model;
  Status status;
  {
    py::gil_scoped_release
        release;  // reads only the immutable bytes object, which the caller's reference keeps alive
    status = Model::parse(reinterpret_cast<const uint8_t*>(view.data()), view.size(), model, allow_wrapping);
  }
  raise_if_error(status);
  return std::const_pointer_cast<Model>(model);
}

py::list tensor_list(const std::vector<nn::TensorInfo>& tensors) {
  py::list list;
  for (const nn::TensorInfo& tensor : tensors)
    list.append(py::make_tuple(tensor.name, tensor.channels, tensor.quantizer));
  return list;
}

py::list layer_list(const Model& model, int height, int width) {
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
  std::unique_ptr<Session> session;

  const Model& model() const { return session->model(); }

  // The arrays were checked for dtype and shape in Python (model.py); a second check here keeps memory safe.
  template <class T>
  std::vector<const T*> input_pointers(const std::vector<py::array>& inputs) const {
    if (inputs.size() != model().inputs().size()) raise_if_error(Status::config("wrong number of inputs"));
    std::vector<const T*> pointers;
    for (size_t i = 0; i < inputs.size(); ++i) {
      const std::string name = "input '" + model().inputs()[i].name + "'";
      if (!py::array_t<T, py::array::c_style>::check_(inputs[i]))
        raise_if_error(Status::config(name + " is no C-contiguous array of the network's type"));
      if (inputs[i].size() !=
          py::ssize_t{session->input_height()} * session->input_width() * model().inputs()[i].channels)
        raise_if_error(Status::config(name + " has a wrong size"));
      pointers.push_back(static_cast<const T*>(inputs[i].data()));
    }
    return pointers;
  }

  py::list new_outputs() const {
    py::list arrays;
    for (size_t i = 0; i < model().outputs().size(); ++i) {
      const std::vector<py::ssize_t> shape{1, session->output_height(i), session->output_width(i),
                                           model().outputs()[i].channels};
      arrays.append(model().is_float() ? py::array(py::array_t<float>(shape))
                                       : py::array(py::array_t<int16_t>(shape)));
    }
    return arrays;
  }

  // Where the outputs begin; checked again like the inputs.
  template <class T>
  std::vector<T*> output_pointers(const py::list& outputs) const {
    if (outputs.size() != model().outputs().size()) raise_if_error(Status::config("wrong number of outputs"));
    std::vector<T*> pointers;
    for (size_t i = 0; i < outputs.size(); ++i) {
      const std::string name = "output '" + model().outputs()[i].name + "'";
      if (!py::array_t<T, py::array::c_style>::check_(outputs[i]))
        raise_if_error(Status::config(name + " is no C-contiguous array of the network's type"));
      auto array = outputs[i].cast<py::array>();
      if (!array.writeable() || array.size() != py::ssize_t{session->output_height(i)} *
                                                    session->output_width(i) * model().outputs()[i].channels)
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
      py::gil_scoped_release
          release;  // inputs and outputs are held by this call; one thread per session is documented
      status = reference ? nn::run_reference<T>(model(), session->input_height(), session->input_width(),
                                                in.data(), out.data())
                         : session->run(in.data(), out.data());
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
  std::vector<Session::StepTime> profile_typed(const std::vector<py::array>& inputs) {
    const std::vector<const T*> in = input_pointers<T>(inputs);
    const py::list outputs = new_outputs();
    const std::vector<T*> out = output_pointers<T>(outputs);
    std::vector<Session::StepTime> times;
    Status status;
    {
      py::gil_scoped_release release;  // as in run
      status = session->profile(in.data(), out.data(), times);
    }
    raise_if_error(status);
    return times;
  }

  // One run with the time of every step: (name, kind, macs, seconds).
  py::list profile(const std::vector<py::array>& inputs) {
    py::list list;
    for (const auto& step :
         model().is_float() ? profile_typed<float>(inputs) : profile_typed<int16_t>(inputs))
      list.append(py::make_tuple(step.name, step.kind, step.macs, step.seconds));
    return list;
  }
};

// Passes are switched for tests and benchmarks only.
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

std::unique_ptr<PythonSession> create_session(ModelPointer model, int height, int width,
                                              const std::string& isa, const py::dict& passes) {
  const nn::PlanOptions options = plan_options(passes);
  const IsaLevel level = level_named(isa);
  auto result = std::make_unique<PythonSession>();
  Status status;
  {
    py::gil_scoped_release release;  // the model is immutable
    status = Session::create(std::move(model), height, width, level, result->session, options);
  }
  raise_if_error(status);
  return result;
}

}  // namespace

void register_engine(py::module_& module) {
  module.def("pass_names", &pass_names);
  py::class_<Model, ModelPointer>(module, "Model")
      .def_static("parse", &parse, py::arg("data"), py::arg("allow_wrapping") = false)
      .def_property_readonly("inputs", [](const Model& m) { return tensor_list(m.inputs()); })
      .def_property_readonly("outputs", [](const Model& m) { return tensor_list(m.outputs()); })
      .def_property_readonly("metadata", &Model::metadata)
      .def_property_readonly("sha256",
                             [](const Model& m) {
                               const auto digest = m.sha256();
                               return to_hex(digest.data(), digest.size());
                             })
      .def_property_readonly("is_float", &Model::is_float)
      .def_property_readonly("parameters", &Model::parameters)
      .def("macs", &Model::macs, py::arg("height"), py::arg("width"))
      .def("layers", &layer_list, py::arg("height"), py::arg("width"))
      .def("session", &create_session, py::arg("height"), py::arg("width"), py::arg("isa") = "",
           py::arg("passes") = py::dict());
  py::class_<PythonSession>(module, "Session")
      .def("run", &PythonSession::run, py::arg("inputs"), py::arg("reference") = false,
           py::arg("outputs") = py::none())
      .def("profile", &PythonSession::profile, py::arg("inputs"))
      .def_property_readonly("isa",
                             [](const PythonSession& s) { return std::string(isa_name(s.session->isa())); })
      .def_property_readonly("arena_bytes", [](const PythonSession& s) { return s.session->arena_bytes(); })
      .def_property_readonly("output_shapes", [](const PythonSession& s) {
        py::list list;
        for (size_t i = 0; i < s.model().outputs().size(); ++i)
          list.append(py::make_tuple(1, s.session->output_height(i), s.session->output_width(i),
                                     s.model().outputs()[i].channels));
        return list;
      });
}

}  // namespace inloop::bindings
