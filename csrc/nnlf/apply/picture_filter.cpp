// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "nnlf/apply/picture_filter.h"

#include <algorithm>

#include "nnlf/apply/blend.h"
#include "nnlf/apply/block_rule.h"

namespace inloop::nnlf {

BlockPlan plan_blocks(const CodedPicture& picture, const PictureParameters& parameters) {
  const BlockGrid grid(picture.width(), picture.height(), parameters.block_size);
  BlockPlan plan{grid, parameters.block_choice, {}, {}};
  if (!parameters.per_block) plan.choice = blocks_by_edges(picture, grid, parameters.min_edges);
  for (size_t i = 0; i < plan.qp_base.size(); ++i) {
    plan.qp_base[i] = picture.slice_qp + parameters.qp_offset[i];
  }
  for (size_t c = 0; c < 3; ++c) plan.scale[c] = scale_of_code(parameters.scale_code[c]);
  return plan;
}

void apply_plan(const KernelTable& kernels, const CodedPicture& picture, const BlockPlan& plan,
                const std::array<ConstPlanes, kMaxCandidates>& signals, const MutablePlanes& out) {
  for (int i = 0; i < plan.grid.count(); ++i) {
    const Block block = plan.grid.at(i);
    const int choice = plan.choice[static_cast<size_t>(i)];
    const ConstPlanes dbf = crop(picture.dbf, block);
    if (choice == 0) {
      copy(dbf, crop(out, block));
    } else {
      blend(kernels, dbf, crop(signals[static_cast<size_t>(choice - 1)], block), plan.scale,
            picture.bit_depth, crop(out, block));
    }
  }
}

void show_unfiltered(const BlockGrid& grid, const std::vector<uint8_t>& choice, const ConstPlanes& decoded,
                  const MutablePlanes& shown) {
  const int width = decoded[0].width;
  const int height = decoded[0].height;
  for (int i = 0; i < grid.count(); ++i) {
    Block block = grid.at(i);
    if (choice[static_cast<size_t>(i)] || block.x >= width || block.y >= height) continue;
    block.width = std::min(block.width, width - block.x);
    block.height = std::min(block.height, height - block.y);
    copy(crop(decoded, block), crop(shown, block));
  }
}

Md5::Digest picture_md5(const ConstPlanes& planes, int bit_depth) {
  Md5 md5;
  std::vector<uint8_t> line;
  for (const PlaneView<const Sample>& plane : planes) {
    for (int y = 0; y < plane.height; ++y) {
      line.clear();
      for (int x = 0; x < plane.width; ++x) {
        line.push_back(static_cast<uint8_t>(plane.at(x, y)));
        if (bit_depth > 8) line.push_back(static_cast<uint8_t>(plane.at(x, y) >> 8));
      }
      md5.update(line.data(), line.size());
    }
  }
  return md5.finish();
}

}  // namespace inloop::nnlf
