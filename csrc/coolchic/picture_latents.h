// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/aligned_buffer.h"
#include "base/row_progress.h"
#include "base/status.h"
#include "coolchic/grid_decoder.h"
#include "coolchic/parameters.h"
#include "coolchic/stream.h"

namespace inloop::coolchic {

// Returns what a picture ends with that there is no memory for. The text is short enough to need none itself.
inline Status no_memory() { return Status::unsupported("out of memory"); }

// Entropy-decodes the parameters and the latents of one picture after the other, and keeps its memory. The
// finest grid, which has most of the latents, may be decoded in a thread of its own; other threads can read
// its rows from the top while it is decoded.
class PictureLatents {
 public:
  explicit PictureLatents(const KernelTable& kernels) : finest_decoder_(kernels), decoder_(kernels) {}

  // Decodes parameters and latents of a picture in the calling thread.
  Status decode(const Stream& stream, const PictureHeader& picture);

  // In several threads it goes in steps. This one prepares for a picture and allocates memory. Both arguments must stay
  // until it is decoded.
  void start(const Stream& stream, const PictureHeader& picture);
  // Decodes the parameters and the finest grid, and must be called once after start().
  void decode_finest();
  // Decodes all other grids, once the parameters are there.
  Status decode_others(ThreadPool* pool);
  // Returns how decode_finest() ended, once it has.
  const Status& wait_for_finest(ThreadPool* pool) const;
  // Returns true once kernels may read the first `rows` rows of the finest grid, or false once decoding it has
  // failed. A waiting thread gives up its place in `pool`, if that is not null.
  bool wait_for_rows(int rows, ThreadPool* pool) const;

  // Returns the latents of a grid, row by row. They are not set for an empty grid, unless the first synthesis
  // layer is residual and needs zeros.
  const int16_t* grid(size_t index) const { return latents_[index].data(); }
  const Parameters& parameters() const { return parameters_; }

 private:
  Status decode_parameters_and_finest();
  Status decode_grid(GridDecoder& decoder, size_t index);
  int rows_of_finest() const { return picture_->grids.front().height; }

  const Stream* stream_ = nullptr;
  const PictureHeader* picture_ = nullptr;
  Parameters parameters_;
  std::optional<ContextModel> model_;
  std::vector<AlignedBuffer<int16_t>> latents_;
  GridDecoder finest_decoder_, decoder_;
  RowProgress progress_;  // 1 with the parameters, and 1 for each row of the finest grid
  Status finest_status_;
};

}  // namespace inloop::coolchic
