// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include <string_view>

#include "bindings/coded_picture.h"
#include "bindings/register.h"
#include "hevc/syntax/nal.h"
#include "hevc/syntax/parameter_set_store.h"
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

// Reads NAL units without decoding a sample; later units may need the parameter sets of earlier ones.
class StreamReader {
 public:
  Status describe(const NalUnit& nal, py::dict& out) {
    out["type"] = static_cast<int>(nal.type);
    out["position"] = nal.position;
    out["temporal_id"] = nal.temporal_id;
    if (nal.type == NalType::vps) sets_.add_vps(nal);
    if (nal.type == NalType::pps) sets_.add_pps(nal);
    if (nal.type == NalType::sps) {
      sets_.add_sps(nal);
      Sps sps;
      INLOOP_RETURN_IF_ERROR(parse_sps(nal, sps));
      describe_sps(sps, sets_.vps(sps.vps_id), out);
    }
    if (nal.type == NalType::nnlf_params) {
      out["payload"] = py::bytes(reinterpret_cast<const char*>(nal.rbsp.data()), nal.size);
    }
    return nal.type < NalType::vps ? describe_slice(nal, out) : Status();
  }

 private:
  Status describe_slice(const NalUnit& nal, py::dict& out) {
    SliceHeader header;
    size_t data_offset = 0;
    const bool first = nal.size > 0 && (nal.rbsp[0] & 0x80);
    const SliceHeaderContext context{first ? nullptr : &picture_, first ? nullptr : &previous_};
    INLOOP_RETURN_IF_ERROR(parse_slice_header(nal, sets_, context, header, picture_, data_offset));
    previous_ = header;
    out["first_in_picture"] = header.first_slice_segment_in_pic_flag;
    out["slice_type"] = slice_type_name(header.slice_type);
    out["slice_qp"] = header.slice_qp;
    return {};
  }

  ParameterSetStore sets_;
  PictureParameters picture_;
  SliceHeader previous_;
};

py::list scan_stream(const py::bytes& data) {
  const std::string_view view(data);
  NalSplitter splitter;
  splitter.feed(reinterpret_cast<const uint8_t*>(view.data()), view.size());
  splitter.finish();
  StreamReader reader;
  py::list units;
  for (;;) {
    NalUnit nal;
    bool found = false;
    raise_if_error(splitter.next(nal, found));
    if (!found) return units;
    if (nal.layer_id != 0) continue;  // an extension layer, which the base layer does without
    py::dict description;
    raise_if_error(reader.describe(nal, description));
    units.append(description);
  }
}

}  // namespace

void register_stream_info(py::module_& module) { module.def("scan_stream", &scan_stream, py::arg("data")); }

}  // namespace inloop::bindings
