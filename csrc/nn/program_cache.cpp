// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "nn/program_cache.h"

#include <utility>

#include "nn/cpu/weights/weights.h"

namespace inloop::nn {

// Marks the entry as the one that was used last.
ProgramCache::Entry& ProgramCache::use(const Key& key) {
  const auto [found, is_new] = entries_.try_emplace(key);
  if (is_new)
    found->second.used = used_.insert(used_.begin(), key);
  else
    used_.splice(used_.begin(), used_, found->second.used);
  return found->second;
}

std::shared_ptr<const Program> ProgramCache::find(const Key& key) {
  const auto found = entries_.find(key);
  return found == entries_.end() ? nullptr : found->second.program.lock();
}

Status ProgramCache::compile(const Key& key, const Device& device, std::shared_ptr<const Program>& out) {
  const auto& [height, width, table] = key;
  std::shared_ptr<const Weights> weights;
  const std::lock_guard compiling(compiling_);
  {
    const std::lock_guard lock(mutex_);
    if ((out = find(key))) return {};  // another thread was faster
    if (const auto packed = weights_.find(table); packed != weights_.end()) weights = packed->second;
  }
  INLOOP_RETURN_IF_ERROR(Program::compile(model_, height, width, device, {}, std::move(weights), out));
  const std::lock_guard lock(mutex_);
  weights_[table] = out->weights();
  use(key).program = out;
  return {};
}

Status ProgramCache::program(int input_height, int input_width, const Device& device,
                             std::shared_ptr<const Program>& out) {
  const Key key{input_height, input_width, &kernels(device.isa)};
  {
    const std::lock_guard lock(mutex_);
    if ((out = find(key))) return {};
  }
  return compile(key, device, out);
}

Status ProgramCache::acquire(int input_height, int input_width, const Device& device,
                             std::unique_ptr<Workspace>& out) {
  {
    const std::lock_guard lock(mutex_);
    const auto found = entries_.find({input_height, input_width, &kernels(device.isa)});
    if (found != entries_.end() && !found->second.idle.empty()) {
      out = std::move(found->second.idle.back());
      found->second.idle.pop_back();
      return {};
    }
  }
  std::shared_ptr<const Program> made;
  INLOOP_RETURN_IF_ERROR(program(input_height, input_width, device, made));
  out = std::make_unique<Workspace>(std::move(made));
  return {};
}

void ProgramCache::release(std::unique_ptr<Workspace> workspace) {
  if (!workspace) return;
  const Program& program = workspace->program();
  const Key key{program.input_height(), program.input_width(), program.weights()->kernels};
  std::vector<Entry> dropped;  // these are freed after the lock is released
  const std::lock_guard lock(mutex_);
  use(key).idle.push_back(std::move(workspace));
  for (; used_.size() > most_sizes_; used_.pop_back())
    dropped.push_back(std::move(entries_.extract(used_.back()).mapped()));
}

ProgramCache::Memory ProgramCache::memory() {
  const std::lock_guard lock(mutex_);
  Memory memory;
  for (const auto& [table, weights] : weights_) memory.weights += weights->bytes();
  for (const auto& [key, entry] : entries_) {
    memory.programs += entry.program.expired() ? 0 : 1;
    for (const auto& workspace : entry.idle) memory.idle += workspace->program().arena_bytes();
  }
  return memory;
}

}  // namespace inloop::nn
