// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "nnlf/contract/coded_picture.h"

namespace inloop::nnlf {

// Planes of a picture or block that belong to themselves, for the network's signal at 14 bit.
struct Signal {
  std::array<Plane<Sample>, 3> planes;

  Signal(int width, int height)
      : planes{Plane<Sample>(width, height), Plane<Sample>(width / 2, height / 2),
               Plane<Sample>(width / 2, height / 2)} {}
  ConstPlanes views() const { return {planes[0].view(), planes[1].view(), planes[2].view()}; }
  MutablePlanes views() { return {planes[0].view(), planes[1].view(), planes[2].view()}; }
};

}  // namespace inloop::nnlf
