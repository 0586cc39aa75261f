// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "hevc/syntax/parameter_sets_parser.h"

namespace inloop::hevc {

void parse_short_term_rps(BitReader& reader, int idx, const std::vector<ShortTermRps>& sets,
                          bool in_slice_header, int max_pictures, ShortTermRps& rps) {
  constexpr int kMaxDelta = 1 << 15;
  const int max_count = max_pictures - 1;
  if (idx == 0 || !reader.flag()) {  // inter_ref_pic_set_prediction_flag
    rps.num_negative_pics = reader.ue("num_negative_pics", 0, max_count);
    rps.num_positive_pics = reader.ue("num_positive_pics", 0, max_count - rps.num_negative_pics);
    int poc = 0;
    for (size_t i = 0; i < static_cast<size_t>(rps.num_negative_pics); ++i) {
      poc -= reader.ue("delta_poc_s0_minus1", 0, kMaxDelta - 1) + 1;
      rps.delta_poc_s0[i] = poc;
      rps.used_s0[i] = reader.flag();
    }
    poc = 0;
    for (size_t i = 0; i < static_cast<size_t>(rps.num_positive_pics); ++i) {
      poc += reader.ue("delta_poc_s1_minus1", 0, kMaxDelta - 1) + 1;
      rps.delta_poc_s1[i] = poc;
      rps.used_s1[i] = reader.flag();
    }
    return;
  }
  const int delta_idx = in_slice_header ? reader.ue("delta_idx_minus1", 0, idx - 1) + 1 : 1;
  const bool negative = reader.flag();
  const int magnitude = reader.ue("abs_delta_rps_minus1", 0, kMaxDelta - 1) + 1;
  const int delta_rps = negative ? -magnitude : magnitude;
  if (!reader.ok()) return;
  const ShortTermRps& ref = sets[static_cast<size_t>(idx - delta_idx)];

  // The candidates (7.4.8, 7-59 to 7-62) come in the order of the flags: S0, S1, then the picture of the
  // reference set itself.
  const int ref_count = ref.num_negative_pics + ref.num_positive_pics;
  bool used[2 * kMaxDpbSize + 1] = {}, keep[2 * kMaxDpbSize + 1] = {};
  for (int j = 0; j <= ref_count; ++j) {
    used[j] = reader.flag();
    keep[j] = used[j] || reader.flag();  // use_delta_flag is inferred to be 1 for a used picture
  }
  const auto consider = [&](int delta_poc, int j, bool wanted_sign) {
    if (!keep[j] || delta_poc == 0 || (delta_poc < 0) != wanted_sign) return;
    if (rps.num_negative_pics + rps.num_positive_pics >= max_count) {
      reader.fail(": reference picture set larger than the picture buffer");
      return;
    }
    int& count = wanted_sign ? rps.num_negative_pics : rps.num_positive_pics;
    const auto at = static_cast<size_t>(count++);
    (wanted_sign ? rps.delta_poc_s0 : rps.delta_poc_s1)[at] = delta_poc;
    (wanted_sign ? rps.used_s0 : rps.used_s1)[at] = used[j];
  };
  const auto s0 = [&](int i, bool sign) {
    consider(ref.delta_poc_s0[static_cast<size_t>(i)] + delta_rps, i, sign);
  };
  const auto s1 = [&](int i, bool sign) {
    consider(ref.delta_poc_s1[static_cast<size_t>(i)] + delta_rps, ref.num_negative_pics + i, sign);
  };
  for (int i = ref.num_positive_pics - 1; i >= 0; --i) s1(i, true);
  consider(delta_rps, ref_count, true);
  for (int i = 0; i < ref.num_negative_pics; ++i) s0(i, true);
  for (int i = ref.num_negative_pics - 1; i >= 0; --i) s0(i, false);
  consider(delta_rps, ref_count, false);
  for (int i = 0; i < ref.num_positive_pics; ++i) s1(i, false);
}

}  // namespace inloop::hevc
