// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <pybind11/numpy.h>

#include <memory>
#include <utility>
#include <vector>

#include "bindings/filter_picture.h"
#include "hevc/picture/picture.h"

namespace inloop::bindings {

// What an analysed picture shows to Python between analyse() and finish().
struct CodedPicture {
  std::shared_ptr<const hevc::Picture> picture;

  const hevc::SliceHeader& slice() const { return picture->slices[0]->header; }
  // Both raise ConfigError if the picture was analysed without keep_filter_inputs.
  pybind11::tuple views(const hevc::Frame& frame) const;
  FilterPicture filter_picture() const;
};

// Makes a capsule that keeps alive what a view shows.
template <class T>
pybind11::capsule owner_of(std::shared_ptr<const T> object) {
  auto* held = new std::shared_ptr<const T>(std::move(object));
  return pybind11::capsule(held, [](void* p) { delete static_cast<std::shared_ptr<const T>*>(p); });
}

const char* slice_type_name(hevc::SliceType type);

// Makes read-only views of the top left width x height samples; they keep the owner of the frame alive.
pybind11::tuple frame_views(const std::shared_ptr<const void>& owner, const hevc::Frame& frame, int width,
                            int height);

}  // namespace inloop::bindings
