// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "codec/kernels/table.h"
#include "codec/picture.h"

namespace inloop::codec {

// Sample adaptive offset over the whole picture (8.7.3), from picture.sao; reads the signal before SAO
// everywhere.
void apply_sao(const KernelTable& kernels, Picture& picture);

}  // namespace inloop::codec
