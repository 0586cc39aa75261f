// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "base/isa.h"

#if defined(__x86_64__)
#include <cpuid.h>
#endif

#include <atomic>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <optional>

namespace inloop {
namespace {

bool cpu_supports(Isa isa) {
#if defined(__x86_64__)
  switch (isa) {
    case Isa::scalar:
      return true;
    case Isa::avx2:
      return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
             __builtin_cpu_supports("bmi2");
    case Isa::avx512:
      return cpu_supports(Isa::avx2) && __builtin_cpu_supports("avx512f") &&
             __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
             __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vnni");
  }
  return false;
#else
  return isa == Isa::scalar;
#endif
}

std::optional<Isa> parse(const std::string& name) {
  if (name == "auto" || name.empty()) return supported_isas().back();
  for (Isa isa : {Isa::scalar, Isa::avx2, Isa::avx512}) {
    if (name == isa_name(isa)) return isa;
  }
  return std::nullopt;
}

struct State {
  std::atomic<Isa> isa{Isa::scalar};
  std::mutex mutex;
  Status status;  // the outcome of the last choice
  State() {
    const char* wanted = std::getenv("INLOOP_ISA");
    status = assign(wanted ? wanted : "auto");
    if (!status.ok()) status = Status::config("INLOOP_ISA: " + status.message());
  }
  Status assign(const std::string& name) {
    const auto parsed = parse(name);
    if (!parsed) return Status::config("unknown ISA '" + name + "' (scalar, avx2, avx512 or auto)");
    if (!cpu_supports(*parsed)) return Status::config("this CPU does not support ISA '" + name + "'");
    isa = *parsed;
    return {};
  }
};

State& state() {
  static State instance;
  return instance;
}

std::atomic<bool>& avx_vnni_wanted() {
  static std::atomic<bool> wanted{[] {
    const char* text = std::getenv("INLOOP_AVX_VNNI");
    return !text || std::strcmp(text, "0") != 0;
  }()};
  return wanted;
}

}  // namespace

const char* isa_name(Isa isa) {
  switch (isa) {
    case Isa::scalar:
      return "scalar";
    case Isa::avx2:
      return "avx2";
    case Isa::avx512:
      return "avx512";
  }
  return "unknown";
}

std::vector<Isa> supported_isas() {
  std::vector<Isa> isas;
  for (Isa isa : {Isa::scalar, Isa::avx2, Isa::avx512}) {
    if (cpu_supports(isa)) isas.push_back(isa);
  }
  return isas;
}

Isa current_isa() { return state().isa; }

Status isa_status() {
  const std::lock_guard lock(state().mutex);
  return state().status;
}

Status set_isa(const std::string& name) {
  const std::lock_guard lock(state().mutex);
  const Status status = state().assign(name);
  if (status.ok()) state().status = {};
  return status;
}

// This asks the CPU directly, because not every compiler's __builtin_cpu_supports() knows the feature.
bool cpu_has_avx_vnni() {
#if defined(__x86_64__)
  unsigned eax = 0, ebx = 0, ecx = 0, edx = 0;
  return cpu_supports(Isa::avx2) && __get_cpuid_count(7, 1, &eax, &ebx, &ecx, &edx) && (eax & 1u << 4);
#else
  return false;
#endif
}

bool avx_vnni_enabled() {
  static const bool has = cpu_has_avx_vnni();
  return has && avx_vnni_wanted();
}

void set_avx_vnni(bool enabled) { avx_vnni_wanted() = enabled; }

}  // namespace inloop
