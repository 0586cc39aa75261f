// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "hevc/encoder/search/prediction_replay.h"

#include "hevc/block/inter_prediction.h"
#include "hevc/block/intra_prediction.h"
#include "hevc/block/mv_prediction.h"

namespace inloop::hevc {
namespace {

class Replay {
 public:
  Replay(SearchState& state, const CodedCtu& ctu) : state_(state), picture_(state.picture), ctu_(ctu) {}

  void quadtree(int x, int y, int log2_size, int depth) {
    if (x >= picture_.width() || y >= picture_.height()) return;
    const CodedCell& cell = ctu_.cell(x, y);
    if (cell.cqt_depth > depth) {
      const int half = 1 << (log2_size - 1);
      for (int i = 0; i < 4; ++i) quadtree(x + (i & 1) * half, y + (i >> 1) * half, log2_size - 1, depth + 1);
    } else if (cell.pred_mode == PredMode::intra) {
      intra_tree(x, y, log2_size, 0);
    } else {
      inter_cu(x, y, 1 << log2_size, cell.part_mode);
    }
  }

 private:
  void inter_cu(int x, int y, int size, PartMode part_mode) {
    for (int i = 0; i < partition_count(part_mode); ++i) {
      const PredictionBlock block = partition_block(x, y, size, part_mode, i);
      predict_inter(state_.kernels, state_.refs, state_.slice, picture_.sps(), block.x, block.y, block.width,
                    block.height, ctu_.cell(block.x, block.y).motion, picture_.pred);
    }
  }

  void intra_tree(int x, int y, int log2_size, int depth) {
    const CodedCell& cell = ctu_.cell(x, y);
    const bool split = cell.transform_depth > depth;
    if (split) {
      const int half = 1 << (log2_size - 1);
      for (int i = 0; i < 4; ++i)
        intra_tree(x + (i & 1) * half, y + (i >> 1) * half, log2_size - 1, depth + 1);
    } else {
      intra_block(0, x, y, log2_size, cell.intra_mode);
    }
    if ((split && log2_size > 3) || log2_size == 2) return;
    const int mode = derive_chroma_mode(cell.intra_mode, cell.intra_chroma_mode);
    for (int c = 1; c < 3; ++c) intra_block(c, x / 2, y / 2, log2_size - 1, mode);
  }

  void intra_block(int c_idx, int x, int y, int log2_size, int mode) {
    IntraReferences references;
    gather_intra_references(picture_, c_idx, x, y, log2_size, references);
    Plane<Sample>& plane = picture_.pred.planes[c_idx];
    predict_intra(state_.kernels, references, c_idx, log2_size, mode, picture_.sps().bit_depth(c_idx),
                  picture_.sps().strong_intra_smoothing_enabled_flag, plane.row(y) + x, plane.stride());
  }

  SearchState& state_;
  Picture& picture_;
  const CodedCtu& ctu_;
};

}  // namespace

void replay_prediction(SearchState& state, const CodedCtu& ctu, int ctb_x, int ctb_y) {
  const int log2_size = state.picture.sps().log2_ctb_size;
  Replay(state, ctu).quadtree(ctb_x << log2_size, ctb_y << log2_size, log2_size, 0);
}

}  // namespace inloop::hevc
