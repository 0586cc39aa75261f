// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <vector>

#include "hevc/encoder/sequence_setup.h"
#include "hevc/syntax/types.h"

namespace inloop::hevc {

// Collects the NAL units of one coded picture as they stand in the byte stream (Annex B). The caller adds
// them in the order of 7.4.2.4.4.
class AccessUnit {
 public:
  void add_delimiter(SliceType slice_type, int temporal_id);
  void add_parameter_sets(const Vps& vps, const Sps& sps, const Pps& pps);
  void add(NalType type, int temporal_id, const std::vector<uint8_t>& rbsp);
  void add(const std::vector<uint8_t>& nal);  // Adds a whole NAL unit, which has no start code yet.

  const std::vector<uint8_t>& bytes() const { return bytes_; }

  // Returns the largest number of bits that a NAL unit may take in a stream, its start code included.
  static int64_t bits_of(const std::vector<uint8_t>& nal) {
    return 8 * static_cast<int64_t>(nal.size() + kStartCodeBytes);
  }

 private:
  static constexpr size_t kStartCodeBytes = 4;

  std::vector<uint8_t> bytes_;
  NalType last_ = NalType::aud;
};

// Returns an upper bound, in bits, of what an access unit holds besides its slice as analysed: the parameters
// of the filter and the picture hash, the SAO parameters of each CTU, the messages for the decoder's buffer,
// and the parameter sets where they are sent.
int64_t access_unit_overhead_bits(const SequenceConfig& config, const Sps& sps, bool parameter_sets);

}  // namespace inloop::hevc
