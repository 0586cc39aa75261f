// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "codec/kernels/table.h"

namespace inloop::codec {

void fill_intra_avx2(KernelTable&) {}

}  // namespace inloop::codec
