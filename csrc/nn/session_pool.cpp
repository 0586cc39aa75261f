// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "nn/session.h"

namespace inloop::nn {

Status SessionPool::acquire(int input_height, int input_width, IsaLevel isa, std::unique_ptr<Session>& out) {
  {
    const std::lock_guard lock(mutex_);
    auto& list = free_[{input_height, input_width, isa}];
    if (!list.empty()) {
      out = std::move(list.back());
      list.pop_back();
      return {};
    }
  }
  return Session::create(model_, input_height, input_width, isa, out);
}

void SessionPool::release(std::unique_ptr<Session> session) {
  if (!session) return;
  const std::lock_guard lock(mutex_);
  free_[{session->input_height(), session->input_width(), session->isa()}].push_back(std::move(session));
}

}  // namespace inloop::nn
