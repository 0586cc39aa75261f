// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
//
// With clang the fuzz targets use libFuzzer. With other compilers this file makes each of them a program that
// replays files:
//
//   fuzz_NAME FILE...                         each file as it is
//   fuzz_NAME --mutate COUNT SEED FILE...     COUNT damaged variants of each file
//   fuzz_NAME --truncate STEP FILE...         each file cut after every STEP bytes

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <random>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

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

// Writes the running input to a file first, for whoever finds the program dead.
void try_input(const Bytes& bytes) {
  std::ofstream("fuzz_last_input.bin", std::ios::binary)
      .write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
}

// Applies a few random changes: flipped bits, changed bytes, removed or repeated ranges.
Bytes damaged(Bytes bytes, std::mt19937& random) {
  const auto below = [&random](size_t limit) { return static_cast<size_t>(random() % limit); };
  const size_t changes = 1 + below(6);
  for (size_t i = 0; i < changes && bytes.size() > 8; ++i) {
    // Headers are small, so that half of the changes go there.
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
