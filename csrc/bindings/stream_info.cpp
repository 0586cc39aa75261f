// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include <string_view>
#include <utility>

#include "bindings/coded_picture.h"
#include "bindings/register.h"
#include "hevc/syntax/nal.h"
#include "hevc/syntax/parameter_set_store.h"
#include "hevc/syntax/signal_description.h"
#include "hevc/syntax/slice_header_parser.h"

namespace py = pybind11;

namespace inloop::bindings {
namespace {

using namespace inloop::hevc;

void describe_sps(const Sps& sps, const Vps* vps, py::dict& out) {
  out["profile_idc"] = sps.ptl.general_profile_idc;
  out["tier"] = sps.ptl.general_tier_flag ? 1 : 0;
  out["level_idc"] = sps.ptl.general_level_idc;
  out["coded_width"] = sps.pic_width;
  out["coded_height"] = sps.pic_height;
  out["width"] = sps.pic_width - sps.crop_left - sps.crop_right;
  out["height"] = sps.pic_height - sps.crop_top - sps.crop_bottom;
  out["bit_depth"] = sps.bit_depth_luma;
  if (sps.vui.timing_info_present_flag) {
    out["fps"] = py::make_tuple(sps.vui.time_scale, sps.vui.num_units_in_tick);
  } else if (vps && vps->timing_info_present_flag) {
    out["fps"] = py::make_tuple(vps->time_scale, vps->num_units_in_tick);
  }
}

// Reads NAL units without decoding a sample. Later NAL units may need the parameter sets of earlier ones.
class StreamReader {
 public:
  Status describe(const NalUnit& nal, py::dict& out) {
    out["type"] = static_cast<int>(nal.type);
    out["position"] = nal.position;
    out["temporal_id"] = nal.temporal_id;
    if (nal.type == NalType::vps) sets_.add_vps(nal);
    if (nal.type == NalType::pps) sets_.add_pps(nal);
    if (nal.type == NalType::sps) sets_.add_sps(nal);
    if (nal.type == NalType::prefix_sei) read_signal_messages(nal, signal_);
    if (nal.type == NalType::nnlf_params) {
      out["payload"] = py::bytes(reinterpret_cast<const char*>(nal.rbsp.data()), nal.size);
    }
    return is_slice(nal.type) ? describe_slice(nal, out) : Status();
  }

 private:
  Status describe_slice(const NalUnit& nal, py::dict& out) {
    SliceHeader header;
    size_t data_offset = 0;
    const bool first = nal.size > 0 && (nal.rbsp[0] & 0x80);
    // Slices behind a first one that was damaged have no picture to continue.
    if (first) has_begun_ = false;
    const SliceHeaderContext context{has_begun_ ? &picture_ : nullptr, has_begun_ ? &previous_ : nullptr,
                                     in_force_};
    PictureParameters parameters;
    INLOOP_RETURN_IF_ERROR(parse_slice_header(nal, sets_, context, header, parameters, data_offset));
    picture_ = parameters;
    previous_ = header;
    has_begun_ = true;
    in_force_ = picture_.sets.sps;
    if (first) {
      read_vui_signal(picture_.sets.sps->vui, signal_);
      py::dict sps;
      describe_sps(*picture_.sets.sps, sets_.vps(picture_.sets.sps->vps_id), sps);
      sps["signal"] = py::cast(signal_);
      out["sps"] = sps;
    }
    out["first_in_picture"] = header.first_slice_segment_in_pic_flag;
    out["slice_type"] = slice_type_name(header.slice_type);
    out["slice_qp"] = header.slice_qp;
    out["wavefront"] = picture_.sets.pps->entropy_coding_sync_enabled_flag;
    return {};
  }

  ParameterSetStore sets_;
  bool has_begun_ = false;  // whether there is a picture that a further slice belongs to
  PictureParameters picture_;
  SliceHeader previous_;
  std::shared_ptr<const Sps> in_force_;
  SignalDescription signal_;
};

py::list scan_stream(const py::bytes& data) {
  const std::string_view view(data);
  NalSplitter splitter;
  splitter.feed(reinterpret_cast<const uint8_t*>(view.data()), view.size());
  splitter.finish();
  StreamReader reader;
  py::list units;
  Status failed;  // of the first slice that cannot be read; one that can be makes up for it
  bool has_slice = false;
  for (;;) {
    NalUnit nal;
    bool found = false;
    raise_if_error(splitter.next(nal, found));
    if (!found) {
      if (!has_slice) raise_if_error(failed);
      return units;
    }
    if (nal.layer_id != 0) continue;  // an extension layer, which the base layer does without
    py::dict description;
    const Status status = reader.describe(nal, description);
    has_slice = has_slice || description.contains("first_in_picture");
    if (!status.ok() && failed.ok()) failed = status;
    units.append(description);
  }
}

// Makes a Python enumeration whose members are integers, so that types without a name here need none.
py::object nal_type_enum() {
  const std::pair<const char*, NalType> names[] = {
      {"TRAIL_N", NalType::trail_n},
      {"TRAIL_R", NalType::trail_r},
      {"TSA_N", NalType::tsa_n},
      {"TSA_R", NalType::tsa_r},
      {"STSA_N", NalType::stsa_n},
      {"STSA_R", NalType::stsa_r},
      {"RADL_N", NalType::radl_n},
      {"RADL_R", NalType::radl_r},
      {"RASL_N", NalType::rasl_n},
      {"RASL_R", NalType::rasl_r},
      {"BLA_W_LP", NalType::bla_w_lp},
      {"BLA_W_RADL", NalType::bla_w_radl},
      {"BLA_N_LP", NalType::bla_n_lp},
      {"IDR_W_RADL", NalType::idr_w_radl},
      {"IDR_N_LP", NalType::idr_n_lp},
      {"CRA", NalType::cra},
      {"VPS", NalType::vps},
      {"SPS", NalType::sps},
      {"PPS", NalType::pps},
      {"AUD", NalType::aud},
      {"PREFIX_SEI", NalType::prefix_sei},
      {"SUFFIX_SEI", NalType::suffix_sei},
      {"FILTER_PARAMETERS", NalType::nnlf_params},
  };
  py::dict members;
  for (const auto& [name, type] : names) members[name] = static_cast<int>(type);
  py::object type =
      py::module_::import("enum").attr("IntEnum")("NalType", members, py::arg("module") = "inloop._core");
  type.attr("__doc__") = "NAL unit types (Rec. ITU-T H.265, table 7-1); FILTER_PARAMETERS is ours.";
  return type;
}

}  // namespace

void register_stream_info(py::module_& module) {
  module.attr("NalType") = nal_type_enum();
  module.def("is_irap", [](int type) { return is_irap(static_cast<NalType>(type)); }, py::arg("nal_type"));
  module.def("is_rasl", [](int type) { return is_rasl(static_cast<NalType>(type)); }, py::arg("nal_type"));
  module.def("is_vcl", [](int type) { return is_vcl(static_cast<NalType>(type)); }, py::arg("nal_type"));
  module.def("scan_stream", &scan_stream, py::arg("data"));
}

}  // namespace inloop::bindings
