// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/md5.h"
#include "base/shared_loop.h"
#include "base/status.h"
#include "nnlf/apply/filter_network.h"
#include "nnlf/apply/picture_md5.h"
#include "nnlf/params/payload.h"
#include "nnlf/trial/filter_trial.h"

namespace inloop::nnlf {

// What is left open when the parameters of a picture are decided from a part of its blocks.
struct OpenBlocks {
  // With block flags, per block in raster order: blocks that are not zero get their flag when they are filtered.
  std::vector<uint8_t> open;
  // The fall of its squared error, in samples of 14 bit, from which on a candidate is better than to leave a block
  // unfiltered. There is an entry for each block.
  std::vector<double> least_gain;
};

// The second stage of the filter in the encoder: it makes the picture that follows from a decision, by rows of blocks.
// Blocks of the trial keep their signals; the network runs on the others, whose flags follow from what it brings there.
class TrialFilter {
 public:
  // `trial` must outlive this object, and nobody else may use it meanwhile. With `hash`, the filtered picture gets one.
  // Returns StatusCode::config where the parameters need an offset that was not tried, or blocks of another size.
  static Status create(FilterTrial& trial, PictureParameters parameters, OpenBlocks open, bool hash,
                       std::optional<TrialFilter>& out);

  const FilterTrial& trial() const { return trial_; }
  const BlockGrid& grid() const { return plan_.grid; }

  // Says where the picture goes, before anything else: `out` may be the deblocked picture itself. Returns
  // StatusCode::config for another size and on a second call.
  Status begin(const MutablePlanes& out);

  // Makes what a thread calls to filter blocks, each by its index in raster order.
  IndexWork make_worker();
  // Takes note that all blocks of these luma rows are filtered. The calls come from the top to the bottom.
  void end_rows(int y, int end_y);
  // Filters the whole picture, with the threads of the network.
  Status run();

  // These hold once all rows are filtered: the parameters with all flags and the hash, the choice for every block as
  // in BlockPlan, and the sums of the first candidate in the blocks on which the network has run here (others have
  // zeros).
  const PictureParameters& parameters() const { return parameters_; }
  const std::vector<uint8_t>& choice() const { return plan_.choice; }
  const std::vector<FilterTrial::ComponentSums>& sums() const { return sums_; }
  const std::vector<uint8_t>& has_run() const { return has_run_; }

 private:
  TrialFilter(FilterTrial& trial, PictureParameters parameters, OpenBlocks open, bool hash);
  Status filter(int index, const FilterNetwork::SignalWork& work);
  Status choose(int index, const FilterNetwork::SignalWork& work);
  Status signal(int candidate, int index, const FilterNetwork::SignalWork& work, ConstPlanes& signal);
  double gain(const FilterTrial::ComponentSums& sums) const;

  FilterTrial& trial_;
  PictureParameters parameters_;
  OpenBlocks open_;
  BlockPlan plan_;
  std::array<int, kMaxCandidates> tried_{};  // the number of each candidate in the trial
  std::optional<PictureMd5> md5_;
  std::optional<MutablePlanes> out_;
  std::vector<FilterTrial::ComponentSums> sums_;
  std::vector<uint8_t> has_run_;
};

}  // namespace inloop::nnlf
