// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <vector>

#include "hevc/encoder/sequence_setup.h"

namespace inloop::hevc {

// Follows the decoder's buffer (Annex C) through a stream and writes the SEI messages in front of each picture
// (D.2.2, D.2.3). Rate and size are in the sequence parameter set.
class HrdMessages {
 public:
  static constexpr int64_t kLargestBits = 300;  // of one NAL unit

  explicit HrdMessages(const SequenceConfig& config);

  // RBSP of the SEI NAL unit of the next picture. display_index: its place in the video, from 0.
  std::vector<uint8_t> rbsp(bool is_irap, int64_t display_index) const;

  // Takes note of the picture whose messages were written last, of its size with everything in its access
  // unit.
  void remove(bool is_irap, int64_t bits);

 private:
  std::vector<uint8_t> buffering_period() const;
  std::vector<uint8_t> picture_timing(int64_t display_index) const;

  int64_t bit_rate_, size_bits_;
  int reordering_;
  double refill_bits_;  // that arrive from one picture to the next
  double fullness_;     // bits in the buffer when the next picture is taken out
  int64_t coded_ = 0, period_start_ = 0;
};

}  // namespace inloop::hevc
