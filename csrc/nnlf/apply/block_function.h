// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <cstdint>
#include <functional>

#include "base/status.h"
#include "nnlf/contract/features.h"

namespace inloop::nnlf {

// All features of one block with its context, each dense NHWC at half the luma resolution.
struct BlockFeatures {
  int height = 0;
  int width = 0;
  std::array<const int16_t*, kFeatures.size()> values{};  // in the order of kFeatures

  static constexpr int kQuantizer = 13;
};

// Computes what a network says of a block: its residual without the context in OutputForm::half, with the
// quantizer kFunctionOutputQuantizer. Several threads call it at a time. Nothing makes its result the same on
// every machine, so that a stream which is filtered by a function is an experiment and not normative.
using BlockFunction = std::function<Status(const BlockFeatures& features, int16_t* residual)>;
constexpr int kFunctionOutputQuantizer = 14;

}  // namespace inloop::nnlf
