// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>

namespace inloop {

// Returns the size of a core's L2 cache, or 1 MiB where the system does not tell. It may only guide
// choices of speed: no result may depend on it.
size_t l2_cache_bytes();

}  // namespace inloop
