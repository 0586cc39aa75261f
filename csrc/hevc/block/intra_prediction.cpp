// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "hevc/block/intra_prediction.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>

namespace inloop::hevc {
namespace {

// Builds the line of reference samples from runs of usable samples that come in ascending order. A gap
// repeats the sample before it; a gap at the beginning repeats the first usable sample (8.4.4.2.2).
class LineFiller {
 public:
  LineFiller(Sample* line, int length) : line_(line), length_(length) {}

  // Records that line[begin, end) has been written.
  void add_run(int begin, int end) {
    if (begin >= end) return;
    if (begin > filled_) std::fill(line_ + filled_, line_ + begin, line_[filled_ ? filled_ - 1 : begin]);
    filled_ = end;
  }
  void finish(Sample fallback) {
    std::fill(line_ + filled_, line_ + length_, filled_ ? line_[filled_ - 1] : fallback);
  }

 private:
  Sample* line_;
  int length_;
  int filled_ = 0;
};

// Gathers the neighbourhood of one block. Blocks are aligned to their size, so each of the five segments
// (below left, left, corner, above, above right) lies in one CTB and comes either wholly before or wholly
// after the block in decoding order. One availability check per segment is therefore enough, besides the
// picture border.
class Gatherer {
 public:
  Gatherer(const Picture& picture, int c_idx, int x, int y, int n, Sample* line)
      : picture_(picture),
        plane_(picture.rec.planes[c_idx]),
        shift_(c_idx ? 1 : 0),
        x_(x),
        y_(y),
        n_(n),
        line_(line),
        filler_(line, 4 * n + 1),
        constrained_(picture.pps().constrained_intra_pred_flag) {}

  void run(Sample fallback) {
    const int below = std::clamp(plane_.height() - (y_ + n_), 0, n_);
    if (below > 0 && available(x_ - 1, y_ + n_)) add_left(n_, below);
    if (available(x_ - 1, y_)) add_left(0, n_);
    if (available(x_ - 1, y_ - 1) && usable(x_ - 1, y_ - 1)) {
      line_[2 * n_] = plane_.at(x_ - 1, y_ - 1);
      filler_.add_run(2 * n_, 2 * n_ + 1);
    }
    if (available(x_, y_ - 1)) add_above(0, n_);
    const int right = std::clamp(plane_.width() - (x_ + n_), 0, n_);
    if (right > 0 && available(x_ + n_, y_ - 1)) add_above(n_, right);
    filler_.finish(fallback);
  }

 private:
  bool available(int x, int y) const {
    if (x < 0 || y < 0) return false;
    const CodingLayout& layout = picture_.layout();
    const int xc = x_ << shift_, yc = y_ << shift_, xn = x << shift_, yn = y << shift_;
    // A CTB belongs to one slice and one tile, so only the decoding order matters within it.
    if (((xc ^ xn) | (yc ^ yn)) >> layout.log2_ctb_size() == 0)
      return layout.z_order(xn, yn) < layout.z_order(xc, yc);
    return picture_.available(xc, yc, xn, yn);
  }
  // With constrained_intra_pred_flag only samples of intra CUs are usable.
  bool usable(int x, int y) const {
    return !constrained_ || picture_.pred_mode[picture_.cell(x << shift_, y << shift_)] == PredMode::intra;
  }

  // Adds rows offset .. offset + count - 1 of the column left of the block. The line has the bottom row
  // first.
  void add_left(int offset, int count) {
    const Sample* source = plane_.row(y_ + offset) + x_ - 1;
    Sample* out = line_ + 2 * n_ - 1 - offset;
    for (int i = 0; i < count; ++i, source += plane_.stride()) out[-i] = *source;
    const int end = 2 * n_ - offset;
    if (!constrained_) return filler_.add_run(end - count, end);
    for (int i = count - 4; i >= 0; i -= 4) {
      if (usable(x_ - 1, y_ + offset + i)) filler_.add_run(end - i - 4, end - i);
    }
  }

  void add_above(int offset, int count) {
    const int begin = 2 * n_ + 1 + offset;
    std::memcpy(line_ + begin, plane_.row(y_ - 1) + x_ + offset, static_cast<size_t>(count) * sizeof(Sample));
    if (!constrained_) return filler_.add_run(begin, begin + count);
    for (int i = 0; i < count; i += 4) {
      if (usable(x_ + offset + i, y_ - 1)) filler_.add_run(begin + i, begin + i + 4);
    }
  }

  const Picture& picture_;
  const Plane<Sample>& plane_;
  const int shift_, x_, y_, n_;
  Sample* line_;
  LineFiller filler_;
  const bool constrained_;
};

// Returns filterFlag of 8.4.4.2.3 for luma.
bool wants_smoothing(int log2_size, int mode) {
  if (mode == kIntraDc || log2_size == 2) return false;
  constexpr int kThreshold[3] = {7, 1, 0};
  return std::min(std::abs(mode - kIntraVertical), std::abs(mode - kIntraHorizontal)) >
         kThreshold[log2_size - 3];
}

// Returns whether both sides of a 32x32 block are nearly straight, in which case they are replaced by
// straight lines between their ends.
bool is_flat(const Sample* line, int bit_depth) {
  const int limit = 1 << (bit_depth - 5);
  return std::abs(line[64] + line[128] - 2 * line[96]) < limit &&
         std::abs(line[64] + line[0] - 2 * line[32]) < limit;
}

void smooth(const Sample* line, Sample* out, int length) {
  out[0] = line[0];
  for (int i = 1; i < length - 1; ++i) {
    out[i] = static_cast<Sample>((line[i - 1] + 2 * line[i] + line[i + 1] + 2) >> 2);
  }
  out[length - 1] = line[length - 1];
}

void smooth_strong(const Sample* line, Sample* out) {
  for (int i = 0; i <= 64; ++i) {
    out[i] = static_cast<Sample>(((64 - i) * line[0] + i * line[64] + 32) >> 6);
    out[64 + i] = static_cast<Sample>(((64 - i) * line[64] + i * line[128] + 32) >> 6);
  }
}

void predict_dc(const Sample* line, bool filter_edges, int log2_size, Sample* dst, ptrdiff_t stride) {
  const int n = 1 << log2_size;
  const Sample* top = line + 2 * n + 1;
  const Sample* left = line + 2 * n - 1;  // indexed as left[-y]
  int sum = n;
  for (int i = 0; i < n; ++i) sum += top[i] + left[-i];
  const int dc = sum >> (log2_size + 1);
  for (int y = 0; y < n; ++y) std::fill_n(dst + y * stride, n, static_cast<Sample>(dc));
  if (!filter_edges) return;
  for (int i = 1; i < n; ++i) {
    dst[i] = static_cast<Sample>((top[i] + 3 * dc + 2) >> 2);
    dst[i * stride] = static_cast<Sample>((left[-i] + 3 * dc + 2) >> 2);
  }
  dst[0] = static_cast<Sample>((left[0] + 2 * dc + top[0] + 2) >> 2);
}

// In modes 26 and 10 the first column or, respectively, row follows the gradient of the other side.
void filter_edge(const Sample* line, int n, int mode, int bit_depth, Sample* dst, ptrdiff_t stride) {
  const Sample* corner = line + 2 * n;
  const int sign = mode == kIntraVertical ? 1 : -1;
  const ptrdiff_t step = mode == kIntraVertical ? stride : 1;
  for (int i = 0; i < n; ++i) {
    const int value = corner[sign] + ((corner[-sign * (i + 1)] - corner[0]) >> 1);
    dst[i * step] = static_cast<Sample>(clip3(0, (1 << bit_depth) - 1, value));
  }
}

// Returns the mode of the prediction block at (xn, yn) as a candidate for the one at (x, y) (8.4.2).
int candidate_mode(const Picture& picture, int x, int y, int xn, int yn) {
  if (!picture.available(x, y, xn, yn)) return kIntraDc;
  const size_t cell = picture.cell(xn, yn);
  if (picture.pred_mode[cell] != PredMode::intra || (picture.flags[cell] & kCellPcm)) return kIntraDc;
  return picture.intra_mode[cell];
}

}  // namespace

void gather_intra_references(const Picture& picture, int c_idx, int x, int y, int log2_size,
                             IntraReferences& references) {
  const auto middle = static_cast<Sample>(1 << (picture.sps().bit_depth(c_idx) - 1));
  Gatherer(picture, c_idx, x, y, 1 << log2_size, references.line).run(middle);
}

void predict_intra(const KernelTable& kernels, const IntraReferences& references, int c_idx, int log2_size,
                   int mode, int bit_depth, bool strong_smoothing, Sample* dst, ptrdiff_t dst_stride) {
  const int n = 1 << log2_size;
  const Sample* line = references.line;
  IntraReferences smoothed;
  if (c_idx == 0 && wants_smoothing(log2_size, mode)) {
    if (strong_smoothing && log2_size == 5 && is_flat(line, bit_depth)) {
      smooth_strong(line, smoothed.line);
    } else {
      smooth(line, smoothed.line, 4 * n + 1);
    }
    line = smoothed.line;
  }
  const bool filter_edges = c_idx == 0 && log2_size < 5;
  if (mode == kIntraPlanar) {
    kernels.intra_planar(line, dst, dst_stride, n);
  } else if (mode == kIntraDc) {
    predict_dc(line, filter_edges, log2_size, dst, dst_stride);
  } else {
    kernels.intra_angular(line, dst, dst_stride, n, mode);
    if (filter_edges && (mode == kIntraVertical || mode == kIntraHorizontal)) {
      filter_edge(line, n, mode, bit_depth, dst, dst_stride);
    }
  }
}

void derive_mpm(const Picture& picture, int x, int y, int mpm[3]) {
  const int a = candidate_mode(picture, x, y, x - 1, y);
  // The mode above does not count across rows of CTBs, so that no line of modes has to be stored.
  const bool top_of_ctb = (y & (picture.sps().ctb_size() - 1)) == 0;
  const int b = top_of_ctb ? int{kIntraDc} : candidate_mode(picture, x, y, x, y - 1);
  if (a != b) {
    mpm[0] = a;
    mpm[1] = b;
    mpm[2] = a != kIntraPlanar && b != kIntraPlanar ? kIntraPlanar
             : a != kIntraDc && b != kIntraDc       ? kIntraDc
                                                    : kIntraVertical;
  } else if (a < 2) {
    mpm[0] = kIntraPlanar;
    mpm[1] = kIntraDc;
    mpm[2] = kIntraVertical;
  } else {
    mpm[0] = a;
    mpm[1] = 2 + (a + 29) % 32;
    mpm[2] = 2 + (a - 1) % 32;
  }
}

int derive_chroma_mode(int luma_mode, int intra_chroma_pred_mode) {
  if (intra_chroma_pred_mode == 4) return luma_mode;
  constexpr int kModes[4] = {kIntraPlanar, kIntraVertical, kIntraHorizontal, kIntraDc};
  const int mode = kModes[intra_chroma_pred_mode];
  return mode == luma_mode ? int{kIntraAngular34} : mode;
}

}  // namespace inloop::hevc
