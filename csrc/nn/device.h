// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>

#include "base/isa.h"

namespace inloop::nn {

// Where networks run. An instruction set level is a property of one kind of device, the CPU; results of
// integer networks are the same on every device.
struct Device {
  enum class Kind : uint8_t { cpu };

  Kind kind = Kind::cpu;
  IsaLevel isa = IsaLevel::scalar;

  static Device cpu(IsaLevel isa) { return {Kind::cpu, isa}; }
  // The CPU at the level in force.
  static Device current() { return cpu(current_isa()); }
};

}  // namespace inloop::nn
