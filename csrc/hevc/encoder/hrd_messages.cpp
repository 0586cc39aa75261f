// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "hevc/encoder/hrd_messages.h"

#include <algorithm>
#include <cmath>

#include "entropy/bit_writer.h"

namespace inloop::hevc {
namespace {

constexpr int64_t kClockHz = 90000;
constexpr int kDelayBits = 24;
enum PayloadType : uint8_t { kBufferingPeriod = 0, kPictureTiming = 1 };

void put_delay(BitWriter& writer, int64_t value) {
  writer.bits(static_cast<uint32_t>(value & ((1 << kDelayBits) - 1)), kDelayBits);
}

// A payload must end at a byte border; missing bits are filled with a one and zeros (7.3.5).
std::vector<uint8_t> closed(BitWriter& writer) {
  if (!writer.byte_aligned()) writer.trailing_bits();
  return writer.bytes();
}

void put_message(BitWriter& writer, PayloadType type, const std::vector<uint8_t>& payload) {
  writer.bits(type, 8);
  writer.bits(static_cast<uint32_t>(payload.size()), 8);
  writer.append(payload);
}

// The first elements of picture timing, where the VUI says that they are there.
void put_field_order(BitWriter& writer, FieldOrder order) {
  if (order == FieldOrder::progressive) return;
  writer.bits(order == FieldOrder::top_first ? 3 : 4, 4);  // pic_struct
  writer.bits(0, 2);                                       // source_scan_type: interlaced
  writer.flag(false);                                      // duplicate_flag
}

}  // namespace

std::vector<uint8_t> field_order_rbsp(FieldOrder order) {
  BitWriter timing, writer;
  put_field_order(timing, order);
  put_message(writer, kPictureTiming, closed(timing));
  writer.trailing_bits();
  return writer.bytes();
}

HrdMessages::HrdMessages(const SequenceConfig& config)
    : bit_rate_(config.hrd_bit_rate),
      size_bits_(config.hrd_cpb_size),
      reordering_(config.max_num_reorder_pics),
      field_order_(config.signal.field_order),
      refill_bits_(static_cast<double>(bit_rate_) / (static_cast<double>(config.fps_num) / config.fps_den)),
      fullness_(config.hrd_initial_fullness * static_cast<double>(size_bits_)) {}

std::vector<uint8_t> HrdMessages::rbsp(bool is_irap, int64_t display_index) const {
  BitWriter writer;
  if (is_irap) put_message(writer, kBufferingPeriod, buffering_period());
  put_message(writer, kPictureTiming, picture_timing(display_index));
  writer.trailing_bits();
  return writer.bytes();
}

void HrdMessages::remove(bool is_irap, int64_t bits) {
  if (is_irap) period_start_ = coded_;
  const double left = fullness_ - static_cast<double>(bits);
  fullness_ = std::min(static_cast<double>(size_bits_), std::max(left, 0.0) + refill_bits_);
  ++coded_;
}

std::vector<uint8_t> HrdMessages::buffering_period() const {
  const int64_t full = kClockHz * size_bits_ / bit_rate_;
  const auto filled = static_cast<int64_t>(
      std::ceil(static_cast<double>(kClockHz) * fullness_ / static_cast<double>(bit_rate_)));
  const int64_t delay = std::min(std::max<int64_t>(1, filled), full);
  BitWriter writer;
  writer.ue(0);          // bp_seq_parameter_set_id
  writer.flag(false);    // irap_cpb_params_present_flag
  writer.flag(false);    // concatenation_flag
  put_delay(writer, 0);  // au_cpb_removal_delay_delta_minus1, which stands for one clock tick
  put_delay(writer, delay);
  put_delay(writer, full - delay);
  return closed(writer);
}

std::vector<uint8_t> HrdMessages::picture_timing(int64_t display_index) const {
  BitWriter writer;
  put_field_order(writer, field_order_);
  put_delay(writer, std::max<int64_t>(1, coded_ - period_start_) - 1);
  put_delay(writer, std::max<int64_t>(0, display_index + reordering_ - coded_));
  return closed(writer);
}

}  // namespace inloop::hevc
