// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "nnlf/trial/filter_trial.h"

#include <algorithm>
#include <utility>

#include "nnlf/apply/blend.h"

namespace inloop::nnlf {

FilterTrial::FilterTrial(const FilterNetwork& network, const CodedPicture& picture, const BlockGrid& grid,
                         const ConstPlanes& original)
    : network_(network), picture_(picture), grid_(grid), original_(original) {}

Status FilterTrial::run(int qp_offset, const std::vector<uint8_t>& wanted, std::vector<ComponentSums>& sums) {
  if (wanted.size() != static_cast<size_t>(grid_.count())) {
    return Status::config("wanted must have " + std::to_string(grid_.count()) + " entries, one a block");
  }
  Candidate candidate{qp_offset, wanted, video::Frame(picture_.width(), picture_.height())};
  sums.resize(wanted.size());
  const MutablePlanes signal = candidate.signal.views();
  const ConstPlanes made = std::as_const(candidate.signal).views();
  INLOOP_RETURN_IF_ERROR(
      network_.run(picture_, picture_.slice_qp + qp_offset, grid_, wanted, signal, [&](int index) {
        const Block block = grid_.at(index);
        sums[static_cast<size_t>(index)] = this->sums(block, crop(made, block));
      }));
  candidates_.push_back(std::move(candidate));
  return {};
}

int FilterTrial::find(int qp_offset) const {
  const auto found = std::find_if(candidates_.begin(), candidates_.end(),
                                  [=](const Candidate& c) { return c.qp_offset == qp_offset; });
  return found == candidates_.end() ? -1 : static_cast<int>(found - candidates_.begin());
}

Status FilterTrial::signal(int candidate, int index, const FilterNetwork::SignalWork& work,
                           ConstPlanes& signal) {
  Candidate& tried = candidates_[static_cast<size_t>(candidate)];
  const Block block = grid_.at(index);
  if (uint8_t& has_run = tried.wanted[static_cast<size_t>(index)]; !has_run) {
    INLOOP_RETURN_IF_ERROR(
        work(block, picture_.slice_qp + tried.qp_offset, crop(tried.signal.views(), block)));
    has_run = 1;
  }
  signal = crop(std::as_const(tried.signal).views(), block);
  return {};
}

FilterTrial::ComponentSums FilterTrial::sums(const Block& block, const ConstPlanes& signal) const {
  return blend_sums(network_.kernel_table(), crop(picture_.dbf, block), signal, crop(original_, block),
                    picture_.bit_depth);
}

}  // namespace inloop::nnlf
