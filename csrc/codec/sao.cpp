// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "codec/sao.h"

#include <algorithm>

namespace inloop::codec {
namespace {

// Which of the eight CTBs around one may be read, index (dy + 1) * 3 + dx + 1 (8.7.3.2, edge offset).
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
      // Between two slices the later one decides.
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

// SAO of one component, a row of CTBs at a time. `before_` keeps what a row needs of the signal before SAO:
// its CTBs that change, with one sample around them, and the last sample row for the CTBs below.
class ComponentSao {
 public:
  ComponentSao(const KernelTable& kernels, Picture& picture, int c_idx)
      : kernels_(kernels),
        picture_(picture),
        plane_(picture.rec.planes[c_idx]),
        params_(picture.sao[c_idx]),
        bit_depth_(picture.sps().bit_depth(c_idx)),
        ctb_size_(picture.sps().ctb_size() >> (c_idx ? 1 : 0)),
        log2_unit_(c_idx ? 1 : 2),
        // One more column at either side, so that kernels may read over the ends of a row.
        before_(plane_.width() + 2 * kMargin, ctb_size_ + 2) {
    if (picture.pps().transquant_bypass_enabled_flag) kept_ |= kUnitBypass;
    if (picture.sps().pcm_enabled_flag && picture.sps().pcm_loop_filter_disabled_flag) kept_ |= kUnitPcm;
  }

  void run() {
    if (std::none_of(params_.begin(), params_.end(), [](const SaoParams& p) { return p.type != 0; })) return;
    const int rows = picture_.sps().pic_height_in_ctbs();
    for (int ctb_y = 0; ctb_y < rows; ++ctb_y) {
      keep_row(ctb_y);
      for (int ctb_x = 0; ctb_x < picture_.sps().pic_width_in_ctbs(); ++ctb_x) filter_ctb(ctb_x, ctb_y);
    }
  }

 private:
  static constexpr int kMargin = 32;

  // Row 0 of before_ is the sample row above the CTBs.
  void keep_row(int ctb_y) {
    const int y0 = ctb_y * ctb_size_, width = plane_.width();
    if (ctb_y > 0) copy_samples(kept(ctb_size_), kept(0), 0, width);
    const int last = std::min(y0 + ctb_size_, plane_.height()) - 1;
    const SaoParams* params = &params_[static_cast<size_t>(ctb_y * picture_.sps().pic_width_in_ctbs())];
    for (int x = 0; x < width; x += ctb_size_, ++params) {
      if (params->type == 0) continue;
      const int first_x = std::max(x - 1, 0), end_x = std::min(x + ctb_size_ + 1, width);
      for (int y = y0; y <= std::min(last + 1, plane_.height() - 1); ++y) {
        copy_samples(plane_.row(y), kept(y - y0 + 1), first_x, end_x);
      }
    }
    copy_samples(plane_.row(last), kept(last - y0 + 1), 0, width);
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
    y0_ = ctb_y * ctb_size_;
    width_ = std::min(ctb_size_, plane_.width() - x0_);
    height_ = std::min(ctb_size_, plane_.height() - y0_);
    if (params.type == 1) {
      kernels_.sao_band(source(0, 0), before_.stride(), target(0, 0), plane_.stride(), width_, height_,
                        params.band_position, params.offset, bit_depth_);
    } else {
      filter_edges(params, find_neighbours(picture_, ctb_x, ctb_y));
    }
    if (kept_) restore_kept();
  }

  void filter_edges(const SaoParams& params, const Neighbours& neighbours) {
    const bool horizontal = params.eo_class != 1, vertical = params.eo_class != 0;
    const int left = horizontal && !neighbours.at(-1, 0) ? 1 : 0;
    const int right = width_ - (horizontal && !neighbours.at(1, 0) ? 1 : 0);
    const int top = vertical && !neighbours.at(0, -1) ? 1 : 0;
    const int bottom = height_ - (vertical && !neighbours.at(0, 1) ? 1 : 0);
    edge_rectangle(params, left, top, right - left, bottom - top);
    if (!horizontal || !vertical) return;
    // The corner samples on the class's diagonal depend on the diagonal CTBs and on no other.
    const int first = params.eo_class == 2 ? -1 : 1;
    corner(params, first, -1, neighbours);
    corner(params, -first, 1, neighbours);
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

  // PCM (where so asked) and lossless blocks keep their samples.
  void restore_kept() {
    const int size = 1 << log2_unit_;
    for (int y = 0; y < height_; y += size) {
      for (int x = 0; x < width_; x += size) {
        const int scale = 2 - log2_unit_;
        if (!(picture_.flags[picture_.unit((x0_ + x) << scale, (y0_ + y) << scale)] & kept_)) continue;
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
  int bit_depth_, ctb_size_, log2_unit_;
  uint8_t kept_ = 0;
  Plane<Sample> before_;
  int x0_ = 0, y0_ = 0, width_ = 0, height_ = 0;  // the CTB at hand, samples of the component
};

}  // namespace

void apply_sao(const KernelTable& kernels, Picture& picture) {
  for (int c_idx = 0; c_idx < 3; ++c_idx) ComponentSao(kernels, picture, c_idx).run();
}

}  // namespace inloop::codec
