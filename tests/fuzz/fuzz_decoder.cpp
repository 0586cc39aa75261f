// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
//
// Fuzz target of the decoder: any bytes, at the lowest ISA level with one thread and at the highest with
// three; both must agree on pictures and error. With clang this is a libFuzzer target; with other compilers a
// program that replays files:
//
//   fuzz_decoder FILE...                         each file as it is
//   fuzz_decoder --mutate COUNT SEED FILE...     COUNT damaged variants of each file
//   fuzz_decoder --truncate STEP FILE...         each file cut after every STEP bytes
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

#include "base/isa.h"
#include "base/md5.h"
#include "codec/decoder.h"

namespace {

using namespace inloop;

struct Outcome {
  std::string error;
  Md5::Digest pictures{};
};

void hash_pictures(codec::Decoder& decoder, Md5& md5) {
  for (const auto& decoded : decoder.take_output()) {
    for (const auto& plane : decoded.frame().planes) {
      for (int y = 0; y < plane.height(); ++y) {
        md5.update(plane.row(y), static_cast<size_t>(plane.width()) * sizeof(Sample));
      }
    }
  }
}

Outcome decode(const uint8_t* data, size_t size, IsaLevel level, int threads) {
  codec::Decoder decoder({.verify = true, .stage = nullptr, .isa = level, .threads = threads});
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

#ifdef INLOOP_FUZZ_REPLAY
namespace {

using Bytes = std::vector<uint8_t>;

Bytes read_file(const char* path) {
  std::ifstream stream(path, std::ios::binary);
  if (!stream) {
    std::fprintf(stderr, "cannot open %s\n", path);
    std::exit(1);
  }
  return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

// The input that is running, for whoever finds the program dead.
void try_input(const Bytes& bytes) {
  std::ofstream("fuzz_decoder_last_input.bin", std::ios::binary)
      .write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
}

// A few random bit flips, byte changes, removed or repeated ranges.
Bytes damaged(Bytes bytes, std::mt19937& random) {
  const auto below = [&random](size_t limit) { return static_cast<size_t>(random() % limit); };
  const size_t changes = 1 + below(6);
  for (size_t i = 0; i < changes && bytes.size() > 8; ++i) {
    // Headers are small; half of the changes go there.
    const size_t at = below(2) ? below(std::min<size_t>(bytes.size(), 160)) : below(bytes.size());
    const size_t count = std::min<size_t>(1 + below(24), bytes.size() - at);
    const auto from = bytes.begin() + static_cast<ptrdiff_t>(at);
    switch (below(4)) {
      case 0:
      case 1:
        bytes[at] ^= static_cast<uint8_t>(1u << below(8));
        break;
      case 2:
        bytes[at] = static_cast<uint8_t>(random());
        break;
      default:
        if (below(2)) {
          bytes.erase(from, from + static_cast<ptrdiff_t>(count));
        } else {
          const Bytes copy(from, from + static_cast<ptrdiff_t>(count));
          bytes.insert(bytes.begin() + static_cast<ptrdiff_t>(below(bytes.size())), copy.begin(), copy.end());
        }
    }
  }
  return bytes;
}

}  // namespace

int main(int argc, char** argv) {
  int first = 1;
  unsigned long mutations = 0, seed = 0, step = 0;
  if (argc > 3 && std::strcmp(argv[1], "--mutate") == 0) {
    mutations = std::strtoul(argv[2], nullptr, 10);
    seed = std::strtoul(argv[3], nullptr, 10);
    first = 4;
  } else if (argc > 2 && std::strcmp(argv[1], "--truncate") == 0) {
    step = std::max(1ul, std::strtoul(argv[2], nullptr, 10));
    first = 3;
  }
  for (int i = first; i < argc; ++i) {
    const Bytes bytes = read_file(argv[i]);
    std::mt19937 random(static_cast<uint32_t>(seed));
    if (!mutations && !step) try_input(bytes);
    for (unsigned long n = 0; n < mutations; ++n) try_input(damaged(bytes, random));
    for (size_t size = 0; step && size < bytes.size(); size += step) {
      try_input({bytes.begin(), bytes.begin() + static_cast<ptrdiff_t>(size)});
    }
  }
  return 0;
}
#endif
