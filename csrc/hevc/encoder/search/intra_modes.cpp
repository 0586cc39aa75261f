// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "hevc/encoder/search/intra_modes.h"

#include <algorithm>

#include "hevc/block/intra_prediction.h"

namespace inloop::hevc {
namespace {

constexpr int kModeCount = 35;

// Estimates the cost of modes of one block, each mode once.
class ModeRating {
 public:
  ModeRating(const SearchState& state, int x, int y, int log2_size, const IntraModeBits& bits, int capacity)
      : state_(state),
        bits_(bits),
        log2_size_(log2_size),
        capacity_(capacity),
        source_(state.source_at(0, x, y)) {
    gather_intra_references(state.picture, 0, x, y, log2_size, references_);
  }

  void rate(int mode) {
    if (mode < 0 || mode >= kModeCount || rated_ >> mode & 1) return;
    rated_ |= uint64_t{1} << mode;
    const Sps& sps = state_.picture.sps();
    const int size = 1 << log2_size_;
    alignas(64) Sample pred[32 * 32];
    predict_intra(state_.kernels, references_, 0, log2_size_, mode, sps.bit_depth_luma,
                  sps.strong_intra_smoothing_enabled_flag, pred, size);
    const uint32_t satd = state_.kernels.satd(source_, state_.source_stride(0), pred, size, size, size);
    list_.insert(mode, satd + state_.lambda_satd * bits_(mode), capacity_);
  }

  const IntraModeList& list() const { return list_; }

 private:
  const SearchState& state_;
  const IntraModeBits& bits_;
  const int log2_size_, capacity_;
  const Sample* source_;
  IntraReferences references_;
  uint64_t rated_ = 0;
  IntraModeList list_;
};

// Tries every fourth direction, then those halfway between the best two and their neighbours, then those next
// to the best two.
void rate_directions_coarse_to_fine(ModeRating& rating) {
  for (int mode = 2; mode < kModeCount; mode += 4) rating.rate(mode);
  for (int step : {2, 1}) {
    int centres[2], count = 0;
    const IntraModeList& list = rating.list();
    for (int i = 0; i < list.count && count < 2; ++i) {
      if (list.mode[i] >= 2) centres[count++] = list.mode[i];
    }
    for (int i = 0; i < count; ++i) {
      for (int mode : {centres[i] - step, centres[i] + step}) {
        if (mode >= 2) rating.rate(mode);
      }
    }
  }
}

}  // namespace

void IntraModeList::insert(int new_mode, double new_cost, int capacity) {
  int at = count;
  while (at > 0 && cost[at - 1] > new_cost) --at;
  if (at >= capacity) return;
  count = std::min(count + 1, capacity);
  for (int i = count - 1; i > at; --i) {
    mode[i] = mode[i - 1];
    cost[i] = cost[i - 1];
  }
  mode[at] = new_mode;
  cost[at] = new_cost;
}

bool IntraModeList::contains(int wanted) const {
  return std::find(mode, mode + count, wanted) != mode + count;
}

IntraModeBits::IntraModeBits(const SearchState& state, const int mpm[3]) : mpm_{mpm[0], mpm[1], mpm[2]} {
  const auto flag = [&](int value) {
    return static_cast<double>(bin_cost(state.contexts, kCtxPrevIntraLuma, value)) / kOneBit;
  };
  first_ = flag(1) + 1;
  other_mpm_ = flag(1) + 2;
  remaining_ = flag(0) + 5;
}

double IntraModeBits::operator()(int mode) const {
  if (mode == mpm_[0]) return first_;
  return mode == mpm_[1] || mode == mpm_[2] ? other_mpm_ : remaining_;
}

IntraModeList rate_intra_modes(const SearchState& state, int x, int y, int log2_size, const int mpm[3],
                               const IntraModeBits& bits) {
  const EncoderTools& tools = state.tools;
  const int wanted = std::max(1, tools.intra_checks - std::max(0, log2_size - 3));
  ModeRating rating(state, x, y, log2_size, bits, std::max(wanted, 4));
  for (int mode : {int{kIntraPlanar}, int{kIntraDc}, mpm[0], mpm[1], mpm[2]}) rating.rate(mode);
  if (tools.intra_all_modes) {
    for (int mode = 2; mode < kModeCount; ++mode) rating.rate(mode);
  } else {
    rate_directions_coarse_to_fine(rating);
  }
  IntraModeList list = rating.list();
  list.count = std::min(list.count, wanted);
  while (list.count > 1 && list.cost[list.count - 1] > list.cost[0] * tools.intra_check_ratio) --list.count;
  for (int i = 0; i < tools.intra_mpm_checks; ++i) {
    if (!list.contains(mpm[i])) list.insert(mpm[i], kInfiniteCost, kModeCount);
  }
  return list;
}

IntraModeList likely_modes_64(const int mpm[3]) {
  IntraModeList list;
  for (int mode : {int{kIntraPlanar}, int{kIntraDc}, mpm[0]}) {
    if (!list.contains(mode)) list.insert(mode, 0, kModeCount);
  }
  return list;
}

}  // namespace inloop::hevc
