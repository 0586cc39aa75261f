// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
//
// Fuzz target of the decoder. It decodes any bytes with the lowest isa in one thread and with the highest in
// three, and filters pictures with a small network where the bytes ask for it. Both must agree on the
// pictures and the error. replay.cpp says how it runs without libFuzzer.

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "base/isa.h"
#include "base/md5.h"
#include "hevc/syntax/nal.h"
#include "hevc/syntax/parameter_sets_parser.h"
#include "hybrid/filtered_decoder.h"

namespace {

using namespace inloop;

// Large pictures take long and find nothing that small ones do not.
constexpr int64_t kMostSamples = 40'000;

struct Outcome {
  std::string error;
  Md5::Digest pictures{};
};

std::shared_ptr<const nn::Model> load_network() {
  std::ifstream file(INLOOP_FUZZ_NETWORK, std::ios::binary);
  const std::vector<uint8_t> bytes{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  std::shared_ptr<const nn::Model> model;
  if (!nn::Model::parse(bytes.data(), bytes.size(), model).ok()) {
    std::fprintf(stderr, "no network in %s\n", INLOOP_FUZZ_NETWORK);
    std::abort();
  }
  return model;
}

void hash_pictures(hybrid::FilteredDecoder& decoder, Md5& md5) {
  for (const auto& picture : decoder.take_output()) {
    for (int c = 0; c < 3; ++c) {
      const auto* row = static_cast<const uint8_t*>(picture->samples(c));
      const size_t size = static_cast<size_t>(picture->width() >> (c > 0)) * picture->sample_bytes();
      for (int y = 0; y < picture->height() >> (c > 0); ++y, row += picture->stride_bytes(c)) {
        md5.update(row, size);
      }
    }
  }
}

bool has_large_pictures(const uint8_t* data, size_t size) {
  hevc::NalSplitter splitter;
  splitter.feed(data, size);
  splitter.finish();
  hevc::NalUnit nal;
  for (bool found = true; splitter.next(nal, found).ok() && found;) {
    hevc::Sps sps;
    if (nal.type != hevc::NalType::sps || !hevc::parse_sps(nal, sps).ok()) continue;
    if (int64_t{sps.pic_width} * sps.pic_height > kMostSamples) return true;
  }
  return false;
}

// Starting nine threads takes longer than decoding most inputs, so they serve all of them.
ThreadPool* pool_of(int threads) {
  static const auto none = hevc::make_decoder_pool(1), several = hevc::make_decoder_pool(3);
  return threads > 1 ? several.get() : none.get();
}

Outcome decode(const uint8_t* data, size_t size, Isa isa, int threads) {
  static const auto network = std::make_shared<nn::ProgramCache>(load_network());
  // The network runs with the isa that is set for the process.
  if (const Status status = set_isa(isa_name(isa)); !status.ok()) return {status.message(), {}};
  ThreadPool* const pool = pool_of(threads);
  auto stage = std::make_shared<hybrid::NnlfStage>(std::vector{nnlf::FilterModel(network)}, pool);
  const bool keep_going = size > 0 && (data[size - 1] & 1);  // so that both ways to meet damage are tried
  hybrid::FilteredDecoder decoder({std::move(stage), true, keep_going, pool, isa});
  Md5 md5;
  // The bytes come in pieces of uneven size, as from a pipe.
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
  if (has_large_pictures(data, size)) return 0;
  const auto isas = supported_isas();
  const Outcome expected = decode(data, size, isas.front(), 1);
  const Outcome actual = decode(data, size, isas.back(), 3);
  if (expected.error != actual.error || expected.pictures != actual.pictures) {
    std::fprintf(stderr, "instruction sets or threads differ: '%s' and '%s'\n", expected.error.c_str(),
                 actual.error.c_str());
    std::abort();
  }
  return 0;
}
