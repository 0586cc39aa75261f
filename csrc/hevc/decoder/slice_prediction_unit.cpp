// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "hevc/block/inter_prediction.h"
#include "hevc/decoder/slice_decoder.h"
#include "hevc/decoder/terminating_bins.h"

namespace inloop::hevc {

void SliceDecoder::prediction_units(CodingUnit& cu, bool skipped, int depth) {
  const int parts = partition_count(cu.part_mode);
  for (int i = 0; i < parts && !failure_; ++i) prediction_unit(cu, i, skipped, depth);
}

// Parses prediction_unit() (7.3.8.6), derives its motion (8.5.3.2) and predicts the block.
void SliceDecoder::prediction_unit(CodingUnit& cu, int part_idx, bool skipped, int depth) {
  const PredictionBlock block = partition_block(cu.x, cu.y, 1 << cu.log2_size, cu.part_mode, part_idx);
  MotionInfo motion;
  if (skipped || cabac_.decode_bin(contexts_[kCtxMergeFlag])) {
    const int merge_idx = parse_merge_idx();
    MotionInfo candidates[5];
    derive_merge_candidates(motion_context_, block, merge_idx, candidates);
    motion = candidates[merge_idx];
    cu.merge_2Nx2N = cu.part_mode == PartMode::p2Nx2N;
  } else {
    parse_amvp_motion(block, depth, motion);
  }
  picture_->motion.fill(block.x, block.y, block.width, block.height, motion);
  if (part_idx > 0) {
    uint8_t* first = picture_->flags.at(block.x, block.y);
    if (block.y > cu.y) {
      for (int i = 0; i < block.width >> 2; ++i) first[i] |= kCellPuHorizontal;
    }
    if (block.x > cu.x) {
      for (int i = 0; i < block.height >> 2; ++i) first[i * picture_->cell_stride()] |= kCellPuVertical;
    }
  }
  predict(block, motion);
}

int SliceDecoder::parse_merge_idx() {
  const int max = slice_->max_num_merge_cand - 1;
  if (max == 0 || !cabac_.decode_bin(contexts_[kCtxMergeIdx])) return 0;
  int idx = 1;
  while (idx < max && cabac_.decode_bypass()) ++idx;
  return idx;
}

// Returns the lists that are used: bit X stands for list X.
int SliceDecoder::parse_inter_pred_idc(const PredictionBlock& block, int depth) {
  if (!slice_->is_b()) return 1;
  const bool may_be_bi = block.may_be_bi();
  if (may_be_bi && cabac_.decode_bin(contexts_[static_cast<size_t>(kCtxInterPredIdc + depth)])) return 3;
  return cabac_.decode_bin(contexts_[kCtxInterPredIdc + 4]) ? 2 : 1;
}

int SliceDecoder::parse_ref_idx(int count) {
  int idx = 0;
  while (idx < count - 1) {
    const bool more = idx < 2 ? cabac_.decode_bin(contexts_[static_cast<size_t>(kCtxRefIdx + idx)])
                              : cabac_.decode_bypass();
    if (!more) break;
    ++idx;
  }
  return idx;
}

// Parses abs_mvd_minus2 (Exp-Golomb of order 1) and mvd_sign_flag of one component.
int SliceDecoder::parse_mvd_component_rest(bool greater1) {
  int magnitude = 1;
  if (greater1) {
    int k = 1;
    int base = 0;
    while (k < 16 && cabac_.decode_bypass()) base += 1 << k++;
    if (k == 16) fail("motion vector difference out of range");
    magnitude = 2 + base + static_cast<int>(cabac_.decode_bypass_bits(k));
  }
  const int value = cabac_.decode_bypass() ? -magnitude : magnitude;
  note_16_bit_value(value, cabac_);
  return value;
}

Mv SliceDecoder::parse_mvd() {
  const bool x_coded = cabac_.decode_bin(contexts_[kCtxMvdGreater0]);
  const bool y_coded = cabac_.decode_bin(contexts_[kCtxMvdGreater0]);
  const bool x_greater1 = x_coded && cabac_.decode_bin(contexts_[kCtxMvdGreater1]);
  const bool y_greater1 = y_coded && cabac_.decode_bin(contexts_[kCtxMvdGreater1]);
  Mv mvd;
  if (x_coded) mvd.x = static_cast<int16_t>(parse_mvd_component_rest(x_greater1));
  if (y_coded) mvd.y = static_cast<int16_t>(parse_mvd_component_rest(y_greater1));
  return mvd;
}

void SliceDecoder::parse_amvp_motion(const PredictionBlock& block, int depth, MotionInfo& motion) {
  const int used = parse_inter_pred_idc(block, depth);
  Mv mvd[2];
  int mvp_flag[2] = {};
  for (int list = 0; list < 2; ++list) {
    if (!(used >> list & 1)) continue;
    motion.ref_idx[list] = static_cast<int8_t>(parse_ref_idx(refs_->num[list]));
    if (list == 0 || used != 3 || !slice_->mvd_l1_zero_flag) mvd[list] = parse_mvd();
    mvp_flag[list] = cabac_.decode_bin(contexts_[kCtxMvpFlag]);
  }
  for (int list = 0; list < 2; ++list) {
    if (!motion.uses(list)) continue;
    Mv candidates[2];
    derive_amvp_candidates(motion_context_, block, list, motion.ref_idx[list], candidates);
    const Mv predictor = candidates[mvp_flag[list]];
    // Sums wrap at 16 bits (8-94).
    motion.mv[list].x = static_cast<int16_t>(predictor.x + mvd[list].x);
    motion.mv[list].y = static_cast<int16_t>(predictor.y + mvd[list].y);
  }
}

// Waits for the rows that interpolation reads (8.5.3.3.3), which go 4 rows below the block. Beyond the
// picture its last row is repeated.
bool SliceDecoder::wait_for_references(const PredictionBlock& block, const MotionInfo& motion) {
  constexpr int kRowsBelow = 4;
  for (int list = 0; list < 2; ++list) {
    if (!motion.uses(list)) continue;
    const Picture& reference = *refs_->pic[list][motion.ref_idx[list]];
    const int rows = block.y + block.height + (motion.mv[list].y >> 2) + kRowsBelow;
    if (!reference.final_rows.wait(clip3(1, sps_->pic_height, rows), pool_)) {
      fail_without(reference);
      return false;
    }
  }
  return true;
}

void SliceDecoder::predict(const PredictionBlock& block, const MotionInfo& motion) {
  if (!wait_for_references(block, motion)) return;
  predict_inter(kernels_, *refs_, *slice_, *sps_, block.x, block.y, block.width, block.height, motion,
                picture_->rec);
  for (int c = 0; c < 3; ++c) {
    const int sub = c > 0;
    keep_prediction(c, block.x >> sub, block.y >> sub, block.width >> sub, block.height >> sub);
  }
}

}  // namespace inloop::hevc
