// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "hevc/encoder/search/inter_search.h"

#include <algorithm>
#include <cstring>

#include "hevc/encoder/write/syntax_writer.h"

namespace inloop::hevc {
namespace {

PredictionBlock whole_cu(int x, int y, int log2_size) {
  return partition_block(x, y, 1 << log2_size, PartMode::p2Nx2N, 0);
}

}  // namespace

InterSearch::InterSearch(SearchState& state, const SearchPlanes& planes)
    : state_(state), partitions_(state, planes), residual_(state) {}

CodedCell InterSearch::make_cu(int cqt_depth, PartMode part_mode) const {
  CodedCell cell;
  cell.cqt_depth = static_cast<uint8_t>(cqt_depth);
  cell.pred_mode = PredMode::inter;
  cell.part_mode = part_mode;
  cell.qp = static_cast<int8_t>(state_.qp);
  return cell;
}

int InterSearch::rank_merge(int x, int y, int log2_size, PartitionChoice choices[5]) {
  return partitions_.rank_merge(whole_cu(x, y, log2_size), choices);
}

void InterSearch::set_merge(int x, int y, int log2_size, int cqt_depth, const PartitionChoice& choice,
                            bool skip) {
  CodedCell cell = make_cu(cqt_depth, PartMode::p2Nx2N);
  cell.merge = true;
  cell.skip = skip;
  cell.merge_idx = static_cast<uint8_t>(choice.merge_idx);
  cell.motion = choice.motion;
  std::fill_n(state_.cells(x, y), cell_count(log2_size), cell);
}

bool InterSearch::code_merge(int x, int y, int log2_size, int cqt_depth, const PartitionChoice& choice,
                             double tree_limit) {
  set_merge(x, y, log2_size, cqt_depth, choice, false);
  return code_residual(x, y, log2_size, tree_limit);
}

void InterSearch::code_skip(int x, int y, int log2_size, int cqt_depth, const PartitionChoice& choice) {
  set_merge(x, y, log2_size, cqt_depth, choice, true);
  partitions_.predict(whole_cu(x, y, log2_size), choice.motion);
  for (int c = 0; c < 3; ++c) {
    const int shift = c ? 1 : 0, size = 1 << (log2_size - shift);
    for (int row = 0; row < size; ++row) {
      std::memcpy(state_.rec_at(c, x >> shift, (y >> shift) + row),
                  state_.inter_pred.planes[c].row((y >> shift) + row) + (x >> shift),
                  sizeof(Sample) * static_cast<size_t>(size));
    }
  }
}

bool InterSearch::code_residual(int x, int y, int log2_size, double tree_limit) {
  residual_cost_ = residual_.code(x, y, log2_size, state_.inter_pred, tree_limit);
  const CodedCell& cell = *state_.cells(x, y);
  return (cell.cbf[0] | cell.cbf[1] | cell.cbf[2]) & 1;
}

// Prices the bins of part_mode.
double InterSearch::part_mode_cost(int log2_size, PartMode part_mode) const {
  BitCounter counter(state_.contexts);
  SyntaxWriter<BitCounter>(counter, state_.picture, state_.slice, *state_.ctu)
      .part_mode(part_mode, false, log2_size);
  return state_.satd_bit_cost(counter.cost());
}

PartitionedCu InterSearch::search_partitions(int x, int y, int log2_size, int cqt_depth, PartMode part_mode) {
  std::fill_n(state_.cells(x, y), cell_count(log2_size), make_cu(cqt_depth, part_mode));
  PartitionedCu cell;
  cell.part_mode = part_mode;
  cell.cost = part_mode_cost(log2_size, part_mode);
  for (int i = 0; i < partition_count(part_mode); ++i) {
    const PredictionBlock block = partition_block(x, y, 1 << log2_size, part_mode, i);
    cell.parts[i] = search_partition(block);
    cell.cost += cell.parts[i].cost;
    store_partition(block, cell.parts[i]);
  }
  return cell;
}

bool InterSearch::code_partitions(int x, int y, int log2_size, int cqt_depth, const PartitionedCu& cell,
                                  double tree_limit) {
  std::fill_n(state_.cells(x, y), cell_count(log2_size), make_cu(cqt_depth, cell.part_mode));
  for (int i = 0; i < partition_count(cell.part_mode); ++i) {
    const PredictionBlock block = partition_block(x, y, 1 << log2_size, cell.part_mode, i);
    store_partition(block, cell.parts[i]);
    partitions_.predict(block, cell.parts[i].motion);
  }
  return code_residual(x, y, log2_size, tree_limit);
}

PartitionedCu InterSearch::other_direction() const {
  PartitionedCu cell;
  cell.parts[0] = partitions_.other_direction();
  cell.cost = cell.parts[0].cost;
  return cell;
}

PartitionChoice InterSearch::search_partition(const PredictionBlock& block) {
  const PartitionChoice vectors = partitions_.search_vectors(block);
  // Merge candidates of a whole CU are tried by the caller.
  if (block.part_mode == PartMode::p2Nx2N) return vectors;
  PartitionChoice merge[5];
  partitions_.rank_merge(block, merge);
  return merge[0].cost <= vectors.cost ? merge[0] : vectors;
}

// Later partitions and blocks predict their motion from this one, so the picture must hold it at once.
void InterSearch::store_partition(const PredictionBlock& block, const PartitionChoice& choice) {
  for (int y = block.y; y < block.y + block.height; y += kCellSize) {
    for (int x = block.x; x < block.x + block.width; x += kCellSize) {
      CodedCell& cell = *state_.cells(x, y);
      cell.motion = choice.motion;
      cell.merge = choice.merge;
      cell.merge_idx = static_cast<uint8_t>(choice.merge_idx);
      for (int list = 0; list < 2; ++list) {
        cell.mvp_idx[list] = static_cast<uint8_t>(choice.mvp_idx[list]);
        cell.mvd[list] = choice.mvd[list];
      }
      state_.picture.motion[state_.picture.cell(x, y)] = choice.motion;
      state_.picture.pred_mode[state_.picture.cell(x, y)] = PredMode::inter;
    }
  }
}

}  // namespace inloop::hevc
