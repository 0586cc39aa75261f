// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "hybrid/filtered_decoder.h"

#include <utility>

namespace inloop::hybrid {

std::vector<std::shared_ptr<OutputPicture>> FilteredDecoder::take_output() {
  std::vector<std::shared_ptr<OutputPicture>> pictures;
  for (hevc::DecodedPicture& decoded : decoder_.take_output()) {
    pictures.push_back(std::make_shared<OutputPicture>(std::move(decoded)));
  }
  return pictures;
}

}  // namespace inloop::hybrid
