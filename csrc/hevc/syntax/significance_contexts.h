// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>

namespace inloop::hevc {

// Context indices (relative to the slice's context set) of sig_coeff_flag for the 16 scan positions of a
// sub-block, as sig_coeff_context() gives them. coded_neighbours as there; first: the sub-block that holds
// DC.
const uint8_t* significance_contexts(int c_idx, int log2_size, int scan_idx, bool first,
                                     int coded_neighbours);

}  // namespace inloop::hevc
