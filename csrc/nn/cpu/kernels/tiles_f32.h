// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "nn/cpu/kernels/table.h"
#include "nn/cpu/kernels/tiles_unroll.h"

// The float32 kernels, written over the vectors of an isa. Only the files of one isa include this, and all of
// it is in their anonymous namespaces, so that the linker cannot take code compiled for one isa for another.
//
// A class V of vectors has Vector, kLanes, zero, load, store, broadcast, add, multiply_add and activate.
namespace inloop::nn {
namespace {

template <class V, Activation Kind, int Pixels>
INLINE void activate_and_store(typename V::Vector (&v)[Pixels], int pixel, int c, const EpilogueF32& e,
                               const RowOutputF32& o) {
  const auto constants = V::template constants<Kind>(e, c);
  const ptrdiff_t step = o.out_step;
  float* out = o.out + pixel * step + c;
  repeat<Pixels>(
      [&]<int P>() INLINE_LAMBDA { V::store(out + P * step, V::template activate<Kind>(v[P], constants)); });
}

// Does everything after the sums for `Pixels` pixels, with channels from c on. It goes stage by stage over
// all pixels, so that every choice is made once.
template <class V, int Pixels>
INLINE void finish(typename V::Vector (&v)[Pixels], int pixel, int c, const EpilogueF32& e,
                   const RowOutputF32& o) {
  if (e.bias) {
    const auto bias = V::load(e.bias + c);
    repeat<Pixels>([&]<int P>() INLINE_LAMBDA { v[P] = V::add(v[P], bias); });
  }
  if (o.residual) {
    const ptrdiff_t step = o.residual_step;
    const float* residual = o.residual + pixel * step + c;
    repeat<Pixels>([&]<int P>() INLINE_LAMBDA { v[P] = V::add(v[P], V::load(residual + P * step)); });
  }
  if (o.raw) {
    const ptrdiff_t step = o.raw_step;
    float* raw = o.raw + pixel * step + c;
    repeat<Pixels>([&]<int P>() INLINE_LAMBDA { V::store(raw + P * step, v[P]); });
  }
  switch (e.activation) {
    case Activation::none:
      return activate_and_store<V, Activation::none, Pixels>(v, pixel, c, e, o);
    case Activation::relu:
      return activate_and_store<V, Activation::relu, Pixels>(v, pixel, c, e, o);
    case Activation::clip:
      return activate_and_store<V, Activation::clip, Pixels>(v, pixel, c, e, o);
    default:
      return activate_and_store<V, Activation::prelu, Pixels>(v, pixel, c, e, o);
  }
}

template <class V, int Vectors, int Pixels>
void conv_tile(const ConvRowF32& row, int pixel, int block) {
  typename V::Vector sums[Vectors][Pixels];
  repeat<Vectors>(
      [&]<int I>() INLINE_LAMBDA { repeat<Pixels>([&]<int P>() INLINE_LAMBDA { sums[I][P] = V::zero(); }); });
  const float* weights = row.weights + ptrdiff_t{block} * row.run_count * row.run_length;
  const ptrdiff_t step = row.pixel_step;
  for (int run = 0; run < row.run_count; ++run) {
    const float* in = row.runs[run] + pixel * step;
    for (int i = row.run_length; i > 0; --i, ++in, weights += Vectors * V::kLanes) {
      typename V::Vector w[Vectors];
      repeat<Vectors>([&]<int I>() INLINE_LAMBDA { w[I] = V::load(weights + I * V::kLanes); });
      repeat<Pixels>([&]<int P>() INLINE_LAMBDA {
        const auto a = V::broadcast(in + P * step);
        repeat<Vectors>([&]<int I>() INLINE_LAMBDA { V::multiply_add(sums[I][P], w[I], a); });
      });
    }
  }
  repeat<Vectors>([&]<int I>() INLINE_LAMBDA {
    finish<V, Pixels>(sums[I], pixel, block + I * V::kLanes, *row.epilogue, row.output);
  });
}

// Handles the pixels that whole tiles leave over.
template <class V, int Vectors, int Pixels>
void conv_rest(const ConvRowF32& row, int pixel, int count, int block) {
  if constexpr (Pixels > 0) {
    if (count == Pixels)
      conv_tile<V, Vectors, Pixels>(row, pixel, block);
    else
      conv_rest<V, Vectors, Pixels - 1>(row, pixel, count, block);
  }
}

template <class V, int Vectors, int Pixels>
void conv_block(const ConvRowF32& row, int begin, int end, int block) {
  for (; begin + Pixels <= end; begin += Pixels) conv_tile<V, Vectors, Pixels>(row, begin, block);
  conv_rest<V, Vectors, Pixels - 1>(row, begin, end - begin, block);
}

// Taps is the number of taps if it is known, else 0.
template <class V, int Taps, int Pixels>
INLINE void depthwise_tile(const DepthwiseRowF32& row, int pixel, int block) {
  const int count = Taps ? Taps : row.tap_count;
  typename V::Vector sums[Pixels];
  repeat<Pixels>([&]<int P>() INLINE_LAMBDA { sums[P] = V::zero(); });
  const ptrdiff_t step = row.pixel_step;
  const float* weights = row.weights + ptrdiff_t{block} * count;
  for (int tap = 0; tap < count; ++tap, weights += V::kLanes) {
    const auto w = V::load(weights);
    const float* in = row.taps[tap] + pixel * step + block;
    repeat<Pixels>([&]<int P>() INLINE_LAMBDA { V::multiply_add(sums[P], w, V::load(in + P * step)); });
  }
  finish<V, Pixels>(sums, pixel, block, *row.epilogue, row.output);
}

// Computes all channels of a few pixels before the next ones, so that memory is read in its order. `Half`
// takes the last channels where they are fewer than the lanes of V.
template <class V, class Half, int Taps, int Pixels>
INLINE void depthwise_pixels(const DepthwiseRowF32& row, int pixel) {
  int block = 0;
  for (; block + V::kLanes <= row.channels; block += V::kLanes)
    depthwise_tile<V, Taps, Pixels>(row, pixel, block);
  if (block < row.channels) depthwise_tile<Half, Taps, Pixels>(row, pixel, block);
}

template <class V, class Half, int Taps>
void depthwise(const DepthwiseRowF32& row) {
  constexpr int kPixels = 6;
  int pixel = 0;
  for (; pixel + kPixels <= row.output.pixels; pixel += kPixels)
    depthwise_pixels<V, Half, Taps, kPixels>(row, pixel);
  for (; pixel < row.output.pixels; ++pixel) depthwise_pixels<V, Half, Taps, 1>(row, pixel);
}

}  // namespace
}  // namespace inloop::nn
