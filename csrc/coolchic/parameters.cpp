// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "coolchic/parameters.h"

#include "coolchic/range_decoder.h"

namespace inloop::coolchic {
namespace {

struct SynthesisCounts {
  size_t weights = 0;
  size_t biases = 0;
};

SynthesisCounts count_synthesis(const PictureHeader& picture) {
  SynthesisCounts counts;
  auto inputs = picture.grids.size();
  for (const SynthesisLayer& layer : picture.layers) {
    const auto outputs = static_cast<size_t>(layer.outputs);
    counts.weights += inputs * outputs * static_cast<size_t>(layer.kernel_size * layer.kernel_size);
    counts.biases += outputs;
    inputs = outputs;
  }
  return counts;
}

Status decode_set(const Stream& stream, const ParameterSet& set, int parameter_range, size_t count,
                  const char* name, std::vector<int32_t>& out) {
  RangeDecoder decoder(stream.data.data() + set.payload.offset, set.payload.size);
  const SymbolRange range(parameter_range);
  const LaplaceDistribution distribution{0, set.scale_128};
  out.clear();
  out.reserve(count);
  for (size_t i = 0; i < count; ++i) {
    int value = 0;
    if (!decoder.decode(range, distribution, &value) || decoder.exhausted()) break;
    out.push_back(value);
  }
  if (out.size() == count && decoder.complete()) return {};
  return Status::bitstream(std::string("damaged ") + name);
}

}  // namespace

Status decode_parameters(const Stream& stream, const PictureHeader& picture, Parameters& out) {
  const auto width = static_cast<size_t>(picture.context_size);
  const auto hidden = static_cast<size_t>(picture.hidden_layers);
  const auto side = static_cast<size_t>(picture.upsampling_size);
  const SynthesisCounts synthesis = count_synthesis(picture);
  const struct {
    const ParameterSet& set;
    size_t count;
    const char* name;
    std::vector<int32_t>& out;
  } sets[] = {
      {picture.context_weights, hidden * width * width + 2 * width, "context weights", out.context_weights},
      {picture.context_biases, hidden * width + 2, "context biases", out.context_biases},
      {picture.upsampling_weights, side * side, "upsampling kernel", out.upsampling_weights},
      {picture.synthesis_weights, synthesis.weights, "synthesis weights", out.synthesis_weights},
      {picture.synthesis_biases, synthesis.biases, "synthesis biases", out.synthesis_biases},
  };
  for (const auto& [set, count, name, integers] : sets) {
    INLOOP_RETURN_IF_ERROR(decode_set(stream, set, picture.parameter_range, count, name, integers));
  }
  return {};
}

}  // namespace inloop::coolchic
