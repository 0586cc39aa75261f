// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "hevc/encoder/search/search_state.h"

namespace inloop::hevc {

// Describes a transform block. (x, y) is the luma sample at the top-left corner of the area that it covers,
// for chroma too; log2_size is in samples of component c_idx.
struct TransformBlock {
  int c_idx = 0;
  int x = 0, y = 0;
  int log2_size = 0;
  bool intra = true;
  int intra_mode = 0;  // the mode of the component itself, where the block is intra
};

struct BlockCost {
  double cost = 0;  // weighted squared error plus priced bits of the levels, without the cbf
  bool coded = false;
  bool transform_skip = false;
  uint8_t max_x = 0, max_y = 0;  // last column and row that hold a level
};

// Transforms and quantises one block against its prediction (dense or strided) without reconstructing it.
// `levels` receives a dense block; its content is meaningless where coding nothing is cheaper. The squared
// error is measured on the coefficients.
BlockCost quantize_transform_block(const SearchState& state, const TransformBlock& block, const Sample* pred,
                                   ptrdiff_t pred_stride, int16_t* levels);

// Writes the reconstruction into picture.rec from the prediction and the CTU's levels, and stores the
// decisions of `cost` in the CTU.
void reconstruct_transform_block(SearchState& state, const TransformBlock& block, const BlockCost& cost,
                                 const Sample* pred, ptrdiff_t pred_stride);

// Does both, with the levels stored in the CTU.
BlockCost code_transform_block(SearchState& state, const TransformBlock& block, const Sample* pred,
                               ptrdiff_t pred_stride);

}  // namespace inloop::hevc
