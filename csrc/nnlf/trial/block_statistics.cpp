// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "nnlf/trial/block_statistics.h"

#include <algorithm>
#include <cstdlib>

#include "nnlf/apply/block_rule.h"

namespace inloop::nnlf {
namespace {

// Sums over a row. 32 bits hold a row of up to 256 samples of 10 bits, squares included.
struct RowSums {
  uint32_t gradient = 0, sum = 0, square_sum = 0, residual = 0, residual_square = 0;
};

RowSums sum_row(const Sample* rec, const Sample* below, const Sample* pred, int width, int right) {
  RowSums s;
  for (int x = 0; x < width; ++x) {
    const int value = rec[x];
    const int residual = value - pred[x];
    s.gradient += static_cast<uint32_t>(std::abs(value - below[x]));
    s.sum += static_cast<uint32_t>(value);
    s.square_sum += static_cast<uint32_t>(value * value);
    s.residual += static_cast<uint32_t>(std::abs(residual));
    s.residual_square += static_cast<uint32_t>(residual * residual);
  }
  for (int x = 0; x < right; ++x) s.gradient += static_cast<uint32_t>(std::abs(rec[x] - rec[x + 1]));
  return s;
}

constexpr int kRowStep = 2;  // every second row tells as much in half the time

class Fields {
 public:
  int64_t& operator[](BlockField field) { return values_[static_cast<size_t>(field)]; }
  const BlockStatistics& values() const { return values_; }

 private:
  BlockStatistics values_{};
};

void add_samples(const CodedPicture& p, const Block& b, Fields& f) {
  const int right = std::min(b.width, p.width() - 1 - b.x);  // samples that have a right neighbour
  for (int y = b.y; y < b.y + b.height; y += kRowStep) {
    const Sample* below = p.rec[0].row(std::min(y + 1, p.height() - 1));
    const RowSums s = sum_row(p.rec[0].row(y) + b.x, below + b.x, p.pred[0].row(y) + b.x, b.width, right);
    f[BlockField::gradient] += s.gradient;
    f[BlockField::sum] += s.sum;
    f[BlockField::square_sum] += s.square_sum;
    f[BlockField::residual] += s.residual;
    f[BlockField::residual_square] += s.residual_square;
  }
}

void add_cells(const CodedPicture& p, const Block& b, Fields& f) {
  for (int y = b.y / 4; y < (b.y + b.height) / 4; ++y) {
    for (int x = b.x / 4; x < (b.x + b.width) / 4; ++x) {
      f[BlockField::strong_edges] += (p.bs_ver.at(x, y) > 1) + (p.bs_hor.at(x, y) > 1);
      f[BlockField::intra] += p.pred_type.at(x, y) == 0;
      f[BlockField::bi] += p.pred_type.at(x, y) == 2;
      f[BlockField::qp] += p.qp.at(x, y);
    }
  }
}

}  // namespace

BlockStatistics block_statistics(const CodedPicture& picture, const Block& block) {
  Fields fields;
  fields[BlockField::samples] = int64_t{block.width} * block.height / kRowStep;
  const EdgeCount count = count_edges(picture, block);
  fields[BlockField::edges] = count.edges;
  fields[BlockField::cells] = count.cells;
  add_samples(picture, block, fields);
  add_cells(picture, block, fields);
  return fields.values();
}

std::vector<BlockStatistics> block_statistics(const CodedPicture& picture, const BlockGrid& grid) {
  std::vector<BlockStatistics> statistics;
  for (int i = 0; i < grid.count(); ++i) statistics.push_back(block_statistics(picture, grid.at(i)));
  return statistics;
}

}  // namespace inloop::nnlf
