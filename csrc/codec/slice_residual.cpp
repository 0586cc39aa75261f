// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>

#include "codec/residual_scan.h"
#include "codec/slice_decoder.h"

namespace inloop::codec {
namespace {

// sig_coeff_context() for whole sub-blocks, in scan order: [chroma][4x4, 8x8, larger][scan][not the first
// sub-block][coded neighbours][n].
struct SigContextTable {
  uint8_t contexts[2][3][3][2][4][16];

  SigContextTable() {
    for (int i = 0; i < 2 * 3 * 3 * 2 * 4 * 16; ++i) {
      const int n = i & 15, neighbours = i >> 4 & 3, later = i >> 6 & 1, scan = (i >> 7) % 3;
      const int size = (i >> 7) / 3 % 3, chroma = (i >> 7) / 9;
      const int offset = later && size > 0 ? 4 : 0;
      const ScanPosition at = scan_order(2, scan)[n];
      contexts[chroma][size][scan][later][neighbours][n] = static_cast<uint8_t>(
          kCtxSigCoeff + sig_coeff_context(chroma, size + 2, scan, at.x + offset, at.y + offset, neighbours));
    }
  }
  const uint8_t* of(bool chroma, int log2_size, int scan, bool later, int neighbours) const {
    return contexts[chroma][std::min(log2_size, 4) - 2][scan][later][neighbours];
  }
};
const SigContextTable kSigContexts;

// Scaling of one level (8.6.4.2).
class Scaler {
 public:
  Scaler(int qp, int log2_size, int bit_depth, const uint8_t* factors) : factors_(factors) {
    static constexpr int kLevelScale[6] = {40, 45, 51, 57, 64, 72};
    shift_ = bit_depth + log2_size - 5;
    scale_ = kLevelScale[qp % 6] << (qp / 6);
    if (!factors) scale_ *= 16;
    round_ = int64_t{1} << (shift_ - 1);
  }
  int16_t operator()(int level, size_t position) const {
    const int64_t factor = factors_ ? int64_t{scale_} * factors_[position] : scale_;
    return static_cast<int16_t>(clip3<int64_t>(INT16_MIN, INT16_MAX, (level * factor + round_) >> shift_));
  }

 private:
  const uint8_t* factors_;
  int scale_, shift_;
  int64_t round_;
};

// last_sig_coeff_x_prefix or _y_prefix.
int parse_last_prefix(CabacDecoder& cabac, uint8_t* contexts, int log2_size, bool chroma) {
  const int offset = chroma ? 15 : 3 * (log2_size - 2) + ((log2_size - 1) >> 2);
  const int shift = chroma ? log2_size - 2 : (log2_size + 1) >> 2;
  const int max = (log2_size << 1) - 1;
  int prefix = 0;
  while (prefix < max && cabac.decode_bin(contexts[offset + (prefix >> shift)])) ++prefix;
  return prefix;
}

int parse_last_suffix(CabacDecoder& cabac, int prefix) {
  if (prefix < 4) return prefix;
  const int length = (prefix >> 1) - 1;
  return (1 << length) * (2 + (prefix & 1)) + static_cast<int>(cabac.decode_bypass_bits(length));
}

// coeff_abs_level_remaining (9.3.3.11); a prefix beyond what 16-bit levels need gives a large value.
int parse_remaining(CabacDecoder& cabac, int rice) {
  constexpr int kMaxPrefix = 20;
  int prefix = 0;
  while (prefix < kMaxPrefix && cabac.decode_bypass()) ++prefix;
  if (prefix <= 3) return (prefix << rice) + static_cast<int>(cabac.decode_bypass_bits(rice));
  const int length = prefix - 3 + rice;
  const int base = ((1 << (prefix - 3)) + 3 - 1) << rice;
  if (length <= 16) return base + static_cast<int>(cabac.decode_bypass_bits(length));
  const auto high = static_cast<int>(cabac.decode_bypass_bits(length - 16));
  return base + (high << 16) + static_cast<int>(cabac.decode_bypass_bits(16));
}

}  // namespace

// residual_coding (7.3.8.11).
SliceDecoder::Residual SliceDecoder::residual_coding(const CodingUnit& cu, int log2_size, int c_idx,
                                                     int intra_mode) {
  CabacDecoder cabac = cabac_;  // a copy that the compiler can keep in registers
  uint8_t* const contexts = contexts_.data();
  const bool chroma = c_idx > 0;
  const bool intra = cu.pred_mode == PredMode::intra;
  Residual info;
  if (intra && !chroma && log2_size == 2) info.kind = TransformKind::dst4;
  if (cu.transquant_bypass) {
    info.kind = TransformKind::bypass;
  } else if (pps_->transform_skip_enabled_flag && log2_size == 2 &&
             cabac.decode_bin(contexts[kCtxTransformSkip + chroma])) {
    info.kind = TransformKind::skip;
  }

  const int x_prefix = parse_last_prefix(cabac, contexts + kCtxLastX, log2_size, chroma);
  const int y_prefix = parse_last_prefix(cabac, contexts + kCtxLastY, log2_size, chroma);
  int last_x = parse_last_suffix(cabac, x_prefix);
  int last_y = parse_last_suffix(cabac, y_prefix);
  const int scan_idx = derive_scan_idx(intra, log2_size, c_idx, intra_mode);
  if (scan_idx == kScanVertical) std::swap(last_x, last_y);

  const ScanPosition* const sub_blocks = scan_order(log2_size - 2, scan_idx);
  const ScanPosition* const positions = scan_order(2, scan_idx);
  int sub_block = 0, last_position = 0;
  while (sub_blocks[sub_block].x != last_x >> 2 || sub_blocks[sub_block].y != last_y >> 2) ++sub_block;
  while (positions[last_position].x != (last_x & 3) || positions[last_position].y != (last_y & 3)) {
    ++last_position;
  }

  const int bit_depth = sps_->bit_depth(c_idx);
  const int qp_y = current_qp();
  const int qp =
      chroma ? chroma_qp(qp_y,
                         pps_->qp_offset(c_idx) + (c_idx == 1 ? slice_->cb_qp_offset : slice_->cr_qp_offset),
                         bit_depth)
             : qp_y + 6 * (bit_depth - 8);
  const uint8_t* factors = nullptr;
  if (sps_->scaling_list_enabled_flag) {
    const ScalingList& list = pps_->scaling_list_data_present_flag ? pps_->scaling_list : sps_->scaling_list;
    factors = list.factors(log2_size, (intra ? 0 : 3) + c_idx);
  }
  const Scaler scaler(qp, log2_size, bit_depth, factors);
  const bool bypass = cu.transquant_bypass;
  const bool sign_hiding = pps_->sign_data_hiding_enabled_flag && !bypass;

  // coded_sub_block_flag with a border of one to the right and below.
  uint8_t coded_flags[9 * 9] = {};
  bool first_block = true;
  bool previous_greater1_ended = false;  // greater1Ctx of the sub-block before became 0
  const int last_sub_block = sub_block;

  for (; sub_block >= 0; --sub_block) {
    const int xs = sub_blocks[sub_block].x, ys = sub_blocks[sub_block].y;
    uint8_t* const flag = coded_flags + ys * 9 + xs;
    const int neighbours = flag[1] | flag[9] << 1;
    bool infer_dc = false;
    bool coded = true;
    if (sub_block < last_sub_block && sub_block > 0) {
      coded = cabac.decode_bin(contexts[kCtxCodedSubBlock + (chroma ? 2 : 0) + (neighbours != 0)]);
      infer_dc = true;
    }
    if (!coded) continue;
    *flag = 1;

    // sig_coeff_flag; `significant` lists scan positions, highest first.
    uint8_t significant[16];
    int count = 0;
    int n = 15;
    if (sub_block == last_sub_block) {
      significant[count++] = static_cast<uint8_t>(last_position);
      n = last_position - 1;
    }
    const uint8_t* const sig_contexts =
        kSigContexts.of(chroma, log2_size, scan_idx, sub_block > 0, neighbours);
    for (; n > 0; --n) {
      significant[count] = static_cast<uint8_t>(n);
      count += cabac.decode_bin(contexts[sig_contexts[n]]);
    }
    if (n == 0) {
      const bool inferred = infer_dc && count == 0;
      if (inferred || cabac.decode_bin(contexts[sig_contexts[0]])) significant[count++] = 0;
    }
    if (count == 0) continue;

    // coeff_abs_level_greater1_flag, greater2_flag
    int levels[16];
    int context_set = sub_block == 0 || chroma ? 0 : 2;
    if (!first_block && previous_greater1_ended) ++context_set;
    first_block = false;
    uint8_t* const greater1_contexts = contexts + kCtxGreater1 + (chroma ? 16 : 0) + 4 * context_set;
    int greater1_context = 1;
    int first_greater1 = -1;
    const int flagged = std::min(count, 8);
    for (int i = 0; i < flagged; ++i) {
      const int greater1 = cabac.decode_bin(greater1_contexts[greater1_context]);
      levels[i] = 1 + greater1;
      if (greater1) {
        greater1_context = 0;
        if (first_greater1 < 0) first_greater1 = i;
      } else if (greater1_context > 0 && greater1_context < 3) {
        ++greater1_context;
      }
    }
    previous_greater1_ended = greater1_context == 0;
    if (first_greater1 >= 0) {
      levels[first_greater1] += cabac.decode_bin(contexts[kCtxGreater2 + (chroma ? 4 : 0) + context_set]);
    }

    const bool hidden = sign_hiding && significant[0] - significant[count - 1] > 3;
    const int sign_count = count - hidden;
    uint32_t signs = cabac.decode_bypass_bits(sign_count) << (32 - sign_count);

    // coeff_abs_level_remaining, then scaling.
    int rice = 0;
    int sum = 0;
    for (int i = 0; i < count; ++i) {
      int level = i < 8 ? levels[i] : 1;
      const int base = i >= 8 ? 1 : i == first_greater1 ? 3 : 2;  // the highest that the flags can say
      if (level == base) {
        level += parse_remaining(cabac, rice);
        if (level > 3 * (1 << rice)) rice = std::min(rice + 1, 4);
      }
      sum += level;
      if (signs >> 31) level = -level;
      signs <<= 1;
      if (hidden && i == count - 1 && (sum & 1)) level = -level;
      level = clip3<int>(INT16_MIN, INT16_MAX, level);
      const ScanPosition at = positions[significant[i]];
      const auto position = static_cast<size_t>((ys * 4 + at.y) << log2_size | (xs * 4 + at.x));
      coefficients_[position] = bypass ? static_cast<int16_t>(level) : scaler(level, position);
    }
    info.max_x = std::max(info.max_x, xs * 4 + 3);
    info.max_y = std::max(info.max_y, ys * 4 + 3);
  }
  cabac_ = cabac;
  return info;
}

}  // namespace inloop::codec
