// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
//
// Fuzz target of the filter's NAL unit. The first two bytes give the size of a picture. The rest are
// payloads, each behind a byte with its kind of picture and its length. An accepted payload must have values
// in range and be the only payload for them. replay.cpp says how it runs without libFuzzer.

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <vector>

#include "nnlf/contract/geometry.h"
#include "nnlf/params/payload.h"

namespace {

using namespace inloop::nnlf;

// These are the kinds of pictures. The last one lies in a higher temporal layer.
constexpr Access kAccess[] = {Access::ordinary, Access::irap, Access::rasl, Access::ordinary};
constexpr int kTemporalId[] = {0, 0, 0, 2};

void expect(bool condition) {
  if (!condition) std::abort();
}

void check(const PictureParameters& p, const PictureSize& size, const std::vector<uint8_t>* payload) {
  const auto in = [](int value, int low, int high) { return value >= low && value <= high; };
  expect(in(p.candidates, 1, kMaxCandidates) && in(p.min_edges, 0, kMaxMinEdges));
  expect(is_block_size(p.block_size));
  expect(p.model.size() == kShortNameSize || p.model.size() == kFullNameSize);
  for (int code : p.scale_code) expect(in(code, 0, kMaxScaleCode));
  for (int offset : p.qp_offset) expect(in(offset, kMinQpOffset, kMaxQpOffset));
  const BlockGrid grid(size.width, size.height, p.block_size);
  expect(p.block_choice.size() == static_cast<size_t>(p.per_block ? grid.count() : 0));
  for (uint8_t choice : p.block_choice) expect(choice <= p.candidates);
  if (!payload) return;
  PictureParameters again;
  const std::vector<uint8_t> written = serialise(p, size);
  expect(parse(written.data(), written.size(), size, &p, again).ok());
  expect(again.block_choice == p.block_choice && again.scale_code == p.scale_code && again.model == p.model);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 2) return 0;
  const PictureSize picture{8 * (1 + data[0]), 8 * (1 + data[1])};
  ParameterTrack track;
  for (size_t at = 2; at < size;) {
    const uint8_t head = data[at++];
    const size_t length = std::min<size_t>(head >> 2, size - at);
    const std::vector<uint8_t> payload(data + at, data + at + length);
    at += length;
    std::optional<PictureParameters> parameters;
    const auto* given = payload.empty() ? nullptr : &payload;
    if (!track.next(given, kAccess[head & 3], kTemporalId[head & 3], picture, parameters).ok()) continue;
    expect(parameters || payload.empty());
    if (parameters) check(*parameters, picture, given);
  }
  return 0;
}
