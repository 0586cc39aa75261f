// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "hevc/encoder/search/inter_search.h"

#include <algorithm>
#include <cstring>

#include "hevc/encoder/write/syntax_writer.h"

namespace inloop::hevc {
namespace {

PredictionBlock whole_unit(int x, int y, int log2_size) {
  return partition_block(x, y, 1 << log2_size, PartMode::p2Nx2N, 0);
}

}  // namespace

InterSearch::InterSearch(SearchState& state, const SearchPlanes& planes)
    : state_(state), partitions_(state, planes), residual_(state) {}

CodedUnit InterSearch::make_unit(int cqt_depth, PartMode part_mode) const {
  CodedUnit unit;
  unit.cqt_depth = static_cast<uint8_t>(cqt_depth);
  unit.pred_mode = PredMode::inter;
  unit.part_mode = part_mode;
  unit.qp = static_cast<int8_t>(state_.qp);
  return unit;
}

int InterSearch::rank_merge(int x, int y, int log2_size, PartitionChoice choices[5]) {
  return partitions_.rank_merge(whole_unit(x, y, log2_size), choices);
}

void InterSearch::set_merge(int x, int y, int log2_size, int cqt_depth, const PartitionChoice& choice,
                            bool skip) {
  CodedUnit unit = make_unit(cqt_depth, PartMode::p2Nx2N);
  unit.merge = true;
  unit.skip = skip;
  unit.merge_idx = static_cast<uint8_t>(choice.merge_idx);
  unit.motion = choice.motion;
  std::fill_n(state_.units(x, y), unit_count(log2_size), unit);
}

bool InterSearch::code_merge(int x, int y, int log2_size, int cqt_depth, const PartitionChoice& choice,
                             double tree_limit) {
  set_merge(x, y, log2_size, cqt_depth, choice, false);
  return code_residual(x, y, log2_size, tree_limit);
}

void InterSearch::code_skip(int x, int y, int log2_size, int cqt_depth, const PartitionChoice& choice) {
  set_merge(x, y, log2_size, cqt_depth, choice, true);
  partitions_.predict(whole_unit(x, y, log2_size), choice.motion);
  for (int c = 0; c < 3; ++c) {
    const int shift = c ? 1 : 0, size = 1 << (log2_size - shift);
    for (int row = 0; row < size; ++row) {
      std::memcpy(state_.rec_at(c, x >> shift, (y >> shift) + row),
                  partitions_.pred().planes[c].row((y >> shift) + row) + (x >> shift),
                  sizeof(Sample) * static_cast<size_t>(size));
    }
  }
}

bool InterSearch::code_residual(int x, int y, int log2_size, double tree_limit) {
  residual_.code(x, y, log2_size, partitions_.pred(), tree_limit);
  const CodedUnit& unit = *state_.units(x, y);
  return (unit.cbf[0] | unit.cbf[1] | unit.cbf[2]) & 1;
}

// Bins of part_mode after the first one.
double InterSearch::part_mode_cost(int log2_size, PartMode part_mode) const {
  BitCounter counter(state_.contexts);
  SyntaxWriter<BitCounter>(counter, state_.picture, state_.slice, *state_.ctu)
      .part_mode(part_mode, false, log2_size);
  return state_.satd_bit_cost(counter.cost());
}

PartitionedUnit InterSearch::search_partitions(int x, int y, int log2_size, int cqt_depth,
                                               PartMode part_mode) {
  std::fill_n(state_.units(x, y), unit_count(log2_size), make_unit(cqt_depth, part_mode));
  PartitionedUnit unit;
  unit.part_mode = part_mode;
  unit.cost = part_mode_cost(log2_size, part_mode);
  for (int i = 0; i < partition_count(part_mode); ++i) {
    const PredictionBlock block = partition_block(x, y, 1 << log2_size, part_mode, i);
    unit.parts[i] = search_partition(block);
    unit.cost += unit.parts[i].cost;
    store_partition(block, unit.parts[i]);
  }
  return unit;
}

bool InterSearch::code_partitions(int x, int y, int log2_size, int cqt_depth, const PartitionedUnit& unit,
                                  double tree_limit) {
  std::fill_n(state_.units(x, y), unit_count(log2_size), make_unit(cqt_depth, unit.part_mode));
  for (int i = 0; i < partition_count(unit.part_mode); ++i) {
    const PredictionBlock block = partition_block(x, y, 1 << log2_size, unit.part_mode, i);
    store_partition(block, unit.parts[i]);
    partitions_.predict(block, unit.parts[i].motion);
  }
  return code_residual(x, y, log2_size, tree_limit);
}

PartitionedUnit InterSearch::other_direction() const {
  PartitionedUnit unit;
  unit.parts[0] = partitions_.other_direction();
  unit.cost = unit.parts[0].cost;
  return unit;
}

PartitionChoice InterSearch::search_partition(const PredictionBlock& block) {
  const PartitionChoice vectors = partitions_.search_vectors(block);
  if (block.part_mode == PartMode::p2Nx2N) return vectors;  // merging a whole unit is tried apart
  PartitionChoice merge[5];
  partitions_.rank_merge(block, merge);
  return merge[0].cost <= vectors.cost ? merge[0] : vectors;
}

// Later partitions and blocks predict their motion from this one's, so that the picture gets it at once.
void InterSearch::store_partition(const PredictionBlock& block, const PartitionChoice& choice) {
  for (int y = block.y; y < block.y + block.height; y += kMinUnit) {
    for (int x = block.x; x < block.x + block.width; x += kMinUnit) {
      CodedUnit& unit = *state_.units(x, y);
      unit.motion = choice.motion;
      unit.merge = choice.merge;
      unit.merge_idx = static_cast<uint8_t>(choice.merge_idx);
      for (int list = 0; list < 2; ++list) {
        unit.mvp_idx[list] = static_cast<uint8_t>(choice.mvp_idx[list]);
        unit.mvd[list] = choice.mvd[list];
      }
      state_.picture.motion[state_.picture.unit(x, y)] = choice.motion;
      state_.picture.pred_mode[state_.picture.unit(x, y)] = PredMode::inter;
    }
  }
}

}  // namespace inloop::hevc
