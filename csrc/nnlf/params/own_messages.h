// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <vector>

#include "nnlf/params/payload.h"

namespace inloop::nnlf {

// Tells the filter's payloads from those of others: NAL units of an unspecified type may be anyone's, and decoders have
// to ignore those that they do not know. A payload has one form for each set of parameters, which chance does not
// produce. Once a stream has had one of ours, what has another form is a damaged one.
class OwnMessages {
 public:
  // The payload of ours among those in front of a picture, null where there is none. More than one is an error.
  Status choose(const std::vector<std::vector<uint8_t>>& payloads, const PictureSize& picture,
                const std::vector<uint8_t>*& own);

  // How many were left out so far.
  uint64_t foreign() const { return foreign_; }

 private:
  bool known_ = false;
  uint64_t foreign_ = 0;
};

}  // namespace inloop::nnlf
