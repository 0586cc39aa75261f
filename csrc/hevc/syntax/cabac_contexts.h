// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <cstdint>

#include "entropy/cabac_tables.h"
#include "hevc/syntax/types.h"

// The context variables of the arithmetic coder (clause 9.3), which encoder and decoder share.
namespace inloop::hevc {

// The index of the first context of each syntax element in ContextSet. The comments give the number of its
// contexts where it is not one; the numbers are those of Rec. ITU-T H.265 (v1).
enum ContextIndex : int {
  kCtxSaoMerge = 0,
  kCtxSaoType = kCtxSaoMerge + 1,
  kCtxSplitCu = kCtxSaoType + 1,
  kCtxTransquantBypass = kCtxSplitCu + 3,
  kCtxSkip = kCtxTransquantBypass + 1,
  kCtxPredMode = kCtxSkip + 3,
  kCtxPartMode = kCtxPredMode + 1,  // 4: bins 0, 1, 2 (in the smallest CUs), 3 (AMP)
  kCtxPrevIntraLuma = kCtxPartMode + 4,
  kCtxIntraChroma = kCtxPrevIntraLuma + 1,
  kCtxRqtRootCbf = kCtxIntraChroma + 1,
  kCtxMergeFlag = kCtxRqtRootCbf + 1,
  kCtxMergeIdx = kCtxMergeFlag + 1,
  kCtxInterPredIdc = kCtxMergeIdx + 1,  // 5
  kCtxRefIdx = kCtxInterPredIdc + 5,    // 2
  kCtxMvpFlag = kCtxRefIdx + 2,
  kCtxSplitTransform = kCtxMvpFlag + 1,  // 3, in the order of 5 - log2 of the size
  kCtxCbfLuma = kCtxSplitTransform + 3,  // 2
  kCtxCbfChroma = kCtxCbfLuma + 2,       // 4 (v1), by depth in the transform tree
  kCtxMvdGreater0 = kCtxCbfChroma + 4,
  kCtxMvdGreater1 = kCtxMvdGreater0 + 1,
  kCtxCuQpDelta = kCtxMvdGreater1 + 1,    // 2
  kCtxTransformSkip = kCtxCuQpDelta + 2,  // 2: luma, chroma
  kCtxLastX = kCtxTransformSkip + 2,      // 18: 15 luma, 3 chroma
  kCtxLastY = kCtxLastX + 18,
  kCtxCodedSubBlock = kCtxLastY + 18,    // 4: 2 luma, 2 chroma
  kCtxSigCoeff = kCtxCodedSubBlock + 4,  // 42: 27 luma, 15 chroma
  kCtxGreater1 = kCtxSigCoeff + 42,      // 24: 16 luma, 8 chroma
  kCtxGreater2 = kCtxGreater1 + 24,      // 6: 4 luma, 2 chroma
  kContextCount = kCtxGreater2 + 6,
};

// The state of a context is (pStateIdx << 1) | valMps.
using ContextSet = std::array<uint8_t, kContextCount>;

// Initialises all contexts for a slice (9.3.2.2). initType is 0 in I slices; cabac_init_flag selects 2 over 1
// in P slices, and 1 over 2 in B slices.
void init_contexts(ContextSet& contexts, SliceType slice_type, bool cabac_init_flag, int slice_qp);

}  // namespace inloop::hevc
