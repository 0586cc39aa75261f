// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>
#include <vector>

#include "base/status.h"

namespace inloop {

// Instruction set levels. Every kernel table has an entry set per level; all give identical integers.
enum class IsaLevel { scalar = 0, avx2 = 1, avx512 = 2 };  // avx512: F, BW, VL, DQ, VNNI

const char* isa_name(IsaLevel level);

// Levels that this CPU and operating system can run, lowest first.
std::vector<IsaLevel> supported_isa_levels();

// The level in force. The first call chooses it: INLOOP_ISA if set, else the best supported one.
// An unknown or unsupported INLOOP_ISA is reported by isa_status() until set_isa() names a good one.
IsaLevel current_isa();
Status isa_status();

// Changes the level for plans and codecs created from now on; "auto" means the best supported one.
// After success isa_status() is ok.
Status set_isa(const std::string& name);

// Some CPUs have AVX-VNNI, one instruction for two of the avx2 level's int16 kernels; all results are the
// same. That level uses it where the CPU has it, unless INLOOP_AVX_VNNI is 0 or set_avx_vnni(false) was
// called; for plans created from now on.
bool cpu_has_avx_vnni();
bool avx_vnni_enabled();
void set_avx_vnni(bool enabled);

}  // namespace inloop
