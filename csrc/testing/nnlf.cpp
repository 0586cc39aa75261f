// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include <pybind11/numpy.h>
#include <pybind11/stl.h>

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "bindings/nnlf_arrays.h"
#include "bindings/support.h"
#include "nnlf/apply/blend.h"
#include "nnlf/apply/picture_filter.h"
#include "nnlf/contract/features.h"
#include "nnlf/kernels/table.h"
#include "testing/register.h"

namespace py = pybind11;

namespace inloop::testing {
namespace {

using Samples = py::array_t<uint16_t, py::array::c_style>;
using Numbers = py::array_t<int16_t, py::array::c_style>;

void require(bool condition) {
  if (!condition) throw py::value_error("sizes do not match");
}

void pack_row(const std::string& isa, const Samples& top, const Samples& bottom, const Samples& cb,
              const Samples& cr, int luma_shift, int chroma_shift, Numbers out) {
  const auto width = cb.size();
  require(cr.size() == width && top.size() == 2 * width && bottom.size() == 2 * width);
  require(out.size() >= 6 * width);
  nnlf::kernels(bindings::isa_named(isa))
      .pack_row(top.data(), bottom.data(), cb.data(), cr.data(), static_cast<int>(width), luma_shift,
                chroma_shift, out.mutable_data());
}

// The planes have 4 rows of luma and 2 of chroma. Those of `signal` may be wider than the blocks.
void residual_row(const std::string& isa, const Numbers& coefficients, int quantizer, int shift,
                  const std::array<Samples, 3>& rec, std::array<Samples, 3> signal) {
  nnlf::ResidualRow row{};
  row.coefficients = coefficients.data();
  row.blocks = static_cast<int>(coefficients.size() / 24);
  row.quantizer = quantizer;
  row.shift = shift;
  require(row.blocks % 2 == 0 && coefficients.size() % 24 == 0);
  for (size_t c = 0; c < 3; ++c) {
    const py::ssize_t side = c ? 2 : 4;
    require(rec[c].ndim() == 2 && signal[c].ndim() == 2);
    require(rec[c].shape(0) == side && rec[c].shape(1) >= side * row.blocks);
    require(signal[c].shape(0) == side && signal[c].shape(1) >= side * row.blocks);
    row.rec[c] = rec[c].data();
    row.rec_stride[c] = rec[c].shape(1);
    row.signal[c] = signal[c].mutable_data();
    row.signal_stride[c] = signal[c].shape(1);
  }
  nnlf::kernels(bindings::isa_named(isa)).residual_row(row);
}

void blend_row(const std::string& isa, const Samples& dbf, const Samples& signal, int scale, int bit_depth,
               Samples out) {
  require(signal.size() == dbf.size() && out.size() >= dbf.size());
  nnlf::kernels(bindings::isa_named(isa))
      .blend_row(dbf.data(), signal.data(), static_cast<int>(dbf.size()), scale, bit_depth,
                 out.mutable_data());
}

std::array<int64_t, 3> sums_row(const std::string& isa, const Samples& dbf, const Samples& signal,
                                const Samples& original, int bit_depth) {
  require(signal.size() == dbf.size() && original.size() == dbf.size());
  std::array<int64_t, 3> sums{};
  nnlf::kernels(bindings::isa_named(isa))
      .sums_row(dbf.data(), signal.data(), original.data(), static_cast<int>(dbf.size()), bit_depth,
                sums.data());
  return sums;
}

// Packs one input of the network as the filter does for a block.
py::array_t<int16_t> pack_feature(const py::object& coded, const std::string& name, int block, int qp_base,
                                  int q, int block_size) {
  const nnlf::CodedPicture picture = bindings::coded_picture(coded);
  const auto feature = nnlf::feature_of(name);
  const nnlf::BlockGrid grid = bindings::block_grid(picture, block_size);
  if (!feature || block < 0 || block >= grid.count()) {
    bindings::raise_if_error(Status::config("no such feature or block"));
  }
  const nnlf::Block b = grid.at(block);
  py::array_t<int16_t> out({b.input_height(), b.input_width(), nnlf::feature_channels(*feature)});
  nnlf::pack_feature(nnlf::kernels(bindings::checked_isa()), *feature, picture, b, qp_base, q,
                     out.mutable_data());
  return out;
}

// Returns planes with the reconstruction plus what the network's output for one block adds to it, and zeros
// elsewhere.
py::tuple add_residual(const py::object& coded, int block,
                       const py::array_t<int16_t, py::array::c_style>& output, int margin, int q,
                       int block_size) {
  const nnlf::CodedPicture picture = bindings::coded_picture(coded);
  const nnlf::BlockGrid grid = bindings::block_grid(picture, block_size);
  bindings::PlaneTuple signal = bindings::make_planes(picture.width(), picture.height());
  for (bindings::SampleArray& plane : signal) std::fill_n(plane.mutable_data(), plane.size(), Sample{0});
  nnlf::add_residual(nnlf::kernels(bindings::checked_isa()),
                     {output.data(), static_cast<int>(output.shape(1)), margin, q},
                     nnlf::crop(picture.rec, grid.at(block)), picture.bit_depth,
                     nnlf::crop(bindings::mutable_views(signal), grid.at(block)));
  return bindings::to_tuple(signal);
}

// Blends any signals as the parameters say.
py::tuple blend(const py::object& coded, const nnlf::PictureParameters& parameters,
                const std::vector<py::sequence>& signals) {
  const nnlf::CodedPicture picture = bindings::coded_picture(coded);
  std::array<nnlf::ConstPlanes, nnlf::kMaxCandidates> views;
  for (size_t i = 0; i < static_cast<size_t>(parameters.candidates); ++i) {
    views[i] = bindings::planes_of(signals.at(i), "signal", picture.width(), picture.height());
  }
  bindings::PlaneTuple filtered = bindings::make_planes(picture.width(), picture.height());
  const nnlf::MutablePlanes out = bindings::mutable_views(filtered);
  nnlf::copy(picture.dbf, out);
  const nnlf::BlockPlan plan = nnlf::plan_blocks(picture, parameters);
  for (int i = 0; i < plan.grid.count(); ++i) {
    const int choice = plan.choice[static_cast<size_t>(i)];
    if (choice == 0) continue;
    const nnlf::Block block = plan.grid.at(i);
    nnlf::blend(nnlf::kernels(bindings::checked_isa()), nnlf::crop(picture.dbf, block),
                nnlf::crop(views[static_cast<size_t>(choice - 1)], block), plan.scale, picture.bit_depth,
                nnlf::crop(out, block));
  }
  return bindings::to_tuple(filtered);
}

// Returns the sums of every block for any signal.
py::array_t<int64_t> block_sums(const py::object& coded, const py::sequence& signal,
                                const py::sequence& original, int block_size) {
  const nnlf::CodedPicture picture = bindings::coded_picture(coded);
  const auto signal_planes = bindings::planes_of(signal, "signal", picture.width(), picture.height());
  const auto original_planes = bindings::planes_of(original, "original", picture.width(), picture.height());
  const nnlf::BlockGrid grid = bindings::block_grid(picture, block_size);
  py::array_t<int64_t> result({grid.count(), 3, 3});
  int64_t* out = result.mutable_data();
  for (int i = 0; i < grid.count(); ++i) {
    const nnlf::Block block = grid.at(i);
    for (const nnlf::BlendSums& s : nnlf::blend_sums(
             nnlf::kernels(bindings::checked_isa()), nnlf::crop(picture.dbf, block),
             nnlf::crop(signal_planes, block), nnlf::crop(original_planes, block), picture.bit_depth)) {
      out = std::copy(s.begin(), s.end(), out);
    }
  }
  return result;
}

}  // namespace

void register_nnlf(py::module_& module) {
  module.def("filter_pack_row", &pack_row);
  module.def("filter_residual_row", &residual_row);
  module.def("filter_blend_row", &blend_row);
  module.def("filter_sums_row", &sums_row);
  module.def("filter_pack_feature", &pack_feature, py::arg("coded"), py::arg("name"), py::arg("block"),
             py::arg("qp_base"), py::arg("q"), py::arg("block_size") = nnlf::kBlockSize);
  module.def("filter_add_residual", &add_residual, py::arg("coded"), py::arg("block"), py::arg("output"),
             py::arg("margin"), py::arg("q"), py::arg("block_size") = nnlf::kBlockSize);
  module.def("filter_blend", &blend, py::arg("coded"), py::arg("parameters"), py::arg("signals"));
  module.def("filter_sums", &block_sums, py::arg("coded"), py::arg("signal"), py::arg("original"),
             py::arg("block_size") = nnlf::kBlockSize);
}

}  // namespace inloop::testing
