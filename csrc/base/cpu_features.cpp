// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "base/cpu_features.h"

#include <cstdint>

#if defined(__x86_64__)
#include <cpuid.h>
#endif

namespace inloop {
namespace {

#if defined(__x86_64__)

// The answer of CPUID for a leaf, with zeros where the CPU does not know it. __builtin_cpu_supports() would
// need a run-time library that not every compiler links, and not every compiler's knows all features.
struct CpuidLeaf {
  unsigned eax = 0, ebx = 0, ecx = 0, edx = 0;
  explicit CpuidLeaf(unsigned leaf, unsigned subleaf = 0) {
    if (!__get_cpuid_count(leaf, subleaf, &eax, &ebx, &ecx, &edx)) eax = ebx = ecx = edx = 0;
  }
};

constexpr bool has_bits(uint64_t value, uint64_t bits) { return (value & bits) == bits; }
constexpr unsigned bit(int index) { return 1u << index; }

// Returns the register states that the operating system saves (XCR0). The instruction is written as bytes,
// because assemblers may refuse its name where XSAVE was not asked for.
uint64_t saved_states() {
  uint32_t low = 0, high = 0;
  asm volatile(".byte 0x0f, 0x01, 0xd0" : "=a"(low), "=d"(high) : "c"(0));
  return uint64_t{high} << 32 | low;
}

CpuFeatures ask_cpu() {
  constexpr unsigned kFma = bit(12), kOsxsave = bit(27), kAvx = bit(28);                // leaf 1, ecx
  constexpr unsigned kBmi2 = bit(8), kAvx2 = bit(5);                                    // leaf 7, ebx
  constexpr unsigned kAvx512 = bit(16) | bit(17) | bit(30) | bit(31), kVnni = bit(11);  // F, DQ, BW, VL; ecx
  constexpr unsigned kAvxVnni = bit(4);                                                 // leaf 7.1, eax
  constexpr uint64_t kYmmState = 0x6, kZmmState = 0xe6;

  CpuFeatures features;
  const CpuidLeaf basic(1), extended(7);
  if (!has_bits(basic.ecx, kFma | kOsxsave | kAvx)) return features;
  const uint64_t states = saved_states();
  features.avx2 = has_bits(states, kYmmState) && has_bits(extended.ebx, kAvx2 | kBmi2);
  features.avx512 = features.avx2 && has_bits(states, kZmmState) && has_bits(extended.ebx, kAvx512) &&
                    has_bits(extended.ecx, kVnni);
  features.avx_vnni = features.avx2 && extended.eax >= 1 && has_bits(CpuidLeaf(7, 1).eax, kAvxVnni);
  return features;
}

#elif defined(__aarch64__)

// Every CPU of this architecture that runs an operating system for programs has NEON.
CpuFeatures ask_cpu() {
  CpuFeatures features;
  features.neon = true;
  return features;
}

#else

CpuFeatures ask_cpu() { return {}; }

#endif

}  // namespace

const CpuFeatures& cpu_features() {
  static const CpuFeatures features = ask_cpu();
  return features;
}

}  // namespace inloop
