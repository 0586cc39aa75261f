// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "codec/kernels/table.h"

namespace inloop::codec {

void fill_sao_scalar(KernelTable&) {}

}  // namespace inloop::codec
