// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include <pybind11/numpy.h>
#include <pybind11/stl.h>

#include <memory>
#include <mutex>

#include "bindings/coded_picture.h"
#include "bindings/register.h"
#include "hybrid/filtered_decoder.h"

namespace py = pybind11;

namespace inloop::bindings {
namespace {

using hybrid::OutputPicture;

py::array plane_view(const std::shared_ptr<const OutputPicture>& picture, int c) {
  const int shift = c > 0;
  const py::ssize_t height = picture->height() >> shift, width = picture->width() >> shift;
  const auto item = static_cast<py::ssize_t>(picture->sample_bytes());
  const py::dtype type = item == 1 ? py::dtype::of<uint8_t>() : py::dtype::of<uint16_t>();
  py::array view(type, {height, width}, {picture->stride_bytes(c), item}, picture->samples(c),
                 owner_of<OutputPicture>(picture));
  if (item > 1) view.attr("setflags")(py::arg("write") = false);  // the picture may still be a reference
  return view;
}

class PythonDecoder {
 public:
  PythonDecoder(std::shared_ptr<hybrid::NnlfStage> stage, bool verify, bool keep_going, ThreadPool* pool,
                bool start_anywhere)
      : decoder_(std::make_unique<hybrid::FilteredDecoder>(hybrid::FilteredDecoder::Options{
            std::move(stage), verify, keep_going, pool, checked_isa(), start_anywhere})) {}

  // The end of the core's decoder waits for pictures in work, whose filter may be a Python function.
  ~PythonDecoder() {
    const py::gil_scoped_release release;
    decoder_.reset();
  }

  hevc::DecodingReport report() {
    const py::gil_scoped_release release;
    const std::lock_guard lock(mutex_);
    return decoder_->report();
  }

  py::list decode(const py::buffer& chunk) {
    const py::buffer_info info = chunk.request();
    if (info.itemsize != 1 || info.ndim != 1 || (info.size > 1 && info.strides[0] != 1)) {
      raise_if_error(Status::config("decode() takes contiguous bytes"));
    }
    // The buffer view keeps the bytes alive and in place.
    const auto* data = static_cast<const uint8_t*>(info.ptr);
    return run([&] { return decoder_->decode(data, static_cast<size_t>(info.size)); });
  }

  py::list flush() {
    return run([&] { return decoder_->flush(); });
  }

  // Returns the pictures that are ready, without decoding, such as those before an error.
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
      for (auto& picture : decoder_->take_output()) ready_.push_back(std::move(picture));
    }
    raise_if_error(status);
    return take();
  }

  std::mutex mutex_;  // allows one call at a time, whatever the Python threads do
  std::unique_ptr<hybrid::FilteredDecoder> decoder_;
  std::vector<std::shared_ptr<OutputPicture>> ready_;
};

}  // namespace

void register_decoder(py::module_& module) {
  py::class_<OutputPicture, std::shared_ptr<OutputPicture>>(module, "DecodedPicture")
      .def_property_readonly("planes",
                             [](const std::shared_ptr<const OutputPicture>& p) {
                               return py::make_tuple(plane_view(p, 0), plane_view(p, 1), plane_view(p, 2));
                             })
      .def_property_readonly("poc", &OutputPicture::poc)
      .def_property_readonly("slice_type",
                             [](const OutputPicture& p) { return slice_type_name(p.slice_type()); })
      .def_property_readonly("width", &OutputPicture::width)
      .def_property_readonly("height", &OutputPicture::height)
      .def_property_readonly("bit_depth", &OutputPicture::bit_depth)
      .def_property_readonly("hash_ok", &OutputPicture::hash_checked)
      .def_property_readonly("signal", &OutputPicture::signal)
      .def_property_readonly("fps", [](const OutputPicture& p) -> py::object {
        const auto [count, seconds] = p.frame_rate();
        if (count == 0 || seconds == 0) return py::none();
        return py::make_tuple(count, seconds);
      });
  using hevc::DecodingReport;
  py::class_<DecodingReport>(module, "DecodingReport")
      .def_readonly("skipped_units", &DecodingReport::skipped_units)
      .def_readonly("foreign_messages", &DecodingReport::foreign_messages)
      .def_readonly("skipped_pictures", &DecodingReport::skipped_pictures)
      .def_readonly("lost_pictures", &DecodingReport::lost_pictures)
      .def_property_readonly("first_loss",
                             [](const DecodingReport& report) { return report.first_loss.message(); });
  module.def(
      "decoder_pool",
      [](int threads) {
        checked_threads(threads);
        const py::gil_scoped_release release;  // nothing of Python's is touched
        return hevc::make_decoder_pool(threads);
      },
      py::arg("threads"));
  py::class_<PythonDecoder>(module, "Decoder")
      .def(py::init<std::shared_ptr<hybrid::NnlfStage>, bool, bool, ThreadPool*, bool>(),
           py::arg("stage") = nullptr, py::arg("verify") = false, py::arg("keep_going") = false,
           py::arg("pool") = nullptr, py::arg("start_anywhere") = false, py::keep_alive<1, 5>())
      .def("report", &PythonDecoder::report)
      .def("decode", &PythonDecoder::decode, py::arg("chunk"))
      .def("flush", &PythonDecoder::flush)
      .def("take", &PythonDecoder::take);
}

}  // namespace inloop::bindings
