// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include <pybind11/numpy.h>
#include <pybind11/stl.h>

#include <array>
#include <chrono>
#include <cstring>
#include <functional>
#include <memory>
#include <optional>

#include "base/background_work.h"
#include "bindings/coded_picture.h"
#include "bindings/register.h"
#include "bindings/sample_arrays.h"
#include "hevc/encoder/access_unit.h"
#include "hevc/encoder/sequence_encoder.h"
#include "hybrid/trial_stage.h"

namespace py = pybind11;

namespace inloop::bindings {
namespace {

using namespace inloop::hevc;

constexpr int kMostInWork = 64;  // pictures

py::bytes to_bytes(const std::vector<uint8_t>& bytes) {
  return py::bytes(reinterpret_cast<const char*>(bytes.data()), bytes.size());
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

// Calls `wait`, which says whether it has seen the end, again and again. Signals are handled meanwhile.
template <class Wait>
void wait_with_signals(const Wait& wait) {
  for (bool done = false; !done;) {
    {
      const py::gil_scoped_release unlocked;
      done = wait(std::chrono::milliseconds(50));
    }
    if (!done && PyErr_CheckSignals() != 0) throw py::error_already_set();
  }
}

// A picture in work as Python sees it: the task, and the step of it that runs in the encoder's pool, if any. Steps of
// pictures that are dropped end soon.
class PythonTask {
 public:
  PythonTask(std::shared_ptr<PictureTask> task, ThreadPool* pool, std::shared_ptr<WorkEnds> ends)
      : task_(std::move(task)), pool_(pool), work_(std::move(ends)) {}
  ~PythonTask() {
    task_->cancel();
    const py::gil_scoped_release unlocked;
    work_.join();
  }
  PythonTask(const PythonTask&) = delete;
  PythonTask& operator=(const PythonTask&) = delete;

  // The task between two steps; a step that runs has to be waited for.
  PictureTask& task() const {
    if (!work_.is_done()) raise_if_error(Status::config("the picture is in work: wait() comes first"));
    return *task_;
  }

  void start(BackgroundWork::Turn turn, std::function<Status()> step) {
    task();
    const py::gil_scoped_release unlocked;  // without threads in the pool the step is done here
    work_.start(pool_, turn, std::move(step));
  }

  bool is_done() const { return work_.is_done(); }

  void give_up() { task_->give_up(); }

  void wait() {
    wait_with_signals([this](std::chrono::milliseconds time) { return work_.wait_for(time); });
    raise_if_error(work_.take());
  }

 private:
  const std::shared_ptr<PictureTask> task_;
  ThreadPool* const pool_;
  BackgroundWork work_;
};

// Threads that code pictures, several at a time. As many pictures again as may be in work can wait for others, and so can
// as many parts of pictures as there are threads.
std::unique_ptr<ThreadPool> make_encoder_pool(int threads, int waiting) {
  if (waiting < 1 || waiting > kMostInWork) raise_if_error(Status::config("1 to 64 pictures can be in work"));
  checked_threads(threads);
  const py::gil_scoped_release unlocked;  // nothing of Python's is touched
  return threads > 1 ? std::make_unique<ThreadPool>(threads, waiting, threads)
                     : std::make_unique<ThreadPool>(0);
}

std::unique_ptr<SequenceEncoder> make_encoder(const SequenceConfig& config, ThreadPool* pool) {
  std::unique_ptr<SequenceEncoder> encoder;
  Status status;
  {
    const py::gil_scoped_release unlocked;  // the caller holds the configuration
    status = SequenceEncoder::create(config, pool, encoder);
  }
  raise_if_error(status);
  return encoder;
}

std::unique_ptr<PythonTask> plan(SequenceEncoder& encoder, const PictureRequest& request,
                                 std::shared_ptr<WorkEnds> ends) {
  std::shared_ptr<PictureTask> task;
  raise_if_error(encoder.plan(request, task));
  return std::make_unique<PythonTask>(std::move(task), encoder.sequence().pool(), std::move(ends));
}

void load(PythonTask& work, const py::sequence& planes, std::optional<int> bit_depth) {
  PictureTask& task = work.task();
  const SequenceConfig& config = task.sequence().config();
  const SampleArrays source(planes, config.width, config.height);
  Status status;
  {
    py::gil_scoped_release unlocked;  // `source` keeps the arrays alive
    status = task.load(source.planes(), bit_depth.value_or(config.bit_depth));
  }
  raise_if_error(status);
}

void start_analysis(PythonTask& work, int qp, double lmbda, const py::object& qp_map, bool settled) {
  PictureTask& task = work.task();
  PictureQuality quality{qp, lmbda, {}};
  if (!qp_map.is_none()) quality.qp_map = load_qp_map(qp_map, task.sequence().config());
  work.start(BackgroundWork::Turn::in_order, [&task, settled, quality = std::move(quality)]() -> Status {
    INLOOP_RETURN_IF_ERROR(task.analyse(quality, settled));
    return settled ? task.complete() : Status();
  });
}

CodedPicture analyse(PythonTask& work, int qp, double lmbda, const py::object& qp_map) {
  start_analysis(work, qp, lmbda, qp_map, false);
  work.wait();
  return {work.task().picture()};
}

// Reads planes of the coded size, if there are any.
std::optional<SampleArrays> coded_planes(const PictureTask& task, const py::object& planes) {
  if (planes.is_none()) return std::nullopt;
  const Sps& sps = task.sequence().sps();
  return SampleArrays(planes.cast<py::sequence>(), sps.pic_width, sps.pic_height);
}

void start_completion(PythonTask& work, const py::object& planes) {
  PictureTask& task = work.task();
  if (const auto replacement = coded_planes(task, planes)) {
    Status status;
    {
      py::gil_scoped_release unlocked;
      status = task.replace(replacement->planes());
    }
    raise_if_error(status);
  }
  work.start(BackgroundWork::Turn::first, [&task] { return task.complete(); });
}

// Completes a picture while its blocks are filtered. The work keeps the filter and what it works on.
void start_filtering(PythonTask& work, const std::shared_ptr<nnlf::TrialFilter>& filter) {
  PictureTask& task = work.task();
  Frame& frame = task.picture()->rec;
  if (filter->trial().picture().dbf[0].data != frame.planes[0].row(0))
    raise_if_error(Status::config("the filter was tried on another picture"));
  raise_if_error(filter->begin(frame.views()));
  work.start(BackgroundWork::Turn::first, [&task, filter] {
    hybrid::TrialStage stage(*filter);
    return task.complete(&stage);
  });
}

py::bytes finish(SequenceEncoder& encoder, PythonTask& work, bool parameter_sets,
                 const std::string& filter_parameters, const std::string& shown_md5) {
  PictureTask& task = work.task();
  PictureFinish how{parameter_sets, {filter_parameters.begin(), filter_parameters.end()}, std::nullopt};
  if (!shown_md5.empty()) {
    PictureMd5& md5 = how.shown_hash.emplace();
    if (shown_md5.size() != sizeof md5)
      raise_if_error(Status::config("shown_md5 takes three MD5 of 16 bytes"));
    std::memcpy(md5.data(), shown_md5.data(), sizeof md5);
  }
  std::vector<uint8_t> access_unit;
  Status status;
  {
    py::gil_scoped_release unlocked;
    status = encoder.finish(task, how, access_unit);
  }
  raise_if_error(status);
  return to_bytes(access_unit);
}

const PictureTask& complete_task(const PythonTask& work) {
  const PictureTask& task = work.task();
  if (!task.is_complete()) raise_if_error(Status::config("the picture has not been finished"));
  return task;
}

py::tuple reconstruction(const PythonTask& work) {
  const PictureTask& task = complete_task(work);
  const SequenceConfig& config = task.sequence().config();
  return frame_views(task.picture(), task.picture()->rec, config.width, config.height);
}

py::array ctu_bits(const PythonTask& work) {
  const PictureTask& task = complete_task(work);
  const Sps& sps = task.sequence().sps();
  return py::array_t<int>({sps.pic_height_in_ctbs(), sps.pic_width_in_ctbs()}, task.slice().ctu_bits.data());
}

py::tuple source_views(const PythonTask& work) {
  const std::shared_ptr<const Frame> source = work.task().source();
  return frame_views(source, *source, source->planes[0].width(), source->planes[0].height());
}

template <class T>
py::tuple cropped(const PictureTask& task, const InputPlane* planes) {
  const SequenceConfig& config = task.sequence().config();
  std::array<py::array_t<T>, 3> arrays;
  std::array<video::RawPlane<uint8_t>, 3> targets;
  for (size_t c = 0; c < 3; ++c) {
    arrays[c] = py::array_t<T>({config.height >> (c > 0), config.width >> (c > 0)});
    targets[c] = {reinterpret_cast<uint8_t*>(arrays[c].mutable_data()), arrays[c].strides(0), sizeof(T)};
  }
  {
    py::gil_scoped_release unlocked;
    for (size_t c = 0; c < 3; ++c) {
      const InputPlane plane = planes ? planes[c] : video::raw_plane(task.picture()->rec.planes[c].view());
      video::store_plane(plane, config.width >> (c > 0), config.height >> (c > 0), targets[c]);
    }
  }
  return py::make_tuple(arrays[0], arrays[1], arrays[2]);
}

// Copies the shown size of the picture, or of planes of the coded size, with one byte per sample at 8 bit.
py::tuple shown(const PythonTask& work, const py::object& planes) {
  const PictureTask& task = complete_task(work);
  const auto others = coded_planes(task, planes);
  const InputPlane* from = others ? others->planes() : nullptr;
  return task.sequence().config().bit_depth == 8 ? cropped<uint8_t>(task, from)
                                                 : cropped<uint16_t>(task, from);
}

py::tuple squared_errors(const PythonTask& work, const py::object& planes) {
  const PictureTask& task = complete_task(work);
  const auto others = coded_planes(task, planes);
  std::array<int64_t, 3> sums;
  {
    py::gil_scoped_release unlocked;
    sums = task.squared_errors(others ? others->planes() : nullptr);
  }
  return py::make_tuple(sums[0], sums[1], sums[2]);
}

int64_t plane_sse(const py::object& a, const py::object& b) {
  const SampleArray one(a), other(b);
  if (one.width() != other.width() || one.height() != other.height()) {
    raise_if_error(Status::config("planes of different sizes cannot be compared"));
  }
  const InputPlane first = one.plane(), second = other.plane();
  const int width = one.width(), height = one.height();
  const py::gil_scoped_release unlocked;
  return video::squared_error(first, second, width, height);
}

py::bytes nal_unit(int nal_type, const std::string& payload, int temporal_id) {
  AccessUnit unit;
  unit.add(static_cast<NalType>(nal_type), temporal_id, {payload.begin(), payload.end()});
  return to_bytes(unit.bytes());
}

}  // namespace

void register_encoder(py::module_& module) {
  py::class_<WorkEnds, std::shared_ptr<WorkEnds>>(module, "WorkEnds")
      .def(py::init())
      .def_property_readonly("count", &WorkEnds::count)
      .def(
          "wait",
          [](const WorkEnds& ends, int64_t seen) {
            wait_with_signals([&](std::chrono::milliseconds time) { return ends.wait_for(seen, time); });
          },
          py::arg("seen"));
  py::class_<PythonTask>(module, "PictureTask")
      .def("load", &load, py::arg("planes"), py::arg("bit_depth") = py::none())
      .def("analyse", &analyse, py::arg("qp"), py::arg("lmbda") = 0.0, py::arg("qp_map") = py::none())
      .def("start_analysis", &start_analysis, py::arg("qp"), py::arg("lmbda") = 0.0,
           py::arg("qp_map") = py::none(), py::kw_only(), py::arg("settled") = false)
      .def("start_completion", &start_completion, py::arg("planes") = py::none())
      .def("start_filtering", &start_filtering, py::arg("filter"), py::keep_alive<1, 2>())
      .def("is_done", &PythonTask::is_done)
      .def("wait", &PythonTask::wait)
      .def("give_up", &PythonTask::give_up)
      .def_property_readonly("coded",
                             [](const PythonTask& work) { return CodedPicture{work.task().picture()}; })
      .def(
          "coded_bits", [](const PythonTask& work) { return work.task().coded_bits(); },
          py::call_guard<py::gil_scoped_release>())
      .def(
          "access_unit_bits", [](const PythonTask& work) { return work.task().access_unit_bits(); },
          py::call_guard<py::gil_scoped_release>())
      .def_property_readonly("source", &source_views)
      .def("reconstruction", &reconstruction)
      .def("shown", &shown, py::arg("planes") = py::none())
      .def("squared_errors", &squared_errors, py::arg("planes") = py::none())
      .def("ctu_bits", &ctu_bits);

  module.def("encoder_pool", &make_encoder_pool, py::arg("threads"), py::arg("waiting"));

  py::class_<SequenceEncoder>(module, "SequenceEncoder")
      .def(py::init(&make_encoder), py::arg("config"), py::arg("pool") = nullptr, py::keep_alive<1, 3>())
      .def("parameter_sets",
           [](const SequenceEncoder& encoder) { return to_bytes(encoder.parameter_set_nals()); })
      .def("plan", &plan, py::arg("request"), py::arg("ends") = nullptr, py::keep_alive<0, 1>())
      .def("finish", &finish, py::arg("task"), py::kw_only(), py::arg("parameter_sets") = false,
           py::arg("filter_parameters") = py::bytes(), py::arg("shown_md5") = py::bytes());

  module.def("plane_sse", &plane_sse, py::arg("a"), py::arg("b"));
  module.def("nal_unit", &nal_unit, py::arg("nal_type"), py::arg("payload"), py::arg("temporal_id") = 0);
}

}  // namespace inloop::bindings
