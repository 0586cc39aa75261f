// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "hevc/decoder/decoder.h"

#include <pybind11/numpy.h>
#include <pybind11/stl.h>

#include <mutex>

#include "bindings/coded_picture.h"
#include "bindings/register.h"
#include "hybrid/nnlf_stage.h"

namespace py = pybind11;

namespace inloop::bindings {
namespace {

using namespace inloop::hevc;

// A cropped picture in the form that Python shows: 8-bit samples as bytes.
struct OutputPicture {
  int width = 0, height = 0;
  int bit_depth = 8;
  int poc = 0;
  std::string slice_type;
  bool hash_ok = false;
  std::pair<uint32_t, uint32_t> fps;
  std::shared_ptr<const PackedPicture> packed;  // at 8 bit
  DecodedPicture decoded;                       // above
  int crop_left = 0, crop_top = 0;
};

const char* slice_type_name(const Picture& picture) {
  bool inter = false;
  for (const auto& slice : picture.slices) {
    if (slice->header.is_b()) return "B";
    inter = inter || !slice->header.is_intra();
  }
  return inter ? "P" : "I";
}

std::shared_ptr<OutputPicture> make_output(DecodedPicture decoded) {
  auto out = std::make_shared<OutputPicture>();
  const Picture& picture = *decoded.picture;
  const Sps& sps = picture.sps();
  out->width = sps.pic_width - sps.crop_left - sps.crop_right;
  out->height = sps.pic_height - sps.crop_top - sps.crop_bottom;
  out->bit_depth = std::max(sps.bit_depth_luma, sps.bit_depth_chroma);
  out->poc = picture.poc;
  out->slice_type = slice_type_name(picture);
  out->hash_ok = decoded.outcome->hash_checked;
  out->fps = decoded.frame_rate;
  out->crop_left = sps.crop_left;
  out->crop_top = sps.crop_top;
  out->packed = decoded.outcome->packed;
  if (!out->packed) out->decoded = std::move(decoded);  // else its memory can be used for another picture
  return out;
}

py::array plane_view(const std::shared_ptr<const OutputPicture>& picture, int c) {
  const int sub = c > 0;
  const py::ssize_t height = picture->height >> sub, width = picture->width >> sub;
  if (picture->packed) {
    return py::array(py::dtype::of<uint8_t>(), {height, width}, {width, py::ssize_t{1}},
                     picture->packed->planes[c].data(), owner_of<OutputPicture>(picture));
  }
  const Plane<Sample>& plane = picture->decoded.frame().planes[c];
  py::array view(py::dtype::of<uint16_t>(), {height, width},
                 {static_cast<py::ssize_t>(plane.stride() * 2), py::ssize_t{2}},
                 plane.row(picture->crop_top >> sub) + (picture->crop_left >> sub),
                 owner_of<OutputPicture>(picture));
  view.attr("setflags")(py::arg("write") = false);  // may still be a reference picture
  return view;
}

class PythonDecoder {
 public:
  PythonDecoder(std::shared_ptr<hybrid::NnlfStage> stage, bool verify, int threads)
      : decoder_({verify, std::move(stage), checked_isa(), true, checked_threads(threads)}) {}

  py::list decode(const py::buffer& chunk) {
    const py::buffer_info info = chunk.request();
    if (info.itemsize != 1 || info.ndim != 1 || (info.size > 1 && info.strides[0] != 1)) {
      raise_if_error(Status::config("decode() takes contiguous bytes"));
    }
    // The buffer view keeps the bytes alive and in place.
    const auto* data = static_cast<const uint8_t*>(info.ptr);
    return run([&] { return decoder_.decode(data, static_cast<size_t>(info.size)); });
  }

  py::list flush() {
    return run([&] { return decoder_.flush(); });
  }

  // What is ready, without decoding: pictures before an error.
  py::list take() {
    py::list list;
    for (auto& picture : ready_) list.append(std::move(picture));
    ready_.clear();
    return list;
  }

 private:
  template <class Step>
  py::list run(const Step& step) {
    Status status;
    {
      py::gil_scoped_release release;
      const std::lock_guard lock(mutex_);
      status = step();
      for (DecodedPicture& picture : decoder_.take_output()) {
        ready_.push_back(make_output(std::move(picture)));
      }
    }
    raise_if_error(status);
    return take();
  }

  std::mutex mutex_;  // one call at a time, whatever the Python threads do
  Decoder decoder_;
  std::vector<std::shared_ptr<OutputPicture>> ready_;
};

}  // namespace

void register_decoder(py::module_& module) {
  py::class_<OutputPicture, std::shared_ptr<OutputPicture>>(module, "DecodedPicture")
      .def_property_readonly("planes",
                             [](const std::shared_ptr<const OutputPicture>& p) {
                               return py::make_tuple(plane_view(p, 0), plane_view(p, 1), plane_view(p, 2));
                             })
      .def_readonly("poc", &OutputPicture::poc)
      .def_readonly("slice_type", &OutputPicture::slice_type)
      .def_readonly("width", &OutputPicture::width)
      .def_readonly("height", &OutputPicture::height)
      .def_readonly("bit_depth", &OutputPicture::bit_depth)
      .def_readonly("hash_ok", &OutputPicture::hash_ok)
      .def_property_readonly("fps", [](const OutputPicture& p) -> py::object {
        if (p.fps.first == 0 || p.fps.second == 0) return py::none();
        return py::make_tuple(p.fps.first, p.fps.second);
      });
  py::class_<PythonDecoder>(module, "Decoder")
      .def(py::init<std::shared_ptr<hybrid::NnlfStage>, bool, int>(), py::arg("stage") = nullptr,
           py::arg("verify") = false, py::arg("threads") = 1)
      .def("decode", &PythonDecoder::decode, py::arg("chunk"))
      .def("flush", &PythonDecoder::flush)
      .def("take", &PythonDecoder::take);
}

}  // namespace inloop::bindings
