// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "nnlf/features.h"

#include <algorithm>
#include <cstring>

namespace inloop::nnlf {
namespace {

constexpr int kBsLevels[3] = {0, 512, 1023};  // boundary strength as 10-bit sample values

int scaled(int value, int shift) {
  return shift >= 0 ? value << shift : (value + (1 << (-shift - 1))) >> -shift;
}

// The part of a block's input that lies inside the picture, at half resolution and relative to the picture.
struct Window {
  int x0, y0;                          // of the input's first sample; may be negative
  int begin_x, end_x, begin_y, end_y;  // inside the picture
  int width, height;                   // of the input
};

Window window_of(const CodedPicture& picture, const Block& block) {
  Window w;
  w.x0 = (block.x - kContext) / 2;
  w.y0 = (block.y - kContext) / 2;
  w.width = block.input_width();
  w.height = block.input_height();
  w.begin_x = std::max(0, w.x0);
  w.begin_y = std::max(0, w.y0);
  w.end_x = std::min(picture.width() / 2, w.x0 + w.width);
  w.end_y = std::min(picture.height() / 2, w.y0 + w.height);
  return w;
}

// Calls write(x, y, out) for each sample of the input inside the picture and clears the others.
template <class Write>
void for_each_sample(const Window& w, int channels, int16_t* out, Write write) {
  const bool whole = w.end_x - w.begin_x == w.width && w.end_y - w.begin_y == w.height;
  if (!whole) std::memset(out, 0, sizeof(int16_t) * static_cast<size_t>(w.width * w.height * channels));
  for (int y = w.begin_y; y < w.end_y; ++y) {
    int16_t* o = out + static_cast<ptrdiff_t>((y - w.y0) * w.width + w.begin_x - w.x0) * channels;
    for (int x = w.begin_x; x < w.end_x; ++x, o += channels) write(x, y, o);
  }
}

void pack_planes(const ConstPlanes& planes, int bit_depth, const Window& w, int q, int16_t* out) {
  const int luma_shift = q - bit_depth - 2;
  const int chroma_shift = q - bit_depth;
  for_each_sample(w, 6, out, [&](int x, int y, int16_t* o) {
    const Sample* top = planes[0].row(2 * y) + 2 * x;
    const Sample* bottom = planes[0].row(2 * y + 1) + 2 * x;
    const int a = top[0], b = top[1], c = bottom[0], d = bottom[1];
    o[0] = static_cast<int16_t>(scaled(a + b + c + d, luma_shift));
    o[1] = static_cast<int16_t>(scaled(a - b + c - d, luma_shift));
    o[2] = static_cast<int16_t>(scaled(a + b - c - d, luma_shift));
    o[3] = static_cast<int16_t>(scaled(a - b - c + d, luma_shift));
    o[4] = static_cast<int16_t>(scaled(planes[1].at(x, y), chroma_shift));
    o[5] = static_cast<int16_t>(scaled(planes[2].at(x, y), chroma_shift));
  });
}

// Strength seen by the half-resolution sample (x, y) from edges on a grid of `grid` units of 4 luma samples:
// even samples start a unit, odd ones end at the next unit's edge.
int strength_at(const CodedPicture& p, int x, int y, int grid) {
  int strength = 0;
  const int column = (x + 1) >> 1;
  const int row = (y + 1) >> 1;
  if (column % grid == 0 && column < p.bs_ver.width) strength = p.bs_ver.at(column, y >> 1);
  if (row % grid == 0 && row < p.bs_hor.height) strength = std::max<int>(strength, p.bs_hor.at(x >> 1, row));
  return std::min(strength, 2);
}

void pack_boundary(const CodedPicture& picture, const Window& w, int q, int16_t* out) {
  for_each_sample(w, 3, out, [&](int x, int y, int16_t* o) {
    o[0] = static_cast<int16_t>(scaled(kBsLevels[strength_at(picture, x, y, 2)], q - 10));
    o[1] = o[2] = static_cast<int16_t>(scaled(kBsLevels[strength_at(picture, x, y, 4)], q - 10));
  });
}

}  // namespace

std::optional<Feature> feature_of(const std::string& name) {
  constexpr const char* kNames[] = {"rec", "pred", "bs", "qp_base", "qp_block", "ipb"};
  for (int i = 0; i < 6; ++i) {
    if (name == kNames[i]) return static_cast<Feature>(i);
  }
  return std::nullopt;
}

int feature_channels(Feature feature) {
  constexpr int kChannels[] = {6, 6, 3, 1, 1, 1};
  return kChannels[static_cast<int>(feature)];
}

void pack_feature(Feature feature, const CodedPicture& picture, const Block& block, int qp_base, int q,
                  int16_t* out) {
  const Window w = window_of(picture, block);
  switch (feature) {
    case Feature::rec:
      return pack_planes(picture.rec, picture.bit_depth, w, q, out);
    case Feature::pred:
      return pack_planes(picture.pred, picture.bit_depth, w, q, out);
    case Feature::bs:
      return pack_boundary(picture, w, q, out);
    case Feature::qp_base:
      std::fill_n(out, w.width * w.height, static_cast<int16_t>(qp_base * (1 << (q - 6))));
      return;
    case Feature::qp_block:
      return for_each_sample(w, 1, out, [&](int x, int y, int16_t* o) {
        *o = static_cast<int16_t>(picture.qp.at(x >> 1, y >> 1) * (1 << (q - 6)));
      });
    case Feature::ipb:
      return for_each_sample(w, 1, out, [&](int x, int y, int16_t* o) {
        *o = static_cast<int16_t>(std::min<int>(picture.pred_type.at(x >> 1, y >> 1), 2) << (q - 1));
      });
  }
}

}  // namespace inloop::nnlf
