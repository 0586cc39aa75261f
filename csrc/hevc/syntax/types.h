// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>

#include "base/plane.h"

// The basic types of the codec, with the names of Rec. ITU-T H.265 (v1).
namespace inloop::hevc {

enum class SliceType : uint8_t { b = 0, p = 1, i = 2 };
enum class PredMode : uint8_t { none = 0, inter = 1, intra = 2 };
enum class PartMode : uint8_t { p2Nx2N = 0, p2NxN, pNx2N, pNxN, p2NxnU, p2NxnD, pnLx2N, pnRx2N };

enum IntraMode : uint8_t {
  kIntraPlanar = 0,
  kIntraDc = 1,
  kIntraHorizontal = 10,
  kIntraVertical = 26,
  kIntraAngular34 = 34
};

enum class NalType : uint8_t {
  trail_n = 0,
  trail_r = 1,
  tsa_n = 2,
  tsa_r = 3,
  stsa_n = 4,
  stsa_r = 5,
  radl_n = 6,
  radl_r = 7,
  rasl_n = 8,
  rasl_r = 9,
  bla_w_lp = 16,
  bla_w_radl = 17,
  bla_n_lp = 18,
  idr_w_radl = 19,
  idr_n_lp = 20,
  cra = 21,
  vps = 32,
  sps = 33,
  pps = 34,
  aud = 35,
  eos = 36,
  eob = 37,
  filler = 38,
  prefix_sei = 39,
  suffix_sei = 40,
  nnlf_params = 48,  // an unspecified type that carries the parameters of the neural filter
};

// A motion vector in quarter luma samples.
struct Mv {
  int16_t x = 0;
  int16_t y = 0;
  bool operator==(const Mv&) const = default;
};

// The motion of a prediction block; ref_idx < 0 means that the list is not used.
struct MotionInfo {
  Mv mv[2];
  int8_t ref_idx[2] = {-1, -1};

  bool uses(int list) const { return ref_idx[list] >= 0; }
  bool is_bi() const { return uses(0) && uses(1); }
  bool operator==(const MotionInfo& other) const {
    for (int list = 0; list < 2; ++list) {
      if (ref_idx[list] != other.ref_idx[list]) return false;
      if (ref_idx[list] >= 0 && mv[list] != other.mv[list]) return false;
    }
    return true;
  }
};

constexpr int kMaxRefs = 16;  // per list
constexpr int kMaxDpbSize = 16;
constexpr int kCellSize = 4;  // side of a cell, for which side information is stored, in luma samples

template <class T>
constexpr T clip3(T low, T high, T value) {
  return value < low ? low : value > high ? high : value;
}

}  // namespace inloop::hevc
