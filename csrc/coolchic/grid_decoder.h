// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <functional>

#include "base/aligned_buffer.h"
#include "coolchic/context_model.h"
#include "coolchic/laplace.h"
#include "coolchic/stream.h"

namespace inloop::coolchic {

// Decodes latent grids wave by wave: samples with the same x + 5 y do not depend on each other. The last
// waves are kept as columns that are indexed by row, so that one context sample of a whole wave is an array.
// An object serves one grid after the other, in one thread.
class GridDecoder {
 public:
  explicit GridDecoder(const KernelTable& kernels) : kernels_(kernels) {}

  // Is told from time to time how many rows are complete, but for the last ones: the return value speaks for
  // these.
  using Publish = std::function<void(int rows)>;

  // `latents` receives width x height of the grid, row by row.
  Status decode(const uint8_t* message, const Grid& grid, const ContextModel& model, int latent_range,
                const Publish& publish, int16_t* latents);

 private:
  struct Wave;
  void prepare(const Grid& grid);
  int16_t* column(int wave) { return columns_.data() + (wave & 31) * column_stride_; }
  void start_wave(const Wave& wave);
  void predict(const Wave& wave, const ContextModel& model, const SymbolRange& range);

  const KernelTable& kernels_;
  ptrdiff_t column_stride_ = 0;
  AlignedBuffer<int16_t> columns_;
  AlignedBuffer<int32_t> location_, log_scale_, scale_, symbol_;
  AlignedBuffer<uint32_t> low_, high_;
};

}  // namespace inloop::coolchic
