// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <atomic>
#include <cstdint>
#include <vector>

// The times of the parts of an encode, and what they need of other pictures, as the simulator of schedules
// (benchmarks/schedule) reads them. Only builds with INLOOP_TESTING record them; in others all of this is empty.
namespace inloop::trace {

enum class Part : uint8_t {
  plan,      // of a picture: everything until the next one belongs to it
  load,      // its source
  analyse,   // all of its search, with the filters behind it
  ctu,       // the search of one; index: its address
  rows,      // the in-loop filters behind a row of CTUs; index: the row
  stage,     // one of these filters; index: its place
  complete,  // filters that were not done before, and writing
  write,     // of the slice, once
  shared,    // one index of a loop that threads share
  finish,    // the access unit
  hash,      // of the samples, within
  errors,    // sums of squared errors
  need,      // rows of a picture; object: its progress, index: how many
  publish,   // rows that others may read; object and index likewise
  samples,   // object: the progress of the picture's final samples
  motion,    // object: that of its motion
};

#ifdef INLOOP_TESTING

struct Event {
  Part part;
  int index;
  const void* object;
  int64_t begin_ns, end_ns;  // of the CPU time of its thread, which other programs do not add to
};

// Starts to record, with nothing recorded yet.
void start();
// Ends that, and returns what was recorded, in the order of the ends.
std::vector<Event> stop();

inline std::atomic<bool> is_recording{false};
void note_recorded(Part part, const void* object, int index);

// Notes what has no duration.
inline void note(Part part, const void* object, int index = 0) {
  if (is_recording.load(std::memory_order_relaxed)) note_recorded(part, object, index);
}

// The duration of a scope. What the thread notes it needed within comes first.
class Span {
 public:
  explicit Span(Part part, int index = 0);
  ~Span();
  Span(const Span&) = delete;
  Span& operator=(const Span&) = delete;

 private:
  const Part part_;
  const int index_;
  const int64_t begin_ns_;
};

#else

inline void note(Part, const void*, int = 0) {}

class Span {
 public:
  explicit Span(Part, int = 0) {}
  ~Span() {}  // It makes a variable that nothing else uses no cause for a warning.
};

#endif

}  // namespace inloop::trace
