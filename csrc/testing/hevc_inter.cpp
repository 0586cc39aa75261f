// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include <array>

#include "hevc/block/mv_prediction.h"
#include "hevc/block/temporal_mv.h"
#include "testing/hevc.h"

namespace py = pybind11;

namespace inloop::testing {
namespace {

using namespace hevc;
using Samples = Rows<const uint16_t>;
using MutableSamples = Rows<uint16_t>;
using Values = Rows<const int16_t>;
using MutableValues = Rows<int16_t>;

void require(bool condition, const char* what) {
  if (!condition) throw py::value_error(what);
}

// `src` is the block with the margins that the filter reads: kTaps / 2 - 1 samples before it and kTaps / 2
// behind it.
template <auto kernel, int kTaps, class Out>
void interpolate(const std::string& isa, const py::array& src, const py::array& dst, int fx, int fy,
                 int bit_depth, int repeat) {
  const Samples in(src);
  const Out out(dst);
  require(in.width == out.width + kTaps - 1 && in.height == out.height + kTaps - 1, "src lacks its margins");
  require(out.width <= 64 && out.height <= 64 && out.width % (kTaps / 2) == 0, "no such block size");
  const int positions = kTaps == 8 ? 4 : 8;
  require(fx >= 0 && fy >= 0 && fx < positions && fy < positions, "no such position");
  const auto function = hevc_kernels(isa).*kernel;
  const uint16_t* origin = in.data + (kTaps / 2 - 1) * (in.stride + 1);
  for (int i = 0; i < repeat; ++i) {
    function(origin, in.stride, out.data, out.stride, out.width, out.height, fx, fy, bit_depth);
  }
}

void average_bi(const std::string& isa, const py::array& a, const py::array& b, const py::array& dst,
                int bit_depth, int repeat) {
  const Values first(a), second(b);
  const MutableSamples out(dst);
  first.require_same_size(second);
  first.require_same_size(out);
  require(first.stride == second.stride, "a and b need the same stride");
  const auto function = hevc_kernels(isa).average_bi;
  for (int i = 0; i < repeat; ++i) {
    function(first.data, second.data, first.stride, out.data, out.stride, out.width, out.height, bit_depth);
  }
}

void weight_uni(const std::string& isa, const py::array& a, const py::array& dst, int weight, int offset,
                int log2_wd, int bit_depth, int repeat) {
  const Values in(a);
  const MutableSamples out(dst);
  in.require_same_size(out);
  const auto function = hevc_kernels(isa).weight_uni;
  for (int i = 0; i < repeat; ++i) {
    function(in.data, in.stride, out.data, out.stride, out.width, out.height, weight, offset, log2_wd,
             bit_depth);
  }
}

void weight_bi(const std::string& isa, const py::array& a, const py::array& b, const py::array& dst,
               int weight_a, int weight_b, int offset, int log2_wd, int bit_depth, int repeat) {
  const Values first(a), second(b);
  const MutableSamples out(dst);
  first.require_same_size(second);
  first.require_same_size(out);
  require(first.stride == second.stride, "a and b need the same stride");
  const auto function = hevc_kernels(isa).weight_bi;
  for (int i = 0; i < repeat; ++i) {
    function(first.data, second.data, first.stride, out.data, out.stride, out.width, out.height, weight_a,
             weight_b, offset, log2_wd, bit_depth);
  }
}

// `src` has the samples around the edge, which are filtered in place: 4 lines of 8 samples for a vertical
// edge, 8 lines of 4 for a horizontal one.
void deblock_luma(const std::string& isa, const py::array& src, bool vertical, int beta, int tc, bool no_p,
                  bool no_q, int bit_depth, int repeat) {
  const MutableSamples block(src);
  require(block.width == (vertical ? 8 : 4) && block.height == (vertical ? 4 : 8), "wrong block size");
  const ptrdiff_t step = vertical ? 1 : block.stride, line_stride = vertical ? block.stride : 1;
  const auto function = hevc_kernels(isa).deblock_luma;
  for (int i = 0; i < repeat; ++i) {
    function(block.data + 4 * step, step, line_stride, beta, tc, no_p, no_q, bit_depth);
  }
}

// `src` has any number of lines of 4 samples for a vertical edge, and 4 lines for a horizontal one.
void deblock_chroma(const std::string& isa, const py::array& src, bool vertical, int tc, bool no_p, bool no_q,
                    int bit_depth, int repeat) {
  const MutableSamples block(src);
  require((vertical ? block.width : block.height) == 4, "wrong block size");
  const ptrdiff_t step = vertical ? 1 : block.stride, line_stride = vertical ? block.stride : 1;
  const auto function = hevc_kernels(isa).deblock_chroma;
  for (int i = 0; i < repeat; ++i) {
    function(block.data + 2 * step, step, line_stride, tc, no_p, no_q, bit_depth,
             vertical ? block.height : block.width);
  }
}

void sao_band(const std::string& isa, const py::array& src, const py::array& dst, int band_position,
              const std::array<int8_t, 4>& offset, int bit_depth, int repeat) {
  const Samples in(src);
  const MutableSamples out(dst);
  in.require_same_size(out);
  const auto function = hevc_kernels(isa).sao_band;
  for (int i = 0; i < repeat; ++i) {
    function(in.data, in.stride, out.data, out.stride, out.width, out.height, band_position, offset.data(),
             bit_depth);
  }
}

// `src` has one more sample than dst on every side.
void sao_edge(const std::string& isa, const py::array& src, const py::array& dst, int eo_class,
              const std::array<int8_t, 4>& offset, int bit_depth, int repeat) {
  const Samples in(src);
  const MutableSamples out(dst);
  require(in.width == out.width + 2 && in.height == out.height + 2, "src lacks its margin");
  require(eo_class >= 0 && eo_class < 4, "no such class");
  const auto function = hevc_kernels(isa).sao_edge;
  for (int i = 0; i < repeat; ++i) {
    function(in.data + in.stride + 1, in.stride, out.data, out.stride, out.width, out.height, eo_class,
             offset.data(), bit_depth);
  }
}

// Returns (count, error) of the four edge categories. `rec` has one more sample than source on every side.
std::pair<std::array<int32_t, 4>, std::array<int32_t, 4>> sao_edge_statistics(const std::string& isa,
                                                                              const py::array& rec,
                                                                              const py::array& source,
                                                                              int eo_class, int repeat) {
  const Samples in(rec), wanted(source);
  require(in.width == wanted.width + 2 && in.height == wanted.height + 2, "rec lacks its margin");
  require(eo_class >= 0 && eo_class < 4, "no such class");
  require(wanted.width * wanted.height <= 4096, "more than 4096 samples");
  std::pair<std::array<int32_t, 4>, std::array<int32_t, 4>> sums;
  const auto function = hevc_kernels(isa).sao_edge_statistics;
  for (int i = 0; i < repeat; ++i) {
    function(in.data + in.stride + 1, in.stride, wanted.data, wanted.stride, wanted.width, wanted.height,
             eo_class, sums.first.data(), sums.second.data());
  }
  return sums;
}

std::pair<std::array<int32_t, 32>, std::array<int32_t, 32>> sao_band_statistics(const std::string& isa,
                                                                                const py::array& rec,
                                                                                const py::array& source,
                                                                                int bit_depth, int repeat) {
  const Samples in(rec), wanted(source);
  in.require_same_size(wanted);
  require(wanted.width * wanted.height <= 4096, "more than 4096 samples");
  std::pair<std::array<int32_t, 32>, std::array<int32_t, 32>> sums;
  const auto function = hevc_kernels(isa).sao_band_statistics;
  for (int i = 0; i < repeat; ++i) {
    function(in.data, in.stride, wanted.data, wanted.stride, wanted.width, wanted.height, bit_depth,
             sums.first.data(), sums.second.data());
  }
  return sums;
}

// Returns (x, y, width, height) of every part of a CU at (0, 0). part_mode is as in PartMode.
std::vector<std::array<int, 4>> partitions(int cu_size, int part_mode) {
  require(part_mode >= 0 && part_mode < 8, "no such partitioning");
  const auto mode = static_cast<PartMode>(part_mode);
  std::vector<std::array<int, 4>> parts;
  for (int i = 0; i < partition_count(mode); ++i) {
    const PredictionBlock block = partition_block(0, 0, cu_size, mode, i);
    parts.push_back({block.x, block.y, block.width, block.height});
  }
  return parts;
}

std::pair<int, int> test_scale_mv(int x, int y, int poc_diff_of_mv, int poc_diff_wanted) {
  const Mv mv = scale_mv({static_cast<int16_t>(x), static_cast<int16_t>(y)}, poc_diff_of_mv, poc_diff_wanted);
  return {mv.x, mv.y};
}

}  // namespace

void register_hevc_inter(py::module_& module) {
  using namespace py::literals;
  const auto add_interpolation = [&module](const char* name, auto function) {
    module.def(name, function, "isa"_a, "src"_a, "dst"_a, "fx"_a, "fy"_a, "bit_depth"_a, "repeat"_a = 1);
  };
  add_interpolation("luma_uni", interpolate<&KernelTable::luma_uni, 8, MutableSamples>);
  add_interpolation("luma_bi", interpolate<&KernelTable::luma_bi, 8, MutableValues>);
  add_interpolation("chroma_uni", interpolate<&KernelTable::chroma_uni, 4, MutableSamples>);
  add_interpolation("chroma_bi", interpolate<&KernelTable::chroma_bi, 4, MutableValues>);
  module.def("average_bi", average_bi, "isa"_a, "a"_a, "b"_a, "dst"_a, "bit_depth"_a, "repeat"_a = 1);
  module.def("weight_uni", weight_uni, "isa"_a, "a"_a, "dst"_a, "weight"_a, "offset"_a, "log2_wd"_a,
             "bit_depth"_a, "repeat"_a = 1);
  module.def("weight_bi", weight_bi, "isa"_a, "a"_a, "b"_a, "dst"_a, "weight_a"_a, "weight_b"_a, "offset"_a,
             "log2_wd"_a, "bit_depth"_a, "repeat"_a = 1);
  module.def("deblock_luma", deblock_luma, "isa"_a, "src"_a, "vertical"_a, "beta"_a, "tc"_a, "no_p"_a,
             "no_q"_a, "bit_depth"_a, "repeat"_a = 1);
  module.def("deblock_chroma", deblock_chroma, "isa"_a, "src"_a, "vertical"_a, "tc"_a, "no_p"_a, "no_q"_a,
             "bit_depth"_a, "repeat"_a = 1);
  module.def("sao_band", sao_band, "isa"_a, "src"_a, "dst"_a, "band_position"_a, "offset"_a, "bit_depth"_a,
             "repeat"_a = 1);
  module.def("sao_edge_statistics", sao_edge_statistics, "isa"_a, "rec"_a, "source"_a, "eo_class"_a,
             "repeat"_a = 1);
  module.def("sao_band_statistics", sao_band_statistics, "isa"_a, "rec"_a, "source"_a, "bit_depth"_a,
             "repeat"_a = 1);
  module.def("sao_edge", sao_edge, "isa"_a, "src"_a, "dst"_a, "eo_class"_a, "offset"_a, "bit_depth"_a,
             "repeat"_a = 1);
  module.def("partitions", partitions, "cu_size"_a, "part_mode"_a);
  module.def("scale_mv", test_scale_mv, "x"_a, "y"_a, "poc_diff_of_mv"_a, "poc_diff_wanted"_a);
}

}  // namespace inloop::testing
