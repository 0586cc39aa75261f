// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "nnlf/contract/features.h"

#include <algorithm>
#include <cstring>

namespace inloop::nnlf {
namespace {

constexpr int kBsValues[3] = {0, 512, 1023};  // boundary strengths as 10-bit sample values

// The part of a block's input that lies inside the picture, at half resolution and relative to the picture.
struct Window {
  int x0, y0;                          // position of the input's first sample, may be negative
  int begin_x, end_x, begin_y, end_y;  // the part inside the picture
  int width, height;                   // size of the input
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

// Calls write(y, out) for each row of the input that is inside the picture, with `out` at its first sample
// there, and clears what lies outside.
template <class Write>
void for_each_row(const Window& w, int channels, int16_t* out, Write write) {
  const bool whole = w.end_x - w.begin_x == w.width && w.end_y - w.begin_y == w.height;
  if (!whole) std::memset(out, 0, sizeof(int16_t) * static_cast<size_t>(w.width * w.height * channels));
  for (int y = w.begin_y; y < w.end_y; ++y) {
    write(y, out + static_cast<ptrdiff_t>((y - w.y0) * w.width + w.begin_x - w.x0) * channels);
  }
}

void pack_planes(const KernelTable& kernels, const ConstPlanes& planes, int bit_depth, const Window& w, int q,
                 int16_t* out) {
  for_each_row(w, 6, out, [&](int y, int16_t* o) {
    kernels.pack_row(planes[0].row(2 * y) + 2 * w.begin_x, planes[0].row(2 * y + 1) + 2 * w.begin_x,
                     planes[1].row(y) + w.begin_x, planes[2].row(y) + w.begin_x, w.end_x - w.begin_x,
                     q - bit_depth - 2, q - bit_depth, o);
  });
}

// The strengths at the half-resolution samples of row y, from edges on a grid of `grid` cells of 4 luma
// samples. A cell spans two samples: the even one touches the edge where the cell begins, the odd one the
// edge where the next cell begins.
class StrengthRow {
 public:
  StrengthRow(const CodedPicture& p, int y, int grid) : grid_(grid), columns_(p.bs_ver.width) {
    const int row = (y + 1) >> 1;
    ver_ = p.bs_ver.row(y >> 1);
    hor_ = row % grid == 0 && row < p.bs_hor.height ? p.bs_hor.row(row) : nullptr;
  }

  int at(int x) const {
    const int column = (x + 1) >> 1;
    int strength = hor_ ? hor_[x >> 1] : 0;
    if (column % grid_ == 0 && column < columns_) strength = std::max<int>(strength, ver_[column]);
    return std::min(strength, 2);
  }

 private:
  int grid_, columns_;
  const uint8_t* ver_;
  const uint8_t* hor_;
};

void pack_boundary(const CodedPicture& picture, const Window& w, int q, int16_t* out) {
  int16_t values[3];
  for (int i = 0; i < 3; ++i) values[i] = static_cast<int16_t>(kBsValues[i] * (1 << (q - 10)));
  for_each_row(w, 3, out, [&](int y, int16_t* o) {
    const StrengthRow luma(picture, y, 2), chroma(picture, y, 4);
    for (int x = w.begin_x; x < w.end_x; ++x, o += 3) {
      o[0] = values[luma.at(x)];
      o[1] = o[2] = values[chroma.at(x)];
    }
  });
}

// Writes value_of(number) for each sample, where the map has one number per cell of 4x4 luma samples.
template <class T, class Function>
void pack_map(const PlaneView<const T>& map, const Window& w, int16_t* out, Function value_of) {
  for_each_row(w, 1, out, [&](int y, int16_t* o) {
    const T* row = map.row(y >> 1);
    for (int x = w.begin_x; x < w.end_x; ++x) *o++ = static_cast<int16_t>(value_of(row[x >> 1]));
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

void pack_feature(const KernelTable& kernels, Feature feature, const CodedPicture& picture,
                  const Block& block, int qp_base, int q, int16_t* out) {
  const Window w = window_of(picture, block);
  switch (feature) {
    case Feature::rec:
      return pack_planes(kernels, picture.rec, picture.bit_depth, w, q, out);
    case Feature::pred:
      return pack_planes(kernels, picture.pred, picture.bit_depth, w, q, out);
    case Feature::bs:
      return pack_boundary(picture, w, q, out);
    case Feature::qp_base:
      std::fill_n(out, w.width * w.height, static_cast<int16_t>(qp_base * (1 << (q - 6))));
      return;
    case Feature::qp_block:
      return pack_map(picture.qp, w, out, [q](int qp) { return qp * (1 << (q - 6)); });
    case Feature::ipb:
      return pack_map(picture.pred_type, w, out, [q](int type) { return std::min(type, 2) << (q - 1); });
  }
}

}  // namespace inloop::nnlf
