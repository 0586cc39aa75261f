// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "nn/cpu/kernels/table.h"
#include "nn/cpu/kernels/tiles_unroll.h"

// Register tiles of the int16 kernels, written over the vectors of an isa. Only the files of one isa include
// this, and all of it is in their anonymous namespaces, so that the linker cannot take code compiled for one
// isa for another.
//   V, vectors of channels:  Vector, kChannels, load, store, all, max, min, add, adds, mulhi, mullo, sra;
//                            interleave_low, interleave_high, load_sums and pack for depthwise convolutions,
//                            with upper and lower, which move one number of each pair to the other's place,
//                            and either
//   A, vectors of sums:      Sum, kLanes, load, load_weights, which gives the Weights of a vector of sums,
//                            and broadcast; Pair and Single, the V that two sums and one sum make, and pack
//                            for both
//   M, the instruction:      multiply_add(sum, weights, pairs), in place, for long sums, because GCC 12 adds
//                            copies around it where it returns the sum; the same with two weights for two
//                            sums, and multiply_add_two with two pairs; sum_of(sum, weights, pairs) for short
//                            sums
#if defined(__clang__)
#define UNROLL_4 _Pragma("unroll 4")
#define UNROLL_16 _Pragma("unroll 16")
#else
#define UNROLL_4 _Pragma("GCC unroll 4")
#define UNROLL_16 _Pragma("GCC unroll 16")
#endif

namespace inloop::nn {
namespace {

template <class V>
INLINE typename V::Vector symmetric(typename V::Vector v) {
  return V::max(v, V::all(-32767));
}

template <class V, int Count>
INLINE void activate(typename V::Vector (&v)[Count], const Epilogue& e, int c) {
  if (e.activation == Activation::none) return;
  const auto zero = V::all(0);
  if (e.activation == Activation::relu) {
    repeat<Count>([&]<int P>() INLINE_LAMBDA { v[P] = V::max(v[P], zero); });
    return;
  }
  const auto low = V::load(e.slope_low + c);
  if (e.activation == Activation::prelu_half) {
    // X * slope is above x where x is negative and below x where it is not.
    repeat<Count>([&]<int P>() INLINE_LAMBDA { v[P] = V::max(v[P], V::mulhi(v[P], low)); });
    return;
  }
  if (e.activation == Activation::prelu_fraction) {
    repeat<Count>(
        [&]<int P>() INLINE_LAMBDA { v[P] = V::add(V::max(v[P], zero), V::mulhi(V::min(v[P], zero), low)); });
    return;
  }
  const auto units = V::load(e.slope_units + c);
  repeat<Count>([&]<int P>() INLINE_LAMBDA {
    const auto negative = V::min(v[P], zero);
    const auto scaled = V::adds(V::mulhi(negative, low), V::mullo(negative, units));
    v[P] = V::add(V::max(v[P], zero), symmetric<V>(scaled));
  });
}

// Adds the bias, with the saturations before and after it. A -32768 that passes the first saturation is
// lifted by the second one, because the result can never be below the bias added to -32767; a right shift
// makes both the same.
template <class V, int Count>
INLINE void add_bias(typename V::Vector (&v)[Count], const Epilogue& e, int c) {
  const auto bias = V::load(e.bias + c);
  const auto low = symmetric<V>(V::adds(bias, V::all(-32767)));
  if (const int shift = e.bias_shift)
    repeat<Count>([&]<int P>() INLINE_LAMBDA { v[P] = V::sra(v[P], shift); });
  repeat<Count>([&]<int P>() INLINE_LAMBDA { v[P] = V::max(V::adds(v[P], bias), low); });
}

template <class V, int Count>
INLINE void add_residual(typename V::Vector (&v)[Count], const Epilogue& e, const int16_t* residual,
                         ptrdiff_t step) {
  if (const int shift = e.self_shift)
    repeat<Count>([&]<int P>() INLINE_LAMBDA { v[P] = V::sra(v[P], shift); });
  if (const int shift = e.residual_shift)
    repeat<Count>([&]<int P>() INLINE_LAMBDA {
      v[P] = symmetric<V>(V::adds(v[P], V::sra(V::load(residual + P * step), shift)));
    });
  else
    repeat<Count>([&]<int P>()
                      INLINE_LAMBDA { v[P] = symmetric<V>(V::adds(v[P], V::load(residual + P * step))); });
}

// Does everything after the sums for `Count` pixels, with channels from c on; v holds the packed sums. It
// goes stage by stage over all pixels, so that every choice is made once.
template <class V, int Count>
INLINE void finish(typename V::Vector (&v)[Count], int pixel, int c, const Epilogue& e, const RowOutput& o) {
  if (e.bias)
    add_bias<V, Count>(v, e, c);
  else
    repeat<Count>([&]<int P>() INLINE_LAMBDA { v[P] = symmetric<V>(v[P]); });
  if (o.residual) add_residual<V, Count>(v, e, o.residual + pixel * o.residual_step + c, o.residual_step);
  if (o.raw) {
    const ptrdiff_t step = o.raw_step;
    int16_t* raw = o.raw + pixel * step + c;
    repeat<Count>([&]<int P>() INLINE_LAMBDA { V::store(raw + P * step, v[P]); });
  }
  activate<V, Count>(v, e, c);
  const ptrdiff_t step = o.out_step;
  int16_t* out = o.out + pixel * step + c;
  repeat<Count>([&]<int P>() INLINE_LAMBDA { V::store(out + P * step, v[P]); });
}

// For an instruction that multiplies and adds, two sums are simply computed one after the other.
template <class One>
struct EachAlone : One {
  using One::multiply_add;
  template <class Sum, class Weights, class Pairs>
  static INLINE void multiply_add(Sum& sum0, Sum& sum1, Weights weights0, Weights weights1, Pairs pairs) {
    One::multiply_add(sum0, weights0, pairs);
    One::multiply_add(sum1, weights1, pairs);
  }
  template <class Sum, class Weights, class Pairs>
  static INLINE void multiply_add_two(Sum& sum0, Sum& sum1, Weights weights, Pairs pairs0, Pairs pairs1) {
    One::multiply_add(sum0, weights, pairs0);
    One::multiply_add(sum1, weights, pairs1);
  }
};

// Adds the products of one pair of channels to the sums of all pixels, two sums at a time, because an
// instruction should not need the result of the one before it.
template <class M, class A, int Vectors, int Pixels>
INLINE void add_products(typename A::Sum (&sums)[Pixels][Vectors], const int16_t* in, ptrdiff_t step,
                         const int16_t* weights) {
  typename A::Weights w[Vectors];
  repeat<Vectors>([&]<int V>() INLINE_LAMBDA { w[V] = A::load_weights(weights + 2 * A::kLanes * V); });
  if constexpr (Vectors == 1) {
    repeat<Pixels / 2>([&]<int P>() INLINE_LAMBDA {
      M::multiply_add_two(sums[2 * P][0], sums[2 * P + 1][0], w[0], A::broadcast(in + 2 * P * step),
                          A::broadcast(in + (2 * P + 1) * step));
    });
    if constexpr (Pixels % 2 == 1)
      M::multiply_add(sums[Pixels - 1][0], w[0], A::broadcast(in + (Pixels - 1) * step));
  } else {
    repeat<Pixels>([&]<int P>() INLINE_LAMBDA {
      const auto a = A::broadcast(in + P * step);
      repeat<Vectors / 2>([&]<int V>() INLINE_LAMBDA {
        M::multiply_add(sums[P][2 * V], sums[P][2 * V + 1], w[2 * V], w[2 * V + 1], a);
      });
      if constexpr (Vectors % 2 == 1) M::multiply_add(sums[P][Vectors - 1], w[Vectors - 1], a);
    });
  }
}

template <class M, class A, int Vectors, int Pixels>
INLINE void conv_tile(const ConvRow& row, int pixel, int block) {
  typename A::Sum sums[Pixels][Vectors];
  repeat<Vectors>([&]<int V>() INLINE_LAMBDA {
    const auto start = A::load(row.start + block + A::kLanes * V);
    repeat<Pixels>([&]<int P>() INLINE_LAMBDA { sums[P][V] = start; });
  });
  const int16_t* weights = row.weights + ptrdiff_t{block} * row.weights_per_channel;
  const ptrdiff_t step = row.pixel_step;
  for (int run = 0; run < row.run_count; ++run) {
    const int16_t* in = row.runs[run] + pixel * step;
    UNROLL_4 for (int pair = row.run_pairs; pair > 0; --pair, in += 2, weights += 2 * A::kLanes * Vectors)
        add_products<M, A>(sums, in, step, weights);
  }
  const Epilogue& e = *row.epilogue;
  repeat<Vectors / 2>([&]<int V>() INLINE_LAMBDA {
    typename A::Pair::Vector v[Pixels];
    repeat<Pixels>([&]<int P>()
                       INLINE_LAMBDA { v[P] = A::pack(sums[P][2 * V], sums[P][2 * V + 1], e.shift); });
    finish<typename A::Pair, Pixels>(v, pixel, block + 2 * A::kLanes * V, e, row.output);
  });
  if constexpr (Vectors % 2 == 1) {
    typename A::Single::Vector v[Pixels];
    repeat<Pixels>([&]<int P>() INLINE_LAMBDA { v[P] = A::pack(sums[P][Vectors - 1], e.shift); });
    finish<typename A::Single, Pixels>(v, pixel, block + A::kLanes * (Vectors - 1), e, row.output);
  }
}

// Handles the pixels that whole tiles leave over.
template <class M, class A, int Vectors, int Pixels>
void conv_rest(const ConvRow& row, int pixel, int count, int block) {
  if constexpr (Pixels > 0) {
    if (count == Pixels)
      conv_tile<M, A, Vectors, Pixels>(row, pixel, block);
    else
      conv_rest<M, A, Vectors, Pixels - 1>(row, pixel, count, block);
  }
}

template <class M, class A, int Vectors, int Pixels>
void conv_block(const ConvRow& row, int begin, int end, int block) {
  for (; begin + Pixels <= end; begin += Pixels) conv_tile<M, A, Vectors, Pixels>(row, begin, block);
  conv_rest<M, A, Vectors, Pixels - 1>(row, begin, end - begin, block);
}

// Calls visit(begin, end, block, channels of the block) for every chunk of pixels and block of channels.
template <class Visit>
INLINE void for_blocks(const ConvRow& row, int widest, Visit visit) {
  const int chunk = row.chunk > 0 ? row.chunk : row.output.pixels;
  for (int begin = 0; begin < row.output.pixels; begin += chunk) {
    const int end = begin + chunk < row.output.pixels ? begin + chunk : row.output.pixels;
    for (int block = 0, channels = 0; block < row.channels; block += channels) {
      channels = block_channels(row.channels - block, widest);
      visit(begin, end, block, channels);
    }
  }
}

template <class M, class V, int Pixels>
INLINE void depthwise_tile(const DepthwiseRow& row, int pixel, int block) {
  const int count = row.tap_count;
  typename V::Vector v[Pixels];
  repeat<Pixels>([&]<int P>() INLINE_LAMBDA {
    const ptrdiff_t at = (pixel + P) * row.pixel_step + block;
    const int16_t* weights = row.weights + ptrdiff_t{block} * ((count + 1) / 2) * 2;
    auto low = V::load_sums(row.start + block), high = V::load_sums(row.start + block + V::kChannels / 2);
    for (int tap = 0; tap < count; tap += 2, weights += 2 * V::kChannels) {
      const auto a = V::load(row.taps[tap] + at);
      const auto b = tap + 1 < count ? V::load(row.taps[tap + 1] + at) : V::all(0);
      low = M::sum_of(low, V::load(weights), V::interleave_low(a, b));
      high = M::sum_of(high, V::load(weights + V::kChannels), V::interleave_high(a, b));
    }
    v[P] = V::pack(low, high, row.epilogue->shift);
  });
  finish<V, Pixels>(v, pixel, block, *row.epilogue, row.output);
}

// Two halves of channels: of an interleaved pair of pixels, of sums, or of the weights for a pair.
template <class V>
struct Halves {
  typename V::Vector low, high;
};
template <class V>
INLINE Halves<V> interleave(typename V::Vector a, typename V::Vector b) {
  return {V::interleave_low(a, b), V::interleave_high(a, b)};
}
template <class M, class V>
INLINE Halves<V> sum_of(const Halves<V>& sums, const Halves<V>& weights, const Halves<V>& pairs) {
  return {M::sum_of(sums.low, weights.low, pairs.low), M::sum_of(sums.high, weights.high, pairs.high)};
}
template <class V>
INLINE typename V::Vector pack(const Halves<V>& sums, int shift) {
  return V::pack(sums.low, sums.high, shift);
}

// Three taps a, b, c with their weights in registers, in pairs; the partner of c has the weight zero.
template <class M, class V>
struct ThreeTaps {
  explicit INLINE ThreeTaps(const DepthwiseRow& row, int block)
      : start{V::load_sums(row.start + block), V::load_sums(row.start + block + V::kChannels / 2)} {
    const int16_t* weights = row.weights + ptrdiff_t{block} * 4;
    ab = {V::load(weights), V::load(weights + V::kChannels)};
    c0 = {V::load(weights + 2 * V::kChannels), V::load(weights + 3 * V::kChannels)};
    zero_a = {V::upper(ab.low), V::upper(ab.high)};
    bc = {V::either(V::lower(ab.low), V::upper(c0.low)), V::either(V::lower(ab.high), V::upper(c0.high))};
  }
  // Computes two neighbours that share the pairs of pixels (0, 1) and (2, 3): one from 0, 1, 2 and one from
  // 1, 2, 3.
  INLINE void neighbours(const Halves<V>& first, const Halves<V>& second, typename V::Vector* v,
                         int shift) const {
    v[0] = pack<V>(sum_of<M, V>(sum_of<M, V>(start, ab, first), c0, second), shift);
    v[1] = pack<V>(sum_of<M, V>(sum_of<M, V>(start, zero_a, first), bc, second), shift);
  }
  INLINE typename V::Vector one(typename V::Vector a, typename V::Vector b, typename V::Vector c,
                                int shift) const {
    const auto first = sum_of<M, V>(start, ab, interleave<V>(a, b));
    return pack<V>(sum_of<M, V>(first, c0, interleave<V>(c, V::all(0))), shift);
  }

  Halves<V> start, ab, c0, zero_a, bc;
};

// How the pixels of a depthwise convolution end. Most only saturate, some add a bias before, which then stays
// in registers.
template <class V>
struct Saturate {
  INLINE Saturate(const Epilogue&, int) {}
  template <int Count>
  INLINE void finish(typename V::Vector (&v)[Count], int pixel, int c, const Epilogue&,
                     const RowOutput& o) const {
    int16_t* out = o.out + pixel * o.out_step + c;
    repeat<Count>([&]<int P>() INLINE_LAMBDA { V::store(out + P * o.out_step, symmetric<V>(v[P])); });
  }
};

template <class V>
struct AddBias {
  INLINE AddBias(const Epilogue& e, int c)
      : bias(V::load(e.bias + c)), low(symmetric<V>(V::adds(bias, V::all(-32767)))) {}
  template <int Count>
  INLINE void finish(typename V::Vector (&v)[Count], int pixel, int c, const Epilogue&,
                     const RowOutput& o) const {
    int16_t* out = o.out + pixel * o.out_step + c;
    repeat<Count>([&]<int P>()
                      INLINE_LAMBDA { V::store(out + P * o.out_step, V::max(V::adds(v[P], bias), low)); });
  }
  typename V::Vector bias, low;
};

template <class V>
struct FinishAny {
  INLINE FinishAny(const Epilogue&, int) {}
  template <int Count>
  INLINE void finish(typename V::Vector (&v)[Count], int pixel, int c, const Epilogue& e,
                     const RowOutput& o) const {
    nn::finish<V, Count>(v, pixel, c, e, o);
  }
};

template <class M, class V, class Finish>
INLINE void depthwise3_pixel(const DepthwiseRow& row, const ThreeTaps<M, V>& taps, const Finish& end,
                             int pixel, int block) {
  const ptrdiff_t at = pixel * row.pixel_step + block;
  typename V::Vector v[1] = {taps.one(V::load(row.taps[0] + at), V::load(row.taps[1] + at),
                                      V::load(row.taps[2] + at), row.epilogue->shift)};
  end.finish(v, pixel, block, *row.epilogue, row.output);
}

// Handles three taps side by side: two pixels at a time share what they read with each other and with the
// next two.
template <class M, class V, class Finish>
void depthwise1x3_block(const DepthwiseRow& row, int block) {
  const ThreeTaps<M, V> taps(row, block);
  const ptrdiff_t step = row.pixel_step;
  const int16_t* in = row.taps[0] + block;
  const Epilogue e = *row.epilogue;
  const Finish end(e, block);
  const RowOutput o = row.output;
  int pixel = 0;
  auto first = interleave<V>(V::load(in), V::load(in + step));
  for (; pixel + 2 <= o.pixels; pixel += 2) {
    in += 2 * step;
    const auto second = interleave<V>(V::load(in), V::load(in + step));
    typename V::Vector v[2];
    taps.neighbours(first, second, v, e.shift);
    end.finish(v, pixel, block, e, o);
    first = second;
  }
  if (pixel < o.pixels) depthwise3_pixel<M, V>(row, taps, end, pixel, block);
}

template <class M, class V, class Finish>
void depthwise3_block(const DepthwiseRow& row, int block) {
  const ThreeTaps<M, V> taps(row, block);
  const ptrdiff_t step = row.pixel_step;
  const int16_t *a = row.taps[0] + block, *b = row.taps[1] + block, *c = row.taps[2] + block;
  const Epilogue e = *row.epilogue;
  const Finish end(e, block);
  const RowOutput o = row.output;
  int pixel = 0;
  for (; pixel + 4 <= o.pixels; pixel += 4, a += 4 * step, b += 4 * step, c += 4 * step) {
    typename V::Vector v[4];
    repeat<4>([&]<int P>() INLINE_LAMBDA {
      v[P] = taps.one(V::load(a + P * step), V::load(b + P * step), V::load(c + P * step), e.shift);
    });
    end.finish(v, pixel, block, e, o);
  }
  for (; pixel < o.pixels; ++pixel) depthwise3_pixel<M, V>(row, taps, end, pixel, block);
}

template <class M, class V, class Finish>
INLINE void depthwise3(const DepthwiseRow& row, int block) {
  const ptrdiff_t step = row.pixel_step;
  if (row.taps[1] - row.taps[0] == step && row.taps[2] - row.taps[1] == step)
    depthwise1x3_block<M, V, Finish>(row, block);
  else
    depthwise3_block<M, V, Finish>(row, block);
}

template <class M, class V>
void depthwise_block(const DepthwiseRow& row, int block) {
  if (row.tap_count == 3) {
    const RowOutput& o = row.output;
    const Epilogue& e = *row.epilogue;
    if (o.residual || o.raw || e.activation != Activation::none || e.bias_shift)
      return depthwise3<M, V, FinishAny<V>>(row, block);
    return e.bias ? depthwise3<M, V, AddBias<V>>(row, block) : depthwise3<M, V, Saturate<V>>(row, block);
  }
  int pixel = 0;
  for (; pixel + 4 <= row.output.pixels; pixel += 4) depthwise_tile<M, V, 4>(row, pixel, block);
  for (; pixel < row.output.pixels; ++pixel) depthwise_tile<M, V, 1>(row, pixel, block);
}

// Lanes of sums hold the channels that interleaving leaves there and packing takes from there, 128 bits by
// 128 bits: of each group that one vector V packs, the first half of the lanes comes from the low halves.
INLINE int lane_in_group(int group, int lane) {
  const int half = group / 2;
  return lane % half / 4 * 8 + lane / half * 4 + lane % 4;
}

}  // namespace
}  // namespace inloop::nn
