// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "hevc/kernels/intra_angles.h"
#include "hevc/kernels/table.h"

namespace inloop::hevc {
namespace {

// Predicts the planar mode (8.4.4.2.4).
void intra_planar(const uint16_t* line, uint16_t* dst, ptrdiff_t dst_stride, int n) {
  const uint16_t* top = line + 2 * n + 1;
  const uint16_t* left = line + 2 * n - 1;  // left[-y]
  const int top_right = top[n], bottom_left = left[-n];
  const int shift = n == 4 ? 3 : n == 8 ? 4 : n == 16 ? 5 : 6;
  for (int y = 0; y < n; ++y, dst += dst_stride) {
    for (int x = 0; x < n; ++x) {
      const int horizontal = (n - 1 - x) * left[-y] + (x + 1) * top_right;
      const int vertical = (n - 1 - y) * top[x] + (y + 1) * bottom_left;
      dst[x] = static_cast<uint16_t>((horizontal + vertical + n) >> shift);
    }
  }
}

// Predicts modes 18..34 (8.4.4.2.6). Modes 2..17 are the same along the other axis. `sign` is +1 or -1 and
// tells in which direction of `line`, seen from the corner, the samples lie that the block is projected on.
template <int sign>
void project(const uint16_t* line, uint16_t* dst, ptrdiff_t along, ptrdiff_t across, int n, int mode) {
  const uint16_t* corner = line + 2 * n;
  const int angle = kIntraAngle[mode];
  uint16_t buffer[3 * 32 + 1];
  uint16_t* ref = buffer + 32;
  for (int i = 0; i <= 2 * n; ++i) ref[i] = corner[sign * i];
  if (angle < 0) {
    // The standard extends the line down to here, but reads no further than ref[last + 1].
    const int last = (n * angle) >> 5;
    for (int i = -1; i > last; --i) ref[i] = corner[-sign * ((i * kIntraInverseAngle[mode] + 128) >> 8)];
  }
  for (int j = 0; j < n; ++j) {
    const int position = (j + 1) * angle;
    const uint16_t* source = ref + (position >> 5) + 1;
    const int fraction = position & 31;
    uint16_t* out = dst + j * across;
    for (int i = 0; i < n; ++i) {
      out[i * along] = static_cast<uint16_t>(
          fraction ? ((32 - fraction) * source[i] + fraction * source[i + 1] + 16) >> 5 : source[i]);
    }
  }
}

void intra_angular(const uint16_t* line, uint16_t* dst, ptrdiff_t dst_stride, int n, int mode) {
  if (mode >= 18) {
    project<1>(line, dst, 1, dst_stride, n, mode);
  } else {
    project<-1>(line, dst, dst_stride, 1, n, mode);
  }
}

}  // namespace

void fill_intra_scalar(KernelTable& table) {
  table.intra_planar = intra_planar;
  table.intra_angular = intra_angular;
}

}  // namespace inloop::hevc
