// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include <pybind11/numpy.h>
#include <pybind11/stl.h>

#include <algorithm>
#include <array>
#include <map>

#include "bindings/coded_picture.h"
#include "bindings/register.h"
#include "hevc/encoder/picture_encoder.h"
#include "hevc/encoder/reference_setup.h"
#include "hevc/picture/picture_hash_writer.h"
#include "hevc/syntax/nal_writer.h"

namespace py = pybind11;

namespace inloop::bindings {
namespace {

using namespace inloop::hevc;

// Plain 16-bit copies of the caller's planes: made with the GIL held, because another Python thread could
// change or free the arrays.
class PlaneCopies {
 public:
  PlaneCopies(const py::sequence& planes, int width, int height, int bit_depth) {
    if (planes.size() != 3) raise_if_error(Status::config("three planes (Y, Cb, Cr) are needed"));
    for (int c = 0; c < 3; ++c) {
      planes_[c] = Plane<Sample>(c ? width / 2 : width, c ? height / 2 : height);
      views_[c] = planes_[c].view();
      load(py::array(planes[static_cast<size_t>(c)]), c, (1 << bit_depth) - 1);
    }
  }
  const PlaneView<const Sample>* views() const { return views_; }

 private:
  void load(const py::array& array, int c, int largest) {
    const Plane<Sample>& plane = planes_[c];
    if (array.ndim() != 2 || array.shape(0) != plane.height() || array.shape(1) != plane.width()) {
      raise_if_error(Status::config("plane " + std::to_string(c) + " must have shape (" +
                                    std::to_string(plane.height()) + ", " + std::to_string(plane.width()) +
                                    ")"));
    }
    if (py::isinstance<py::array_t<uint8_t>>(array)) {
      copy<uint8_t>(array, c, largest);
    } else if (py::isinstance<py::array_t<uint16_t>>(array)) {
      copy<uint16_t>(array, c, largest);
    } else {
      raise_if_error(Status::config("planes must be uint8 or uint16"));
    }
  }

  template <class T>
  void copy(const py::array& array, int c, int largest) {
    const auto in = py::array_t<T>(array).template unchecked<2>();
    int seen = 0;
    for (py::ssize_t y = 0; y < in.shape(0); ++y) {
      Sample* out = planes_[c].row(static_cast<int>(y));
      for (py::ssize_t x = 0; x < in.shape(1); ++x) {
        out[x] = in(y, x);
        seen |= out[x];
      }
    }
    if (seen > largest) {
      raise_if_error(Status::config("plane " + std::to_string(c) + " holds samples above the bit depth"));
    }
  }

  Plane<Sample> planes_[3];
  PlaneView<const Sample> views_[3];
};

SliceType parse_slice_type(const std::string& name) {
  if (name == "I") return SliceType::i;
  if (name == "P") return SliceType::p;
  if (name != "B") raise_if_error(Status::config("slice type '" + name + "' is not I, P or B"));
  return SliceType::b;
}

py::bytes to_bytes(const std::vector<uint8_t>& bytes) {
  return py::bytes(reinterpret_cast<const char*>(bytes.data()), bytes.size());
}

// A reference picture set: POC differences of all its pictures, and of those that the picture predicts from.
using ReferenceSet = std::pair<std::vector<int>, std::vector<int>>;

std::vector<ShortTermRps> make_sets(const std::vector<ReferenceSet>& sets) {
  std::vector<ShortTermRps> out;
  for (const auto& [kept, used] : sets) {
    if (kept.size() >= static_cast<size_t>(kMaxDpbSize)) {
      raise_if_error(Status::config("a reference picture set holds at most 15 pictures"));
    }
    out.push_back(make_rps(0, kept, used));
  }
  return out;
}

std::unique_ptr<PictureEncoder> make_encoder(
    int width, int height, int bit_depth, int fps_num, int fps_den, int max_dec_pic_buffering,
    int max_num_reorder_pics, int max_latency_pictures, int max_sub_layers, int log2_max_poc_lsb, int init_qp,
    std::pair<int, int> default_active_refs, const std::vector<ReferenceSet>& reference_sets,
    bool list_modification, bool sao, int quantization_group, const std::array<int, 2>& chroma_qp_offsets,
    bool deblocking, const std::array<int, 2>& deblocking_offsets, std::pair<int64_t, int64_t> hrd,
    const std::string& preset, const std::map<std::string, double>& tools) {
  SequenceConfig config;
  raise_if_error(find_preset(preset, config.tools));
  for (const auto& [name, value] : tools) raise_if_error(set_tool(config.tools, name, value));
  config.max_latency_pictures = max_latency_pictures;
  config.max_sub_layers = max_sub_layers;
  config.log2_max_poc_lsb = log2_max_poc_lsb;
  config.init_qp = init_qp;
  config.default_active_refs[0] = default_active_refs.first;
  config.default_active_refs[1] = default_active_refs.second;
  config.short_term_rps = make_sets(reference_sets);
  config.list_modification = list_modification;
  config.sao = sao;
  config.quantization_group = quantization_group;
  std::copy(chroma_qp_offsets.begin(), chroma_qp_offsets.end(), config.chroma_qp_offset);
  config.deblocking = deblocking;
  config.beta_offset = deblocking_offsets[0];
  config.tc_offset = deblocking_offsets[1];
  config.hrd_bit_rate = hrd.first;
  config.hrd_cpb_size = hrd.second;
  config.width = width;
  config.height = height;
  config.bit_depth = bit_depth;
  config.fps_num = fps_num;
  config.fps_den = fps_den;
  config.max_dec_pic_buffering = max_dec_pic_buffering;
  config.max_num_reorder_pics = max_num_reorder_pics;
  std::unique_ptr<PictureEncoder> encoder;
  raise_if_error(PictureEncoder::create(config, encoder));
  return encoder;
}

std::map<std::string, double> preset_tools(const std::string& preset) {
  EncoderTools tools;
  raise_if_error(find_preset(preset, tools));
  std::map<std::string, double> values;
  for (const ToolField& field : tool_fields()) values[std::string(field.name)] = get_tool(tools, field);
  return values;
}

QpMap load_qp_map(const py::object& object, const SequenceConfig& config) {
  QpMap map{(config.width + 15) / 16, (config.height + 15) / 16, {}};
  if (!py::isinstance<py::array_t<int8_t>>(object)) raise_if_error(Status::config("the QP map must be int8"));
  const auto array = py::cast<py::array_t<int8_t>>(object);
  if (array.ndim() != 2 || array.shape(0) != map.height || array.shape(1) != map.width) {
    raise_if_error(Status::config("the QP map must have shape (" + std::to_string(map.height) + ", " +
                                  std::to_string(map.width) + "): a QP a 16x16 block"));
  }
  const auto in = array.unchecked<2>();
  for (int y = 0; y < map.height; ++y) {
    for (int x = 0; x < map.width; ++x) map.qp.push_back(in(y, x));
  }
  return map;
}

CodedPicture analyse(PictureEncoder& encoder, const py::sequence& planes, int poc,
                     const std::string& slice_type, int qp, double lmbda, int nal_type, int temporal_id,
                     std::vector<int> references, std::vector<int> kept, std::pair<int, int> active,
                     std::pair<std::vector<int>, std::vector<int>> lists, bool is_reference,
                     bool keep_filter_inputs, const py::object& qp_map) {
  PictureRequest request;
  request.poc = poc;
  request.slice_type = parse_slice_type(slice_type);
  request.qp = qp;
  request.lmbda = lmbda;
  request.nal_type = static_cast<NalType>(nal_type);
  request.temporal_id = temporal_id;
  request.references = std::move(references);
  request.kept = std::move(kept);
  request.active[0] = active.first;
  request.active[1] = active.second;
  request.lists[0] = std::move(lists.first);
  request.lists[1] = std::move(lists.second);
  request.is_reference = is_reference;
  request.keep_filter_inputs = keep_filter_inputs;
  const SequenceConfig& config = encoder.config();
  if (!qp_map.is_none()) request.qp_map = load_qp_map(qp_map, config);
  const PlaneCopies source(planes, config.width, config.height, config.bit_depth);
  Status status;
  {
    py::gil_scoped_release unlocked;  // the encoder and the copies belong to this call alone
    status = encoder.analyse(request, source.views());
  }
  raise_if_error(status);
  return {encoder.current()};
}

py::bytes finish(PictureEncoder& encoder, const py::object& planes) {
  std::unique_ptr<PlaneCopies> replacement;
  const Sps& sps = encoder.sps();
  if (!planes.is_none()) {
    replacement = std::make_unique<PlaneCopies>(planes.cast<py::sequence>(), sps.pic_width, sps.pic_height,
                                                sps.bit_depth_luma);
  }
  std::vector<uint8_t> nal;
  Status status;
  {
    py::gil_scoped_release unlocked;
    status = encoder.finish(replacement ? replacement->views() : nullptr, nal);
  }
  raise_if_error(status);
  return to_bytes(nal);
}

py::object reconstruction(const PictureEncoder& encoder) {
  const auto picture = encoder.finished();
  if (!picture) return py::none();
  return frame_views(picture, picture->rec, encoder.config().width, encoder.config().height);
}

py::array ctu_bits(const PictureEncoder& encoder) {
  const Sps& sps = encoder.sps();
  if (!encoder.finished()) raise_if_error(Status::config("no picture has been finished"));
  return py::array_t<int>({sps.pic_height_in_ctbs(), sps.pic_width_in_ctbs()}, encoder.ctu_bits().data());
}

py::bytes picture_hash(const PictureEncoder& encoder) {
  if (!encoder.finished()) raise_if_error(Status::config("no picture has been finished"));
  return to_bytes(make_picture_hash_nal(encoder.finished()->rec, encoder.config().bit_depth));
}

py::bytes nal_unit(int nal_type, const std::string& payload, int temporal_id) {
  return to_bytes(make_nal_unit(static_cast<NalType>(nal_type), temporal_id,
                                std::vector<uint8_t>(payload.begin(), payload.end())));
}

}  // namespace

void register_encoder(py::module_& module) {
  py::class_<PictureEncoder>(module, "PictureEncoder")
      .def(py::init(&make_encoder), py::arg("width"), py::arg("height"), py::kw_only(),
           py::arg("bit_depth") = 8, py::arg("fps_num") = 25, py::arg("fps_den") = 1,
           py::arg("max_dec_pic_buffering") = 1, py::arg("max_num_reorder_pics") = 0,
           py::arg("max_latency_pictures") = 0, py::arg("max_sub_layers") = 1,
           py::arg("log2_max_poc_lsb") = 8, py::arg("init_qp") = 26,
           py::arg("default_active_refs") = std::pair<int, int>{1, 1},
           py::arg("reference_sets") = std::vector<ReferenceSet>{}, py::arg("list_modification") = false,
           py::arg("sao") = false, py::arg("quantization_group") = 0,
           py::arg("chroma_qp_offsets") = std::array<int, 2>{0, 0}, py::arg("deblocking") = true,
           py::arg("deblocking_offsets") = std::array<int, 2>{0, 0},
           py::arg("hrd") = std::pair<int64_t, int64_t>{0, 0}, py::arg("preset") = "medium",
           py::arg("tools") = std::map<std::string, double>{})
      .def("parameter_sets",
           [](const PictureEncoder& encoder) { return to_bytes(encoder.parameter_set_nals()); })
      .def("analyse", &analyse, py::arg("planes"), py::kw_only(), py::arg("poc"), py::arg("slice_type"),
           py::arg("qp"), py::arg("lmbda") = 0.0, py::arg("nal_type"), py::arg("temporal_id") = 0,
           py::arg("references") = std::vector<int>{}, py::arg("kept") = std::vector<int>{},
           py::arg("active") = std::pair<int, int>{0, 0},
           py::arg("lists") = std::pair<std::vector<int>, std::vector<int>>{}, py::arg("is_reference") = true,
           py::arg("keep_filter_inputs") = false, py::arg("qp_map") = py::none())
      .def("coded_bits", &PictureEncoder::coded_bits, py::call_guard<py::gil_scoped_release>())
      .def("finish", &finish, py::arg("planes") = py::none())
      .def("reconstruction", &reconstruction)
      .def("ctu_bits", &ctu_bits)
      .def("picture_hash", &picture_hash);

  module.def("encoder_presets", &preset_names);
  module.def("encoder_tools", &preset_tools, py::arg("preset"));
  module.def("nal_unit", &nal_unit, py::arg("nal_type"), py::arg("payload"), py::arg("temporal_id") = 0);
}

}  // namespace inloop::bindings
