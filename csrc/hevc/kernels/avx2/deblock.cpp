// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include <immintrin.h>

#include "hevc/kernels/table.h"

namespace inloop::hevc {
namespace {

// The four lines across an edge, with both sides at once: s[i] holds p_i of lines 0 to 3 in its low half and
// q_i in its high half, so that whatever is symmetric is computed once.
struct EdgeLines {
  __m128i s[4];
};

inline __m128i load8(const uint16_t* p) { return _mm_loadu_si128(reinterpret_cast<const __m128i*>(p)); }
inline void store8(uint16_t* p, __m128i v) { _mm_storeu_si128(reinterpret_cast<__m128i*>(p), v); }

// Combines half of a and half of b, chosen by the two bits of kHalves.
template <int kHalves>
inline __m128i halves(__m128i a, __m128i b) {
  return _mm_castpd_si128(_mm_shuffle_pd(_mm_castsi128_pd(a), _mm_castsi128_pd(b), kHalves));
}
inline __m128i swap_halves(__m128i v) { return _mm_shuffle_epi32(v, 0x4e); }

// Loads and transposes four rows of eight samples, for a vertical edge.
EdgeLines load_rows(const uint16_t* src, ptrdiff_t stride) {
  const __m128i r0 = load8(src - 4), r1 = load8(src + stride - 4);
  const __m128i r2 = load8(src + 2 * stride - 4), r3 = load8(src + 3 * stride - 4);
  const __m128i low01 = _mm_unpacklo_epi16(r0, r1), low23 = _mm_unpacklo_epi16(r2, r3);
  const __m128i high01 = _mm_unpackhi_epi16(r0, r1), high23 = _mm_unpackhi_epi16(r2, r3);
  const __m128i p32 = _mm_unpacklo_epi32(low01, low23), p10 = _mm_unpackhi_epi32(low01, low23);
  const __m128i q01 = _mm_unpacklo_epi32(high01, high23), q23 = _mm_unpackhi_epi32(high01, high23);
  return {{halves<1>(p10, q01), halves<2>(p10, q01), halves<1>(p32, q23), halves<2>(p32, q23)}};
}

// Stores lines 0 to 3 of eight samples from pairs of columns.
void store_rows(uint16_t* src, ptrdiff_t stride, const EdgeLines& e) {
  const auto columns = [](__m128i first, __m128i second, __m128i third, __m128i fourth, __m128i out[2]) {
    const __m128i low = _mm_unpacklo_epi16(first, second), high = _mm_unpacklo_epi16(third, fourth);
    out[0] = _mm_unpacklo_epi32(low, high);
    out[1] = _mm_unpackhi_epi32(low, high);
  };
  __m128i p[2], q[2];
  columns(e.s[3], e.s[2], e.s[1], e.s[0], p);
  columns(swap_halves(e.s[0]), swap_halves(e.s[1]), swap_halves(e.s[2]), swap_halves(e.s[3]), q);
  store8(src - 4, _mm_unpacklo_epi64(p[0], q[0]));
  store8(src + stride - 4, _mm_unpackhi_epi64(p[0], q[0]));
  store8(src + 2 * stride - 4, _mm_unpacklo_epi64(p[1], q[1]));
  store8(src + 3 * stride - 4, _mm_unpackhi_epi64(p[1], q[1]));
}

// Loads the samples of a horizontal edge, where those of a line are below each other.
EdgeLines load_columns(const uint16_t* src, ptrdiff_t stride) {
  EdgeLines e;
  for (int i = 0; i < 4; ++i) {
    const __m128i p = _mm_loadl_epi64(reinterpret_cast<const __m128i*>(src - (i + 1) * stride));
    const __m128i q = _mm_loadl_epi64(reinterpret_cast<const __m128i*>(src + i * stride));
    e.s[i] = _mm_unpacklo_epi64(p, q);
  }
  return e;
}

void store_columns(uint16_t* src, ptrdiff_t stride, const EdgeLines& e, int changed) {
  for (int i = 0; i < changed; ++i) {
    _mm_storel_epi64(reinterpret_cast<__m128i*>(src - (i + 1) * stride), e.s[i]);
    _mm_storel_epi64(reinterpret_cast<__m128i*>(src + i * stride), swap_halves(e.s[i]));
  }
}

inline __m128i set(int v) { return _mm_set1_epi16(static_cast<short>(v)); }
inline __m128i per_side(int p, int q) { return _mm_unpacklo_epi64(set(p), set(q)); }
inline __m128i add(__m128i a, __m128i b) { return _mm_add_epi16(a, b); }
inline __m128i sub(__m128i a, __m128i b) { return _mm_sub_epi16(a, b); }
inline __m128i limit(__m128i v, __m128i low, __m128i high) {
  return _mm_min_epi16(_mm_max_epi16(v, low), high);
}
// Returns new_value where the mask is set, else old.
inline __m128i choose(__m128i old, __m128i new_value, __m128i mask) {
  return _mm_blendv_epi8(old, new_value, mask);
}

void strong_filter(EdgeLines& e, int tc, __m128i changeable) {
  const __m128i s0 = e.s[0], s1 = e.s[1], s2 = e.s[2], s3 = e.s[3];
  const __m128i o0 = swap_halves(s0), o1 = swap_halves(s1);
  const __m128i inner = add(add(s0, o0), s1);  // s1 + s0 + o0
  const __m128i n0 = _mm_srli_epi16(add(add(add(inner, inner), add(s2, o1)), set(4)), 3);
  const __m128i n1 = _mm_srli_epi16(add(add(inner, s2), set(2)), 2);
  const __m128i outer = add(add(s3, s3), add(add(s2, s2), s2));
  const __m128i n2 = _mm_srli_epi16(add(add(outer, inner), set(4)), 3);
  const __m128i range = set(2 * tc);
  e.s[0] = choose(s0, limit(n0, sub(s0, range), add(s0, range)), changeable);
  e.s[1] = choose(s1, limit(n1, sub(s1, range), add(s1, range)), changeable);
  e.s[2] = choose(s2, limit(n2, sub(s2, range), add(s2, range)), changeable);
}

// change_1 marks the sides whose second sample changes as well.
void weak_filter(EdgeLines& e, int tc, __m128i changeable, __m128i change_1, int max_value) {
  const __m128i s0 = e.s[0], s1 = e.s[1], s2 = e.s[2];
  const __m128i step0 = sub(swap_halves(s0), s0), step1 = sub(swap_halves(s1), s1);
  __m128i delta = add(step0, _mm_slli_epi16(step0, 3));
  delta = sub(delta, add(step1, add(step1, step1)));
  delta = _mm_srai_epi16(add(delta, set(8)), 4);
  delta = _mm_unpacklo_epi64(delta, delta);  // taken from the side of p, as rounding is not symmetric
  const __m128i active = _mm_and_si128(_mm_cmpgt_epi16(set(10 * tc), _mm_abs_epi16(delta)), changeable);
  delta = _mm_sign_epi16(limit(delta, set(-tc), set(tc)), per_side(1, -1));
  const __m128i zero = _mm_setzero_si128(), max = set(max_value);
  e.s[0] = choose(s0, limit(add(s0, delta), zero, max), active);
  const int half = tc >> 1;
  const __m128i delta_1 = _mm_srai_epi16(add(sub(_mm_avg_epu16(s2, s0), s1), delta), 1);
  const __m128i n1 = limit(add(s1, limit(delta_1, set(-half), set(half))), zero, max);
  e.s[1] = choose(s1, n1, _mm_and_si128(active, change_1));
}

void deblock_luma(uint16_t* src, ptrdiff_t step, ptrdiff_t line_stride, int beta, int tc, bool no_p,
                  bool no_q, int bit_depth) {
  const bool vertical = step == 1;
  EdgeLines e = vertical ? load_rows(src, line_stride) : load_columns(src, step);
  const __m128i bend = _mm_abs_epi16(add(sub(e.s[2], add(e.s[1], e.s[1])), e.s[0]));
  const int dp0 = _mm_extract_epi16(bend, 0), dp3 = _mm_extract_epi16(bend, 3);
  const int dq0 = _mm_extract_epi16(bend, 4), dq3 = _mm_extract_epi16(bend, 7);
  if (dp0 + dq0 + dp3 + dq3 >= beta) return;

  const __m128i slope = _mm_abs_epi16(sub(e.s[3], e.s[0]));
  const __m128i slopes = add(slope, swap_halves(slope));
  const __m128i jump = _mm_abs_epi16(sub(swap_halves(e.s[0]), e.s[0]));
  const int jump_limit = (5 * tc + 1) >> 1;
  const bool strong = 2 * (dp0 + dq0) < (beta >> 2) && 2 * (dp3 + dq3) < (beta >> 2) &&
                      _mm_extract_epi16(slopes, 0) < (beta >> 3) &&
                      _mm_extract_epi16(slopes, 3) < (beta >> 3) && _mm_extract_epi16(jump, 0) < jump_limit &&
                      _mm_extract_epi16(jump, 3) < jump_limit;
  const __m128i changeable = per_side(no_p ? 0 : -1, no_q ? 0 : -1);
  if (strong) {
    strong_filter(e, tc, changeable);
  } else {
    const int side_limit = (beta + (beta >> 1)) >> 3;
    const __m128i change_1 = per_side(dp0 + dp3 < side_limit ? -1 : 0, dq0 + dq3 < side_limit ? -1 : 0);
    weak_filter(e, tc, changeable, change_1, (1 << bit_depth) - 1);
  }
  if (vertical) {
    store_rows(src, line_stride, e);
  } else {
    store_columns(src, step, e, strong ? 3 : 2);
  }
}

}  // namespace

void fill_deblock_avx2(KernelTable& table) { table.deblock_luma = deblock_luma; }

}  // namespace inloop::hevc
