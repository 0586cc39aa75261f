// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "hevc/loopfilter/sao.h"

#include <algorithm>

namespace inloop::hevc {
namespace {

// Which of the eight CTBs around one may be read for edge offset (8.7.3.2), at index (dy + 1) * 3 + dx + 1.
struct Neighbours {
  bool usable[9];
  bool at(int dx, int dy) const { return usable[(dy + 1) * 3 + dx + 1]; }
};

Neighbours find_neighbours(const Picture& picture, int ctb_x, int ctb_y) {
  const Sps& sps = picture.sps();
  const CodingLayout& layout = picture.layout();
  const int width = sps.pic_width_in_ctbs(), height = sps.pic_height_in_ctbs();
  const auto flag_of = [&](int ctb) {
    const auto slice = picture.ctb_slice[static_cast<size_t>(ctb)];
    return picture.slices[slice]->header.loop_filter_across_slices_enabled_flag;
  };
  const int here = ctb_y * width + ctb_x;
  Neighbours result{};
  for (int dy = -1; dy <= 1; ++dy) {
    for (int dx = -1; dx <= 1; ++dx) {
      const int x = ctb_x + dx, y = ctb_y + dy;
      if (x < 0 || y < 0 || x >= width || y >= height) continue;
      const int there = y * width + x;
      const int slice_there = picture.slice_address[static_cast<size_t>(there)];
      if (slice_there < 0) continue;
      // Of two slices, the later one decides about the border between them.
      const int later = layout.ctb_addr_rs_to_ts(here) > layout.ctb_addr_rs_to_ts(there) ? here : there;
      if (slice_there != picture.slice_address[static_cast<size_t>(here)] && !flag_of(later)) continue;
      if (!picture.pps().loop_filter_across_tiles_enabled_flag &&
          layout.tile_id_rs(here) != layout.tile_id_rs(there)) {
        continue;
      }
      result.usable[(dy + 1) * 3 + dx + 1] = true;
    }
  }
  return result;
}

}  // namespace

// SAO of one component, a band of rows within a row of CTBs at a time. `before_` keeps what a band needs of
// the samples before SAO: those of the CTBs that change, with one sample around them, and the last row for
// the band below.
class SaoFilter::Component {
 public:
  Component(const KernelTable& kernels, Picture& picture, int c_idx, Plane<Sample>& before)
      : kernels_(kernels),
        picture_(picture),
        plane_(picture.rec.planes[c_idx]),
        params_(picture.sao[c_idx]),
        bit_depth_(picture.sps().bit_depth(c_idx)),
        shift_(c_idx ? 1 : 0),
        ctb_size_(picture.sps().ctb_size() >> shift_),
        before_(before) {
    // Additional columns at both sides let kernels read over the ends of a row.
    const int width = plane_.width() + 2 * kMargin, height = ctb_size_ + 2;
    if (before_.width() != width || before_.height() != height) before_ = Plane<Sample>(width, height);
    if (picture.pps().transquant_bypass_enabled_flag) kept_ |= kCellBypass;
    if (picture.sps().pcm_enabled_flag && picture.sps().pcm_loop_filter_disabled_flag) kept_ |= kCellPcm;
  }

  // Filters luma rows y to end_y, which lie in one row of CTBs and below all rows filtered so far.
  void filter_band(int y, int end_y) {
    y0_ = y >> shift_;
    height_ = (end_y >> shift_) - y0_;
    const int ctb_y = y0_ / ctb_size_;
    keep_band(ctb_y);
    for (int ctb_x = 0; ctb_x < picture_.sps().pic_width_in_ctbs(); ++ctb_x) filter_ctb(ctb_x, ctb_y);
    copy_samples(kept(height_), kept(0), 0, plane_.width());
  }

 private:
  static constexpr int kMargin = 32;

  // Row 0 of before_ is the sample row above the band, which was kept with the previous band.
  void keep_band(int ctb_y) {
    const int width = plane_.width();
    const int end = std::min(y0_ + height_ + 1, plane_.height());
    const SaoParams* params = &params_[static_cast<size_t>(ctb_y * picture_.sps().pic_width_in_ctbs())];
    for (int x = 0; x < width; x += ctb_size_, ++params) {
      if (params->type == 0) continue;
      const int first_x = std::max(x - 1, 0), end_x = std::min(x + ctb_size_ + 1, width);
      for (int y = y0_; y < end; ++y) copy_samples(plane_.row(y), kept(y - y0_ + 1), first_x, end_x);
    }
    copy_samples(plane_.row(y0_ + height_ - 1), kept(height_), 0, width);
  }

  Sample* kept(int row) { return before_.row(row) + kMargin; }
  static void copy_samples(const Sample* from, Sample* to, int first_x, int end_x) {
    std::copy(from + first_x, from + end_x, to + first_x);
  }

  void filter_ctb(int ctb_x, int ctb_y) {
    const auto ctb = static_cast<size_t>(ctb_y * picture_.sps().pic_width_in_ctbs() + ctb_x);
    const SaoParams& params = params_[ctb];
    if (params.type == 0 || picture_.slice_address[ctb] < 0) return;
    x0_ = ctb_x * ctb_size_;
    width_ = std::min(ctb_size_, plane_.width() - x0_);
    if (params.type == 1) {
      kernels_.sao_band(source(0, 0), before_.stride(), target(0, 0), plane_.stride(), width_, height_,
                        params.band_position, params.offset, bit_depth_);
    } else {
      filter_edges(params, find_neighbours(picture_, ctb_x, ctb_y), ctb_y);
    }
    if (kept_) restore_kept();
  }

  void filter_edges(const SaoParams& params, const Neighbours& neighbours, int ctb_y) {
    const int ctb_end = std::min((ctb_y + 1) * ctb_size_, plane_.height());
    const bool first_band = y0_ == ctb_y * ctb_size_, last_band = y0_ + height_ == ctb_end;
    const bool horizontal = params.eo_class != 1, vertical = params.eo_class != 0;
    const int left = horizontal && !neighbours.at(-1, 0) ? 1 : 0;
    const int right = width_ - (horizontal && !neighbours.at(1, 0) ? 1 : 0);
    const int top = vertical && first_band && !neighbours.at(0, -1) ? 1 : 0;
    const int bottom = height_ - (vertical && last_band && !neighbours.at(0, 1) ? 1 : 0);
    edge_rectangle(params, left, top, right - left, bottom - top);
    if (!horizontal || !vertical) return;
    // The corner samples on the diagonal of the class depend on the diagonal CTBs and on no other.
    const int first = params.eo_class == 2 ? -1 : 1;
    if (first_band) corner(params, first, -1, neighbours);
    if (last_band) corner(params, -first, 1, neighbours);
  }

  void edge_rectangle(const SaoParams& params, int x, int y, int width, int height) {
    kernels_.sao_edge(source(x, y), before_.stride(), target(x, y), plane_.stride(), width, height,
                      params.eo_class, params.offset, bit_depth_);
  }

  void corner(const SaoParams& params, int dx, int dy, const Neighbours& neighbours) {
    const int x = dx < 0 ? 0 : width_ - 1, y = dy < 0 ? 0 : height_ - 1;
    if (neighbours.at(dx, dy)) {
      edge_rectangle(params, x, y, 1, 1);
    } else {
      *target(x, y) = *source(x, y);
    }
  }

  // Lossless blocks and, where the SPS asks for it, PCM blocks keep their samples.
  void restore_kept() {
    const int size = kCellSize >> shift_;
    for (int y = 0; y < height_; y += size) {
      for (int x = 0; x < width_; x += size) {
        const size_t cell = picture_.cell((x0_ + x) << shift_, (y0_ + y) << shift_);
        if (!(picture_.flags[cell] & kept_)) continue;
        for (int row = y; row < y + size; ++row) std::copy_n(source(x, row), size, target(x, row));
      }
    }
  }

  const Sample* source(int x, int y) const { return before_.row(y + 1) + kMargin + x0_ + x; }
  Sample* target(int x, int y) { return &plane_.at(x0_ + x, y0_ + y); }

  const KernelTable& kernels_;
  const Picture& picture_;
  Plane<Sample>& plane_;
  const std::vector<SaoParams>& params_;
  int bit_depth_, shift_, ctb_size_;
  uint8_t kept_ = 0;
  Plane<Sample>& before_;
  // The part of a CTB that is filtered, in samples of the component.
  int x0_ = 0, y0_ = 0, width_ = 0, height_ = 0;
};

SaoFilter::SaoFilter(const KernelTable& kernels, Picture& picture, SaoBuffers& buffers) {
  for (int c = 0; c < 3; ++c)
    components_[c] = std::make_unique<Component>(kernels, picture, c, buffers.planes[c]);
  ctb_size_ = picture.sps().ctb_size();
}

SaoFilter::~SaoFilter() = default;

Status SaoFilter::run(int y, int end_y) {
  while (y < end_y) {
    const int band_end = std::min(end_y, y / ctb_size_ * ctb_size_ + ctb_size_);
    for (auto& component : components_) component->filter_band(y, band_end);
    y = band_end;
  }
  return {};
}

}  // namespace inloop::hevc
