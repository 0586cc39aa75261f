// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "codec/encoder/search_state.h"

namespace inloop::codec {

// A transform block. (x, y): top-left luma sample of the units it belongs to; log2_size in samples of c_idx.
struct TransformBlock {
  int c_idx = 0;
  int x = 0, y = 0;
  int log2_size = 0;
  bool intra = true;
  int intra_mode = 0;  // actual mode of the component, where intra
};

struct BlockCost {
  double cost = 0;  // weighted squared error plus priced bits of the levels (no cbf)
  bool coded = false;
};

// Transforms, quantises and reconstructs one block from its prediction (dense or strided) into picture.rec;
// levels go to the CTU. Codes nothing where that is cheaper.
BlockCost code_transform_block(SearchState& state, const TransformBlock& block, const Sample* pred,
                               ptrdiff_t pred_stride);

}  // namespace inloop::codec
