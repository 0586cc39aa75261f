// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <cstdint>

#include "base/plane.h"

namespace inloop::video {

// How much coarser the chroma planes are sampled than luma.
enum class ChromaFormat : uint8_t { yuv420, yuv444 };

// Returns the bits by which the size of a chroma plane is shifted against luma, in both directions.
constexpr int chroma_shift(ChromaFormat format) { return format == ChromaFormat::yuv420 ? 1 : 0; }

// The planes Y, Cb, Cr (or R, G, B) of a picture or of a part of one, in memory that somebody else owns.
template <class T>
using PlaneViews = std::array<PlaneView<T>, 3>;
using ConstPlanes = PlaneViews<const Sample>;
using MutablePlanes = PlaneViews<Sample>;

// The samples of a picture, in three planes that it owns. Samples have 16 bits at every bit depth; the frame
// does not know the depth.
struct Frame {
  Plane<Sample> planes[3];
  ChromaFormat chroma = ChromaFormat::yuv420;

  Frame() = default;
  // width and height are in luma samples and must be even where chroma is coarser.
  Frame(int width, int height, ChromaFormat format = ChromaFormat::yuv420)
      : planes{Plane<Sample>(width, height),
               Plane<Sample>(width >> chroma_shift(format), height >> chroma_shift(format)),
               Plane<Sample>(width >> chroma_shift(format), height >> chroma_shift(format))},
        chroma(format) {}

  int width() const { return planes[0].width(); }
  int height() const { return planes[0].height(); }
  bool empty() const { return planes[0].width() == 0; }
  ConstPlanes views() const { return {planes[0].view(), planes[1].view(), planes[2].view()}; }
  MutablePlanes views() { return {planes[0].view(), planes[1].view(), planes[2].view()}; }
  // `other` must have the same size and format.
  void copy_from(const Frame& other) {
    for (int c = 0; c < 3; ++c) planes[c].copy_from(other.planes[c]);
  }
};

}  // namespace inloop::video
