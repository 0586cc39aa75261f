// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "nnlf/trial/filter_trial.h"

#include <algorithm>
#include <utility>

#include "nnlf/apply/picture_filter.h"

namespace inloop::nnlf {

FilterTrial::FilterTrial(const FilterNetwork& network, const CodedPicture& picture, const BlockGrid& grid,
                         const ConstPlanes& original)
    : network_(network), picture_(picture), grid_(grid), original_(original) {}

Status FilterTrial::run(int qp_offset, const std::vector<uint8_t>& wanted, std::vector<ComponentSums>& sums) {
  if (wanted.size() != static_cast<size_t>(grid_.count())) {
    return Status::config("wanted must have " + std::to_string(grid_.count()) + " entries, one a block");
  }
  Candidate candidate{qp_offset, wanted, video::Frame(picture_.width(), picture_.height())};
  INLOOP_RETURN_IF_ERROR(
      network_.run(picture_, picture_.slice_qp + qp_offset, grid_, wanted, candidate.signal.views()));
  const ConstPlanes signal = std::as_const(candidate.signal).views();
  sums.clear();
  for (int i = 0; i < grid_.count(); ++i) {
    const Block block = grid_.at(i);
    sums.push_back(blend_sums(network_.kernel_table(), crop(picture_.dbf, block), crop(signal, block),
                              crop(original_, block), picture_.bit_depth));
  }
  candidates_.push_back(std::move(candidate));
  return {};
}

const FilterTrial::Candidate* FilterTrial::find(int qp_offset) const {
  const auto found = std::find_if(candidates_.begin(), candidates_.end(),
                                  [=](const Candidate& c) { return c.qp_offset == qp_offset; });
  return found == candidates_.end() ? nullptr : &*found;
}

Status FilterTrial::apply(const PictureParameters& parameters, const MutablePlanes& out) const {
  if (parameters.block_size != grid_.block_size()) {
    return Status::config("the filter was tried on blocks of another size");
  }
  std::array<ConstPlanes, kMaxCandidates> signals;
  std::array<const Candidate*, kMaxCandidates> used{};
  for (size_t i = 0; i < static_cast<size_t>(parameters.candidates); ++i) {
    used[i] = find(parameters.qp_offset[i]);
    if (!used[i]) return Status::config("the filter was not tried with such a QP offset");
    signals[i] = used[i]->signal.views();
  }
  const BlockPlan plan = plan_blocks(picture_, parameters);
  for (size_t i = 0; i < plan.choice.size(); ++i) {
    if (plan.choice[i] && !used[static_cast<size_t>(plan.choice[i] - 1)]->wanted[i]) {
      return Status::config("the filter was not tried on block " + std::to_string(i));
    }
  }
  apply_plan(network_.kernel_table(), picture_, plan, signals, out);
  return {};
}

}  // namespace inloop::nnlf
