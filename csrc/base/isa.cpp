// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "base/isa.h"

#include <atomic>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <optional>

#include "base/cpu_features.h"

namespace inloop {
namespace {

constexpr Isa kAllIsas[] = {Isa::scalar, Isa::avx2, Isa::avx512, Isa::neon};

bool cpu_has(Isa isa) {
  switch (isa) {
    case Isa::scalar:
      return true;
    case Isa::avx2:
      return cpu_features().avx2;
    case Isa::avx512:
      return cpu_features().avx512;
    case Isa::neon:
      return cpu_features().neon;
  }
  return false;
}

constexpr bool in_build(Isa isa) {
  switch (isa) {
    case Isa::scalar:
      return true;
    case Isa::avx2:
      return INLOOP_HAS_AVX2;
    case Isa::avx512:
      return INLOOP_HAS_AVX512;
    case Isa::neon:
      return INLOOP_HAS_NEON;
  }
  return false;
}

std::optional<Isa> parse(const std::string& name) {
  if (name == "auto" || name.empty()) return supported_isas().back();
  for (Isa isa : kAllIsas) {
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
    if (!parsed) return Status::config("unknown ISA '" + name + "' (scalar, avx2, avx512, neon or auto)");
    if (!in_build(*parsed)) return Status::config("this build of inloop has no ISA '" + name + "'");
    if (!cpu_has(*parsed)) return Status::config("this CPU does not support ISA '" + name + "'");
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
    case Isa::neon:
      return "neon";
  }
  return "unknown";
}

std::vector<Isa> supported_isas() {
  std::vector<Isa> isas;
  for (Isa isa : kAllIsas) {
    if (cpu_has(isa) && in_build(isa)) isas.push_back(isa);
  }
  return isas;
}

std::vector<Isa> isas_missing_in_build() {
  std::vector<Isa> isas;
  for (Isa isa : kAllIsas) {
    if (cpu_has(isa) && !in_build(isa)) isas.push_back(isa);
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

bool cpu_has_avx_vnni() { return cpu_features().avx_vnni && in_build(Isa::avx2); }

bool avx_vnni_enabled() { return cpu_has_avx_vnni() && avx_vnni_wanted(); }

void set_avx_vnni(bool enabled) { avx_vnni_wanted() = enabled; }

}  // namespace inloop
