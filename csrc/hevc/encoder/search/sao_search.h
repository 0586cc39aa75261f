// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "hevc/kernels/table.h"
#include "hevc/loopfilter/loop_stage.h"
#include "hevc/picture/picture.h"

namespace inloop::hevc {

// Chooses the SAO parameters of every CTB from picture.rec (before SAO) and the source, by squared error plus
// estimated bits, and merges with the left or upper CTB where that is cheaper. The result goes to
// picture.sao.
class SaoSearch final : public LoopStage {
 public:
  // lambda is the squared error per bit; chroma_weight is the weight of a chroma squared error relative to
  // luma.
  SaoSearch(const KernelTable& kernels, Picture& picture, const Frame& source, double lambda,
            double chroma_weight)
      : kernels_(kernels),
        picture_(picture),
        source_(source),
        lambda_(lambda),
        chroma_weight_(chroma_weight) {}

  // The statistics of a CTB read the row below it. What stands behind must leave the last row above alone, which
  // SaoFilter does.
  Reach reach() const override { return {2, 2, picture_.sps().ctb_size()}; }
  Status run(int y, int end_y) override;

  bool used(bool chroma) const;  // Returns whether any CTB has SAO in luma or, respectively, chroma.

 private:
  struct Statistics {
    // Numbers of samples and sums of source - rec, by edge class and category.
    int32_t count[4][4] = {}, error[4][4] = {};
    int32_t band_count[32] = {}, band_error[32] = {};
  };
  struct Choice {
    SaoParams params;
    double cost = 0;  // relative to coding no SAO
  };

  void decide_ctb(int ctb_x, int ctb_y);
  Statistics gather(int c_idx, int ctb_x, int ctb_y) const;
  double distortion(int c_idx, const Statistics& statistics, const SaoParams& params) const;
  Choice best_edge(int c_idx, const Statistics& statistics, int eo_class) const;
  Choice best_band(int c_idx, const Statistics& statistics) const;
  int best_offset(int c_idx, int64_t count, int64_t error, int low, int high, double& cost) const;
  double weight(int c_idx) const { return c_idx ? chroma_weight_ : 1.0; }

  const KernelTable& kernels_;
  Picture& picture_;
  const Frame& source_;
  double lambda_, chroma_weight_;
};

}  // namespace inloop::hevc
