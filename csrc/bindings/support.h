// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>

#include "base/isa.h"
#include "base/status.h"

// What every extension module needs to turn arguments into the core's types and statuses into exceptions.
namespace inloop::bindings {

// Raises the member of the error family (inloop.errors) that belongs to a status, unless that is ok.
void raise_if_error(const Status& status);

// Returns the isa for an object that is about to be created. Raises ConfigError if INLOOP_ISA names one that
// cannot run.
Isa checked_isa();

// Returns the isa of that name, or for "" the one in use. Raises ConfigError if it cannot run.
Isa isa_named(const std::string& name);

// Returns a number of threads from 1 to 64. Raises ConfigError for any other.
int checked_threads(int threads);

}  // namespace inloop::bindings
