// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include <arm_neon.h>

#include "base/tiles_hadamard_neon.h"
#include "lookahead/kernels/table.h"

namespace inloop::lookahead {
namespace {

uint32_t sad8x8(const uint8_t* a, ptrdiff_t a_stride, const uint8_t* b, ptrdiff_t b_stride) {
  uint16x8_t sum = vdupq_n_u16(0);
  for (int y = 0; y < 8; ++y, a += a_stride, b += b_stride) sum = vabal_u8(sum, vld1_u8(a), vld1_u8(b));
  return vaddlvq_u16(sum);
}

uint32_t satd8x8(const uint8_t* a, ptrdiff_t a_stride, const uint8_t* b, ptrdiff_t b_stride) {
  int16x8_t d[8];
  for (int y = 0; y < 8; ++y, a += a_stride, b += b_stride)
    d[y] = vreinterpretq_s16_u16(vsubl_u8(vld1_u8(a), vld1_u8(b)));
  return satd8_tile(d);
}

}  // namespace

void fill_distance_neon(KernelTable& table) {
  table.sad8x8 = sad8x8;
  table.satd8x8 = satd8x8;
}

}  // namespace inloop::lookahead
