// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "nnlf/apply/picture_filter.h"

#include <algorithm>
#include <utility>

#include "nnlf/apply/blend.h"
#include "nnlf/apply/block_rule.h"

namespace inloop::nnlf {
namespace {

// Makes the plan without the choice of blocks that a picture without flags takes from the edge rule.
BlockPlan plan_settings(const CodedPicture& picture, const PictureParameters& parameters) {
  const BlockGrid grid(picture.width(), picture.height(), parameters.block_size);
  BlockPlan plan{grid, parameters.block_choice, {}, {}};
  plan.choice.resize(static_cast<size_t>(grid.count()));
  for (size_t i = 0; i < plan.qp_base.size(); ++i) {
    plan.qp_base[i] = picture.slice_qp + parameters.qp_offset[i];
  }
  for (size_t c = 0; c < 3; ++c) plan.scale[c] = scale_of_code(parameters.scale_code[c]);
  return plan;
}

void choose_by_edges(const CodedPicture& picture, int min_edges, const BlockRange& range, BlockPlan& plan) {
  for (int i = range.begin; i < range.end; ++i) {
    plan.choice[static_cast<size_t>(i)] = has_edges(picture, plan.grid.at(i), min_edges);
  }
}

}  // namespace

BlockPlan plan_blocks(const CodedPicture& picture, const PictureParameters& parameters) {
  BlockPlan plan = plan_settings(picture, parameters);
  if (!parameters.per_block) choose_by_edges(picture, parameters.min_edges, plan.grid.all(), plan);
  return plan;
}

void show_unfiltered(const BlockGrid& grid, const BlockRange& range, const std::vector<uint8_t>& choice,
                     const ConstPlanes& decoded, const MutablePlanes& shown) {
  for (int i = range.begin; i < range.end; ++i) {
    if (choice[static_cast<size_t>(i)]) continue;
    Block block = grid.at(i);
    block.width = std::min(block.width, decoded[0].width - block.x);
    block.height = std::min(block.height, decoded[0].height - block.y);
    if (block.width > 0 && block.height > 0) copy(crop(decoded, block), crop(shown, block));
  }
}

PictureFilter::PictureFilter(const FilterNetwork& network, PictureParameters parameters,
                             const CodedPicture& picture, const MutablePlanes& out)
    : network_(network),
      parameters_(std::move(parameters)),
      picture_(picture),
      out_(out),
      plan_(plan_settings(picture_, parameters_)) {
  if (parameters_.md5) md5_.emplace(picture.bit_depth);
}

Status PictureFilter::run() {
  begin_rows(0, picture_.height());
  INLOOP_RETURN_IF_ERROR(network_.filter(picture_, plan_, plan_.grid.all(), out_));
  end_rows(0, picture_.height());
  return {};
}

int PictureFilter::begin_rows(int y, int end_y) {
  const BlockRange range = plan_.grid.in_rows(y, end_y);
  if (!parameters_.per_block) choose_by_edges(picture_, parameters_.min_edges, range, plan_);
  return range.end;
}

IndexWork PictureFilter::make_worker() { return network_.block_filter(picture_, plan_, out_); }

void PictureFilter::end_rows(int y, int end_y) {
  if (md5_) md5_->add_rows(read_only(out_), y, end_y);
}

bool PictureFilter::hash_matches() { return !md5_ || md5_->finish() == *parameters_.md5; }

void PictureFilter::show_rows(const ConstPlanes& decoded, int y, int end_y) {
  show_unfiltered(plan_.grid, plan_.grid.in_rows(y, end_y), plan_.choice, decoded, out_);
}

}  // namespace inloop::nnlf
