// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <vector>

#include "base/status.h"
#include "nnlf/apply/filter_network.h"
#include "nnlf/contract/coded_picture.h"
#include "nnlf/params/payload.h"
#include "video/frame.h"

namespace inloop::nnlf {

// Tries a network on one picture for the encoder. It keeps the signals of the candidates (runs with different
// offsets of the base QP), gives the sums by which the encoder decides, and makes the picture that follows
// from a decision. It must not be used by several threads at a time.
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

  // Writes the filtered picture that a decoder makes with these parameters. Returns StatusCode::config where
  // they need an offset or a block with which the network did not run, or blocks of another size.
  Status apply(const PictureParameters& parameters, const MutablePlanes& out) const;

  const CodedPicture& picture() const { return picture_; }
  const BlockGrid& grid() const { return grid_; }

 private:
  struct Candidate {
    int qp_offset;
    std::vector<uint8_t> wanted;
    video::Frame signal;
  };
  const Candidate* find(int qp_offset) const;

  const FilterNetwork& network_;
  const CodedPicture picture_;
  const BlockGrid grid_;
  const ConstPlanes original_;
  std::vector<Candidate> candidates_;
};

}  // namespace inloop::nnlf
