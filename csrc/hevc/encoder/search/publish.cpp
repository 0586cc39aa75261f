// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include <cmath>

#include "hevc/block/mv_prediction.h"
#include "hevc/block/transform.h"
#include "hevc/encoder/search/search_state.h"

namespace inloop::hevc {
namespace {

void mark_edges(Picture& picture, int x, int y, int width, int height, uint8_t vertical, uint8_t horizontal) {
  for (int i = 0; i < height; i += kCellSize) picture.flags[picture.cell(x, y + i)] |= vertical;
  for (int i = 0; i < width; i += kCellSize) picture.flags[picture.cell(x + i, y)] |= horizontal;
}

void mark_transform_block(Picture& picture, const CodedCell& cell, int x, int y, int size) {
  mark_edges(picture, x, y, size, size, kCellEdgeVertical, kCellEdgeHorizontal);
  if (!(cell.cbf[0] >> cell.transform_depth & 1)) return;
  for (int v = y; v < y + size; v += kCellSize) {
    for (int u = x; u < x + size; u += kCellSize) picture.flags[picture.cell(u, v)] |= kCellLumaCoded;
  }
}

void mark_coding_unit(Picture& picture, const CodedCtu& ctu, int x, int y, int size) {
  const CodedCell& cu = ctu.cell(x, y);
  for (int part = 0; cu.pred_mode == PredMode::inter && part < partition_count(cu.part_mode); ++part) {
    const PredictionBlock block = partition_block(x, y, size, cu.part_mode, part);
    mark_edges(picture, block.x, block.y, block.width, block.height, kCellPuVertical, kCellPuHorizontal);
  }
  for (int v = y; v < y + size;) {
    int row_step = size;
    for (int u = x; u < x + size;) {
      const CodedCell& cell = ctu.cell(u, v);
      const int block = size >> cell.transform_depth;
      // A transform block starts where its own size divides the offset; elsewhere the block was marked in an
      // earlier row.
      if (((u - x) & (block - 1)) == 0 && ((v - y) & (block - 1)) == 0)
        mark_transform_block(picture, cell, u, v, block);
      row_step = block < row_step ? block : row_step;
      u += block;
    }
    v += row_step;
  }
}

}  // namespace

void SearchState::set_quantizer(int new_qp) {
  qp = new_qp;
  lambda = slice_lambda.at(qp);
  lambda_satd = std::sqrt(lambda);
  // Where chroma is quantised more finely than luma (at high QPs or by offsets), its error must weigh more by
  // the same factor.
  const Pps& pps = picture.pps();
  const int bit_depth = picture.sps().bit_depth_chroma;
  const int sum = chroma_qp(qp, pps.cb_qp_offset, bit_depth) + chroma_qp(qp, pps.cr_qp_offset, bit_depth);
  const double mean = 0.5 * sum - 6 * (bit_depth - 8);
  chroma_weight = tools.chroma_weight * Lambda::ratio(qp - mean);
  prices[0] = BinPrices(lambda * tools.rdoq_strength);
  prices[1] = BinPrices(lambda * tools.rdoq_strength / chroma_weight);
}

void publish_block(Picture& picture, const CodedCtu& ctu, int x, int y, int log2_size) {
  const int size = 1 << log2_size;
  for (int v = y; v < y + size && v < picture.height(); v += kCellSize) {
    for (int u = x; u < x + size && u < picture.width(); u += kCellSize) {
      const CodedCell& cell = ctu.cell(u, v);
      const size_t i = picture.cell(u, v);
      picture.pred_mode[i] = cell.pred_mode;
      picture.flags[i] = cell.skip ? kCellSkip : 0;
      picture.intra_mode[i] = cell.pred_mode == PredMode::intra ? cell.intra_mode : uint8_t{kIntraDc};
      picture.cqt_depth[i] = cell.cqt_depth;
      picture.qp_y[i] = cell.qp;
      picture.motion[i] = cell.motion;
    }
  }
}

void publish_edges(Picture& picture, const CodedCtu& ctu, int ctb_x, int ctb_y) {
  const int ctb_size = picture.sps().ctb_size();
  const int x0 = ctb_x * ctb_size, y0 = ctb_y * ctb_size;
  for (int i = 0; i < cell_count(picture.sps().log2_ctb_size);) {
    const CellOffset offset = cell_offset(i);
    const int x = x0 + offset.x, y = y0 + offset.y;
    if (x >= picture.width() || y >= picture.height()) {
      ++i;
      continue;
    }
    const int log2_size = picture.sps().log2_ctb_size - ctu.cells[static_cast<size_t>(i)].cqt_depth;
    mark_coding_unit(picture, ctu, x, y, 1 << log2_size);
    i += cell_count(log2_size);
  }
}

}  // namespace inloop::hevc
