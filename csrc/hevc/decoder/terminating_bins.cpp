// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "hevc/decoder/terminating_bins.h"

#ifdef INLOOP_TESTING

#include <utility>

namespace inloop::hevc {
namespace {

struct Recording {
  bool is_on = false;
  int segment = -1;
  const uint8_t* data = nullptr;
  size_t size = 0;
  std::vector<TerminatingBinNote> notes;
};
thread_local Recording recording;

}  // namespace

void record_terminating_bins() { recording = {.is_on = true}; }

std::vector<TerminatingBinNote> take_terminating_bins() { return std::exchange(recording, {}).notes; }

void note_slice_segment(const uint8_t* data, size_t size) {
  if (!recording.is_on) return;
  ++recording.segment;
  recording.data = data;
  recording.size = size;
}

void note_terminating_bin(TerminatingBin kind, int ctb_ts, const CabacDecoder& cabac) {
  if (!recording.is_on) return;
  const auto substream = static_cast<size_t>(cabac.begin() - recording.data);
  recording.notes.push_back({kind, recording.segment, ctb_ts, recording.size, substream, cabac.ending()});
}

}  // namespace inloop::hevc

#endif
