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

// Returns what the parameters of a picture mean for its blocks: by flags or, without flags, by the rule of
// block_rule.h.
BlockPlan plan_blocks(const CodedPicture& picture, const PictureParameters& parameters);

// Completes a picture that is filtered for display only: copies the decoded samples, from behind SAO, into
// the blocks of a range that are off in `choice`. `decoded` may end before the blocks of the grid do, at the
// right and at the bottom.
void show_unfiltered(const BlockGrid& grid, const BlockRange& range, const std::vector<uint8_t>& choice,
                     const ConstPlanes& decoded, const MutablePlanes& shown);

// The decoder's side of the filter. It applies the parameters of one coded picture, by rows of blocks.
class PictureFilter {
 public:
  // `picture` may still be being decoded; begin_rows() says what it reads. `out` holds the deblocked samples
  // and may be picture.dbf.
  PictureFilter(const FilterNetwork& network, PictureParameters parameters, const CodedPicture& picture,
                const MutablePlanes& out);

  int block_size() const { return parameters_.block_size; }

  // Filters the whole picture, whose input must be complete, with the threads of the network.
  Status run();

  // The following functions do the same piece by piece. This one begins the next rows of blocks, which are luma
  // rows y to end_y; end_y is a multiple of the block size or the height. The deblocked picture must be there in
  // these rows, the boundary strengths down to those of the edge kContext rows below them, and everything else
  // with kContext rows above and below. Returns how many blocks of the picture lie above end_y.
  int begin_rows(int y, int end_y);

  // Makes what a thread calls to filter blocks of begun rows, each by its index in raster order.
  IndexWork make_worker();

  // Takes note that all blocks of these rows are filtered. The calls come from the top to the bottom.
  void end_rows(int y, int end_y);

  // Returns, after all rows, whether they match the hash in the parameters, or true if there is none.
  bool hash_matches();

  // Copies `decoded` (see show_unfiltered()) into the blocks of these rows that are off.
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
