// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>
#include <cstdlib>

#include "nn/cpu/weights/packing.h"

namespace inloop::nn {
namespace {

constexpr int kTaps = 9, kPositions = 16;
constexpr int kMostGrowth = 4;  // of the transform of the pixels
// Below this the values of a layer are hardly ever within the limit.
constexpr int64_t kLeastLimit = 512;

// Sets u = 2G w (2G)^T, see WinogradRows.
void transform(const int64_t (&w)[kTaps], int64_t (&u)[kPositions]) {
  const auto along = [](int64_t a, int64_t b, int64_t c, int64_t* out, int step) {
    const int64_t results[4] = {2 * a, a + b + c, a - b + c, 2 * c};
    for (int i = 0; i < 4; ++i) out[i * step] = results[i];
  };
  int64_t columns[12];
  for (int x = 0; x < 3; ++x) along(w[x], w[3 + x], w[6 + x], columns + x, 3);
  for (int y = 0; y < 4; ++y) along(columns[3 * y], columns[3 * y + 1], columns[3 * y + 2], u + 4 * y, 1);
}

class WinogradPacker : private PackedPart {
 public:
  using PackedPart::PackedPart;

  void run() {
    const int64_t limit = value_limit();
    if (limit < kLeastLimit || !pack_weights()) return;
    packed.winograd_start = AlignedBuffer<int32_t>(packed.start.size());
    for (size_t i = 0; i < packed.start.size(); ++i) packed.winograd_start[i] = 4 * packed.start[i];
    packed.winograd_epilogue = packed.epilogue;
    packed.winograd_epilogue.shift += 2;
    packed.winograd_limit = static_cast<int>(limit);
  }

 private:
  // Returns the largest value for which the transformed pixels fit int16 and four times each sum, with what it
  // starts with, fits int32.
  int64_t value_limit() const {
    int64_t limit = INT16_MAX / kMostGrowth;
    int64_t start = 0;
    for (size_t i = 0; i < packed.start.size(); ++i)
      start = std::max(start, std::abs(int64_t{packed.start[i]}));
    for (int channel = 0; channel < part.channels; ++channel) {
      const int16_t* weights = layer.constant.data() + ptrdiff_t{channel} * kTaps * part.in_channels;
      int64_t sum = 1;
      for (int i = 0; i < kTaps * part.in_channels; ++i) sum += std::abs(int64_t{weights[i]});
      limit = std::min(limit, (INT32_MAX / 4 - start) / sum);
    }
    return limit;
  }

  // Returns false if a transformed weight does not fit int16.
  bool pack_weights() {
    const DenseWeights<int16_t> weights(graph, layer, layer.constant);
    const int block = table.winograd_block, pairs = part.in_channels / 2;
    packed.winograd_weights = AlignedBuffer<int16_t>(static_cast<size_t>(kPositions) *
                                                     static_cast<size_t>(part.channels * part.in_channels));
    int16_t* out = packed.winograd_weights.data();
    const ptrdiff_t position = ptrdiff_t{pairs} * block * 2;
    for (int first = 0; first < part.channels; first += block, out += kPositions * position)
      for (int lane = 0; lane < block; ++lane)
        for (int input = 0; input < part.in_channels; ++input) {
          int64_t w[kTaps], u[kPositions];
          for (int tap = 0; tap < kTaps; ++tap)
            w[tap] = weights.at(first + table.lane_channel(block, lane), tap, input);
          transform(w, u);
          const ptrdiff_t place = (ptrdiff_t{input / 2} * block + lane) * 2 + input % 2;
          for (int i = 0; i < kPositions; ++i) {
            if (u[i] < INT16_MIN || u[i] > INT16_MAX) return false;
            out[i * position + place] = static_cast<int16_t>(u[i]);
          }
        }
    return true;
  }
};

}  // namespace

void pack_winograd(const Lowered& network, const ConvolutionPart& part, const KernelTable& kernels,
                   PackedConv& packed) {
  WinogradPacker(network, part, kernels, packed).run();
}

}  // namespace inloop::nn
