// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/status.h"
#include "nnlf/apply/filter_network.h"
#include "nnlf/contract/coded_picture.h"
#include "nnlf/params/payload.h"
#include "video/frame.h"

namespace inloop::nnlf {

// Tries a network on one picture for the encoder. It keeps the signals of the candidates (runs with different
// offsets of the base QP) and gives the sums by which the encoder decides; TrialFilter then makes the picture. It must
// not be used by several threads at a time, but for what TrialFilter asks of it.
class FilterTrial {
 public:
  using ComponentSums = std::array<BlendSums, 3>;  // of Y, Cb, Cr

  // `original` is the source in the coded size. All arguments must outlive the trial.
  FilterTrial(const FilterNetwork& network, const CodedPicture& picture, const BlockGrid& grid,
              const ConstPlanes& original);

  // Runs the network on the blocks whose entry in `wanted` is not zero, with `qp_offset` added to the slice
  // QP, keeps its signal as another candidate, and gives the sums of every block in raster order. Where the
  // network did not run, the signal is the deblocked picture.
  Status run(int qp_offset, const std::vector<uint8_t>& wanted, std::vector<ComponentSums>& sums);

  // Returns the number of the candidate with this offset, or -1 where the network was not run with it.
  int find(int qp_offset) const;
  // Returns whether the network ran on a block for a candidate.
  bool has_run(int candidate, int index) const { return at(candidate).wanted[static_cast<size_t>(index)]; }

  // Returns the signal of a candidate in a block, and runs the network there if it has not yet. Different threads may
  // ask for different blocks.
  Status signal(int candidate, int index, const FilterNetwork::SignalWork& work, ConstPlanes& signal);
  ComponentSums sums(const Block& block, const ConstPlanes& signal) const;

  const FilterNetwork& network() const { return network_; }
  const CodedPicture& picture() const { return picture_; }
  const BlockGrid& grid() const { return grid_; }

 private:
  struct Candidate {
    int qp_offset;
    std::vector<uint8_t> wanted;
    video::Frame signal;
  };
  const Candidate& at(int candidate) const { return candidates_[static_cast<size_t>(candidate)]; }

  const FilterNetwork& network_;
  const CodedPicture picture_;
  const BlockGrid grid_;
  const ConstPlanes original_;
  std::vector<Candidate> candidates_;
};

}  // namespace inloop::nnlf
