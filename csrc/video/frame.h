// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <cstdint>

#include "base/plane.h"

namespace inloop::video {

// How much coarser than luma the chroma planes are sampled.
enum class ChromaFormat : uint8_t { yuv420, yuv444 };

// By how many bits a chroma plane's size is shifted against luma's, in both directions.
constexpr int chroma_shift(ChromaFormat format) { return format == ChromaFormat::yuv420 ? 1 : 0; }

// The planes of a picture or of a part of one, in somebody else's memory: Y, Cb, Cr (or R, G, B).
template <class T>
using PlaneViews = std::array<PlaneView<T>, 3>;
using ConstPlanes = PlaneViews<const Sample>;
using MutablePlanes = PlaneViews<Sample>;

// A picture's samples: three planes of its own. Samples are 16 bit at every bit depth, which the frame does not know.
struct Frame {
  Plane<Sample> planes[3];
  ChromaFormat chroma = ChromaFormat::yuv420;

  Frame() = default;
  // width and height count luma samples; they are even where the chroma is coarser.
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
  // other: a frame of the same size and format.
  void copy_from(const Frame& other) {
    for (int c = 0; c < 3; ++c) planes[c].copy_from(other.planes[c]);
  }
};

}  // namespace inloop::video
