// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "coolchic/header_reader.h"

#include <algorithm>
#include <string>

#include "coolchic/laplace_scale.h"

namespace inloop::coolchic {
namespace {

constexpr int kParameterSets = 5;
constexpr int kAbsent = 255;
// The largest step index for context model, upsampling and synthesis.
constexpr int kMostStep[] = {7, 16, 16};
constexpr int kStepBias[] = {7, 16, 16};
constexpr int kMaxGrids = 32;
constexpr int kMaxResolutions = 14;
constexpr int kMaxLatentRange = 32766;  // so that latents fit 16 bits
constexpr int kMaxMacPerSample = 1 << 14;
constexpr int64_t kMaxPlaneSamples = int64_t{1} << 28;  // for all channels that are kept as planes

// The counts that determine the length of the header.
struct Layout {
  int bytes = 0;
  int layers = 0;
  int scale_bytes = 0;  // 1, or 2 in streams of early February 2024; 0 where neither fits
};

Layout layout_of(const std::vector<uint8_t>& data, size_t offset) {
  HeaderReader reader(data, offset);
  Layout layout;
  layout.bytes = reader.number(2);
  reader.skip(3);
  layout.layers = reader.number(1);
  for (int scale_bytes : {1, 2}) {
    const int counts_at = 6 + 3 * layout.layers + 1 + 4 + 6 + kParameterSets * (scale_bytes + 2);
    HeaderReader counts(data, offset + static_cast<size_t>(counts_at));
    const int resolutions = counts.number(1), grids = counts.number(1);
    if (layout.bytes == counts_at + 2 + resolutions + 3 * grids) {
      layout.scale_bytes = scale_bytes;
      return layout;
    }
  }
  return layout;
}

Status read_layers(HeaderReader& reader, int count, PictureType type, PictureHeader& picture) {
  if (count < 1 || count > 16) return Status::bitstream(std::to_string(count) + " synthesis layers");
  for (int i = 0; i < count; ++i) {
    SynthesisLayer layer;
    layer.outputs = reader.number(1);
    layer.kernel_size = reader.number(1);
    const int kind = reader.number(1);
    if (layer.outputs < 1) return Status::bitstream("a synthesis layer without outputs");
    if (layer.kernel_size % 2 == 0 || layer.kernel_size > 7) {
      return Status::bitstream("synthesis kernel of side " + std::to_string(layer.kernel_size));
    }
    if (kind >> 4 > 1 || (kind & 15) > 3) return Status::bitstream("unknown kind of synthesis layer");
    layer.residual = kind >> 4;
    layer.activation = static_cast<Activation>(kind & 15);
    if (layer.activation == Activation::gelu) return Status::unsupported("synthesis with GELU");
    picture.layers.push_back(layer);
  }
  const int wanted = 3 + 3 * static_cast<int>(type);
  if (picture.layers.back().outputs != wanted) {
    return Status::bitstream("synthesis with " + std::to_string(picture.layers.back().outputs) +
                             " outputs instead of " + std::to_string(wanted));
  }
  return {};
}

Status read_steps(HeaderReader& reader, PictureHeader& picture) {
  ParameterSet* const sets[] = {&picture.context_weights,    &picture.context_biases,
                                &picture.upsampling_weights, nullptr,
                                &picture.synthesis_weights,  &picture.synthesis_biases};
  for (int i = 0; i < 6; ++i) {
    const int index = reader.number(1);
    if (!sets[i]) {
      if (index != kAbsent) return Status::unsupported("upsampling with a bias");
      continue;
    }
    if (index > kMostStep[i / 2]) return Status::bitstream("step index " + std::to_string(index));
    sets[i]->step_log2 = index - kStepBias[i / 2];
  }
  return {};
}

Status read_scales(HeaderReader& reader, int scale_bytes, PictureHeader& picture) {
  for (ParameterSet* set : picture.parameter_sets()) {
    const int index = reader.number(scale_bytes);
    set->scale_128 = scale_bytes == 1 ? parameter_scale_128(index) : early_parameter_scale_128(index);
    if (set->scale_128 == 0) return Status::bitstream("entropy scale index " + std::to_string(index));
  }
  for (ParameterSet* set : picture.parameter_sets())
    set->payload.size = static_cast<size_t>(reader.number(2));
  return {};
}

Status read_grids(HeaderReader& reader, const SequenceHeader& sequence, PictureHeader& picture) {
  const int resolutions = reader.number(1), grids = reader.number(1);
  if (resolutions < 1 || resolutions > kMaxResolutions)
    return Status::bitstream(std::to_string(resolutions) + " resolutions");
  if (grids > kMaxGrids) return Status::unsupported(std::to_string(grids) + " latent grids");
  for (int halvings = 0; halvings < resolutions; ++halvings) {
    const int maps = reader.number(1);
    if (maps < 1) return Status::unsupported("a resolution without a latent grid");
    if (maps + static_cast<int>(picture.grids.size()) > grids) {
      return Status::bitstream("more latent grids than their count");
    }
    const int round_up = (1 << halvings) - 1;
    const Grid grid = {
        halvings, (sequence.width + round_up) >> halvings, (sequence.height + round_up) >> halvings, {}};
    picture.grids.insert(picture.grids.end(), static_cast<size_t>(maps), grid);
  }
  if (static_cast<int>(picture.grids.size()) != grids) {
    return Status::bitstream("fewer latent grids than their count");
  }
  for (Grid& grid : picture.grids) grid.payload.size = static_cast<size_t>(reader.number(3));
  return {};
}

// Checks that the widths of layers fit together, and bounds the work per sample and what is kept as planes:
// the grids, and the channels from the first layer on that looks at neighbouring samples.
Status check_network(const SequenceHeader& sequence, const PictureHeader& picture) {
  int inputs = static_cast<int>(picture.grids.size());
  int64_t macs = 0, planes = inputs;
  bool in_planes = false;
  for (const SynthesisLayer& layer : picture.layers) {
    if (layer.residual && layer.outputs != inputs) {
      return Status::bitstream("residual synthesis layer of " + std::to_string(inputs) + " inputs and " +
                               std::to_string(layer.outputs) + " outputs");
    }
    macs += int64_t{inputs} * layer.outputs * layer.kernel_size * layer.kernel_size;
    in_planes = in_planes || layer.kernel_size > 1;
    if (in_planes) planes = std::max<int64_t>(planes, inputs + layer.outputs);
    inputs = layer.outputs;
  }
  if (planes * sequence.width * sequence.height > kMaxPlaneSamples) {
    return Status::unsupported(std::to_string(planes) + " channels of " + std::to_string(sequence.width) +
                               "x" + std::to_string(sequence.height));
  }
  if (macs > kMaxMacPerSample) {
    return Status::unsupported("synthesis of " + std::to_string(macs) + " multiplications a sample");
  }
  return {};
}

Status locate(Payload& payload, size_t size, size_t& offset) {
  if (payload.size % 4) return Status::bitstream("a payload of " + std::to_string(payload.size) + " bytes");
  if (payload.size > size - offset) return Status::bitstream("the data ends inside a payload");
  payload.offset = offset;
  offset += payload.size;
  return {};
}

}  // namespace

bool picture_header_fits(const std::vector<uint8_t>& data, size_t offset) {
  const Layout layout = layout_of(data, offset);
  return layout.scale_bytes != 0;
}

Status parse_picture_header(const std::vector<uint8_t>& data, size_t& offset, const SequenceHeader& sequence,
                            PictureType type, PictureHeader& picture) {
  const Layout layout = layout_of(data, offset);
  if (static_cast<size_t>(layout.bytes) > data.size() - offset || data.size() - offset < 2) {
    return Status::bitstream("the data ends inside a picture header");
  }
  if (layout.scale_bytes == 0) {
    return Status::bitstream("a picture header of " + std::to_string(layout.bytes) +
                             " bytes does not fit its counts");
  }
  picture = {};
  picture.two_byte_scales = layout.scale_bytes == 2;
  picture.header = {offset, static_cast<size_t>(layout.bytes)};
  HeaderReader reader(data, offset + 2);
  picture.display_index = reader.number(1);
  const int context = reader.number(1);
  picture.context_size = (context >> 4) * 8;
  picture.hidden_layers = context & 15;
  if (picture.context_size < 8 || picture.context_size > 32) {
    return Status::bitstream("context model of " + std::to_string(picture.context_size) + " samples");
  }
  const int upsampling = reader.number(1);
  picture.upsampling_size = upsampling >> 1;
  picture.upsampling_static = upsampling & 1;
  if (picture.upsampling_size < 2 || picture.upsampling_size > 16 || picture.upsampling_size % 2) {
    return Status::unsupported("upsampling kernel of side " + std::to_string(picture.upsampling_size));
  }
  if (picture.upsampling_static) return Status::unsupported("static upsampling kernels");
  INLOOP_RETURN_IF_ERROR(read_layers(reader, reader.number(1), type, picture));
  picture.flow_gain = reader.number(1);
  picture.parameter_range = reader.number(2);
  picture.latent_range = reader.number(2);
  if (picture.parameter_range < 1 || picture.latent_range < 1)
    return Status::bitstream("an empty symbol range");
  if (picture.latent_range > kMaxLatentRange) {
    return Status::unsupported("latents in -" + std::to_string(picture.latent_range) + " ...");
  }
  INLOOP_RETURN_IF_ERROR(read_steps(reader, picture));
  INLOOP_RETURN_IF_ERROR(read_scales(reader, layout.scale_bytes, picture));
  INLOOP_RETURN_IF_ERROR(read_grids(reader, sequence, picture));
  INLOOP_RETURN_IF_ERROR(check_network(sequence, picture));
  size_t end = offset + picture.header.size;
  for (ParameterSet* set : picture.parameter_sets()) {
    INLOOP_RETURN_IF_ERROR(locate(set->payload, data.size(), end));
  }
  for (Grid& grid : picture.grids) INLOOP_RETURN_IF_ERROR(locate(grid.payload, data.size(), end));
  offset = end;
  return {};
}

}  // namespace inloop::coolchic
