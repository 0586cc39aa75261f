// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "hevc/block/inter_prediction.h"

#include <algorithm>
#include <cstdint>
#include <cstring>

#include "hevc/kernels/interpolation_filters.h"

namespace inloop::hevc {
namespace {

constexpr ptrdiff_t kIntermediateStride = kMaxPredictionSize;
constexpr ptrdiff_t kPaddedStride = kMaxPredictionSize + 16;

struct BlockShape {
  int c_idx;
  int x, y, width, height;  // in samples of the component
};

// The samples that a motion vector points at, with the margin that the interpolation filters read. They are
// copied only where the margin leaves the picture.
class ReferenceBlock {
 public:
  ReferenceBlock(const Plane<Sample>& plane, const BlockShape& block, Mv mv) {
    const int fraction_bits = block.c_idx ? 3 : 2;
    const int before = block.c_idx ? 1 : 3, after = block.c_idx ? 2 : 4;
    fx = mv.x & ((1 << fraction_bits) - 1);
    fy = mv.y & ((1 << fraction_bits) - 1);
    const int x = block.x + (mv.x >> fraction_bits), y = block.y + (mv.y >> fraction_bits);
    if (x >= before && y >= before && x + block.width + after <= plane.width() &&
        y + block.height + after <= plane.height()) {
      data = plane.row(y) + x;
      stride = plane.stride();
      return;
    }
    pad(plane, x - before, y - before, before + block.width + after, before + block.height + after);
    data = padded_ + before * kPaddedStride + before;
    stride = kPaddedStride;
  }
  ReferenceBlock(const ReferenceBlock&) = delete;
  ReferenceBlock& operator=(const ReferenceBlock&) = delete;

  const Sample* data;
  ptrdiff_t stride;
  int fx, fy;

 private:
  // Copies the samples of a rectangle. Outside the plane, those at its borders are repeated.
  void pad(const Plane<Sample>& plane, int x, int y, int width, int height) {
    const int left = std::clamp(-x, 0, width), right = std::clamp(x + width - plane.width(), 0, width);
    const int inside = width - left - right;
    Sample* to = padded_;
    for (int row = y; row < y + height; ++row, to += kPaddedStride) {
      if (row > y && (row <= 0 || row >= plane.height())) {
        std::memcpy(to, to - kPaddedStride, sizeof(Sample) * static_cast<size_t>(width));
        continue;
      }
      const Sample* from = plane.row(std::clamp(row, 0, plane.height() - 1));
      repeat(from[0], left, to);
      if (inside > 0) std::memcpy(to + left, from + x + left, sizeof(Sample) * static_cast<size_t>(inside));
      repeat(from[plane.width() - 1], right, to + width - right);
    }
  }

  // Writes up to three samples more than `count`, which rows of padded_ have room for.
  static void repeat(Sample sample, int count, Sample* to) {
    const uint64_t four = 0x0001000100010001u * sample;
    for (int i = 0; i < count; i += 4) std::memcpy(to + i, &four, sizeof four);
  }

  Sample padded_[(kMaxPredictionSize + 7) * kPaddedStride];
};

// Predicts one component of a block.
class ComponentPredictor {
 public:
  ComponentPredictor(const KernelTable& kernels, const RefLists& refs, const SliceHeader& slice,
                     const BlockShape& block, int bit_depth, Sample* dst, ptrdiff_t dst_stride)
      : kernels_(kernels),
        refs_(refs),
        slice_(slice),
        block_(block),
        bit_depth_(bit_depth),
        log2_wd_((block.c_idx ? slice.chroma_log2_weight_denom : slice.luma_log2_weight_denom) + 14 -
                 bit_depth),
        dst_(dst),
        dst_stride_(dst_stride) {}

  void predict(const MotionInfo& motion) const {
    if (motion.is_bi()) {
      predict_bi(motion);
    } else if (motion.uses(0) || motion.uses(1)) {
      predict_one(motion, motion.uses(0) ? 0 : 1);
    }
  }

 private:
  const Plane<Sample>& plane(const MotionInfo& motion, int list) const {
    return refs_.pic[list][motion.ref_idx[list]]->rec.planes[block_.c_idx];
  }
  const PredWeight& weight(const MotionInfo& motion, int list) const {
    return slice_.weights[list][motion.ref_idx[list]];
  }

  void intermediate(const MotionInfo& motion, int list, int16_t* out) const {
    const ReferenceBlock ref(plane(motion, list), block_, motion.mv[list]);
    const auto kernel = block_.c_idx ? kernels_.chroma_bi : kernels_.luma_bi;
    kernel(ref.data, ref.stride, out, kIntermediateStride, block_.width, block_.height, ref.fx, ref.fy,
           bit_depth_);
  }

  void predict_one(const MotionInfo& motion, int list) const {
    if (!slice_.explicit_weights) {
      const ReferenceBlock ref(plane(motion, list), block_, motion.mv[list]);
      const auto kernel = block_.c_idx ? kernels_.chroma_uni : kernels_.luma_uni;
      kernel(ref.data, ref.stride, dst_, dst_stride_, block_.width, block_.height, ref.fx, ref.fy,
             bit_depth_);
      return;
    }
    alignas(64) int16_t samples[kMaxPredictionSize * kIntermediateStride];
    intermediate(motion, list, samples);
    const PredWeight& w = weight(motion, list);
    kernels_.weight_uni(samples, kIntermediateStride, dst_, dst_stride_, block_.width, block_.height,
                        w.weight[block_.c_idx], w.offset[block_.c_idx], log2_wd_, bit_depth_);
  }

  void predict_bi(const MotionInfo& motion) const {
    alignas(64) int16_t samples[2][kMaxPredictionSize * kIntermediateStride];
    for (int list = 0; list < 2; ++list) intermediate(motion, list, samples[list]);
    if (!slice_.explicit_weights) {
      kernels_.average_bi(samples[0], samples[1], kIntermediateStride, dst_, dst_stride_, block_.width,
                          block_.height, bit_depth_);
      return;
    }
    const PredWeight& w0 = weight(motion, 0);
    const PredWeight& w1 = weight(motion, 1);
    kernels_.weight_bi(samples[0], samples[1], kIntermediateStride, dst_, dst_stride_, block_.width,
                       block_.height, w0.weight[block_.c_idx], w1.weight[block_.c_idx],
                       w0.offset[block_.c_idx] + w1.offset[block_.c_idx], log2_wd_, bit_depth_);
  }

  const KernelTable& kernels_;
  const RefLists& refs_;
  const SliceHeader& slice_;
  const BlockShape& block_;
  int bit_depth_;
  int log2_wd_;
  Sample* dst_;
  ptrdiff_t dst_stride_;
};

}  // namespace

void predict_inter(const KernelTable& kernels, const RefLists& refs, const SliceHeader& slice, const Sps& sps,
                   int x, int y, int width, int height, const MotionInfo& motion, Frame& dst) {
  for (int c_idx = 0; c_idx < 3; ++c_idx) {
    const int shift = c_idx ? 1 : 0;
    const BlockShape block{c_idx, x >> shift, y >> shift, width >> shift, height >> shift};
    Plane<Sample>& plane = dst.planes[c_idx];
    ComponentPredictor(kernels, refs, slice, block, sps.bit_depth(c_idx), &plane.at(block.x, block.y),
                       plane.stride())
        .predict(motion);
  }
}

}  // namespace inloop::hevc
