// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "nnlf/params/own_messages.h"

namespace inloop::nnlf {
namespace {

// Whether a payload is one of ours, whatever the settings are that it may refer to.
bool is_well_formed(const std::vector<uint8_t>& payload, const PictureSize& picture) {
  for (int candidates = 1; candidates <= kMaxCandidates; ++candidates) {
    PictureParameters before, parsed;
    before.candidates = candidates;
    if (parse(payload.data(), payload.size(), picture, &before, parsed).ok()) return true;
  }
  return false;
}

}  // namespace

Status OwnMessages::choose(const std::vector<std::vector<uint8_t>>& payloads, const PictureSize& picture,
                           const std::vector<uint8_t>*& own) {
  own = nullptr;
  const std::vector<uint8_t>* other = nullptr;
  uint64_t others = 0;
  for (const auto& payload : payloads) {
    if (!is_well_formed(payload, picture)) {
      other = &payload;
      ++others;
    } else if (own) {
      return Status::bitstream("more than one set of filter parameters for a picture");
    } else {
      own = &payload;
    }
  }
  if (!own && known_) {
    own = other;
  } else {
    foreign_ += others;
    known_ = known_ || own;
  }
  return {};
}

}  // namespace inloop::nnlf
