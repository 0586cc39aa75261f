// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "nn/graph/rearrangement.h"

#include <algorithm>

namespace inloop::nn {

bool axis_sizes(const Rearrangement& rearrangement, const Shape& in, AxisSizes& sizes) {
  const int whole[3] = {in.height, in.width, in.channels};
  int64_t product[3] = {1, 1, 1};
  bool open[3] = {};
  for (const Rearrangement::Axis& axis : rearrangement.axes) {
    open[axis.source] |= axis.size == 0;
    product[axis.source] = std::min<int64_t>(product[axis.source] * std::max(axis.size, 1), 1 << 24);
  }
  for (int d = 0; d < 3; ++d)
    if (open[d] ? whole[d] % product[d] != 0 : whole[d] != product[d]) return false;
  for (size_t i = 0; i < rearrangement.axes.size(); ++i) {
    const Rearrangement::Axis& axis = rearrangement.axes[i];
    sizes[i] = axis.size ? axis.size : static_cast<int>(whole[axis.source] / product[axis.source]);
  }
  return true;
}

RearrangedIndex::RearrangedIndex(const Rearrangement& rearrangement, const Shape& in) {
  AxisSizes sizes{}, strides{};
  axis_sizes(rearrangement, in, sizes);
  int stride[3] = {1, 1, 1};
  for (size_t i = rearrangement.axes.size(); i-- > 0;) {
    const int source = rearrangement.axes[i].source;
    strides[i] = stride[source];
    stride[source] *= sizes[i];
  }
  for (size_t d = 0; d < 3; ++d)
    for (int axis : rearrangement.target[d]) {
      const auto i = static_cast<size_t>(axis);
      terms_[d].list[terms_[d].count++] = {rearrangement.axes[i].source, sizes[i], strides[i]};
    }
}

}  // namespace inloop::nn
