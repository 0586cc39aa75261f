// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
//
// Fuzz target of the Cool-chic decoder. It decodes any bytes with the lowest isa in one thread and with the
// highest in three. Both must agree on the pictures and the error. replay.cpp says how it runs without
// libFuzzer.

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/isa.h"
#include "base/md5.h"
#include "coolchic/decoder.h"

namespace {

using namespace inloop;

// Large pictures take long with the scalar isa and find nothing that small ones do not.
constexpr int64_t kMostSamples = 1 << 18;
constexpr int64_t kMostWork = int64_t{1} << 30;

struct Outcome {
  std::string error;
  Md5::Digest pictures{};
};

template <class S>
void update(Md5& md5, const coolchic::DecodedPicture& picture) {
  for (int c = 0; c < 3; ++c) {
    for (int y = 0; y < picture.plane_height(c); ++y) {
      md5.update(picture.plane<S>(c).row(y), static_cast<size_t>(picture.plane_width(c)) * sizeof(S));
    }
  }
}

Outcome decode(const coolchic::Stream& stream, Isa isa, int threads) {
  coolchic::Decoder decoder(stream, isa, threads);
  Md5 md5;
  for (;;) {
    std::shared_ptr<const coolchic::DecodedPicture> picture;
    const Status status = decoder.next(picture);
    if (!picture) return {status.message(), md5.finish()};
    picture->has_bytes() ? update<uint8_t>(md5, *picture) : update<uint16_t>(md5, *picture);
  }
}

int64_t work(const coolchic::Stream& stream) {
  const int64_t samples = int64_t{stream.sequence.width} * stream.sequence.height;
  int64_t macs = 0;
  for (const coolchic::PictureHeader& picture : stream.pictures) {
    auto inputs = static_cast<int64_t>(picture.grids.size());
    macs += inputs * picture.context_size * picture.context_size * (picture.hidden_layers + 1);
    for (const coolchic::SynthesisLayer& layer : picture.layers) {
      macs += inputs * layer.outputs * layer.kernel_size * layer.kernel_size;
      inputs = layer.outputs;
    }
  }
  return samples * macs;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  coolchic::Stream stream;
  if (!coolchic::parse_stream({data, data + size}, stream).ok()) return 0;
  if (int64_t{stream.sequence.width} * stream.sequence.height > kMostSamples || work(stream) > kMostWork)
    return 0;
  const auto isas = supported_isas();
  const Outcome expected = decode(stream, isas.front(), 1);
  const Outcome actual = decode(stream, isas.back(), 3);
  if (expected.error != actual.error || expected.pictures != actual.pictures) {
    std::fprintf(stderr, "instruction sets or threads differ: '%s' and '%s'\n", expected.error.c_str(),
                 actual.error.c_str());
    std::abort();
  }
  return 0;
}
