// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>

#include "base/isa.h"

namespace inloop::nn {

// The device that networks run on. The isa is a property of one kind of device, the CPU. The results of
// integer networks are the same on every device.
struct Device {
  enum class Kind : uint8_t { cpu };

  Kind kind = Kind::cpu;
  Isa isa = Isa::scalar;

  static Device cpu(Isa isa) { return {Kind::cpu, isa}; }
  // Returns the CPU with the isa in use.
  static Device current() { return cpu(current_isa()); }
};

}  // namespace inloop::nn
