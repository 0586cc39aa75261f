// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "lookahead/intra_cost.h"

#include <algorithm>

namespace inloop::lookahead {
namespace {

constexpr int kSize = 8;
constexpr int kLine = 2 * kSize;

// The neighbours of a block: [0] is the corner, then come 16 samples above or to the left.
struct Neighbours {
  uint8_t above[kLine + 1];
  uint8_t left[kLine + 1];
};

Neighbours gather(const uint8_t* block, ptrdiff_t stride) {
  Neighbours line;
  for (int i = 0; i <= kLine; ++i) {
    line.above[i] = block[i - 1 - stride];
    line.left[i] = block[(i - 1) * stride - 1];
  }
  return line;
}

void predict_dc(const Neighbours& line, uint8_t* dst) {
  int sum = kSize;
  for (int i = 1; i <= kSize; ++i) sum += line.above[i] + line.left[i];
  std::fill_n(dst, kSize * kSize, static_cast<uint8_t>(sum / (2 * kSize)));
}

void predict_planar(const Neighbours& line, uint8_t* dst) {
  const int right = line.above[kSize + 1], below = line.left[kSize + 1];
  for (int y = 0; y < kSize; ++y) {
    for (int x = 0; x < kSize; ++x) {
      const int horizontal = (kSize - 1 - x) * line.left[y + 1] + (x + 1) * right;
      const int vertical = (kSize - 1 - y) * line.above[x + 1] + (y + 1) * below;
      *dst++ = static_cast<uint8_t>((horizontal + vertical + kSize) / (2 * kSize));
    }
  }
}

// Predicts from `main` at an angle of `angle` / 32 samples per row. Where the angle is negative, `side`
// continues the reference to the left of the corner.
void predict_angle(const uint8_t* main, const uint8_t* side, int angle, uint8_t* dst) {
  uint8_t extended[kSize + kLine + 1];
  uint8_t* reference = extended + kSize;
  std::copy_n(main, kLine + 1, reference);
  if (angle < 0) {
    for (int i = 1; i <= kSize; ++i) reference[-i] = side[std::min(kLine, (i * 32 - angle / 2) / -angle)];
  }
  for (int y = 0; y < kSize; ++y) {
    const int offset = (y + 1) * angle, fraction = offset & 31;
    const uint8_t* row = reference + 1 + (offset >> 5);
    for (int x = 0; x < kSize; ++x) {
      *dst++ = static_cast<uint8_t>(((32 - fraction) * row[x] + fraction * row[x + 1] + 16) >> 5);
    }
  }
}

}  // namespace

int32_t intra_cost(const KernelTable& table, const uint8_t* block, ptrdiff_t stride) {
  const Neighbours line = gather(block, stride);
  uint8_t turned[kSize * kSize], prediction[kSize * kSize];
  for (int y = 0; y < kSize; ++y) {
    for (int x = 0; x < kSize; ++x) turned[y * kSize + x] = block[x * stride + y];
  }
  uint32_t best = UINT32_MAX;
  const auto compare = [&](const uint8_t* source, ptrdiff_t source_stride) {
    best = std::min(best, table.satd8x8(source, source_stride, prediction, kSize));
  };
  predict_dc(line, prediction);
  compare(block, stride);
  predict_planar(line, prediction);
  compare(block, stride);
  for (const int angle : {0, 13, 32, -13, -32}) {
    predict_angle(line.above, line.left, angle, prediction);
    compare(block, stride);
  }
  // Prediction from the left is prediction from above with rows and columns exchanged, which does not change
  // the SATD.
  for (const int angle : {0, 13, 32, -13}) {
    predict_angle(line.left, line.above, angle, prediction);
    compare(turned, kSize);
  }
  return static_cast<int32_t>(best);
}

}  // namespace inloop::lookahead
