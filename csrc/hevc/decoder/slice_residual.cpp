// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>

#include "hevc/decoder/slice_decoder.h"
#include "hevc/decoder/terminating_bins.h"
#include "hevc/syntax/residual_scan.h"
#include "hevc/syntax/significance_contexts.h"

namespace inloop::hevc {
namespace {

// The helpers below work on one copy of the arithmetic decoder that must stay in registers, so they have to
// be inlined.
#define INLOOP_INLINE [[gnu::always_inline]] inline

// Scales one level (8.6.4.2).
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

// Parses last_sig_coeff_x_prefix or last_sig_coeff_y_prefix.
INLOOP_INLINE int parse_last_prefix(CabacDecoder& cabac, uint8_t* contexts, int log2_size, bool chroma) {
  const int offset = chroma ? 15 : 3 * (log2_size - 2) + ((log2_size - 1) >> 2);
  const int shift = chroma ? log2_size - 2 : (log2_size + 1) >> 2;
  const int max = (log2_size << 1) - 1;
  int prefix = 0;
  while (prefix < max && cabac.decode_bin(contexts[offset + (prefix >> shift)])) ++prefix;
  return prefix;
}

INLOOP_INLINE int parse_last_suffix(CabacDecoder& cabac, int prefix) {
  if (prefix < 4) return prefix;
  const int length = (prefix >> 1) - 1;
  return (1 << length) * (2 + (prefix & 1)) + static_cast<int>(cabac.decode_bypass_bits(length));
}

INLOOP_INLINE ScanPosition parse_last_position(CabacDecoder& cabac, uint8_t* contexts, int log2_size,
                                               bool chroma, int scan_idx) {
  const int x_prefix = parse_last_prefix(cabac, contexts + kCtxLastX, log2_size, chroma);
  const int y_prefix = parse_last_prefix(cabac, contexts + kCtxLastY, log2_size, chroma);
  const auto x = static_cast<uint8_t>(parse_last_suffix(cabac, x_prefix));
  const auto y = static_cast<uint8_t>(parse_last_suffix(cabac, y_prefix));
  return scan_idx == kScanVertical ? ScanPosition{y, x} : ScanPosition{x, y};
}

// Parses coeff_abs_level_remaining (9.3.3.11). A prefix beyond what 16-bit levels need gives a large value,
// which is clipped later.
INLOOP_INLINE int parse_remaining(CabacDecoder& cabac, int rice) {
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

// The coefficients of one 4x4 sub-block, from the highest scan position down.
struct SubBlock {
  int count = 0;
  uint8_t significant[16];  // scan positions of the non-zero levels
  int levels[16];           // absolute values, as far as the flags tell
  int first_greater1 = -1;
};

// Parses sig_coeff_flag of the positions from `from` down to 0.
INLOOP_INLINE void parse_significance(CabacDecoder& cabac, uint8_t* contexts, const uint8_t* sig_contexts,
                                      int from, bool infer_dc, SubBlock& block) {
  for (int n = from; n > 0; --n) {
    block.significant[block.count] = static_cast<uint8_t>(n);
    block.count += cabac.decode_bin(contexts[sig_contexts[n]]);
  }
  if (from < 0) return;
  const bool inferred = infer_dc && block.count == 0;
  if (inferred || cabac.decode_bin(contexts[sig_contexts[0]])) block.significant[block.count++] = 0;
}

// Parses coeff_abs_level_greater1_flag of the first eight levels and coeff_abs_level_greater2_flag of the
// first of them above one. context_set is ctxSet. Returns whether greater1Ctx ended as 0.
INLOOP_INLINE bool parse_greater_flags(CabacDecoder& cabac, uint8_t* contexts, bool chroma, int context_set,
                                       SubBlock& block) {
  uint8_t* const greater1_contexts = contexts + kCtxGreater1 + (chroma ? 16 : 0) + 4 * context_set;
  int greater1_context = 1;
  const int flagged = std::min(block.count, 8);
  for (int i = 0; i < flagged; ++i) {
    const int greater1 = cabac.decode_bin(greater1_contexts[greater1_context]);
    block.levels[i] = 1 + greater1;
    if (greater1) {
      greater1_context = 0;
      if (block.first_greater1 < 0) block.first_greater1 = i;
    } else if (greater1_context > 0 && greater1_context < 3) {
      ++greater1_context;
    }
  }
  if (block.first_greater1 >= 0) {
    block.levels[block.first_greater1] +=
        cabac.decode_bin(contexts[kCtxGreater2 + (chroma ? 4 : 0) + context_set]);
  }
  return greater1_context == 0;
}

// Parses coeff_sign_flag and coeff_abs_level_remaining; store(position, level) receives the signed levels.
template <class Store>
INLOOP_INLINE void parse_levels(CabacDecoder& cabac, bool sign_hiding, const SubBlock& block,
                                const Store& store) {
  const int last = block.count - 1;
  const bool hidden = sign_hiding && block.significant[0] - block.significant[last] > 3;
  const int sign_count = block.count - hidden;
  uint32_t signs = cabac.decode_bypass_bits(sign_count) << (32 - sign_count);
  int rice = 0, sum = 0;
  for (int i = 0; i < block.count; ++i) {
    int level = i < 8 ? block.levels[i] : 1;
    // The highest value that the flags can express.
    const int base = i >= 8 ? 1 : i == block.first_greater1 ? 3 : 2;
    if (level == base) {
      level += parse_remaining(cabac, rice);
      if (level > 3 * (1 << rice)) rice = std::min(rice + 1, 4);
    }
    sum += level;
    const bool negative = hidden && i == last ? sum & 1 : signs >> 31;
    signs <<= 1;
    note_16_bit_value(negative ? -level : level, cabac);
    store(block.significant[i], clip3<int>(INT16_MIN, INT16_MAX, negative ? -level : level));
  }
}

int index_of(const ScanPosition* scan, int x, int y) {
  int index = 0;
  while (scan[index].x != x || scan[index].y != y) ++index;
  return index;
}

}  // namespace

// Returns Qp' of a component (8.6.1).
int SliceDecoder::component_qp(int c_idx) const {
  const int bit_depth = sps_->bit_depth(c_idx);
  if (c_idx == 0) return current_qp() + 6 * (bit_depth - 8);
  const int slice_offset = c_idx == 1 ? slice_->cb_qp_offset : slice_->cr_qp_offset;
  return chroma_qp(current_qp(), pps_->qp_offset(c_idx) + slice_offset, bit_depth);
}

// Returns the scaling factors of a block, or null where all are 16.
const uint8_t* SliceDecoder::scaling_factors(bool intra, int log2_size, int c_idx) const {
  if (!sps_->scaling_list_enabled_flag) return nullptr;
  const ScalingList& list = pps_->scaling_list_data_present_flag ? pps_->scaling_list : sps_->scaling_list;
  return list.factors(log2_size, (intra ? 0 : 3) + c_idx);
}

// residual_coding() (7.3.8.11)
SliceDecoder::Residual SliceDecoder::residual_coding(const CodingUnit& cu, int log2_size, int c_idx,
                                                     int intra_mode) {
  CabacDecoder cabac = cabac_;  // the compiler can keep a copy in registers
  uint8_t* const contexts = contexts_.data();
  const bool chroma = c_idx > 0;
  const bool intra = cu.pred_mode == PredMode::intra;
  const bool bypass = cu.transquant_bypass;
  Residual info;
  if (intra && !chroma && log2_size == 2) info.kind = TransformKind::dst4;
  if (bypass) {
    info.kind = TransformKind::bypass;
  } else if (pps_->transform_skip_enabled_flag && log2_size == 2 &&
             cabac.decode_bin(contexts[kCtxTransformSkip + chroma])) {
    info.kind = TransformKind::skip;
  }
  const int scan_idx = derive_scan_idx(intra, log2_size, c_idx, intra_mode);
  const ScanPosition last = parse_last_position(cabac, contexts, log2_size, chroma, scan_idx);
  const ScanPosition* const sub_blocks = scan_order(log2_size - 2, scan_idx);
  const ScanPosition* const positions = scan_order(2, scan_idx);
  const int last_sub_block = index_of(sub_blocks, last.x >> 2, last.y >> 2);
  const Scaler scaler(component_qp(c_idx), log2_size, sps_->bit_depth(c_idx),
                      scaling_factors(intra, log2_size, c_idx));
  const bool sign_hiding = pps_->sign_data_hiding_enabled_flag && !bypass;

  uint8_t coded_flags[9 * 9] = {};  // coded_sub_block_flag, with a border of zeros to the right and below
  bool greater1_ended = false;      // whether greater1Ctx of the previous sub-block ended as 0
  for (int i = last_sub_block; i >= 0; --i) {
    const int xs = sub_blocks[i].x, ys = sub_blocks[i].y;
    uint8_t* const flag = coded_flags + ys * 9 + xs;
    const int neighbours = flag[1] | flag[9] << 1;
    const bool flag_coded = i < last_sub_block && i > 0;
    if (flag_coded && !cabac.decode_bin(contexts[kCtxCodedSubBlock + (chroma ? 2 : 0) + (neighbours != 0)])) {
      continue;
    }
    *flag = 1;
    SubBlock block;
    int from = 15;
    if (i == last_sub_block) {
      from = index_of(positions, last.x & 3, last.y & 3);
      block.significant[block.count++] = static_cast<uint8_t>(from--);
    }
    parse_significance(cabac, contexts,
                       kSignificanceContexts.of(chroma, log2_size, scan_idx, i == 0, neighbours), from,
                       flag_coded, block);
    if (block.count == 0) continue;
    const int context_set = (i == 0 || chroma ? 0 : 2) + greater1_ended;
    greater1_ended = parse_greater_flags(cabac, contexts, chroma, context_set, block);
    parse_levels(cabac, sign_hiding, block, [&](int n, int level) {
      const auto position =
          static_cast<size_t>((ys * 4 + positions[n].y) << log2_size | (xs * 4 + positions[n].x));
      coefficients_[position] = bypass ? static_cast<int16_t>(level) : scaler(level, position);
    });
    info.max_x = std::max(info.max_x, xs * 4 + 3);
    info.max_y = std::max(info.max_y, ys * 4 + 3);
  }
  cabac_ = cabac;
  return info;
}

}  // namespace inloop::hevc
