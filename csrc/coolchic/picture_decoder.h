// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "base/aligned_buffer.h"
#include "coolchic/decoded_picture.h"
#include "coolchic/float_plane.h"
#include "coolchic/grid_decoder.h"
#include "coolchic/synthesis.h"
#include "coolchic/upsampling.h"

namespace inloop::coolchic {

// The pictures that a picture refers to; null where it has fewer.
struct References {
  std::shared_ptr<const DecodedPicture> pictures[2];
};

// Decodes one picture after the other, by one thread, and keeps its memory.
class PictureDecoder {
 public:
  explicit PictureDecoder(IsaLevel level) : kernels_(kernels(level)), grid_decoder_(kernels_) {}

  // Entropy decoding: parameters and the latents of all grids.
  Status decode_latents(const Stream& stream, const PictureHeader& picture);
  // Latents of a grid, row by row, null for an empty one.
  const int16_t* latents(size_t grid) const { return latents_[grid].data(); }
  const Parameters& parameters() const { return parameters_; }

  // Makes the samples of the picture whose latents were decoded. Calls `await` with a reference and how many
  // of its rows are needed; false: decoding it has failed.
  using Await = std::function<bool(const DecodedPicture& reference, int rows)>;
  Status reconstruct(const Stream& stream, const PictureHeader& picture, const References& references,
                     const Await& await, DecodedPicture& out);

 private:
  struct Rendering;
  void make_inputs(const Rendering& rendering, int y);
  void run_pointwise(const Rendering& rendering, bool chroma);
  void run_neighbourhood_layers(const Rendering& rendering);
  void keep_row(const Rendering& rendering, int y);
  Status compose(const Rendering& rendering, int y);
  void compose_plane(const Rendering& rendering, int y, int c);

  const KernelTable& kernels_;
  GridDecoder grid_decoder_;
  Parameters parameters_;
  std::vector<AlignedBuffer<int16_t>> latents_;
  std::vector<FloatPlane> half_;  // channels of level 1 and above at half the size of the picture
  FloatPlane spare_;
  std::vector<FloatPlane> inputs_, row_[2];       // one row a channel: what goes through the pointwise layers
  std::vector<const float*> current_;             // rows of the channels at the present point of the network
  std::vector<FloatPlane> planes_, next_planes_;  // what goes through the layers with neighbourhoods
  std::vector<FloatPlane> decimated_;
};

}  // namespace inloop::coolchic
