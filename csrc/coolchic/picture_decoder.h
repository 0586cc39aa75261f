// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <memory>
#include <vector>

#include "coolchic/decoded_picture.h"
#include "coolchic/float_plane.h"
#include "coolchic/picture_latents.h"
#include "coolchic/synthesis.h"
#include "coolchic/upsampling.h"

namespace inloop::coolchic {

// The pictures that a picture refers to; null where it has fewer than two.
struct References {
  std::shared_ptr<const DecodedPicture> pictures[2];
};

// Decodes one picture after the other, and keeps its memory.
class PictureDecoder {
 public:
  explicit PictureDecoder(Isa isa) : kernels_(kernels(isa)), latents_(kernels_) {}

  PictureLatents& latents() { return latents_; }

  // Prepares for a picture beside its latents, and allocates what is large. The threads that call the other functions
  // then do not: memory that one of them allocates is less likely to be used again. It throws std::bad_alloc.
  void start(const Stream& stream, const PictureHeader& picture);
  // Makes the samples of the picture whose latents were decoded, the finest grid perhaps only in part. It waits for
  // the rows of that grid and of the references that it needs, and returns false where they cannot come. A
  // waiting thread gives up its place in `pool`, if that is not null.
  bool reconstruct(const Stream& stream, const PictureHeader& picture, const References& references,
                   ThreadPool* pool, DecodedPicture& out);

 private:
  struct Rendering;
  bool make_inputs(const Rendering& rendering, int y);
  void run_pointwise(const Rendering& rendering, bool chroma);
  void run_neighbourhood_layers(const Rendering& rendering);
  void keep_row(const Rendering& rendering, int y);
  bool compose(const Rendering& rendering, int y);
  template <class S>
  void compose_row(const Rendering& rendering, int y);
  template <class S>
  void compose_plane(const Rendering& rendering, int y, int c);

  const KernelTable& kernels_;
  PictureLatents latents_;
  std::vector<FloatPlane> half_;  // channels that are halved once or more, at half the size of the picture
  FloatPlane spare_;
  std::vector<FloatPlane> inputs_, row_[2];       // one row per channel, for the pointwise layers
  std::vector<const float*> current_;             // rows of the channels at the current layer
  std::vector<FloatPlane> planes_, next_planes_;  // for the layers that look at neighbouring samples
  std::vector<FloatPlane> decimated_;
};

}  // namespace inloop::coolchic
