// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include <pybind11/stl.h>

#include <algorithm>
#include <array>
#include <map>

#include "bindings/coded_picture.h"
#include "bindings/register.h"
#include "hevc/encoder/picture_request.h"
#include "hevc/encoder/reference_setup.h"
#include "hevc/encoder/sequence_setup.h"

namespace py = pybind11;

namespace inloop::bindings {
namespace {

using namespace inloop::hevc;

// A reference picture set: the POC differences of all its pictures, and of those that the picture predicts
// from.
using ReferenceSet = std::pair<std::vector<int>, std::vector<int>>;
using Lists = std::array<std::vector<int>, 2>;

// Sets members by name. Raises AttributeError for an unknown name.
template <class T>
void set_members(T& object, const py::kwargs& members) {
  const py::object self = py::cast(&object, py::return_value_policy::reference);
  for (const auto& [name, value] : members) py::setattr(self, name, value);
}

SequenceConfig make_config(const std::string& preset, const std::map<std::string, double>& tools,
                           const py::kwargs& members) {
  SequenceConfig config;
  raise_if_error(find_preset(preset, config.tools));
  for (const auto& [name, value] : tools) raise_if_error(set_tool(config.tools, name, value));
  set_members(config, members);
  return config;
}

void set_reference_sets(SequenceConfig& config, const std::vector<ReferenceSet>& sets) {
  config.short_term_rps.clear();
  for (const auto& [kept, used] : sets) {
    if (kept.size() >= static_cast<size_t>(kMaxDpbSize)) {
      raise_if_error(Status::config("a reference picture set holds at most 15 pictures"));
    }
    config.short_term_rps.push_back(make_rps(0, kept, used));
  }
}

std::map<std::string, double> preset_tools(const std::string& preset) {
  EncoderTools tools;
  raise_if_error(find_preset(preset, tools));
  std::map<std::string, double> values;
  for (const ToolField& field : tool_fields()) values[std::string(field.name)] = get_tool(tools, field);
  return values;
}

PictureRequest make_request(const py::kwargs& members) {
  PictureRequest request;
  set_members(request, members);
  return request;
}

void set_slice_type(PictureRequest& request, const std::string& name) {
  if (name == "I") {
    request.slice_type = SliceType::i;
  } else if (name == "P") {
    request.slice_type = SliceType::p;
  } else if (name == "B") {
    request.slice_type = SliceType::b;
  } else {
    raise_if_error(Status::config("slice type '" + name + "' is not I, P or B"));
  }
}

void register_signal(py::module_& module) {
  py::class_<MasteringDisplay>(module, "MasteringDisplay")
      .def(py::init<>())
      .def_readwrite("primaries", &MasteringDisplay::primaries)
      .def_readwrite("white_point", &MasteringDisplay::white_point)
      .def_readwrite("max_luminance", &MasteringDisplay::max_luminance)
      .def_readwrite("min_luminance", &MasteringDisplay::min_luminance);
  py::class_<ContentLight>(module, "ContentLight")
      .def(py::init<>())
      .def_readwrite("max_content", &ContentLight::max_content)
      .def_readwrite("max_picture_average", &ContentLight::max_picture_average);
  py::class_<SignalDescription>(module, "SignalDescription")
      .def(py::init<>())
      .def_readwrite("sar_width", &SignalDescription::sar_width)
      .def_readwrite("sar_height", &SignalDescription::sar_height)
      .def_readwrite("full_range", &SignalDescription::full_range)
      .def_readwrite("colour_primaries", &SignalDescription::colour_primaries)
      .def_readwrite("transfer_characteristics", &SignalDescription::transfer_characteristics)
      .def_readwrite("matrix_coeffs", &SignalDescription::matrix_coeffs)
      .def_readwrite("chroma_location", &SignalDescription::chroma_location)
      .def_property(
          "field_order", [](const SignalDescription& signal) { return static_cast<int>(signal.field_order); },
          [](SignalDescription& signal, int order) { signal.field_order = static_cast<FieldOrder>(order); })
      .def_readwrite("mastering_display", &SignalDescription::mastering_display)
      .def_readwrite("content_light", &SignalDescription::content_light);
}

void register_config(py::module_& module) {
  py::class_<SequenceConfig>(module, "SequenceConfig")
      .def(py::init(&make_config), py::kw_only(), py::arg("preset") = "medium",
           py::arg("tools") = std::map<std::string, double>{})
      .def_readwrite("width", &SequenceConfig::width)
      .def_readwrite("height", &SequenceConfig::height)
      .def_readwrite("bit_depth", &SequenceConfig::bit_depth)
      .def_readwrite("fps_num", &SequenceConfig::fps_num)
      .def_readwrite("fps_den", &SequenceConfig::fps_den)
      .def_readwrite("max_dec_pic_buffering", &SequenceConfig::max_dec_pic_buffering)
      .def_readwrite("max_num_reorder_pics", &SequenceConfig::max_num_reorder_pics)
      .def_readwrite("max_latency_pictures", &SequenceConfig::max_latency_pictures)
      .def_readwrite("feedback_delay", &SequenceConfig::feedback_delay)
      .def_readwrite("max_sub_layers", &SequenceConfig::max_sub_layers)
      .def_readwrite("log2_max_poc_lsb", &SequenceConfig::log2_max_poc_lsb)
      .def_readwrite("init_qp", &SequenceConfig::init_qp)
      .def_readwrite("list_modification", &SequenceConfig::list_modification)
      .def_property("default_active_refs", nullptr,
                    [](SequenceConfig& config, const std::array<int, 2>& counts) {
                      std::copy(counts.begin(), counts.end(), config.default_active_refs);
                    })
      .def_property("reference_sets", nullptr, &set_reference_sets)
      .def_readwrite("sao", &SequenceConfig::sao)
      .def_readwrite("quantization_group", &SequenceConfig::quantization_group)
      .def_property("chroma_qp_offsets", nullptr,
                    [](SequenceConfig& config, const std::array<int, 2>& offsets) {
                      std::copy(offsets.begin(), offsets.end(), config.chroma_qp_offset);
                    })
      .def_readwrite("deblocking", &SequenceConfig::deblocking)
      .def_property("deblocking_offsets", nullptr,
                    [](SequenceConfig& config, const std::array<int, 2>& offsets) {
                      config.beta_offset = offsets[0];
                      config.tc_offset = offsets[1];
                    })
      .def_readwrite("hrd_bit_rate", &SequenceConfig::hrd_bit_rate)
      .def_readwrite("hrd_cpb_size", &SequenceConfig::hrd_cpb_size)
      .def_readwrite("hrd_initial_fullness", &SequenceConfig::hrd_initial_fullness)
      .def_readwrite("average_bit_rate", &SequenceConfig::average_bit_rate)
      .def_readwrite("signal", &SequenceConfig::signal)
      .def_readwrite("wpp", &SequenceConfig::wpp)
      .def_readwrite("delimiters", &SequenceConfig::delimiters)
      .def_readwrite("picture_hashes", &SequenceConfig::picture_hashes)
      .def_readwrite("filtered_hashes", &SequenceConfig::filtered_hashes)
      .def_readwrite("shown_hashes", &SequenceConfig::shown_hashes);

  module.def("encoder_presets", &preset_names);
  module.def("encoder_tools", &preset_tools, py::arg("preset"));
}

void register_request(py::module_& module) {
  py::class_<PictureRequest>(module, "PictureRequest")
      .def(py::init(&make_request))
      .def_readwrite("poc", &PictureRequest::poc)
      .def_property("slice_type", nullptr, &set_slice_type)
      .def_property("nal_type", nullptr,
                    [](PictureRequest& request, int type) { request.nal_type = static_cast<NalType>(type); })
      .def_readwrite("temporal_id", &PictureRequest::temporal_id)
      .def_readwrite("references", &PictureRequest::references)
      .def_readwrite("kept", &PictureRequest::kept)
      .def_property("active", nullptr,
                    [](PictureRequest& request, const std::array<int, 2>& counts) {
                      std::copy(counts.begin(), counts.end(), request.active);
                    })
      .def_property(
          "lists", nullptr,
          [](PictureRequest& request, Lists lists) { std::move(lists.begin(), lists.end(), request.lists); })
      .def_readwrite("is_reference", &PictureRequest::is_reference)
      .def_readwrite("keep_filter_inputs", &PictureRequest::keep_filter_inputs)
      .def_readwrite("display_index", &PictureRequest::display_index);
}

}  // namespace

void register_sequence_config(py::module_& module) {
  register_signal(module);
  register_config(module);
  register_request(module);
}

}  // namespace inloop::bindings
