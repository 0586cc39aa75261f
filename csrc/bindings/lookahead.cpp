// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include "bindings/register.h"
#include "lookahead/lowres_picture.h"
#include "lookahead/lowres_search.h"
#include "lookahead/propagation.h"
#include "lookahead/texture.h"

namespace py = pybind11;

namespace inloop::bindings {
namespace {

using namespace lookahead;
using PicturePointer = std::shared_ptr<const LowresPicture>;
template <class T>
using Dense = py::array_t<T, py::array::c_style>;

// Returns a two-dimensional view of T samples; the caller keeps the array alive.
template <class T>
PlaneView<const T> view_of(const py::array& array) {
  constexpr auto kItem = static_cast<py::ssize_t>(sizeof(T));
  if (!py::isinstance<py::array_t<T>>(array) || array.ndim() != 2 || array.strides(1) != kItem ||
      array.strides(0) % kItem || array.shape(0) > kMaxSize || array.shape(1) > kMaxSize) {
    raise_if_error(Status::config("planes must be two-dimensional, of one type, with contiguous rows"));
  }
  return {static_cast<const T*>(array.data()), array.strides(0) / kItem, static_cast<int>(array.shape(1)),
          static_cast<int>(array.shape(0))};
}

// What the lookahead knows of a single picture.
struct AnalysedPicture {
  PicturePointer picture;
  Texture texture;

  py::ssize_t rows() const { return picture->blocks_y(); }
  py::ssize_t columns() const { return picture->blocks_x(); }

  template <class T>
  Dense<T> grid(const std::vector<T>& values) const {
    return Dense<T>({rows(), columns()}, values.data());
  }
  template <class T>
  const T* require_grid(const Dense<T>& array, const char* name) const {
    if (array.ndim() != 2 || array.shape(0) != rows() || array.shape(1) != columns()) {
      raise_if_error(Status::config(std::string(name) + " does not have a value a block"));
    }
    return array.data();
  }
  // Vectors are int16 arrays of shape (rows, columns, 2) with x, then y.
  const Vector* require_vectors(const Dense<int16_t>& array) const {
    if (array.ndim() != 3 || array.shape(0) != rows() || array.shape(1) != columns() || array.shape(2) != 2) {
      raise_if_error(Status::config("vectors must have the shape (rows, columns, 2) of the blocks"));
    }
    static_assert(sizeof(Vector) == 2 * sizeof(int16_t));
    return reinterpret_cast<const Vector*>(array.data());
  }
};

template <class T>
AnalysedPicture analyse_planes(const py::sequence& planes, int bit_depth) {
  PlaneView<const T> views[3];
  for (size_t c = 0; c < 3; ++c) views[c] = view_of<T>(planes[c].cast<py::array>());
  const Isa isa = checked_isa();
  AnalysedPicture out;
  Status status;
  {
    py::gil_scoped_release unlocked;  // the caller holds the planes during the call
    status = LowresPicture::create<T>(views[0], bit_depth, isa, out.picture);
    if (status.ok()) status = measure_texture<T>(views, bit_depth, out.texture);
  }
  raise_if_error(status);
  return out;
}

AnalysedPicture analyse(const py::sequence& planes, int bit_depth) {
  if (planes.size() != 3) raise_if_error(Status::config("three planes (Y, Cb, Cr) are needed"));
  const bool bytes = py::isinstance<py::array_t<uint8_t>>(planes[0]);
  return bytes ? analyse_planes<uint8_t>(planes, bit_depth) : analyse_planes<uint16_t>(planes, bit_depth);
}

py::array lowres_plane(const AnalysedPicture& self) {
  const LowresPicture& picture = *self.picture;
  py::array_t<uint8_t> plane({picture.height(), picture.width()});
  for (int y = 0; y < picture.height(); ++y) {
    std::copy_n(picture.at(0, y), picture.width(), plane.mutable_data(y));
  }
  return plane;
}

py::tuple search(const AnalysedPicture& self, const AnalysedPicture& reference,
                 const std::vector<Dense<int16_t>>& hints) {
  std::vector<const Vector*> hint_fields;
  for (const auto& hint : hints) hint_fields.push_back(self.require_vectors(hint));
  MotionField field;
  Status status;
  {
    py::gil_scoped_release unlocked;  // the pictures are immutable, and `hints` holds the arrays
    status = search_motion(*self.picture, *reference.picture, hint_fields, field);
  }
  raise_if_error(status);
  const auto* vectors = reinterpret_cast<const int16_t*>(field.vectors.data());
  return py::make_tuple(self.grid(field.costs),
                        Dense<int16_t>({self.rows(), self.columns(), py::ssize_t{2}}, vectors));
}

Dense<int32_t> bi_costs(const AnalysedPicture& self, const AnalysedPicture& first,
                        const Dense<int16_t>& first_vectors, const AnalysedPicture& second,
                        const Dense<int16_t>& second_vectors) {
  const Vector* a = self.require_vectors(first_vectors);
  const Vector* b = self.require_vectors(second_vectors);
  std::vector<int32_t> costs;
  Status status;
  {
    py::gil_scoped_release unlocked;  // safe for the same reasons as in search()
    status = bi_prediction_costs(*self.picture, *first.picture, a, *second.picture, b, costs);
  }
  raise_if_error(status);
  return self.grid(costs);
}

// Runs propagate() on the arrays of one call and changes `targets` in place.
void propagate_costs(const AnalysedPicture& self, const Dense<int64_t>& carried, const Dense<int32_t>& own,
                     const Dense<int32_t>& share, const Dense<uint8_t>& references,
                     const std::vector<Dense<int16_t>>& vectors, std::vector<py::array> targets) {
  PredictedBlocks blocks;
  blocks.columns = static_cast<int>(self.columns());
  blocks.rows = static_cast<int>(self.rows());
  blocks.carried = self.require_grid(carried, "carried");
  blocks.own = self.require_grid(own, "own");
  blocks.share = self.require_grid(share, "share");
  blocks.references = self.require_grid(references, "references");
  if (vectors.size() != targets.size() || vectors.empty() || vectors.size() > 2) {
    raise_if_error(Status::config("one or two references, each with its vectors and its target"));
  }
  for (size_t list = 0; list < vectors.size(); ++list) {
    blocks.vectors[list] = self.require_vectors(vectors[list]);
    if (!py::isinstance<Dense<int64_t>>(targets[list])) {
      raise_if_error(Status::config("targets must be contiguous int64 arrays"));
    }
    auto target = py::reinterpret_borrow<Dense<int64_t>>(targets[list]);
    self.require_grid(target, "target");
    blocks.targets[list] = target.mutable_data();
  }
  const uint8_t known = vectors.size() == 2 ? 3 : 1;
  for (py::ssize_t i = 0; i < references.size(); ++i) {
    if (blocks.references[i] & ~known)
      raise_if_error(Status::config("references names one that is not given"));
  }
  for (py::ssize_t i = 0; i < own.size(); ++i) {
    if (blocks.own[i] < 0) raise_if_error(Status::config("importance must be 0 or more"));
    if (blocks.share[i] < 0 || blocks.share[i] > kWholeShare) {
      raise_if_error(Status::config("shares are 0 to " + std::to_string(kWholeShare)));
    }
  }
  // The arguments hold the arrays; no other thread may write them meanwhile.
  py::gil_scoped_release unlocked;
  propagate(blocks);
}

}  // namespace

void register_lookahead(py::module_& module) {
  using namespace py::literals;
  py::class_<AnalysedPicture>(module, "AnalysedPicture")
      .def(py::init(&analyse), "planes"_a, "bit_depth"_a)
      .def_property_readonly("lowres", &lowres_plane)
      .def_property_readonly(
          "intra_costs", [](const AnalysedPicture& self) { return self.grid(self.picture->intra_costs()); })
      .def_property_readonly("energy",
                             [](const AnalysedPicture& self) { return self.grid(self.texture.energy); })
      .def_property_readonly("details",
                             [](const AnalysedPicture& self) { return self.grid(self.texture.details); })
      .def("search", &search, "reference"_a, "hints"_a = std::vector<Dense<int16_t>>{})
      .def("bi_costs", &bi_costs, "first"_a, "first_vectors"_a, "second"_a, "second_vectors"_a)
      .def("propagate", &propagate_costs, "carried"_a, "own"_a, "share"_a, "references"_a, "vectors"_a,
           "targets"_a);
}

}  // namespace inloop::bindings
