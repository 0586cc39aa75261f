// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include <immintrin.h>

#include "nn/kernels/table.h"

namespace inloop::nn {

void fill_avx512(KernelTable&) {}

}  // namespace inloop::nn
