// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

namespace inloop {

// What the CPU has and the operating system saves at a change of threads, of the instructions that kernels
// are written with.
struct CpuFeatures {
  bool avx2 = false;    // with FMA and BMI2
  bool avx512 = false;  // F, BW, VL, DQ and VNNI
  bool avx_vnni = false;
  bool neon = false;
};

// The CPU is asked once.
const CpuFeatures& cpu_features();

}  // namespace inloop
