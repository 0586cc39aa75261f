// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "hevc/encoder/search/search_state.h"

namespace inloop::hevc {

// Repeats the prediction of a decided CTU into picture.pred, from the reconstruction before deblocking, for
// filters that take the prediction as an input. The search itself keeps no predictions, because few of them
// survive.
void replay_prediction(SearchState& state, const CodedCtu& ctu, int ctb_x, int ctb_y);

}  // namespace inloop::hevc
