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

// Everything that was made to run a model: weights, packed once per device; programs, compiled once per size;
// and idle workspaces. It is the only cache of the engine, which everything that runs a model shares. It is
// thread-safe.
class ProgramCache {
 public:
  // Idle workspaces are kept for most_sizes combinations of size and device, those used last.
  explicit ProgramCache(std::shared_ptr<const Model> model, size_t most_sizes = 16)
      : model_(std::move(model)), most_sizes_(most_sizes) {}

  // Returns the program of a size, which lives as long as it or a workspace of it is held. Errors are those
  // of Program::compile().
  Status program(int input_height, int input_width, const Device& device,
                 std::shared_ptr<const Program>& out);
  // Lends a workspace for exclusive use; it must be given back with release() or destroyed.
  Status acquire(int input_height, int input_width, const Device& device, std::unique_ptr<Workspace>& out);
  void release(std::unique_ptr<Workspace> workspace);

  const std::shared_ptr<const Model>& model() const { return model_; }

  struct Memory {
    size_t weights = 0;  // packed weights on all devices, in bytes
    size_t idle = 0;     // activations of idle workspaces, in bytes
    size_t programs = 0;
  };
  Memory memory();

 private:
  using Key = std::tuple<int, int, const KernelTable*>;  // the table of a device may change with its switches
  struct Entry {
    std::weak_ptr<const Program> program;
    std::vector<std::unique_ptr<Workspace>> idle;
    std::list<Key>::iterator used;
  };
  // The caller of these must hold mutex_.
  Entry& use(const Key& key);
  std::shared_ptr<const Program> find(const Key& key);
  Status compile(const Key& key, const Device& device, std::shared_ptr<const Program>& out);

  const std::shared_ptr<const Model> model_;
  const size_t most_sizes_;
  std::mutex compiling_;  // one program at a time, so that no weights are packed twice
  std::mutex mutex_;      // guards what follows; where both are locked, compiling_ comes first
  std::map<Key, Entry> entries_;
  std::list<Key> used_;  // the last one used comes first
  std::map<const KernelTable*, std::shared_ptr<const Weights>> weights_;
};

}  // namespace inloop::nn
