// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/shared_loop.h"
#include "nnlf/apply/filter_network.h"
#include "nnlf/apply/picture_md5.h"
#include "nnlf/contract/coded_picture.h"
#include "nnlf/params/payload.h"

namespace inloop::nnlf {

// What the parameters of a picture mean for its blocks, by flags or, without any, by the rule of
// block_rule.h.
BlockPlan plan_blocks(const CodedPicture& picture, const PictureParameters& parameters);

// Writes the filtered picture from the candidates' signals: FilterNetwork::filter without the network, and
// deblocked samples in blocks that are off.
void apply_plan(const KernelTable& kernels, const CodedPicture& picture, const BlockPlan& plan,
                const std::array<ConstPlanes, kMaxCandidates>& signals, const MutablePlanes& out);

// What a picture shows that is filtered for display only: puts the decoded samples, behind SAO, into the
// blocks of a range that are off in `choice`. `decoded` may end before the grid's blocks do, at the right and
// the bottom.
void show_unfiltered(const BlockGrid& grid, const BlockRange& range, const std::vector<uint8_t>& choice,
                     const ConstPlanes& decoded, const MutablePlanes& shown);

// The decoder's side of the filter: makes of one coded picture what its parameters say, by rows of blocks.
class PictureFilter {
 public:
  // `picture` may still be in the making: filter_rows() says what it reads. `out` holds the deblocked
  // samples and may be picture.dbf.
  PictureFilter(const FilterNetwork& network, PictureParameters parameters, const CodedPicture& picture,
                const MutablePlanes& out);

  int block_size() const { return parameters_.block_size; }

  // Filters the whole picture, which is there, with the network's threads.
  Status run();

  // The same piece by piece. The next rows of blocks, luma rows y to end_y, a multiple of the block size or the height, can be filtered: the
  // deblocked picture is there in these rows, boundary strengths down to that of the edge kContext rows below them, and
  // all else with kContext rows above and below. Returns how many blocks of the picture lie above end_y.
  int begin_rows(int y, int end_y);

  // Gives a thread what filters blocks of begun rows, each by its index in raster order.
  IndexWork make_worker();

  // All blocks of these rows are filtered; the calls come from the top to the bottom.
  void end_rows(int y, int end_y);

  // After all rows: whether they have the hash that the parameters carry, if they carry one.
  bool hash_matches();

  // Puts `decoded` (see show_unfiltered) into the blocks of the rows that are off.
  void show_rows(const ConstPlanes& decoded, int y, int end_y);

 private:
  const FilterNetwork& network_;
  const PictureParameters parameters_;
  const CodedPicture picture_;
  const MutablePlanes out_;
  BlockPlan plan_;
  std::optional<PictureMd5> md5_;
};

}  // namespace inloop::nnlf
