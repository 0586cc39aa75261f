// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "hevc/encoder/search/search_state.h"

namespace inloop::hevc {

// A transform block. (x, y): top-left luma sample of the CUs it belongs to; log2_size in samples of c_idx.
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
  bool transform_skip = false;
  uint8_t max_x = 0, max_y = 0;  // last column and row with a level
};

// Transforms and quantises one block from its prediction (dense or strided) without reconstructing it;
// `levels` get a dense block, which is meaningless where nothing is coded because that is cheaper. The
// squared error is that of the coefficients.
BlockCost quantize_transform_block(const SearchState& state, const TransformBlock& block, const Sample* pred,
                                   ptrdiff_t pred_stride, int16_t* levels);

// Makes picture.rec from the prediction and the CTU's levels, and the decisions of the CTU follow `cost`.
void reconstruct_transform_block(SearchState& state, const TransformBlock& block, const BlockCost& cost,
                                 const Sample* pred, ptrdiff_t pred_stride);

// Both, with the levels in the CTU.
BlockCost code_transform_block(SearchState& state, const TransformBlock& block, const Sample* pred,
                               ptrdiff_t pred_stride);

}  // namespace inloop::hevc
