// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include <cstdint>
#include <vector>

#include "base/hand_over.h"
#include "base/trace.h"
#include "bindings/register.h"
#include "hevc/decoder/terminating_bins.h"

namespace py = pybind11;

// What tests and benchmarks do inside inloop._core: inloop._testing links libraries of its own, where other pictures are.
namespace inloop::bindings {
namespace {

const char* name_of(trace::Part part) {
  static constexpr const char* kNames[] = {"plan",     "load",    "analyse", "ctu",    "rows", "stage",
                                           "complete", "write",   "shared",  "finish", "hash", "errors",
                                           "need",     "publish", "samples", "motion"};
  return kNames[static_cast<size_t>(part)];
}

py::list stop_trace() {
  py::list events;
  for (const trace::Event& event : trace::stop()) {
    events.append(py::make_tuple(name_of(event.part), event.index, reinterpret_cast<uintptr_t>(event.object),
                                 static_cast<double>(event.begin_ns) * 1e-9,
                                 static_cast<double>(event.end_ns) * 1e-9));
  }
  return events;
}

const char* name_of(hevc::TerminatingBin kind) {
  static constexpr const char* kNames[] = {"slice_end", "subset_end", "pcm", "not_allowed"};
  return kNames[static_cast<size_t>(kind)];
}

py::list take_terminating_bins() {
  py::list bins;
  for (const hevc::TerminatingBinNote& note : hevc::take_terminating_bins()) {
    bins.append(py::make_tuple(name_of(note.kind), note.segment, note.ctb_ts, note.data_size, note.substream,
                               note.ending.bits, note.ending.addend));
  }
  return bins;
}

}  // namespace

void register_hooks(py::module_& module) {
  module.def("start_trace", &trace::start);
  module.def("stop_trace", &stop_trace);
  module.def("delay_hand_overs", &delay_hand_overs, py::arg("longest_us"));
  module.def("delayed_hand_overs", &delayed_hand_overs);
  module.def("record_terminating_bins", &hevc::record_terminating_bins);
  module.def("take_terminating_bins", &take_terminating_bins);
}

}  // namespace inloop::bindings
