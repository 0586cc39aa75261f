// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <exception>
#include <memory>
#include <new>
#include <string>

#include "base/status.h"
#include "capi/inloop.h"
#include "nn/program_cache.h"
#include "nnlf/apply/filter_model.h"

struct inloop_model {
  // Those of P and B pictures where the model is a pair. They are shared with the model's sessions and filters.
  std::shared_ptr<inloop::nn::ProgramCache> programs;
  inloop::nnlf::FilterModel filter;
  std::string sha256;

  const inloop::nn::Model& model() const { return *programs->model(); }
};

namespace inloop::capi {

inline std::string& error_text() {
  thread_local std::string text;
  return text;
}

inline int fail(int code, const char* text) {
  try {
    error_text() = text;
  } catch (const std::bad_alloc&) {
    error_text().clear();
  }
  return code;
}

inline int config_error(const char* text) { return fail(INLOOP_ERROR_CONFIG, text); }

inline int code_of(const Status& status) {
  switch (status.code()) {
    case StatusCode::ok:
      return INLOOP_OK;
    case StatusCode::bitstream:
    case StatusCode::model:
      return fail(INLOOP_ERROR_MODEL, status.message().c_str());
    case StatusCode::config:
      return fail(INLOOP_ERROR_CONFIG, status.message().c_str());
    case StatusCode::unsupported:
      return fail(INLOOP_ERROR_UNSUPPORTED, status.message().c_str());
  }
  return fail(INLOOP_ERROR_CONFIG, "unknown error");
}

// No exception leaves the library. The core itself throws only when memory is exhausted.
template <class Function>
int guarded(Function function) {
  try {
    return function();
  } catch (const std::bad_alloc&) {
    return fail(INLOOP_ERROR_MEMORY, "out of memory");
  } catch (const std::exception& error) {
    return fail(INLOOP_ERROR_UNSUPPORTED, error.what());
  }
}

}  // namespace inloop::capi
