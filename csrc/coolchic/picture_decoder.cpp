// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "coolchic/picture_decoder.h"

#include <algorithm>
#include <utility>

namespace inloop::coolchic {
namespace {

constexpr int kRowsAtATime = 8;  // rows between two messages to threads that wait for rows

// The channels of the synthesis.
constexpr size_t kFlow[2][2] = {{3, 4}, {6, 7}};
constexpr size_t kAlpha = 5, kBeta = 8;

void make_rows(std::vector<FloatPlane>& rows, size_t count, int width, int height) {
  if (rows.size() < count) rows.resize(count);
  for (size_t i = 0; i < count; ++i) rows[i].resize(width, height);
}

// Returns the largest of `count` values and of up to 15 behind them; NaN does not count.
float largest(const float* values, int count) {
  float most[16];
  std::fill(most, most + 16, -1e9f);
  for (int x = 0; x < count; x += 16) {
    for (int i = 0; i < 16; ++i) most[i] = values[x + i] > most[i] ? values[x + i] : most[i];
  }
  return *std::max_element(most, most + 16);
}

}  // namespace

struct PictureDecoder::Rendering {
  const SequenceHeader& sequence;
  const PictureHeader& picture;
  const References& references;
  ThreadPool* pool;
  DecodedPicture& out;
  Upsampling upsampling;
  Synthesis synthesis;
  int reference_count = 0;

  bool pointwise() const { return synthesis.pointwise_layers() == synthesis.layers().size(); }
};

void PictureDecoder::start(const Stream& stream, const PictureHeader& picture) {
  if (half_.size() < picture.grids.size()) half_.resize(picture.grids.size());
  const int width = (stream.sequence.width + 1) / 2, height = (stream.sequence.height + 1) / 2;
  size_t channel = 0;
  for (const Grid& grid : picture.grids) {
    if (!picture.uses(grid)) continue;
    if (grid.halvings > 0) half_[channel].resize(width, height);
    ++channel;
  }
  if (channel > 0) spare_.resize(width, height);
}

bool PictureDecoder::reconstruct(const Stream& stream, const PictureHeader& picture,
                                 const References& references, ThreadPool* pool, DecodedPicture& out) {
  Rendering rendering{stream.sequence,
                      picture,
                      references,
                      pool,
                      out,
                      Upsampling(picture, latents_.parameters()),
                      Synthesis(picture, latents_.parameters())};
  for (const auto& reference : references.pictures) rendering.reference_count += reference != nullptr;
  const auto& channels = rendering.synthesis.channels();
  const int width = stream.sequence.width, height = stream.sequence.height;
  for (size_t i = 0; i < channels.size(); ++i) {
    if (picture.grids[channels[i]].halvings == 0) continue;
    rendering.upsampling.run_to_half(kernels_, picture, channels[i], latents_.grid(channels[i]), half_[i],
                                     spare_);
  }
  make_rows(inputs_, channels.size(), width, 1);
  make_rows(decimated_, 9, width / 2 + 1, 1);
  const bool in_rows = rendering.pointwise();
  for (int y = 0; y < height; ++y) {
    // Without any input all rows are the same, as they follow from the biases alone.
    if (y == 0 || !channels.empty()) {
      if (!make_inputs(rendering, y)) return false;
      run_pointwise(rendering, !in_rows || !out.subsampling() || y % 2 == 0);
    }
    if (!in_rows) {
      keep_row(rendering, y);
    } else if (!compose(rendering, y)) {
      return false;
    }
  }
  if (in_rows) return true;
  run_neighbourhood_layers(rendering);
  for (int y = 0; y < height; ++y) {
    for (size_t c = 0; c < current_.size(); ++c) current_[c] = planes_[c].row(y);
    if (!compose(rendering, y)) return false;
  }
  return true;
}

bool PictureDecoder::make_inputs(const Rendering& rendering, int y) {
  const auto& channels = rendering.synthesis.channels();
  const int width = rendering.sequence.width;
  current_.resize(channels.size());
  for (size_t i = 0; i < channels.size(); ++i) {
    float* row = inputs_[i].row(0);
    if (rendering.picture.grids[channels[i]].halvings == 0) {
      if (channels[i] == 0 && !latents_.wait_for_rows(y + 1, rendering.pool)) return false;
      kernels_.widen_row(latents_.grid(channels[i]) + ptrdiff_t{y} * width, width, row);
    } else {
      rendering.upsampling.run_row(kernels_, half_[i], y, width, row);
    }
    current_[i] = row;
  }
  return true;
}

void PictureDecoder::run_pointwise(const Rendering& rendering, bool chroma) {
  const auto& layers = rendering.synthesis.layers();
  for (size_t l = 0; l < rendering.synthesis.pointwise_layers(); ++l) {
    const DenseLayer& layer = layers[l];
    auto& rows = row_[l % 2];
    make_rows(rows, static_cast<size_t>(layer.outputs), rendering.sequence.width, 1);
    std::vector<float*> out(static_cast<size_t>(layer.outputs));
    for (size_t o = 0; o < out.size(); ++o) out[o] = rows[o].row(0);
    const bool shortened = !chroma && l + 1 == layers.size() && !layer.residual;
    kernels_.dense_row({current_.data(), layer.inputs, layer.weights.data(), layer.biases.data(),
                        layer.residual ? current_.data() : nullptr, layer.slope,
                        layer.outputs - 2 * shortened, rendering.sequence.width, out.data()});
    current_.assign(out.begin(), out.end());
  }
}

// Keeps the channels as rows of planes, for the layers that look at neighbouring samples.
void PictureDecoder::keep_row(const Rendering& rendering, int y) {
  if (y == 0) make_rows(planes_, current_.size(), rendering.sequence.width, rendering.sequence.height);
  for (size_t c = 0; c < current_.size(); ++c) {
    std::copy_n(current_[c], rendering.sequence.width, planes_[c].row(y));
    planes_[c].pad_row(y);
  }
}

void PictureDecoder::run_neighbourhood_layers(const Rendering& rendering) {
  const auto& layers = rendering.synthesis.layers();
  const int width = rendering.sequence.width, height = rendering.sequence.height;
  for (size_t l = rendering.synthesis.pointwise_layers(); l < layers.size(); ++l) {
    const DenseLayer& layer = layers[l];
    const int k = layer.kernel_size, inputs = layer.inputs * k * k;
    const auto outputs = static_cast<size_t>(layer.outputs);
    make_rows(next_planes_, outputs, width, height);
    std::vector<const float*> in(static_cast<size_t>(inputs)), residual(outputs);
    std::vector<float*> out(outputs);
    for (int y = 0; y < height; ++y) {
      auto tap = in.begin();
      for (int i = 0; i < layer.inputs; ++i) {
        for (int ky = -k / 2; ky <= k / 2; ++ky) {
          const float* row = planes_[static_cast<size_t>(i)].clamped_row(y + ky);
          for (int kx = -k / 2; kx <= k / 2; ++kx) *tap++ = row + kx;
        }
      }
      for (size_t o = 0; o < outputs; ++o) out[o] = next_planes_[o].row(y);
      for (size_t o = 0; layer.residual && o < outputs; ++o) residual[o] = planes_[o].row(y);
      kernels_.dense_row({in.data(), inputs, layer.weights.data(), layer.biases.data(),
                          layer.residual ? residual.data() : nullptr, layer.slope, layer.outputs, width,
                          out.data()});
      for (size_t o = 0; o < outputs; ++o) next_planes_[o].pad_row(y);
    }
    std::swap(planes_, next_planes_);
    current_.resize(outputs);
  }
}

bool PictureDecoder::compose(const Rendering& rendering, int y) {
  const int width = rendering.sequence.width, height = rendering.sequence.height;
  for (int r = 0; r < rendering.reference_count; ++r) {
    const float* flow_y = current_[rendering.synthesis.output_index(kFlow[r][1])];
    const float lowest =
        static_cast<float>(y) + largest(flow_y, width) * static_cast<float>(rendering.picture.flow_gain);
    const int needed = static_cast<int>(std::clamp(lowest, 0.0f, static_cast<float>(height))) + 2;
    const DecodedPicture& reference = *rendering.references.pictures[r];
    if (!reference.wait_for_rows(std::min(needed, height), rendering.pool)) return false;
  }
  rendering.out.has_bytes() ? compose_row<uint8_t>(rendering, y) : compose_row<uint16_t>(rendering, y);
  if ((y + 1) % kRowsAtATime == 0 && y + 1 < height) rendering.out.publish_rows(y + 1);
  return true;
}

template <class S>
void PictureDecoder::compose_row(const Rendering& rendering, int y) {
  compose_plane<S>(rendering, y, 0);
  for (int c = 1; c < 3; ++c) {
    if (!rendering.out.subsampling() || y % 2 == 0) compose_plane<S>(rendering, y, c);
  }
}

template <class S>
void PictureDecoder::compose_plane(const Rendering& rendering, int y, int c) {
  const int shift = c ? rendering.out.subsampling() : 0;
  const int count = rendering.out.plane_width(c);
  const auto channel = [&](size_t index) {
    const float* row = current_[rendering.synthesis.output_index(index)];
    if (!shift) return row;
    float* every_second = decimated_[index].row(0);
    for (int i = 0; i < count; ++i) every_second[i] = row[2 * i];
    return static_cast<const float*>(every_second);
  };
  ComposedRow<S> row{};
  row.references = rendering.reference_count;
  row.residue = channel(static_cast<size_t>(c));
  if (row.references > 0) row.alpha = channel(kAlpha);
  if (row.references > 1) row.beta = channel(kBeta);
  for (int r = 0; r < row.references; ++r) {
    row.flow_x[r] = channel(kFlow[r][0]);
    row.flow_y[r] = channel(kFlow[r][1]);
    const Plane<S>& plane = rendering.references.pictures[r]->plane<S>(c);
    row.reference[r] = {plane.row(0), plane.stride()};
  }
  row.flow_gain = static_cast<float>(rendering.picture.flow_gain);
  row.shift = shift;
  row.width = rendering.sequence.width;
  row.height = rendering.sequence.height;
  row.y = y;
  row.count = count;
  row.peak = static_cast<float>((1 << rendering.sequence.bit_depth) - 1);
  row.out = rendering.out.plane<S>(c).row(y >> shift);
  if constexpr (sizeof(S) == 1) {
    kernels_.compose_row_u8(row);
  } else {
    kernels_.compose_row_u16(row);
  }
}

}  // namespace inloop::coolchic
