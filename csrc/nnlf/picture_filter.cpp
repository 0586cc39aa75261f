// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "nnlf/picture_filter.h"

#include "nnlf/blend.h"
#include "nnlf/geometry.h"

namespace inloop::nnlf {

std::vector<uint8_t> wanted_blocks(const PictureParameters& parameters, int index, int block_count) {
  std::vector<uint8_t> wanted(static_cast<size_t>(block_count), !parameters.per_block && index == 0);
  if (parameters.per_block) {
    for (size_t i = 0; i < wanted.size(); ++i) wanted[i] = parameters.block_choice[i] == index + 1;
  }
  return wanted;
}

void apply_parameters(const CodedPicture& picture, const PictureParameters& parameters,
                      const std::array<ConstPlanes, kMaxCandidates>& signals, const MutablePlanes& out) {
  const BlockGrid grid(picture.width(), picture.height(), parameters.block_size);
  std::array<int, 3> scale;
  for (size_t c = 0; c < 3; ++c) scale[c] = scale_of_code(parameters.scale_code[c]);
  for (int i = 0; i < grid.count(); ++i) {
    const int choice = parameters.per_block ? parameters.block_choice[static_cast<size_t>(i)] : 1;
    const bool off = choice == 0;
    blend_block(picture.dbf, off ? picture.dbf : signals[static_cast<size_t>(choice - 1)],
                off ? std::array<int, 3>{} : scale, picture.bit_depth, grid.at(i), out);
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
