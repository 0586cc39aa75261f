// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include <string_view>

#include "hevc/block/intra_prediction.h"
#include "hevc/block/transform.h"
#include "hevc/syntax/nal_writer.h"
#include "testing/hevc.h"

namespace py = pybind11;

namespace inloop::testing {
namespace {

using namespace hevc;
using Samples = Rows<const uint16_t>;
using MutableSamples = Rows<uint16_t>;
using Values = Rows<const int16_t>;
using MutableValues = Rows<int16_t>;

// Returns the result of a distance kernel over two blocks of the same size.
template <auto kernel>
uint64_t distance(const std::string& isa, const py::array& a, const py::array& b, int repeat) {
  const Samples first(a), second(b);
  first.require_same_size(second);
  const auto function = hevc_kernels(isa).*kernel;
  uint64_t result = 0;
  for (int i = 0; i < repeat; ++i) {
    result = function(first.data, first.stride, second.data, second.stride, first.width, first.height);
  }
  return result;
}

void subtract(const std::string& isa, const py::array& residual, const py::array& a, const py::array& b,
              int repeat) {
  const MutableValues out(residual);
  const Samples first(a), second(b);
  out.require_same_size(first);
  first.require_same_size(second);
  const auto function = hevc_kernels(isa).subtract;
  for (int i = 0; i < repeat; ++i) {
    function(out.data, out.stride, first.data, first.stride, second.data, second.stride, out.width,
             out.height);
  }
}

void add_residual(const std::string& isa, const py::array& dst, const py::array& residual, int bit_depth,
                  int repeat) {
  const MutableSamples out(dst);
  const Values in(residual);
  out.require_same_size(in);
  const auto function = hevc_kernels(isa).add_residual;
  for (int i = 0; i < repeat; ++i) {
    function(out.data, out.stride, in.data, in.stride, out.width, out.height, bit_depth);
  }
}

TransformKind parse_kind(const std::string& name) {
  if (name == "dct") return TransformKind::dct;
  if (name == "dst4") return TransformKind::dst4;
  if (name == "skip") return TransformKind::skip;
  if (name == "bypass") return TransformKind::bypass;
  throw py::value_error("unknown transform '" + name + "'");
}

void test_inverse_transform(const std::string& isa, const std::string& kind, const py::array& coeffs,
                            const py::array& residual, int bit_depth, int max_x, int max_y, int repeat) {
  const Values in(coeffs);
  const MutableValues out(residual);
  in.require_same_size(out);
  const int log2_size = in.require_block();
  out.require_block();
  const TransformKind transform = parse_kind(kind);
  const KernelTable& table = hevc_kernels(isa);
  for (int i = 0; i < repeat; ++i) {
    inverse_transform(table, in.data, out.data, log2_size, transform, bit_depth, max_x, max_y);
  }
}

void test_forward_transform(const std::string& isa, const std::string& kind, const py::array& residual,
                            const py::array& coeffs, int bit_depth, int repeat) {
  const Values in(residual);
  const MutableValues out(coeffs);
  in.require_same_size(out);
  const int log2_size = in.require_block();
  out.require_block();
  const TransformKind transform = parse_kind(kind);
  const KernelTable& table = hevc_kernels(isa);
  for (int i = 0; i < repeat; ++i) {
    forward_transform(table, in.data, out.data, log2_size, transform, bit_depth);
  }
}

// Returns (count, max_x, max_y).
std::tuple<int, int, int> quantize(const std::string& isa, const py::array& coeffs, const py::array& levels,
                                   uint32_t scale, uint32_t rounding, int shift, int repeat) {
  const Values in(coeffs);
  const MutableValues out(levels);
  in.require_same_size(out);
  const int log2_size = in.require_block();
  out.require_block();
  const auto function = hevc_kernels(isa).quantize[log2_size - 2];
  CodedExtent extent;
  for (int i = 0; i < repeat; ++i) extent = function(in.data, out.data, scale, rounding, shift);
  return {extent.count, extent.max_x, extent.max_y};
}

void test_dequantize(const std::string& isa, const py::array& levels, const py::array& coeffs, int qp,
                     int bit_depth, int repeat) {
  const Values in(levels);
  const MutableValues out(coeffs);
  in.require_same_size(out);
  const int log2_size = in.require_block();
  out.require_block();
  const KernelTable& table = hevc_kernels(isa);
  for (int i = 0; i < repeat; ++i) dequantize(table, in.data, out.data, log2_size, qp, bit_depth);
}

// `line` has shape (1, 4 n + 1).
void test_predict_intra(const std::string& isa, const py::array& line, int c_idx, int mode, int bit_depth,
                        bool strong_smoothing, const py::array& dst, int repeat) {
  const Samples in(line);
  const MutableSamples out(dst);
  int log2_size = 2;
  while (log2_size < 5 && 1 << log2_size < out.width) ++log2_size;
  const int n = 1 << log2_size;
  if (out.width != n || out.height != n || in.width != 4 * n + 1 || mode < 0 || mode > 34) {
    throw py::value_error("sizes of line and block do not match, or no such mode");
  }
  IntraReferences references;
  std::copy_n(in.data, in.width, references.line);
  const KernelTable& table = hevc_kernels(isa);
  for (int i = 0; i < repeat; ++i) {
    predict_intra(table, references, c_idx, log2_size, mode, bit_depth, strong_smoothing, out.data,
                  out.stride);
  }
}

// Makes a picture whose plane c_idx is `plane`, with a slice address for each CTB (-1 where it is not
// decoded) and a prediction mode for each cell.
std::unique_ptr<Picture> make_picture(const py::array& plane, int c_idx, int log2_ctb_size, int bit_depth,
                                      const std::vector<int>& slice_address, const py::array& pred_mode,
                                      bool constrained) {
  const Samples samples(plane);
  const Rows<const uint8_t> modes(pred_mode);
  auto sps = std::make_shared<Sps>();
  sps->pic_width = samples.width << (c_idx ? 1 : 0);
  sps->pic_height = samples.height << (c_idx ? 1 : 0);
  sps->log2_ctb_size = log2_ctb_size;
  sps->bit_depth_luma = sps->bit_depth_chroma = bit_depth;
  auto pps = std::make_shared<Pps>();
  pps->constrained_intra_pred_flag = constrained;
  auto layout = std::make_shared<CodingLayout>(*sps, *pps);
  auto picture = std::make_unique<Picture>(ActiveParameters{sps, pps}, layout);
  if (slice_address.size() != picture->slice_address.size() || modes.width != picture->cell_stride() ||
      modes.height * 4 != sps->pic_height) {
    throw py::value_error("slice_address or pred_mode does not fit the picture");
  }
  picture->slice_address = slice_address;
  for (int y = 0; y < modes.height; ++y) {
    for (int x = 0; x < modes.width; ++x) {
      picture->pred_mode[picture->cell(4 * x, 4 * y)] =
          static_cast<PredMode>(modes.data[y * modes.stride + x]);
    }
  }
  for (int y = 0; y < samples.height; ++y) {
    std::copy_n(samples.data + y * samples.stride, samples.width, picture->rec.planes[c_idx].row(y));
  }
  return picture;
}

py::array_t<uint16_t> test_intra_references(const py::array& plane, int c_idx, int x, int y, int log2_size,
                                            int log2_ctb_size, int bit_depth,
                                            const std::vector<int>& slice_address, const py::array& pred_mode,
                                            bool constrained) {
  const auto picture =
      make_picture(plane, c_idx, log2_ctb_size, bit_depth, slice_address, pred_mode, constrained);
  IntraReferences references;
  gather_intra_references(*picture, c_idx, x, y, log2_size, references);
  py::array_t<uint16_t> line((4 << log2_size) + 1);
  std::copy_n(references.line, line.size(), line.mutable_data());
  return line;
}

// `intra_mode` is uint8 and has the shape of pred_mode.
std::vector<int> test_derive_mpm(const py::array& plane, int x, int y, int log2_ctb_size,
                                 const std::vector<int>& slice_address, const py::array& pred_mode,
                                 const py::array& intra_mode) {
  auto picture = make_picture(plane, 0, log2_ctb_size, 8, slice_address, pred_mode, false);
  const Rows<const uint8_t> modes(intra_mode);
  Rows<const uint8_t>(pred_mode).require_same_size(modes);
  for (int row = 0; row < modes.height; ++row) {
    std::copy_n(modes.data + row * modes.stride, modes.width,
                picture->intra_mode.data() + row * picture->cell_stride());
  }
  int mpm[3];
  derive_mpm(*picture, x, y, mpm);
  return {mpm[0], mpm[1], mpm[2]};
}

}  // namespace

void register_hevc_primitives(py::module_& module) {
  using namespace py::literals;
  module.def("sse", distance<&KernelTable::sse>, "isa"_a, "a"_a, "b"_a, "repeat"_a = 1);
  module.def("sad", distance<&KernelTable::sad>, "isa"_a, "a"_a, "b"_a, "repeat"_a = 1);
  module.def("satd", distance<&KernelTable::satd>, "isa"_a, "a"_a, "b"_a, "repeat"_a = 1);
  module.def("subtract", subtract, "isa"_a, "residual"_a, "a"_a, "b"_a, "repeat"_a = 1);
  module.def("add_residual", add_residual, "isa"_a, "dst"_a, "residual"_a, "bit_depth"_a, "repeat"_a = 1);
  module.def("inverse_transform", test_inverse_transform, "isa"_a, "kind"_a, "coeffs"_a, "residual"_a,
             "bit_depth"_a, "max_x"_a, "max_y"_a, "repeat"_a = 1);
  module.def("forward_transform", test_forward_transform, "isa"_a, "kind"_a, "residual"_a, "coeffs"_a,
             "bit_depth"_a, "repeat"_a = 1);
  module.def("quantize", quantize, "isa"_a, "coeffs"_a, "levels"_a, "scale"_a, "rounding"_a, "shift"_a,
             "repeat"_a = 1);
  module.def("dequantize", test_dequantize, "isa"_a, "levels"_a, "coeffs"_a, "qp"_a, "bit_depth"_a,
             "repeat"_a = 1);
  module.def("chroma_qp", chroma_qp, "qp_y"_a, "offset"_a, "bit_depth"_a);
  module.def("predict_intra", test_predict_intra, "isa"_a, "line"_a, "c_idx"_a, "mode"_a, "bit_depth"_a,
             "strong_smoothing"_a, "dst"_a, "repeat"_a = 1);
  module.def("intra_references", test_intra_references, "plane"_a, "c_idx"_a, "x"_a, "y"_a, "log2_size"_a,
             "log2_ctb_size"_a, "bit_depth"_a, "slice_address"_a, "pred_mode"_a, "constrained"_a);
  module.def("derive_mpm", test_derive_mpm, "plane"_a, "x"_a, "y"_a, "log2_ctb_size"_a, "slice_address"_a,
             "pred_mode"_a, "intra_mode"_a);
  module.def(
      "size_in_nal_unit",
      [](const py::bytes& part) {
        const std::string_view bytes(part);
        return size_in_nal_unit({bytes.begin(), bytes.end()});
      },
      "part"_a);
  module.def("derive_chroma_mode", derive_chroma_mode, "luma_mode"_a, "intra_chroma_pred_mode"_a);
}

}  // namespace inloop::testing
