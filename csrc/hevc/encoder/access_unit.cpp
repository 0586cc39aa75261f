// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "hevc/encoder/access_unit.h"

#include "entropy/bit_writer.h"
#include "hevc/encoder/hrd_messages.h"
#include "hevc/syntax/nal_writer.h"
#include "hevc/syntax/parameter_sets_writer.h"

namespace inloop::hevc {

void AccessUnit::add_delimiter(SliceType slice_type, int temporal_id) {
  BitWriter writer;
  writer.bits(slice_type == SliceType::i ? 0 : slice_type == SliceType::p ? 1 : 2, 3);  // pic_type
  writer.trailing_bits();
  add(NalType::aud, temporal_id, writer.bytes());
}

void AccessUnit::add_parameter_sets(const Vps& vps, const Sps& sps, const Pps& pps) {
  add(NalType::vps, 0, write_vps(vps));
  add(NalType::sps, 0, write_sps(sps));
  add(NalType::pps, 0, write_pps(pps));
}

void AccessUnit::add(NalType type, int temporal_id, const std::vector<uint8_t>& rbsp) {
  add(make_nal_unit(type, temporal_id, rbsp));
}

// The first NAL unit of an access unit and parameter sets need a start code of four bytes (B.2.2). All others
// get four bytes too, except a slice behind filter parameters: there the byte is saved, because the filter
// has to earn every byte that it adds to the stream.
void AccessUnit::add(const std::vector<uint8_t>& nal) {
  const auto type = static_cast<NalType>(nal[0] >> 1);
  const bool is_short = last_ == NalType::nnlf_params && is_vcl(type);
  bytes_.insert(bytes_.end(), is_short ? kStartCodeBytes - 2 : kStartCodeBytes - 1, uint8_t{0});
  bytes_.push_back(1);
  bytes_.insert(bytes_.end(), nal.begin(), nal.end());
  last_ = type;
}

int64_t access_unit_overhead_bits(const SequenceConfig& config, const Sps& sps, bool parameter_sets) {
  constexpr int64_t kAlways = 400, kPerCtu = 24, kParameterSets = 1000, kSignalMessages = 400;
  constexpr int64_t kFieldOrder = 100, kShownHash = 700;
  int64_t bits = kAlways + kPerCtu * sps.pic_size_in_ctbs();
  if (config.hrd_bit_rate) bits += HrdMessages::kLargestBits;
  if (parameter_sets) bits += kParameterSets;
  if (config.signal.mastering_display || config.signal.content_light) bits += kSignalMessages;
  if (config.signal.field_order != FieldOrder::progressive) bits += kFieldOrder;
  if (config.shown_hashes) bits += kShownHash;
  return bits;
}

}  // namespace inloop::hevc
