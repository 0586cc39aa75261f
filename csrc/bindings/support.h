// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>

#include "base/isa.h"
#include "base/status.h"

// What every extension module needs to turn arguments into the core's types and statuses into exceptions.
namespace inloop::bindings {

// Raises the member of the inloop error family (inloop.errors) that belongs to a status that is not ok.
void raise_if_error(const Status& status);

// The ISA level for an object about to be created; raises ConfigError where INLOOP_ISA names one that cannot
// run.
IsaLevel checked_isa();

// The level of that name, or for "" the one in force; raises ConfigError where it cannot run.
IsaLevel level_named(const std::string& name);

// A number of threads, 1 to 64; raises ConfigError for another.
int checked_threads(int threads);

}  // namespace inloop::bindings
