// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>
#include <vector>

#include "base/status.h"

namespace inloop {

// The instruction set that kernels are written for (the isa, for short). Every kernel table can be filled for
// each isa, and all of them give identical integers.
// avx512 means F, BW, VL, DQ and VNNI; neon is that of 64-bit Arm.
enum class Isa { scalar = 0, avx2 = 1, avx512 = 2, neon = 3 };
inline constexpr int kIsaCount = 4;

const char* isa_name(Isa isa);

// Lists what the build has and this CPU and operating system can run, from the lowest to the highest.
std::vector<Isa> supported_isas();

// Lists what this CPU and operating system could run, too, if it were in the build.
std::vector<Isa> isas_missing_in_build();

// Returns the isa in use. The first call chooses it: INLOOP_ISA if that is set, otherwise the best supported
// one. An unknown or unsupported INLOOP_ISA is reported by isa_status() until set_isa() names a usable one.
Isa current_isa();
Status isa_status();

// Changes the isa for plans and codecs that are created from now on; "auto" means the best supported one.
// After success isa_status() is ok.
Status set_isa(const std::string& name);

// Some CPUs have AVX-VNNI, where one instruction does the work of two in the int16 kernels of the avx2 isa,
// with the same results. The avx2 isa uses it where the CPU has it, unless INLOOP_AVX_VNNI is 0 or
// set_avx_vnni(false) was called. A change applies to plans that are created from then on.
bool cpu_has_avx_vnni();
bool avx_vnni_enabled();
void set_avx_vnni(bool enabled);

}  // namespace inloop
