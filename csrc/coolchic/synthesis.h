// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <vector>

#include "coolchic/float_plane.h"
#include "coolchic/parameters.h"
#include "coolchic/stream.h"

namespace inloop::coolchic {

// A convolution of the synthesis, ready to run row by row.
struct DenseLayer {
  int inputs = 0;  // channels that are not all zero
  int outputs = 0;
  int kernel_size = 1;
  bool residual = false;
  float slope = 1;
  std::vector<float> weights;  // [output][input][y][x]
  std::vector<float> biases;
};

// The network that makes the residue, flows and blending weights of a picture from its upsampled grids.
class Synthesis {
 public:
  // Channels whose grid is empty are left out of the first layer.
  Synthesis(const PictureHeader& picture, const Parameters& parameters);

  const std::vector<DenseLayer>& layers() const { return layers_; }
  // Returns the grids that are inputs of the first layer.
  const std::vector<size_t>& channels() const { return channels_; }
  // Returns where the last layer has output c, in the order residue (0 to 2), flows and blending weights. It
  // has the chroma residue last, so that rows without chroma samples can leave it out.
  size_t output_index(size_t c) const { return output_index_[c]; }
  // Returns the number of layers before the first one that looks at neighbouring samples.
  size_t pointwise_layers() const { return pointwise_; }

 private:
  void put_chroma_last();

  std::vector<size_t> channels_;
  std::vector<DenseLayer> layers_;
  size_t pointwise_ = 0;
  size_t output_index_[9] = {0, 1, 2, 3, 4, 5, 6, 7, 8};
};

}  // namespace inloop::coolchic
