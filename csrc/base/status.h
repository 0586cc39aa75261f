// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>
#include <utility>

namespace inloop {

// The kind of failure; the Python error family and the exit codes of the command line distinguish these
// kinds.
enum class StatusCode {
  ok,
  bitstream,    // damaged or non-conforming stream
  model,        // damaged, unknown or unusable network
  config,       // arguments that contradict each other or lie outside their range
  unsupported,  // valid, but a feature we do not implement
};

// The result of an operation that can fail. The core never throws across module borders, prints or exits.
class [[nodiscard]] Status {
 public:
  Status() = default;
  Status(StatusCode code, std::string message) : code_(code), message_(std::move(message)) {}

  static Status bitstream(std::string message) { return {StatusCode::bitstream, std::move(message)}; }
  static Status model(std::string message) { return {StatusCode::model, std::move(message)}; }
  static Status config(std::string message) { return {StatusCode::config, std::move(message)}; }
  static Status unsupported(std::string message) { return {StatusCode::unsupported, std::move(message)}; }

  bool ok() const { return code_ == StatusCode::ok; }
  StatusCode code() const { return code_; }
  const std::string& message() const { return message_; }

 private:
  StatusCode code_ = StatusCode::ok;
  std::string message_;
};

}  // namespace inloop

// Returns early with the status of `expression` unless that is ok.
#define INLOOP_RETURN_IF_ERROR(expression)                          \
  do {                                                              \
    if (auto status_ = (expression); !status_.ok()) return status_; \
  } while (false)
