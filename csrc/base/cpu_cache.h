// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>

namespace inloop {

// Size of a core's second-level cache; 1 MiB where the system does not say. For choices of speed only: no
// result may depend on it.
size_t l2_cache_bytes();

}  // namespace inloop
