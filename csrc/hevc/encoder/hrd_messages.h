// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <vector>

#include "hevc/encoder/sequence_setup.h"

namespace inloop::hevc {

// The RBSP of an SEI NAL unit that says which field of a picture comes first (pic_struct), without a buffer.
std::vector<uint8_t> field_order_rbsp(FieldOrder order);

// Follows the fullness of the decoder's coded picture buffer (Annex C) through a stream and writes the SEI
// messages that precede each picture (D.2.2, D.2.3). The sequence parameter set carries the rate and the size
// of the buffer.
class HrdMessages {
 public:
  static constexpr int64_t kLargestBits = 300;  // A NAL unit with these messages is never larger.

  explicit HrdMessages(const SequenceConfig& config);

  // Returns the RBSP of the SEI NAL unit of the next picture. display_index is the picture's place in the
  // video, counted from 0.
  std::vector<uint8_t> rbsp(bool is_irap, int64_t display_index) const;

  // Takes the picture whose messages were written last out of the buffer; `bits` is the size of its whole
  // access unit.
  void remove(bool is_irap, int64_t bits);

 private:
  std::vector<uint8_t> buffering_period() const;
  std::vector<uint8_t> picture_timing(int64_t display_index) const;

  int64_t bit_rate_, size_bits_;
  int reordering_;
  FieldOrder field_order_;
  double refill_bits_;  // bits that arrive from one picture to the next
  double fullness_;     // bits in the buffer when the next picture is taken out
  int64_t coded_ = 0, period_start_ = 0;
};

}  // namespace inloop::hevc
