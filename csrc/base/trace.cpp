// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "base/trace.h"

#ifdef INLOOP_TESTING

#include <algorithm>
#include <ctime>
#include <mutex>
#include <utility>

namespace inloop::trace {
namespace {

std::mutex mutex;
std::vector<Event> events;

struct Need {
  const void* object;
  int count;
};

// What the thread's span has needed so far, with one entry an object: search asks for the same rows again and again.
thread_local std::vector<Need> needs;

int64_t now_ns() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return int64_t{1000000000} * now.tv_sec + now.tv_nsec;
}

void append(const Event& event) {
  const std::lock_guard lock(mutex);
  events.push_back(event);
}

}  // namespace

void start() {
  const std::lock_guard lock(mutex);
  events.clear();
  is_recording = true;
}

std::vector<Event> stop() {
  const std::lock_guard lock(mutex);
  is_recording = false;
  return std::exchange(events, {});
}

void note_recorded(Part part, const void* object, int index) {
  if (part != Part::need) {
    const int64_t now = now_ns();
    return append({part, index, object, now, now});
  }
  const auto known =
      std::find_if(needs.begin(), needs.end(), [object](const Need& need) { return need.object == object; });
  if (known == needs.end())
    needs.push_back({object, index});
  else
    known->count = std::max(known->count, index);
}

Span::Span(Part part, int index)
    : part_(part), index_(index), begin_ns_(is_recording.load(std::memory_order_relaxed) ? now_ns() : 0) {}

Span::~Span() {
  if (begin_ns_ == 0) return;
  const int64_t end = now_ns();
  for (const Need& need : needs) append({Part::need, need.count, need.object, end, end});
  needs.clear();
  append({part_, index_, nullptr, begin_ns_, end});
}

}  // namespace inloop::trace

#endif
