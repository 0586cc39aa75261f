// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <memory>

#include "nnlf/contract/coded_picture.h"

namespace inloop::bindings {

// A coded picture as the filter reads it, checked only once. It comes from our encoder without a copy, or
// from arrays.
struct FilterPicture {
  nnlf::CodedPicture view;
  std::shared_ptr<const void> memory;  // keeps alive what the view shows
};

}  // namespace inloop::bindings
