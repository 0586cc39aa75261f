// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/status.h"
#include "coolchic/picture_order.h"

// What a Cool-chic v3.1 stream says before anything of it is entropy-decoded: the header of the group of
// pictures, the header of every picture, and the places of the payloads.
namespace inloop::coolchic {

enum class ColourFormat { rgb, yuv420, yuv444 };

struct SequenceHeader {
  int width = 0;
  int height = 0;
  int bit_depth = 8;
  ColourFormat format = ColourFormat::rgb;
  int intra_period = 0;  // number of inter pictures
  int p_period = 0;      // distance of P pictures; 0 without inter pictures

  int pictures() const { return intra_period + 1; }
};

// A part of the stream: one message of the range coder, whose size is a multiple of four bytes.
struct Payload {
  size_t offset = 0;
  size_t size = 0;
};

// A set of network parameters, which are integers times 2^step_log2 coded with one Laplace distribution.
struct ParameterSet {
  int step_log2 = 0;
  int scale_128 = 0;  // scale of the distribution, in 128ths
  Payload payload;
};

enum class Activation { none, relu, leaky_relu, gelu };

struct SynthesisLayer {
  int outputs = 0;
  int kernel_size = 1;
  bool residual = false;
  Activation activation = Activation::none;
};

// One latent grid. `halvings` says how often it is halved against the picture. An empty grid is all zero.
struct Grid {
  int halvings = 0;
  int width = 0;
  int height = 0;
  Payload payload;

  bool empty() const { return payload.size == 0; }
};

struct PictureHeader {
  Payload header;
  int display_index = 0;  // as written; the order itself follows from the periods
  int context_size = 8;   // number of context samples, and width of the context model (N)
  int hidden_layers = 0;
  int upsampling_size = 8;  // side of the kernel (K)
  bool upsampling_static = false;
  std::vector<SynthesisLayer> layers;
  int flow_gain = 1;
  int parameter_range = 0;  // AC_NN
  int latent_range = 0;     // AC_LAT
  ParameterSet context_weights, context_biases, upsampling_weights, synthesis_weights, synthesis_biases;
  std::vector<Grid> grids;  // the finest first
  bool two_byte_scales = false;

  // Returns whether the synthesis needs the grid. A residual first layer adds empty ones, too.
  bool uses(const Grid& grid) const { return !grid.empty() || layers.front().residual; }

  std::array<ParameterSet*, 5> parameter_sets() {
    return {&context_weights, &context_biases, &upsampling_weights, &synthesis_weights, &synthesis_biases};
  }
  std::array<const ParameterSet*, 5> parameter_sets() const {
    return {&context_weights, &context_biases, &upsampling_weights, &synthesis_weights, &synthesis_biases};
  }
};

struct Stream {
  std::vector<uint8_t> data;
  SequenceHeader sequence;
  std::vector<PlannedPicture> plan;     // all pictures, in coding order
  std::vector<PictureHeader> pictures;  // those whose header and payloads are complete
  Status status;                        // ok, or why `pictures` ends before `plan`
};

// Returns whether the bytes look like the start of such a stream: a header of nine bytes with values in
// range, and a picture header whose length fits its counts.
bool starts_like_stream(const uint8_t* data, size_t size);

// Reads the header of the group of pictures, with which the data begins.
Status parse_sequence(const std::vector<uint8_t>& data, SequenceHeader& sequence);

// Reads all headers. An error of the group's header is returned. An error of a later picture is kept in
// `status` of the stream, whose first pictures can still be decoded; bytes behind the last picture are such
// an error, too.
Status parse_stream(std::vector<uint8_t> data, Stream& stream);

// The largest side of a picture, its most samples, and the most samples that a group may keep decoded at a
// time.
inline constexpr int kMaxSide = 16384;
inline constexpr int64_t kMaxPictureSamples = int64_t{1} << 25;
inline constexpr int64_t kMaxHeldSamples = int64_t{1} << 30;

}  // namespace inloop::coolchic
