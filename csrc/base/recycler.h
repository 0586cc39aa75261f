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

// Objects with much memory that are used again once nobody holds them: fresh memory costs a page fault every
// 4 KiB. The last holder may let go in any thread, and after the recycler is gone. Not more than `most_idle`
// are kept.
template <class T>
class Recycler {
 public:
  explicit Recycler(size_t most_idle) : shelf_(std::make_shared<Shelf>()) {
    shelf_->idle.reserve(most_idle);  // so that a return cannot fail
  }

  // An idle object for which fits(object) holds, or null; those that do not fit are given up.
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

  // An object that comes back here.
  std::shared_ptr<T> lend(std::unique_ptr<T> object) {
    return {object.release(), [shelf = shelf_](T* raw) {
              std::unique_ptr<T> returned(raw);
              const std::lock_guard lock(shelf->mutex);
              if (shelf->idle.size() < shelf->idle.capacity()) shelf->idle.push_back(std::move(returned));
            }};
  }

  // Any idle object, or a new one.
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
