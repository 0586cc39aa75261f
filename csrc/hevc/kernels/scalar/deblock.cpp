// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include <cstdlib>

#include "hevc/kernels/table.h"
#include "hevc/syntax/types.h"

namespace inloop::hevc {
namespace {

int second_difference(const uint16_t* inner, ptrdiff_t outward) {
  return std::abs(inner[2 * outward] - 2 * inner[outward] + inner[0]);
}

// Returns dSam of 8.7.2.5.6 for one line. q points at q0.
bool is_smooth_line(const uint16_t* q, ptrdiff_t step, int dpq, int beta, int tc) {
  const uint16_t* p = q - step;
  return 2 * dpq < (beta >> 2) &&
         std::abs(p[-3 * step] - p[0]) + std::abs(q[0] - q[3 * step]) < (beta >> 3) &&
         std::abs(p[0] - q[0]) < ((5 * tc + 1) >> 1);
}

struct StrongSide {
  uint16_t value[3];
};

// Returns the new samples of the side whose sample i is inner[i * outward]. o0 and o1 are the two nearest
// samples of the other side.
StrongSide strong_side(const uint16_t* inner, ptrdiff_t outward, int o0, int o1, int tc) {
  const int s0 = inner[0], s1 = inner[outward], s2 = inner[2 * outward], s3 = inner[3 * outward];
  const auto limit = [tc](int old, int filtered) {
    return static_cast<uint16_t>(clip3(old - 2 * tc, old + 2 * tc, filtered));
  };
  return {{limit(s0, (s2 + 2 * s1 + 2 * s0 + 2 * o0 + o1 + 4) >> 3), limit(s1, (s2 + s1 + s0 + o0 + 2) >> 2),
           limit(s2, (2 * s3 + 3 * s2 + s1 + s0 + o0 + 4) >> 3)}};
}

void strong_line(uint16_t* q, ptrdiff_t step, int tc, bool no_p, bool no_q) {
  uint16_t* p = q - step;
  const StrongSide new_p = strong_side(p, -step, q[0], q[step], tc);
  const StrongSide new_q = strong_side(q, step, p[0], p[-step], tc);
  for (int i = 0; i < 3; ++i) {
    if (!no_p) p[-i * step] = new_p.value[i];
    if (!no_q) q[i * step] = new_q.value[i];
  }
}

void weak_line(uint16_t* q, ptrdiff_t step, int tc, bool change_p, bool change_q, bool change_p1,
               bool change_q1, int max_value) {
  uint16_t* p = q - step;
  const int p0 = p[0], p1 = p[-step], p2 = p[-2 * step];
  const int q0 = q[0], q1 = q[step], q2 = q[2 * step];
  int delta = (9 * (q0 - p0) - 3 * (q1 - p1) + 8) >> 4;
  if (std::abs(delta) >= tc * 10) return;
  delta = clip3(-tc, tc, delta);
  const int half = tc >> 1;
  if (change_p) p[0] = static_cast<uint16_t>(clip3(0, max_value, p0 + delta));
  if (change_p && change_p1) {
    const int delta_p = clip3(-half, half, (((p2 + p0 + 1) >> 1) - p1 + delta) >> 1);
    p[-step] = static_cast<uint16_t>(clip3(0, max_value, p1 + delta_p));
  }
  if (change_q) q[0] = static_cast<uint16_t>(clip3(0, max_value, q0 - delta));
  if (change_q && change_q1) {
    const int delta_q = clip3(-half, half, (((q2 + q0 + 1) >> 1) - q1 - delta) >> 1);
    q[step] = static_cast<uint16_t>(clip3(0, max_value, q1 + delta_q));
  }
}

void deblock_luma(uint16_t* src, ptrdiff_t step, ptrdiff_t line_stride, int beta, int tc, bool no_p,
                  bool no_q, int bit_depth) {
  const uint16_t* line3 = src + 3 * line_stride;
  const int dp0 = second_difference(src - step, -step), dq0 = second_difference(src, step);
  const int dp3 = second_difference(line3 - step, -step), dq3 = second_difference(line3, step);
  if (dp0 + dq0 + dp3 + dq3 >= beta) return;
  const bool strong =
      is_smooth_line(src, step, dp0 + dq0, beta, tc) && is_smooth_line(line3, step, dp3 + dq3, beta, tc);
  const int side_limit = (beta + (beta >> 1)) >> 3;
  const bool change_p1 = dp0 + dp3 < side_limit;
  const bool change_q1 = dq0 + dq3 < side_limit;
  for (int line = 0; line < 4; ++line, src += line_stride) {
    if (strong) {
      strong_line(src, step, tc, no_p, no_q);
    } else {
      weak_line(src, step, tc, !no_p, !no_q, change_p1, change_q1, (1 << bit_depth) - 1);
    }
  }
}

void deblock_chroma(uint16_t* src, ptrdiff_t step, ptrdiff_t line_stride, int tc, bool no_p, bool no_q,
                    int bit_depth, int lines) {
  const int max_value = (1 << bit_depth) - 1;
  for (int line = 0; line < lines; ++line, src += line_stride) {
    const int p0 = src[-step], q0 = src[0];
    const int delta = clip3(-tc, tc, (((q0 - p0) * 4) + src[-2 * step] - src[step] + 4) >> 3);
    if (!no_p) src[-step] = static_cast<uint16_t>(clip3(0, max_value, p0 + delta));
    if (!no_q) src[0] = static_cast<uint16_t>(clip3(0, max_value, q0 - delta));
  }
}

}  // namespace

void fill_deblock_scalar(KernelTable& table) {
  table.deblock_luma = deblock_luma;
  table.deblock_chroma = deblock_chroma;
}

}  // namespace inloop::hevc
