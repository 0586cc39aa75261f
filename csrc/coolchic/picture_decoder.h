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

// The pictures that a picture refers to; null where it has fewer than two.
struct References {
  std::shared_ptr<const DecodedPicture> pictures[2];
};

// Decodes one picture after the other in one thread, and keeps its memory.
class PictureDecoder {
 public:
  explicit PictureDecoder(Isa isa) : kernels_(kernels(isa)), grid_decoder_(kernels_) {}

  // Entropy-decodes the parameters and the latents of all grids.
  Status decode_latents(const Stream& stream, const PictureHeader& picture);
  // Returns the latents of a grid, row by row. They are not set for an empty grid, unless the first synthesis
  // layer is residual and needs zeros.
  const int16_t* latents(size_t grid) const { return latents_[grid].data(); }
  const Parameters& parameters() const { return parameters_; }

  // Makes the samples of the picture whose latents were decoded. It calls `await` with a reference and the
  // number of its rows that are needed; false means that decoding that reference has failed.
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
  std::vector<FloatPlane> half_;  // channels that are halved once or more, at half the size of the picture
  FloatPlane spare_;
  std::vector<FloatPlane> inputs_, row_[2];       // one row per channel, for the pointwise layers
  std::vector<const float*> current_;             // rows of the channels at the current layer
  std::vector<FloatPlane> planes_, next_planes_;  // for the layers that look at neighbouring samples
  std::vector<FloatPlane> decimated_;
};

}  // namespace inloop::coolchic
