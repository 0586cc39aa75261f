// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "hevc/encoder/search/sao_search.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace inloop::hevc {
namespace {

enum SaoType : uint8_t { kSaoOff = 0, kSaoBand = 1, kSaoEdge = 2 };

// Estimated bits; a context coded flag counts as one bit.
constexpr double kMergeBits = 1, kOffBits = 1, kTypeBits = 2, kEdgeClassBits = 2, kBandPositionBits = 5;

int sign(int value) { return (value > 0) - (value < 0); }

int largest_offset(int bit_depth) { return (1 << (std::min(bit_depth, 10) - 5)) - 1; }

double magnitude_bits(int offset, int largest) { return std::min(std::abs(offset) + 1, largest); }

}  // namespace

Status SaoSearch::run(int y, int end_y) {
  const Sps& sps = picture_.sps();
  for (int ctb_y = y >> sps.log2_ctb_size; ctb_y << sps.log2_ctb_size < end_y; ++ctb_y) {
    for (int ctb_x = 0; ctb_x < sps.pic_width_in_ctbs(); ++ctb_x) decide_ctb(ctb_x, ctb_y);
  }
  return {};
}

bool SaoSearch::used(bool chroma) const {
  const auto active = [](const SaoParams& params) { return params.type != kSaoOff; };
  return chroma ? std::any_of(picture_.sao[1].begin(), picture_.sao[1].end(), active) ||
                      std::any_of(picture_.sao[2].begin(), picture_.sao[2].end(), active)
                : std::any_of(picture_.sao[0].begin(), picture_.sao[0].end(), active);
}

void SaoSearch::decide_ctb(int ctb_x, int ctb_y) {
  const int width = picture_.sps().pic_width_in_ctbs();
  const auto address = static_cast<size_t>(ctb_y * width + ctb_x);
  Statistics statistics[3];
  for (int c = 0; c < 3; ++c) statistics[c] = gather(c, ctb_x, ctb_y);

  const int merge_flags = (ctb_x > 0) + (ctb_y > 0);
  double best_cost = lambda_ * (kMergeBits * merge_flags + 2 * kOffBits);
  SaoParams best[3] = {};

  // New parameters are chosen for luma and chroma separately; Cr shares type and edge class with Cb.
  double cost = best_cost;
  SaoParams params[3] = {};
  Choice luma = best_band(0, statistics[0]);
  for (int eo_class = 0; eo_class < 4; ++eo_class) {
    const Choice edge = best_edge(0, statistics[0], eo_class);
    if (edge.cost < luma.cost) luma = edge;
  }
  if (luma.cost < 0) {
    params[0] = luma.params;
    cost += luma.cost;
  }
  Choice chroma[2] = {best_band(1, statistics[1]), best_band(2, statistics[2])};
  for (int eo_class = 0; eo_class < 4; ++eo_class) {
    const Choice cb = best_edge(1, statistics[1], eo_class), cr = best_edge(2, statistics[2], eo_class);
    if (cb.cost + cr.cost < chroma[0].cost + chroma[1].cost) {
      chroma[0] = cb;
      chroma[1] = cr;
    }
  }
  if (chroma[0].cost + chroma[1].cost < 0) {
    params[1] = chroma[0].params;
    params[2] = chroma[1].params;
    cost += chroma[0].cost + chroma[1].cost;
  }
  if (cost < best_cost) {
    best_cost = cost;
    std::copy_n(params, 3, best);
  }

  for (int up = 0; up < 2; ++up) {
    if (up ? ctb_y == 0 : ctb_x == 0) continue;
    const size_t other = address - static_cast<size_t>(up ? width : 1);
    double merged = lambda_ * kMergeBits * (up && ctb_x > 0 ? 2 : 1);
    for (int c = 0; c < 3; ++c) merged += distortion(c, statistics[c], picture_.sao[c][other]);
    if (merged >= best_cost) continue;
    best_cost = merged;
    for (int c = 0; c < 3; ++c) best[c] = picture_.sao[c][other];
  }
  for (int c = 0; c < 3; ++c) picture_.sao[c][address] = best[c];
}

SaoSearch::Statistics SaoSearch::gather(int c_idx, int ctb_x, int ctb_y) const {
  Statistics result;
  const Plane<Sample>& rec = picture_.rec.planes[c_idx];
  const Plane<Sample>& source = source_.planes[c_idx];
  const int size = picture_.sps().ctb_size() >> (c_idx ? 1 : 0);
  const int x0 = ctb_x * size, y0 = ctb_y * size;
  const int x1 = std::min(x0 + size, rec.width()), y1 = std::min(y0 + size, rec.height());
  const auto rows = [](const Plane<Sample>& plane, int x, int y) { return plane.row(y) + x; };
  kernels_.sao_band_statistics(rows(rec, x0, y0), rec.stride(), rows(source, x0, y0), source.stride(),
                               x1 - x0, y1 - y0, picture_.sps().bit_depth(c_idx), result.band_count,
                               result.band_error);
  for (int eo_class = 0; eo_class < 4; ++eo_class) {
    // Samples whose neighbours lie outside the picture get no edge offset.
    const int reach_x = eo_class == 1 ? 0 : 1, reach_y = eo_class == 0 ? 0 : 1;
    const int left = std::max(x0, reach_x), right = std::min(x1, rec.width() - reach_x);
    const int top = std::max(y0, reach_y), bottom = std::min(y1, rec.height() - reach_y);
    kernels_.sao_edge_statistics(rows(rec, left, top), rec.stride(), rows(source, left, top), source.stride(),
                                 right - left, bottom - top, eo_class, result.count[eo_class],
                                 result.error[eo_class]);
  }
  return result;
}

// Returns by how much the parameters change the weighted squared error.
double SaoSearch::distortion(int c_idx, const Statistics& statistics, const SaoParams& params) const {
  double change = 0;
  for (int k = 0; k < 4 && params.type != kSaoOff; ++k) {
    const int band = (params.band_position + k) & 31;
    const bool edge = params.type == kSaoEdge;
    const int64_t count = edge ? statistics.count[params.eo_class][k] : statistics.band_count[band];
    const int64_t error = edge ? statistics.error[params.eo_class][k] : statistics.band_error[band];
    const int64_t offset = params.offset[k];
    change += static_cast<double>(count * offset * offset - 2 * offset * error);
  }
  return change * weight(c_idx);
}

// Returns the offset in [low, high] with the lowest cost and adds that cost to `cost`.
int SaoSearch::best_offset(int c_idx, int64_t count, int64_t error, int low, int high, double& cost) const {
  const int largest = largest_offset(picture_.sps().bit_depth(c_idx));
  const double mean = count ? static_cast<double>(error) / static_cast<double>(count) : 0;
  int offset = std::clamp(static_cast<int>(std::lround(std::clamp(mean, -1000.0, 1000.0))), low, high);
  int best = 0;
  double best_cost = lambda_;
  for (; offset != 0; offset -= sign(offset)) {
    const double change = static_cast<double>(count * offset * offset - 2 * offset * error) * weight(c_idx);
    const double total = change + lambda_ * magnitude_bits(offset, largest);
    if (total < best_cost) {
      best_cost = total;
      best = offset;
    }
  }
  cost += best_cost;
  return best;
}

SaoSearch::Choice SaoSearch::best_edge(int c_idx, const Statistics& statistics, int eo_class) const {
  const int largest = largest_offset(picture_.sps().bit_depth(c_idx));
  Choice choice;
  choice.params.type = kSaoEdge;
  choice.params.eo_class = static_cast<uint8_t>(eo_class);
  // The flag for "off" is already part of the cost of doing nothing; Cr codes no type and class.
  choice.cost = c_idx == 2 ? 0 : lambda_ * (kTypeBits - kOffBits + kEdgeClassBits);
  for (int k = 0; k < 4; ++k) {  // valleys are raised and peaks lowered, as the syntax has no sign here
    choice.params.offset[k] =
        static_cast<int8_t>(best_offset(c_idx, statistics.count[eo_class][k], statistics.error[eo_class][k],
                                        k < 2 ? 0 : -largest, k < 2 ? largest : 0, choice.cost));
  }
  return choice;
}

SaoSearch::Choice SaoSearch::best_band(int c_idx, const Statistics& statistics) const {
  const int largest = largest_offset(picture_.sps().bit_depth(c_idx));
  int offset[32];
  double cost[32];
  for (int band = 0; band < 32; ++band) {
    cost[band] = 0;
    offset[band] = best_offset(c_idx, statistics.band_count[band], statistics.band_error[band], -largest,
                               largest, cost[band]);
    if (offset[band]) cost[band] += lambda_;  // sign
  }
  Choice choice;
  choice.params.type = kSaoBand;
  choice.cost = HUGE_VAL;
  for (int first = 0; first + 4 <= 32; ++first) {
    double total = lambda_ * ((c_idx == 2 ? 0 : kTypeBits - kOffBits) + kBandPositionBits);
    for (int k = 0; k < 4; ++k) total += cost[first + k];
    if (total >= choice.cost) continue;
    choice.cost = total;
    choice.params.band_position = static_cast<uint8_t>(first);
    for (int k = 0; k < 4; ++k) choice.params.offset[k] = static_cast<int8_t>(offset[first + k]);
  }
  return choice;
}

}  // namespace inloop::hevc
