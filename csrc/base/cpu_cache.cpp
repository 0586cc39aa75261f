// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "base/cpu_cache.h"

#include <unistd.h>

namespace inloop {

size_t l2_cache_bytes() {
#if defined(_SC_LEVEL2_CACHE_SIZE)
  static const long bytes = sysconf(_SC_LEVEL2_CACHE_SIZE);
  if (bytes >= (256 << 10) && bytes <= (16 << 20)) return static_cast<size_t>(bytes);
#endif
  return size_t{1} << 20;
}

}  // namespace inloop
