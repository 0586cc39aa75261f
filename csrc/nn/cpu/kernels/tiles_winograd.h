// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "nn/cpu/kernels/tiles_i16.h"

// Winograd's F(2x2, 3x3) in integers, over the vectors of tiles_i16.h: V needs sub as well, and A store, add
// and sub of sums. A tile has 2x2 results and reads 4x4 pixels; its products are those of 16 positions (row,
// column), each a 1x1 convolution of the transformed pixels.
namespace inloop::nn {
namespace {

constexpr int kPositions = 16;
// Transformed pixels lie as [position][slice of channels][tile][channel], so that the distances between tiles
// are constants.
constexpr int kSlice = 32;

// Holds one column of four pixels after the transform along it, with t = (d0 - d2, d1 + d2, d2 - d1, d1 - d3).
template <class V>
struct WinogradColumn {
  typename V::Vector t[4];
};

// Keeps the least and the largest pixel that was read.
template <class V>
struct PixelRange {
  typename V::Vector low = V::all(0), high = V::all(0);

  bool within(int limit) const {
    int16_t lows[V::kChannels], highs[V::kChannels];
    V::store(lows, low);
    V::store(highs, high);
    bool inside = true;
    for (int i = 0; i < V::kChannels; ++i) inside &= lows[i] >= -limit && highs[i] <= limit;
    return inside;
  }
};

template <class V>
INLINE WinogradColumn<V> load_column(const int16_t* const* rows, ptrdiff_t at, PixelRange<V>& range) {
  const auto d0 = V::load(rows[0] + at), d1 = V::load(rows[1] + at), d2 = V::load(rows[2] + at),
             d3 = V::load(rows[3] + at);
  range.low = V::min(range.low, V::min(V::min(d0, d1), V::min(d2, d3)));
  range.high = V::max(range.high, V::max(V::max(d0, d1), V::max(d2, d3)));
  return {{V::sub(d0, d2), V::add(d1, d2), V::sub(d2, d1), V::sub(d1, d3)}};
}

// Stores the transformed pixels and returns whether all pixels are within the limit; if they are not, what is
// stored has wrapped.
template <class V>
bool transform_pixels(const WinogradRows& row, int tile, int tiles) {
  PixelRange<V> range;
  const ptrdiff_t step = row.pixel_step, position = ptrdiff_t{kWinogradTiles} * row.in_channels;
  for (int c = 0; c < row.in_channels; c += V::kChannels) {
    ptrdiff_t at = 2 * tile * step + c;
    auto a = load_column<V>(row.rows, at, range), b = load_column<V>(row.rows, at + step, range);
    int16_t* out = row.pixels + ptrdiff_t{kWinogradTiles} * (c / kSlice * kSlice) + c % kSlice;
    for (int i = 0; i < tiles; ++i, out += kSlice) {
      at += 2 * step;
      const auto next = load_column<V>(row.rows, at, range),
                 last = load_column<V>(row.rows, at + step, range);
      repeat<4>([&]<int Y>() INLINE_LAMBDA {
        V::store(out + (4 * Y + 0) * position, V::sub(a.t[Y], next.t[Y]));
        V::store(out + (4 * Y + 1) * position, V::add(b.t[Y], next.t[Y]));
        V::store(out + (4 * Y + 2) * position, V::sub(next.t[Y], b.t[Y]));
        V::store(out + (4 * Y + 3) * position, V::sub(b.t[Y], last.t[Y]));
      });
      a = next;
      b = last;
    }
  }
  return range.within(row.limit);
}

// Computes the sums of one position, slice by slice, for `Tiles` tiles and one block of channels.
template <class M, class A, int Vectors, int Tiles>
INLINE void position_sums(const int16_t* in, int channels, const int16_t* weights, const int32_t* start,
                          int32_t* out) {
  typename A::Sum sums[Tiles][Vectors];
  repeat<Vectors>([&]<int V>() INLINE_LAMBDA {
    const auto first = A::load(start + A::kLanes * V);
    repeat<Tiles>([&]<int P>() INLINE_LAMBDA { sums[P][V] = first; });
  });
  for (; channels > 0; channels -= kSlice, in += (kWinogradTiles - 1) * kSlice)
    UNROLL_16 for (int pair = kSlice / 2; pair > 0; --pair, in += 2, weights += 2 * A::kLanes * Vectors)
        add_products<M, A>(sums, in, kSlice, weights);
  repeat<Tiles>([&]<int P>() INLINE_LAMBDA {
    repeat<Vectors>([&]<int V>()
                        INLINE_LAMBDA { A::store(out + A::kLanes * (P * Vectors + V), sums[P][V]); });
  });
}

// Computes the four times scaled results of a tile from the sums of its positions, for one vector of sums.
template <class A>
INLINE void tile_results(const int32_t* sums, ptrdiff_t position, typename A::Sum (&y)[2][2]) {
  typename A::Sum upper[4], lower[4];
  repeat<4>([&]<int X>() INLINE_LAMBDA {
    const auto m0 = A::load(sums + X * position), m1 = A::load(sums + (4 + X) * position),
               m2 = A::load(sums + (8 + X) * position), m3 = A::load(sums + (12 + X) * position);
    upper[X] = A::add(m0, A::add(m1, m2));
    lower[X] = A::sub(A::sub(m1, m2), m3);
  });
  y[0][0] = A::add(upper[0], A::add(upper[1], upper[2]));
  y[0][1] = A::sub(A::sub(upper[1], upper[2]), upper[3]);
  y[1][0] = A::add(lower[0], A::add(lower[1], lower[2]));
  y[1][1] = A::sub(A::sub(lower[1], lower[2]), lower[3]);
}

// Ends `Tiles` tiles for the channels of two vectors of sums from c on.
template <class A, int Tiles, int Vectors>
INLINE void finish_tiles(const WinogradRows& row, const int32_t* sums, int pixel, int c) {
  constexpr ptrdiff_t kTile = A::kLanes * Vectors, kPosition = kWinogradTiles * kTile;
  typename A::Pair::Vector v[2][2 * Tiles];
  repeat<Tiles>([&]<int P>() INLINE_LAMBDA {
    typename A::Sum low[2][2], high[2][2];
    tile_results<A>(sums + P * kTile, kPosition, low);
    tile_results<A>(sums + P * kTile + A::kLanes, kPosition, high);
    repeat<4>([&]<int I>() INLINE_LAMBDA {
      v[I / 2][2 * P + I % 2] = A::pack(low[I / 2][I % 2], high[I / 2][I % 2], row.epilogue->shift);
    });
  });
  finish<typename A::Pair, 2 * Tiles>(v[0], pixel, c, *row.epilogue, row.outputs[0]);
  finish<typename A::Pair, 2 * Tiles>(v[1], pixel, c, *row.epilogue, row.outputs[1]);
}

// Handles blocks of `Vectors` vectors of sums, `Tiles` tiles together. Tiles after the last one are computed
// of what the buffers hold, and not stored.
template <class M, class A, int Vectors, int Tiles>
bool winograd_rows_i16(const WinogradRows& row, int tile, int tiles) {
  constexpr int kBlock = A::kLanes * Vectors;
  if (!transform_pixels<typename A::Pair>(row, tile, tiles)) return false;
  static const int32_t zeros[kBlock] = {};
  const ptrdiff_t position_weights = ptrdiff_t{row.in_channels} * kBlock;
  for (int block = 0; block < row.channels; block += kBlock) {
    const int16_t* weights = row.weights + kPositions * position_weights * (block / kBlock);
    for (int position = 0; position < kPositions; ++position, weights += position_weights) {
      const int16_t* in = row.pixels + ptrdiff_t{position} * kWinogradTiles * row.in_channels;
      int32_t* sums = row.sums + position * kWinogradTiles * kBlock;
      // The position in the middle adds to all four results of a tile.
      const int32_t* start = position == 5 ? row.start + block : zeros;
      for (int i = 0; i < tiles; i += Tiles)
        position_sums<M, A, Vectors, Tiles>(in + i * kSlice, row.in_channels, weights, start,
                                            sums + i * kBlock);
    }
    for (int c = 0; c < kBlock; c += 2 * A::kLanes) {
      int i = 0;
      for (; i + 2 <= tiles; i += 2)
        finish_tiles<A, 2, Vectors>(row, row.sums + i * kBlock + c, 2 * (tile + i), block + c);
      if (i < tiles) finish_tiles<A, 1, Vectors>(row, row.sums + i * kBlock + c, 2 * (tile + i), block + c);
    }
  }
  return true;
}

}  // namespace
}  // namespace inloop::nn
