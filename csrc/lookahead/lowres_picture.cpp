// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "lookahead/lowres_picture.h"

#include <cstring>

#include "lookahead/intra_cost.h"

namespace inloop::lookahead {
namespace {

void halve(const KernelTable& table, const PlaneView<const uint8_t>& luma, int, uint8_t* dst,
           ptrdiff_t stride) {
  table.halve_u8(luma.data, luma.stride, dst, stride, luma.width / 2, luma.height / 2);
}

void halve(const KernelTable& table, const PlaneView<const uint16_t>& luma, int bit_depth, uint8_t* dst,
           ptrdiff_t stride) {
  table.halve_u16(luma.data, luma.stride, dst, stride, luma.width / 2, luma.height / 2, bit_depth - 8);
}

int rounded_up(int size) { return (size + kBlock - 1) / kBlock * kBlock; }

}  // namespace

LowresPicture::LowresPicture(int width, int height, Isa isa)
    : width_(width),
      height_(height),
      table_(kernels(isa)),
      plane_(rounded_up(width) + 2 * kBorder, rounded_up(height) + 2 * kBorder) {}

template <class T>
Status LowresPicture::create(const PlaneView<const T>& luma, int bit_depth, Isa isa,
                             std::shared_ptr<const LowresPicture>& out) {
  if (luma.width < 2 || luma.height < 2 || luma.width > kMaxSize || luma.height > kMaxSize ||
      luma.width % 2 || luma.height % 2) {
    return Status::config("the lookahead takes pictures of even sizes from 2 to " + std::to_string(kMaxSize));
  }
  if (sizeof(T) == 1 ? bit_depth != 8 : bit_depth < 8 || bit_depth > 12) {
    return Status::config("bit depth " + std::to_string(bit_depth) + " does not fit the samples' type");
  }
  std::shared_ptr<LowresPicture> picture(new LowresPicture(luma.width / 2, luma.height / 2, isa));
  halve(picture->table_, luma, bit_depth, picture->plane_.row(kBorder) + kBorder, picture->stride());
  picture->repeat_border();
  picture->measure_intra();
  out = std::move(picture);
  return {};
}

template Status LowresPicture::create(const PlaneView<const uint8_t>&, int, Isa,
                                      std::shared_ptr<const LowresPicture>&);
template Status LowresPicture::create(const PlaneView<const uint16_t>&, int, Isa,
                                      std::shared_ptr<const LowresPicture>&);

void LowresPicture::repeat_border() {
  const auto padded_width = static_cast<size_t>(plane_.width());
  const auto right = static_cast<size_t>(plane_.width() - kBorder - width_);
  for (int y = kBorder; y < kBorder + height_; ++y) {
    uint8_t* row = plane_.row(y);
    std::memset(row, row[kBorder], kBorder);
    std::memset(row + kBorder + width_, row[kBorder + width_ - 1], right);
  }
  for (int y = 0; y < kBorder; ++y) std::memcpy(plane_.row(y), plane_.row(kBorder), padded_width);
  const int last = kBorder + height_ - 1;
  for (int y = last + 1; y < plane_.height(); ++y) {
    std::memcpy(plane_.row(y), plane_.row(last), padded_width);
  }
}

void LowresPicture::measure_intra() {
  intra_costs_.reserve(block_count());
  for (int by = 0; by < blocks_y(); ++by) {
    for (int bx = 0; bx < blocks_x(); ++bx) {
      intra_costs_.push_back(intra_cost(table_, block(bx, by), stride()));
    }
  }
}

}  // namespace inloop::lookahead
