// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "nnlf/params/block_flags.h"

#include <array>
#include <cstddef>

#include "entropy/cabac_decoder.h"
#include "entropy/cabac_encoder.h"

namespace inloop::nnlf {
namespace {

constexpr int kContextOn = 0;      // 3 contexts, by filtered neighbours
constexpr int kContextSecond = 3;  // 3 contexts, by neighbours with the second candidate
constexpr std::array<uint8_t, 6> kInitialStates = {18, 1, 25, 12, 0, 13};
constexpr size_t kReadAhead = 4;  // bytes that the decoder may read behind the end

struct FlagWriter {
  CabacEncoder coder{kInitialStates};

  int flag(int context, int value) {
    coder.bin(context, value);
    return value;
  }
};

struct FlagReader {
  CabacDecoder coder;
  std::array<uint8_t, 6> states = kInitialStates;

  int flag(int context, int) { return coder.decode_bin(states[static_cast<size_t>(context)]); }
};

// The syntax exists once for both directions: entries of `choice` are read or written in place.
template <class Coder>
void code_flags(Coder& coder, size_t columns, int candidates, std::vector<uint8_t>& choice) {
  for (size_t i = 0; i < choice.size(); ++i) {
    const int left = i % columns > 0 ? choice[i - 1] : 1;
    const int above = i >= columns ? choice[i - columns] : 1;
    int value = coder.flag(kContextOn + (left > 0) + (above > 0), choice[i] > 0);
    if (value && candidates > 1)
      value += coder.flag(kContextSecond + (left > 1) + (above > 1), choice[i] > 1);
    choice[i] = static_cast<uint8_t>(value);
  }
}

}  // namespace

std::vector<uint8_t> encode_flags(const std::vector<uint8_t>& choice, int columns, int candidates) {
  FlagWriter writer;
  std::vector<uint8_t> flags = choice;
  code_flags(writer, static_cast<size_t>(columns), candidates, flags);
  writer.coder.terminate(1);
  return writer.coder.finish();
}

void decode_flags(std::vector<uint8_t> codeword, int columns, int candidates, std::vector<uint8_t>& choice) {
  const size_t size = codeword.size();
  codeword.resize(size + kReadAhead);
  FlagReader reader;
  reader.coder.start(codeword.data(), codeword.data() + size);
  code_flags(reader, static_cast<size_t>(columns), candidates, choice);
}

}  // namespace inloop::nnlf
