// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include <pybind11/numpy.h>
#include <pybind11/stl.h>

#include <algorithm>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "bindings/support.h"
#include "coolchic/encoder/range_encoder.h"
#include "coolchic/exponential.h"
#include "coolchic/kernels/table.h"
#include "coolchic/laplace_scale.h"
#include "coolchic/range_decoder.h"
#include "testing/register.h"

namespace py = pybind11;

namespace inloop::testing {
namespace {

using namespace inloop::coolchic;

// Decodes the symbols of a message, one for each (location, scale). A damaged message gives fewer.
std::vector<int> decode_symbols(const py::bytes& message, int range, const std::vector<int>& locations_64,
                                const std::vector<int>& scales_128) {
  const std::string_view view(message);
  RangeDecoder decoder(reinterpret_cast<const uint8_t*>(view.data()), view.size());
  const SymbolRange symbols(range);
  std::vector<int> out;
  for (size_t i = 0; i < locations_64.size(); ++i) {
    int symbol = 0;
    if (!decoder.decode(symbols, {locations_64[i], scales_128[i]}, &symbol)) break;
    out.push_back(symbol);
  }
  return out;
}

// Encodes symbols, one for each (location, scale), into a message.
py::bytes encode_symbols(const std::vector<int>& symbols, int range, const std::vector<int>& locations_64,
                         const std::vector<int>& scales_128) {
  const SymbolRange allowed(range);
  RangeEncoder encoder;
  for (size_t i = 0; i < symbols.size(); ++i) {
    const LaplaceDistribution distribution{locations_64[i], scales_128[i]};
    encoder.encode(
        {lower_count(allowed, distribution, symbols[i]), lower_count(allowed, distribution, symbols[i] + 1)});
  }
  const std::vector<uint8_t> message = encoder.finish();
  return py::bytes(reinterpret_cast<const char*>(message.data()), message.size());
}

using Floats = py::array_t<float, py::array::c_style | py::array::forcecast>;

// A row for kernels to write. What lies behind its slack has to stay as it is.
template <class T>
class GuardedRow {
 public:
  explicit GuardedRow(py::ssize_t width)
      : width_(width), samples_(static_cast<size_t>(width + kRowSlack + 64), T{77}) {}

  T* data() { return samples_.data(); }
  py::array_t<T> checked() const {
    const bool whole =
        std::all_of(samples_.begin() + width_ + kRowSlack, samples_.end(), [](T v) { return v == 77; });
    if (!whole) throw std::runtime_error("written far behind the row");
    return py::array_t<T>(width_, samples_.data());
  }

 private:
  py::ssize_t width_;
  std::vector<T> samples_;
};

// Copies the rows of a two-dimensional array, each with zeros behind it.
template <class T>
std::vector<std::vector<T>> padded_rows(const py::array_t<T>& array) {
  std::vector<std::vector<T>> rows;
  for (py::ssize_t y = 0; y < array.shape(0); ++y) {
    rows.emplace_back(array.data(y, 0), array.data(y, 0) + array.shape(1));
    rows.back().resize(static_cast<size_t>(array.shape(1)) + kRowSlack);
  }
  return rows;
}

py::list dense_row(const std::string& isa, const Floats& in, const Floats& weights, const Floats& biases,
                   float slope, bool residual) {
  const auto rows = padded_rows<float>(in);
  std::vector<const float*> pointers;
  for (const auto& row : rows) pointers.push_back(row.data());
  const auto width = in.shape(1);
  std::vector<GuardedRow<float>> out(static_cast<size_t>(biases.size()), GuardedRow<float>(width));
  std::vector<float*> targets;
  for (auto& row : out) targets.push_back(row.data());
  kernels(bindings::isa_named(isa))
      .dense_row({pointers.data(), static_cast<int>(rows.size()), weights.data(), biases.data(),
                  residual ? pointers.data() : nullptr, slope, static_cast<int>(out.size()),
                  static_cast<int>(width), targets.data()});
  py::list result;
  for (const auto& row : out) result.append(row.checked());
  return result;
}

// `in` has a row for each of the kernel's tap rows, which starts 16 samples before the first one that belongs
// to sample 0.
py::array_t<float> upsample_row(const std::string& isa, const Floats& in, const Floats& even,
                                const Floats& odd, int first_even, int first_odd, int width) {
  const auto rows = padded_rows<float>(in);
  std::vector<const float*> pointers;
  for (const auto& row : rows) pointers.push_back(row.data() + 16);
  GuardedRow<float> out(width);
  kernels(bindings::isa_named(isa))
      .upsample_row({pointers.data(),
                     static_cast<int>(rows.size()),
                     {even.data(), odd.data()},
                     {first_even, first_odd},
                     width,
                     out.data()});
  return out.checked();
}

// `channels` are residue, alpha, beta, and flow x and y to each reference. `references` are two planes, one
// below the other. S is the type of samples.
template <class S>
py::array_t<S> compose_row(const std::string& isa, const Floats& channels, const py::array_t<S>& references,
                           int count_of_references, float gain, int shift, int y, float peak) {
  const auto rows = padded_rows<float>(channels);
  const auto samples = padded_rows<S>(references);
  const size_t height = samples.size() / 2;
  std::vector<S> planes[2];
  for (size_t i = 0; i < samples.size(); ++i) {
    planes[i / height].insert(planes[i / height].end(), samples[i].begin(), samples[i].end());
  }
  const auto count = channels.shape(1);
  GuardedRow<S> out(count);
  ComposedRow<S> row{};
  row.references = count_of_references;
  row.residue = rows[0].data();
  row.alpha = rows[1].data();
  row.beta = rows[2].data();
  for (size_t r = 0; r < 2; ++r) {
    row.flow_x[r] = rows[3 + 2 * r].data();
    row.flow_y[r] = rows[4 + 2 * r].data();
    row.reference[r] = {planes[r].data(), static_cast<ptrdiff_t>(samples[0].size())};
  }
  row.flow_gain = gain;
  row.shift = shift;
  row.width = static_cast<int>(references.shape(1)) << shift;
  row.height = static_cast<int>(height) << shift;
  row.y = y;
  row.count = static_cast<int>(count);
  row.peak = peak;
  row.out = out.data();
  const KernelTable& table = kernels(bindings::isa_named(isa));
  if constexpr (sizeof(S) == 1) {
    table.compose_row_u8(row);
  } else {
    table.compose_row_u16(row);
  }
  return out.checked();
}

// Returns scale, symbol, low and high of each latent.
py::tuple central_intervals(const std::string& isa, std::vector<int> locations, std::vector<int> log_scales,
                            int range) {
  const auto count = static_cast<py::ssize_t>(locations.size());
  locations.resize(locations.size() + kRowSlack);
  log_scales.resize(log_scales.size() + kRowSlack);
  GuardedRow<int32_t> scale(count), symbol(count);
  GuardedRow<uint32_t> low(count), high(count);
  const SymbolRange symbols(range);
  kernels(bindings::isa_named(isa))
      .central_intervals({locations.data(), log_scales.data(), static_cast<int>(count), latent_scales_128(),
                          symbols.min, symbols.max, symbols.free, scale.data(), symbol.data(), low.data(),
                          high.data()});
  return py::make_tuple(scale.checked(), symbol.checked(), low.checked(), high.checked());
}

uint32_t exact_lower_count(int range, int location_64, int scale_128, int symbol) {
  return lower_count(SymbolRange(range), {location_64, scale_128}, symbol);
}

}  // namespace

void register_coolchic(py::module_& module) {
  module.def("coolchic_decode_symbols", &decode_symbols, py::arg("message"), py::arg("range"),
             py::arg("locations_64"), py::arg("scales_128"));
  module.def("coolchic_encode_symbols", &encode_symbols, py::arg("symbols"), py::arg("range"),
             py::arg("locations_64"), py::arg("scales_128"));
  module.def("coolchic_dense_row", &dense_row);
  module.def("coolchic_upsample_row", &upsample_row);
  module.def("coolchic_compose_row_u8", &compose_row<uint8_t>);
  module.def("coolchic_compose_row_u16", &compose_row<uint16_t>);
  module.def("coolchic_central_intervals", &central_intervals);
  module.def("coolchic_lower_count", &exact_lower_count);
  module.def("coolchic_exp_of_negative", &exp_of_negative, py::arg("z"));
  module.def("coolchic_parameter_scale_128", &parameter_scale_128, py::arg("index"));
  module.def("coolchic_early_parameter_scale_128", &early_parameter_scale_128, py::arg("index"));
  module.def("coolchic_latent_scales_128", [] {
    return std::vector<int>(latent_scales_128(), latent_scales_128() + kMaxLogScale - kMinLogScale + 1);
  });
}

}  // namespace inloop::testing
