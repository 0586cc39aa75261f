// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "hybrid/filtered_decoder.h"

#include <algorithm>

namespace inloop::hybrid {
namespace {

// The decoder keeps decoded pictures until they are taken. Most outputs need bytes of them only, so they are taken often:
// then the memory of one picture serves those behind it, however much of the stream a caller gives at a time.
constexpr size_t kPiece = 1 << 12;

}  // namespace

Status FilteredDecoder::decode(const uint8_t* data, size_t size) {
  do {
    const size_t piece = std::min(size, kPiece);
    INLOOP_RETURN_IF_ERROR(keep_output(decoder_.decode(data, piece)));
    data += piece;
    size -= piece;
  } while (size > 0);
  return {};
}

Status FilteredDecoder::flush() { return keep_output(decoder_.flush()); }

Status FilteredDecoder::keep_output(Status status) {
  for (hevc::DecodedPicture& decoded : decoder_.take_output()) {
    output_.push_back(std::make_shared<OutputPicture>(std::move(decoded)));
  }
  return status;
}

}  // namespace inloop::hybrid
