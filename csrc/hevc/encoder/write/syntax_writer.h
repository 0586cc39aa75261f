// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <bit>
#include <cstdlib>

#include "hevc/block/intra_prediction.h"
#include "hevc/block/mv_prediction.h"
#include "hevc/encoder/write/coded_ctu.h"
#include "hevc/encoder/write/qp_groups.h"
#include "hevc/encoder/write/residual_writer.h"
#include "hevc/picture/picture.h"
#include "hevc/syntax/qp_rules.h"

namespace inloop::hevc {

// Writes the slice data syntax (7.3.8) of the decisions stored in a CodedCtu and, for neighbours, in the
// Picture. The Coder is a CabacEncoder to write or a BitCounter to estimate, so that each rule of the syntax
// exists once. A picture has one slice and no tiles, so a neighbour is available wherever it lies inside the
// picture.
template <class Coder>
class SyntaxWriter {
 public:
  SyntaxWriter(Coder& coder, const Picture& picture, const SliceHeader& slice, const CodedCtu& ctu)
      : coder_(coder),
        picture_(picture),
        sps_(picture.sps()),
        pps_(picture.pps()),
        slice_(slice),
        ctu_(ctu) {}

  // Sets the luma QP of the last CU of the previous CTU, or that of the slice, which predicts cu_qp_delta.
  void set_qp_before_ctu(int qp) { qp_before_ctu_ = qp; }

  // Starts the quantisation group at luma sample (x, y). Its delta is written with the first residual, unless
  // that has happened already.
  void quantization_group(int x, int y, bool delta_coded) {
    qp_predicted_ = delta_coded ? 0 : qp_groups::predicted_qp(picture_, ctu_, x, y, qp_before_ctu_);
    qp_delta_coded_ = delta_coded;
  }

  void sao(int ctb_x, int ctb_y) {
    const int address = ctb_y * sps_.pic_width_in_ctbs() + ctb_x;
    if (!slice_.sao_luma_flag && !slice_.sao_chroma_flag) return;
    if (ctb_x > 0) {
      const bool merge = same_sao(address, address - 1);
      coder_.bin(kCtxSaoMerge, merge);
      if (merge) return;
    }
    if (ctb_y > 0) {
      const bool merge = same_sao(address, address - sps_.pic_width_in_ctbs());
      coder_.bin(kCtxSaoMerge, merge);
      if (merge) return;
    }
    for (int c = 0; c < 3; ++c) {
      if (c ? slice_.sao_chroma_flag : slice_.sao_luma_flag) sao_component(address, c);
    }
  }

  void coding_quadtree(int x, int y, int log2_size, int depth) {
    const int size = 1 << log2_size;
    const bool split = ctu_.cell(x, y).cqt_depth > depth;
    if (pps_.cu_qp_delta_enabled_flag && log2_size >= qp_groups::log2_size(sps_, pps_)) {
      quantization_group(x, y, false);
    }
    split_cu_flag(x, y, log2_size, depth, split);
    if (!split) {
      coding_unit(x, y, log2_size);
      return;
    }
    for (int i = 0; i < 4; ++i) {
      const int sub_x = x + (i & 1) * size / 2, sub_y = y + (i >> 1) * size / 2;
      if (sub_x < picture_.width() && sub_y < picture_.height()) {
        coding_quadtree(sub_x, sub_y, log2_size - 1, depth + 1);
      }
    }
  }

  // Writes nothing where the flag is inferred.
  void split_cu_flag(int x, int y, int log2_size, int depth, bool split) {
    const int size = 1 << log2_size;
    if (log2_size == sps_.log2_min_cb_size) return;
    if (x + size > picture_.width() || y + size > picture_.height()) return;
    int context = 0;
    if (x > 0) context += picture_.cqt_depth[picture_.cell(x - 1, y)] > depth;
    if (y > 0) context += picture_.cqt_depth[picture_.cell(x, y - 1)] > depth;
    coder_.bin(kCtxSplitCu + context, split);
  }

  void coding_unit(int x, int y, int log2_size) {
    const CodedCell& cell = ctu_.cell(x, y);
    if (!slice_.is_intra()) {
      cu_skip_flag(x, y, cell.skip);
      if (cell.skip) {
        merge_idx(cell.merge_idx);
        return;
      }
      coder_.bin(kCtxPredMode, cell.pred_mode == PredMode::intra);
    }
    const bool intra = cell.pred_mode == PredMode::intra;
    if (!intra || log2_size == sps_.log2_min_cb_size) part_mode(cell.part_mode, intra, log2_size);
    bool has_residual = true;
    if (intra) {
      intra_modes(x, y, log2_size);
    } else {
      for (int i = 0; i < partition_count(cell.part_mode); ++i) {
        prediction_unit(partition_block(x, y, 1 << log2_size, cell.part_mode, i));
      }
      has_residual = (cell.cbf[0] | cell.cbf[1] | cell.cbf[2]) & 1;
      if (!(cell.part_mode == PartMode::p2Nx2N && cell.merge)) coder_.bin(kCtxRqtRootCbf, has_residual);
    }
    if (has_residual) transform_tree(x, y, x, y, log2_size, 0, 0);
  }

  void part_mode(PartMode mode, bool intra, int log2_size) {
    coder_.bin(kCtxPartMode, mode == PartMode::p2Nx2N);
    if (mode == PartMode::p2Nx2N || intra) return;
    const bool horizontal = mode == PartMode::p2NxN || mode == PartMode::p2NxnU || mode == PartMode::p2NxnD;
    coder_.bin(kCtxPartMode + 1, horizontal);
    if (log2_size == sps_.log2_min_cb_size) {
      if (log2_size > 3 && !horizontal) coder_.bin(kCtxPartMode + 2, mode == PartMode::pNx2N);
      return;
    }
    if (!sps_.amp_enabled_flag) return;
    const bool symmetric = mode == PartMode::p2NxN || mode == PartMode::pNx2N;
    coder_.bin(kCtxPartMode + 3, symmetric);
    if (!symmetric) coder_.bypass(mode == PartMode::p2NxnD || mode == PartMode::pnRx2N);
  }

  void cu_skip_flag(int x, int y, bool skip) {
    int context = 0;
    if (x > 0) context += (picture_.flags[picture_.cell(x - 1, y)] & kCellSkip) != 0;
    if (y > 0) context += (picture_.flags[picture_.cell(x, y - 1)] & kCellSkip) != 0;
    coder_.bin(kCtxSkip + context, skip);
  }

  void merge_idx(int index) {
    const int last = slice_.max_num_merge_cand - 1;
    if (last == 0) return;
    coder_.bin(kCtxMergeIdx, index > 0);
    for (int i = 1; i < last && i <= index; ++i) coder_.bypass(i < index);
  }

  void prediction_unit(const PredictionBlock& block) {
    const CodedCell& cell = ctu_.cell(block.x, block.y);
    coder_.bin(kCtxMergeFlag, cell.merge);
    if (cell.merge) {
      merge_idx(cell.merge_idx);
      return;
    }
    if (slice_.is_b()) inter_pred_idc(cell, block);
    for (int list = 0; list < 2; ++list) {
      if (!cell.motion.uses(list)) continue;
      ref_idx(cell.motion.ref_idx[list], slice_.num_ref_idx_active[list]);
      if (!(list == 1 && slice_.mvd_l1_zero_flag && cell.motion.is_bi())) mvd(cell.mvd[list]);
      coder_.bin(kCtxMvpFlag, cell.mvp_idx[list]);
    }
  }

  void mvd(Mv difference) {
    const int x = std::abs(difference.x), y = std::abs(difference.y);
    coder_.bin(kCtxMvdGreater0, x > 0);
    coder_.bin(kCtxMvdGreater0, y > 0);
    if (x) coder_.bin(kCtxMvdGreater1, x > 1);
    if (y) coder_.bin(kCtxMvdGreater1, y > 1);
    mvd_rest(x, difference.x < 0);
    mvd_rest(y, difference.y < 0);
  }

  void ref_idx(int index, int count) {
    const int last = count - 1;
    for (int i = 0; i < last && i <= index; ++i) {
      if (i < 2) {
        coder_.bin(kCtxRefIdx + i, i < index);
      } else {
        coder_.bypass(i < index);
      }
    }
  }

  void prev_intra_luma_pred_flag(const int mpm[3], int mode) {
    coder_.bin(kCtxPrevIntraLuma, mpm_index(mpm, mode) >= 0);
  }

  // Writes mpm_idx or rem_intra_luma_pred_mode.
  void intra_luma_mode(const int mpm[3], int mode) {
    const int index = mpm_index(mpm, mode);
    if (index >= 0) {
      coder_.bypass(index > 0);
      if (index > 0) coder_.bypass(index > 1);
      return;
    }
    const int smaller = (mpm[0] < mode) + (mpm[1] < mode) + (mpm[2] < mode);
    coder_.bypass_bits(static_cast<uint32_t>(mode - smaller), 5);
  }

  void intra_chroma_mode(int mode) {
    coder_.bin(kCtxIntraChroma, mode != 4);
    if (mode != 4) coder_.bypass_bits(static_cast<uint32_t>(mode), 2);
  }

  void residual(int c_idx, int luma_x, int luma_y, int log2_size, int intra_mode, bool intra) {
    const int scan_idx = derive_scan_idx(intra, log2_size, c_idx, intra_mode);
    if (log2_size == 2 && pps_.transform_skip_enabled_flag) {
      coder_.bin(kCtxTransformSkip + (c_idx ? 1 : 0), ctu_.cell(luma_x, luma_y).transform_skip >> c_idx & 1);
    }
    ResidualWriter<Coder>(coder_, ctu_.levels(c_idx, luma_x, luma_y), log2_size, c_idx, scan_idx,
                          pps_.sign_data_hiding_enabled_flag)
        .write();
  }

 private:
  static int mpm_index(const int mpm[3], int mode) {
    return mode == mpm[0] ? 0 : mode == mpm[1] ? 1 : mode == mpm[2] ? 2 : -1;
  }

  void intra_modes(int x, int y, int log2_size) {
    const CodedCell& cell = ctu_.cell(x, y);
    const bool split = cell.part_mode == PartMode::pNxN;
    const int parts = split ? 4 : 1, step = 1 << (log2_size - 1);
    int mpm[4][3];
    for (int i = 0; i < parts; ++i) {
      const int part_x = x + (i & 1) * step, part_y = y + (i >> 1) * step;
      derive_mpm(picture_, part_x, part_y, mpm[i]);
      prev_intra_luma_pred_flag(mpm[i], ctu_.cell(part_x, part_y).intra_mode);
    }
    for (int i = 0; i < parts; ++i) {
      const int part_x = x + (i & 1) * step, part_y = y + (i >> 1) * step;
      intra_luma_mode(mpm[i], ctu_.cell(part_x, part_y).intra_mode);
    }
    intra_chroma_mode(cell.intra_chroma_mode);
  }

  void inter_pred_idc(const CodedCell& cell, const PredictionBlock& block) {
    if (block.may_be_bi()) {
      coder_.bin(kCtxInterPredIdc + cell.cqt_depth, cell.motion.is_bi());
      if (cell.motion.is_bi()) return;
    }
    coder_.bin(kCtxInterPredIdc + 4, cell.motion.uses(1));
  }

  void mvd_rest(int magnitude, bool negative) {
    if (magnitude == 0) return;
    if (magnitude > 1) exp_golomb(static_cast<uint32_t>(magnitude - 2), 1);
    coder_.bypass(negative);
  }

  void exp_golomb(uint32_t value, int order) {
    while (value >= 1u << order) {
      coder_.bypass(1);
      value -= 1u << order++;
    }
    coder_.bypass(0);
    coder_.bypass_bits(value, order);
  }

  // (base_x, base_y) is the position of the parent node, where the chroma of an 8x8 luma block that is split
  // into 4x4 is stored.
  void transform_tree(int x, int y, int base_x, int base_y, int log2_size, int depth, int block_index) {
    const CodedCell& cell = ctu_.cell(x, y);
    const bool intra = cell.pred_mode == PredMode::intra;
    const bool intra_split = intra && cell.part_mode == PartMode::pNxN;
    const bool split = cell.transform_depth > depth;
    const int deepest = intra ? sps_.max_transform_hierarchy_depth_intra + intra_split
                              : sps_.max_transform_hierarchy_depth_inter;
    const bool inter_split = deepest == 0 && !intra && cell.part_mode != PartMode::p2Nx2N && depth == 0;
    if (log2_size <= sps_.log2_max_tb_size && log2_size > sps_.log2_min_tb_size && depth < deepest &&
        !(intra_split && depth == 0) && !inter_split) {
      coder_.bin(kCtxSplitTransform + 5 - log2_size, split);
    }
    if (log2_size > 2) {
      for (int c = 1; c < 3; ++c) {
        if (depth == 0 || (cell.cbf[c] >> (depth - 1) & 1)) {
          coder_.bin(kCtxCbfChroma + depth, cell.cbf[c] >> depth & 1);
        }
      }
    }
    if (split) {
      const int half = 1 << (log2_size - 1);
      for (int i = 0; i < 4; ++i) {
        transform_tree(x + (i & 1) * half, y + (i >> 1) * half, x, y, log2_size - 1, depth + 1, i);
      }
      return;
    }
    const int chroma_depth = log2_size == 2 ? depth - 1 : depth;
    const bool cbf_chroma = (cell.cbf[1] | cell.cbf[2]) >> chroma_depth & 1;
    const bool cbf_luma = cell.cbf[0] >> depth & 1;
    if (intra || depth != 0 || cbf_chroma) coder_.bin(kCtxCbfLuma + (depth == 0 ? 1 : 0), cbf_luma);
    transform_unit(x, y, base_x, base_y, log2_size, block_index, cbf_luma, cbf_chroma, chroma_depth);
  }

  void transform_unit(int x, int y, int base_x, int base_y, int log2_size, int block_index, bool cbf_luma,
                      bool cbf_chroma, int chroma_depth) {
    if (!cbf_luma && !cbf_chroma) return;
    const CodedCell& cell = ctu_.cell(x, y);
    if (pps_.cu_qp_delta_enabled_flag && !qp_delta_coded_) {
      cu_qp_delta(qp_delta(cell.qp, qp_predicted_, sps_.bit_depth_luma));
    }
    const bool intra = cell.pred_mode == PredMode::intra;
    if (cbf_luma) residual(0, x, y, log2_size, cell.intra_mode, intra);
    if (!cbf_chroma || (log2_size == 2 && block_index != 3)) return;
    const int chroma_x = log2_size == 2 ? base_x : x, chroma_y = log2_size == 2 ? base_y : y;
    const CodedCell& first = ctu_.cell(chroma_x, chroma_y);
    const int mode = intra ? derive_chroma_mode(first.intra_mode, first.intra_chroma_mode) : 0;
    for (int c = 1; c < 3; ++c) {
      if (cell.cbf[c] >> chroma_depth & 1)
        residual(c, chroma_x, chroma_y, std::max(2, log2_size - 1), mode, intra);
    }
  }

  void cu_qp_delta(int delta) {
    const int magnitude = std::abs(delta);
    for (int i = 0; i < std::min(magnitude, 5); ++i) coder_.bin(kCtxCuQpDelta + (i ? 1 : 0), 1);
    if (magnitude < 5) {
      coder_.bin(kCtxCuQpDelta + (magnitude ? 1 : 0), 0);
    } else {
      exp_golomb(static_cast<uint32_t>(magnitude - 5), 0);
    }
    if (magnitude) coder_.bypass(delta < 0);
    qp_delta_coded_ = true;
  }

  bool same_sao(int a, int b) const {
    for (int c = 0; c < 3; ++c) {
      const SaoParams& left = picture_.sao[c][static_cast<size_t>(a)];
      const SaoParams& right = picture_.sao[c][static_cast<size_t>(b)];
      if (left.type != right.type) return false;
      if (left.type == 0) continue;
      if (left.type == 1 ? left.band_position != right.band_position : left.eo_class != right.eo_class)
        return false;
      if (!std::equal(left.offset, left.offset + 4, right.offset)) return false;
    }
    return true;
  }

  void sao_component(int address, int c) {
    const SaoParams& sao = picture_.sao[c][static_cast<size_t>(address)];
    if (c < 2) {  // Cr shares the type and the edge class of Cb
      coder_.bin(kCtxSaoType, sao.type != 0);
      if (sao.type) coder_.bypass(sao.type == 2);
    }
    if (!sao.type) return;
    const int bit_depth = std::min(sps_.bit_depth(c), 10);
    const int largest = (1 << (bit_depth - 5)) - 1;
    for (int i = 0; i < 4; ++i) {
      const int magnitude = std::abs(sao.offset[i]);
      for (int k = 0; k < magnitude; ++k) coder_.bypass(1);
      if (magnitude < largest) coder_.bypass(0);
    }
    if (sao.type == 1) {
      for (int i = 0; i < 4; ++i) {
        if (sao.offset[i]) coder_.bypass(sao.offset[i] < 0);
      }
      coder_.bypass_bits(sao.band_position, 5);
    } else if (c < 2) {
      coder_.bypass_bits(sao.eo_class, 2);
    }
  }

  Coder& coder_;
  const Picture& picture_;
  const Sps& sps_;
  const Pps& pps_;
  const SliceHeader& slice_;
  const CodedCtu& ctu_;
  int qp_before_ctu_ = 0, qp_predicted_ = 0;
  bool qp_delta_coded_ = false;
};

}  // namespace inloop::hevc
