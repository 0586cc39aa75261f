// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "hevc/encoder/search/block_backup.h"
#include "hevc/encoder/search/block_coder.h"
#include "hevc/encoder/search/intra_modes.h"

namespace inloop::hevc {

// Decides how a CU is coded in intra mode: luma modes, transform tree and chroma mode. The decisions go to
// the CTU, the reconstruction to picture.rec. Syntax is priced by estimates only, as the caller counts the
// bits of the finished CU.
class IntraSearch {
 public:
  explicit IntraSearch(SearchState& state) : state_(state) {}

  enum class Outcome {
    unlikely,  // no mode has an estimate below the limit
    worse,     // luma alone costs more than the best coding of the CU
    coded,
  };
  // `best` is the cost of the best coding of the CU so far.
  Outcome search_2Nx2N(int x, int y, int log2_size, int cqt_depth, double limit, double best);
  // Serves 8x8 CUs only. Returns false where luma alone costs more than `best`; the CU is not coded then.
  bool search_NxN(int x, int y, int cqt_depth, double best);

 private:
  struct ModeChoice {
    int mode = 0;
    double tree_cost = 0;  // cost of the block in this mode, without the bits of the mode
  };

  void start_cu(int x, int y, int log2_size, int cqt_depth, PartMode part_mode);
  double search_luma_mode(int x, int y, int log2_size, int depth, double limit);
  ModeChoice choose_mode(int x, int y, int log2_size, int depth, const IntraModeList& list,
                         const IntraModeBits& bits);
  ModeChoice choose_mode_64(int x, int y, int depth, const IntraModeList& list, const IntraModeBits& bits);
  double luma_tree(int x, int y, int log2_size, int depth, int mode, int deepest);
  double refine_tree(int x, int y, int log2_size, int depth, int mode, int deepest, double whole_cost);
  double luma_leaf(int x, int y, int log2_size, int depth, int mode);
  void set_leaf(int x, int y, int log2_size, int depth, bool coded);
  double cbf_cost(int depth, bool coded) const;
  void search_chroma_mode(int x, int y, int log2_size);
  void predict_chroma(int c, int x, int y, int log2_size, int mode, Sample* pred);
  double rough_chroma_cost(int x, int y, int log2_size, int mode);
  double chroma_tree(int x, int y, int log2_size, int depth, int mode);
  double chroma_leaf(int x, int y, int log2_size, int depth, int mode);

  SearchState& state_;
  ComponentBackup<kMaxCtuSize> best_luma_;
  ComponentBackup<kMaxCtuSize / 2> best_chroma_[2];
};

}  // namespace inloop::hevc
