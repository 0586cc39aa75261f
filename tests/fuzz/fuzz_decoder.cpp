// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
//
// Fuzz target of the decoder: any bytes, at the lowest ISA level with one thread and at the highest with
// three; both must agree on pictures and error. replay.cpp says how it runs without libFuzzer.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "base/isa.h"
#include "base/md5.h"
#include "hevc/decoder/decoder.h"

namespace {

using namespace inloop;

struct Outcome {
  std::string error;
  Md5::Digest pictures{};
};

void hash_pictures(hevc::Decoder& decoder, Md5& md5) {
  for (const auto& decoded : decoder.take_output()) {
    for (const auto& plane : decoded.frame().planes) {
      for (int y = 0; y < plane.height(); ++y) {
        md5.update(plane.row(y), static_cast<size_t>(plane.width()) * sizeof(Sample));
      }
    }
  }
}

Outcome decode(const uint8_t* data, size_t size, IsaLevel level, int threads) {
  hevc::Decoder decoder({.verify = true, .stage = nullptr, .isa = level, .threads = threads});
  Md5 md5;
  // Pieces of uneven size, as from a pipe.
  size_t begin = 0;
  Status status;
  for (size_t piece = 1; begin < size && status.ok(); piece = piece * 3 + 1) {
    const size_t count = std::min(piece, size - begin);
    status = decoder.decode(data + begin, count);
    hash_pictures(decoder, md5);
    begin += count;
  }
  if (status.ok()) status = decoder.flush();
  hash_pictures(decoder, md5);
  return {status.message(), md5.finish()};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto levels = supported_isa_levels();
  const Outcome expected = decode(data, size, levels.front(), 1);
  const Outcome actual = decode(data, size, levels.back(), 3);
  if (expected.error != actual.error || expected.pictures != actual.pictures) {
    std::fprintf(stderr, "levels or threads differ: '%s' and '%s'\n", expected.error.c_str(),
                 actual.error.c_str());
    std::abort();
  }
  return 0;
}
