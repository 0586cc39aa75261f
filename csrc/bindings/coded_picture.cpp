// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "bindings/coded_picture.h"

#include <algorithm>

#include "bindings/register.h"
#include "hybrid/filter_view.h"

namespace py = pybind11;

namespace inloop::bindings {

using namespace inloop::hevc;

namespace {

// Makes a read-only view that keeps the owner of the plane alive.
py::array plane_view(const std::shared_ptr<const void>& owner, const Plane<Sample>& plane, int width,
                     int height) {
  py::array view(py::dtype::of<uint16_t>(), {height, width},
                 {static_cast<py::ssize_t>(plane.stride() * 2), py::ssize_t{2}}, plane.row(0),
                 owner_of<void>(owner));
  view.attr("setflags")(py::arg("write") = false);
  return view;
}

template <class T>
py::array cell_view(const std::shared_ptr<const Picture>& picture, const Grid<T>& cells) {
  py::array view(py::dtype::of<T>(), {picture->height() / 4, picture->width() / 4},
                 {static_cast<py::ssize_t>(picture->cell_stride()) * static_cast<py::ssize_t>(sizeof(T)),
                  static_cast<py::ssize_t>(sizeof(T))},
                 cells.data(), owner_of<Picture>(picture));
  view.attr("setflags")(py::arg("write") = false);
  return view;
}

py::array prediction_types(const Picture& picture) {
  hybrid::FilterView filter_view(picture, picture.rec);
  filter_view.fill(picture.height());
  const PlaneView<const uint8_t> map = filter_view.get().pred_type;
  py::array_t<uint8_t> types({map.height, map.width});
  for (int y = 0; y < map.height; ++y) std::copy_n(map.row(y), map.width, types.mutable_data(y, 0));
  return types;
}

// Calls use(row, column, cell) for every cell.
template <class Use>
void for_each_cell(const Picture& picture, Use use) {
  for (int y = 0; y < picture.height(); y += kCellSize) {
    for (int x = 0; x < picture.width(); x += kCellSize)
      use(y / kCellSize, x / kCellSize, picture.cell(x, y));
  }
}

py::array skip_flags(const Picture& picture) {
  py::array_t<bool> skip({picture.height() / kCellSize, picture.width() / kCellSize});
  auto out = skip.mutable_unchecked<2>();
  for_each_cell(picture, [&](int row, int column, size_t cell) {
    out(row, column) = (picture.flags[cell] & kCellSkip) != 0;
  });
  return skip;
}

// Copies the motion vectors, with zeros where a list is not used.
py::array motion_vectors(const Picture& picture) {
  py::array_t<int16_t> vectors({picture.height() / kCellSize, picture.width() / kCellSize, 2, 2});
  auto out = vectors.mutable_unchecked<4>();
  for_each_cell(picture, [&](int row, int column, size_t cell) {
    const MotionInfo& motion = picture.motion[cell];
    for (int list = 0; list < 2; ++list) {
      const Mv mv = motion.uses(list) ? motion.mv[list] : Mv{};
      out(row, column, list, 0) = mv.x;
      out(row, column, list, 1) = mv.y;
    }
  });
  return vectors;
}

py::array reference_indices(const Picture& picture) {
  py::array_t<int8_t> indices({picture.height() / kCellSize, picture.width() / kCellSize, 2});
  auto out = indices.mutable_unchecked<3>();
  for_each_cell(picture, [&](int row, int column, size_t cell) {
    const bool inter = picture.pred_mode[cell] == PredMode::inter;
    for (int list = 0; list < 2; ++list) {
      out(row, column, list) = inter ? picture.motion[cell].ref_idx[list] : int8_t{-1};
    }
  });
  return indices;
}

void raise_not_kept() {
  raise_if_error(Status::config("the picture was analysed without keep_filter_inputs"));
}

}  // namespace

const char* slice_type_name(SliceType type) {
  return type == SliceType::i ? "I" : type == SliceType::p ? "P" : "B";
}

py::tuple frame_views(const std::shared_ptr<const void>& owner, const Frame& frame, int width, int height) {
  return py::make_tuple(plane_view(owner, frame.planes[0], width, height),
                        plane_view(owner, frame.planes[1], width / 2, height / 2),
                        plane_view(owner, frame.planes[2], width / 2, height / 2));
}

py::tuple CodedPicture::views(const Frame& frame) const {
  if (frame.empty()) raise_not_kept();
  return frame_views(picture, frame, picture->width(), picture->height());
}

FilterPicture CodedPicture::filter_picture() const {
  if (picture->pred.empty()) raise_not_kept();
  struct Memory {
    explicit Memory(const std::shared_ptr<const Picture>& p) : picture(p), view(*p, p->rec) {}
    std::shared_ptr<const Picture> picture;
    hybrid::FilterView view;
  };
  const auto memory = std::make_shared<Memory>(picture);
  memory->view.fill(picture->height());
  return {memory->view.get(), memory};
}

void register_coded_picture(py::module_& module) {
  py::class_<CodedPicture>(module, "CodedPicture")
      .def_property_readonly("rec", [](const CodedPicture& p) { return p.views(p.picture->rec_unfiltered); })
      .def_property_readonly("dbf", [](const CodedPicture& p) { return p.views(p.picture->rec); })
      .def_property_readonly("pred", [](const CodedPicture& p) { return p.views(p.picture->pred); })
      .def_property_readonly("bs_ver",
                             [](const CodedPicture& p) { return cell_view(p.picture, p.picture->bs_ver); })
      .def_property_readonly("bs_hor",
                             [](const CodedPicture& p) { return cell_view(p.picture, p.picture->bs_hor); })
      .def_property_readonly("qp",
                             [](const CodedPicture& p) { return cell_view(p.picture, p.picture->qp_y); })
      .def_property_readonly("pred_type", [](const CodedPicture& p) { return prediction_types(*p.picture); })
      .def("filter_picture", &CodedPicture::filter_picture)
      .def_property_readonly("skip", [](const CodedPicture& p) { return skip_flags(*p.picture); })
      .def_property_readonly("cu_depth",
                             [](const CodedPicture& p) { return cell_view(p.picture, p.picture->cqt_depth); })
      .def_property_readonly(
          "intra_mode", [](const CodedPicture& p) { return cell_view(p.picture, p.picture->intra_mode); })
      .def_property_readonly("mv", [](const CodedPicture& p) { return motion_vectors(*p.picture); })
      .def_property_readonly("ref_idx", [](const CodedPicture& p) { return reference_indices(*p.picture); })
      .def_property_readonly("slice_qp", [](const CodedPicture& p) { return p.slice().slice_qp; })
      .def_property_readonly("slice_type",
                             [](const CodedPicture& p) { return slice_type_name(p.slice().slice_type); })
      .def_property_readonly("irap", [](const CodedPicture& p) { return is_irap(p.slice().nal_type); })
      .def_property_readonly("rasl", [](const CodedPicture& p) { return is_rasl(p.slice().nal_type); })
      .def_property_readonly("temporal_id", [](const CodedPicture& p) { return p.slice().temporal_id; })
      .def_property_readonly("poc", [](const CodedPicture& p) { return p.picture->poc; })
      .def_property_readonly("bit_depth",
                             [](const CodedPicture& p) { return p.picture->sps().bit_depth_luma; });
}

}  // namespace inloop::bindings
