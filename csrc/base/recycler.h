// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace inloop {

// Keeps large objects and reuses them once nobody holds them, because fresh memory costs a page fault every 4
// KiB. The last holder may release an object in any thread, even when the recycler is gone. At most
// `most_idle` objects are kept.
template <class T>
class Recycler {
 public:
  explicit Recycler(size_t most_idle) : shelf_(std::make_shared<Shelf>()) {
    shelf_->idle.reserve(most_idle);  // a return must not fail
  }

  // Returns an idle object for which fits(object) holds, or null. Idle objects that do not fit are deleted.
  template <class Fits>
  std::unique_ptr<T> take(const Fits& fits) {
    const std::lock_guard lock(shelf_->mutex);
    auto& idle = shelf_->idle;
    std::erase_if(idle, [&](const auto& object) { return !fits(*object); });
    if (idle.empty()) return nullptr;
    std::unique_ptr<T> object = std::move(idle.back());
    idle.pop_back();
    return object;
  }

  // Hands out an object that comes back here when it is released.
  std::shared_ptr<T> lend(std::unique_ptr<T> object) {
    return {object.release(), [shelf = shelf_](T* raw) {
              std::unique_ptr<T> returned(raw);
              const std::lock_guard lock(shelf->mutex);
              if (shelf->idle.size() < shelf->idle.capacity()) shelf->idle.push_back(std::move(returned));
            }};
  }

  // Hands out any idle object, or a new one.
  std::shared_ptr<T> borrow() {
    std::unique_ptr<T> object = take([](const T&) { return true; });
    return lend(object ? std::move(object) : std::make_unique<T>());
  }

 private:
  struct Shelf {
    std::mutex mutex;
    std::vector<std::unique_ptr<T>> idle;
  };
  std::shared_ptr<Shelf> shelf_;
};

}  // namespace inloop
