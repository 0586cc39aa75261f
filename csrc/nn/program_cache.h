// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <tuple>
#include <vector>

#include "nn/program.h"
#include "nn/workspace.h"

namespace inloop::nn {

struct KernelTable;

// Everything that was made to run a model: weights, packed once a device; programs, compiled once a size; and
// workspaces that wait for their next run. The one cache of the engine: whoever runs a model shares it.
// Thread-safe.
class ProgramCache {
 public:
  // most_sizes: idle workspaces of so many sizes and devices are kept, those used last.
  explicit ProgramCache(std::shared_ptr<const Model> model, size_t most_sizes = 16)
      : model_(std::move(model)), most_sizes_(most_sizes) {}

  // The program of a size; it lives as long as somebody holds it or a workspace of it. Errors as for
  // Program::compile().
  Status program(int input_height, int input_width, const Device& device,
                 std::shared_ptr<const Program>& out);
  // Lends a workspace that nobody else uses; to be given back with release(), or destroyed.
  Status acquire(int input_height, int input_width, const Device& device, std::unique_ptr<Workspace>& out);
  void release(std::unique_ptr<Workspace> workspace);

  const std::shared_ptr<const Model>& model() const { return model_; }

  struct Memory {
    size_t weights = 0;  // packed, on all devices, in bytes
    size_t idle = 0;     // activations of idle workspaces, in bytes
    size_t programs = 0;
  };
  Memory memory();

 private:
  using Key = std::tuple<int, int, const KernelTable*>;  // a device's table may change with its switches
  struct Entry {
    std::weak_ptr<const Program> program;
    std::vector<std::unique_ptr<Workspace>> idle;
    std::list<Key>::iterator used;
  };
  // These hold mutex_.
  Entry& use(const Key& key);
  std::shared_ptr<const Program> find(const Key& key);
  Status compile(const Key& key, const Device& device, std::shared_ptr<const Program>& out);

  const std::shared_ptr<const Model> model_;
  const size_t most_sizes_;
  std::mutex compiling_;  // one program at a time, so that no weights are packed twice
  std::mutex mutex_;      // of what follows; locked after compiling_ where both are
  std::map<Key, Entry> entries_;
  std::list<Key> used_;  // the last one first
  std::map<const KernelTable*, std::shared_ptr<const Weights>> weights_;
};

}  // namespace inloop::nn
