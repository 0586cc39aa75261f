// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "base/hand_over.h"

#ifdef INLOOP_TESTING

#include <atomic>
#include <chrono>
#include <random>
#include <thread>

namespace inloop {
namespace {

std::atomic<int> longest{0};
std::atomic<long> delayed{0};
std::atomic<unsigned> next_seed{1};

}  // namespace

void at_hand_over() {
  const int most_us = longest.load(std::memory_order_relaxed);
  if (most_us == 0) return;
  thread_local std::minstd_rand random(next_seed.fetch_add(1));
  const auto number = static_cast<int>(random());
  if (number & 0x100) return;
  delayed.fetch_add(1, std::memory_order_relaxed);
  // A thread that only yields often goes on at once, which no sleep does.
  if (number & 0x200) return std::this_thread::yield();
  std::this_thread::sleep_for(std::chrono::microseconds((number >> 10) % most_us));
}

void delay_hand_overs(int longest_us) { longest.store(longest_us); }

long delayed_hand_overs() { return delayed.load(); }

}  // namespace inloop

#endif
