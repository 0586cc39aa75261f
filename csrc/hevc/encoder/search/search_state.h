// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cmath>
#include <limits>

#include "hevc/encoder/search/encoder_tools.h"
#include "hevc/encoder/search/lambda.h"
#include "hevc/encoder/search/quantizer.h"
#include "hevc/encoder/write/bit_counter.h"
#include "hevc/encoder/write/coded_ctu.h"
#include "hevc/encoder/write/qp_groups.h"
#include "hevc/kernels/table.h"
#include "hevc/picture/picture.h"

namespace inloop::hevc {

constexpr double kInfiniteCost = std::numeric_limits<double>::infinity();

// What the parts of the mode decision share: the picture that is coded, the place of its decisions and the
// prices of bits and errors.
struct SearchState {
  const KernelTable& kernels;
  const EncoderTools& tools;
  Picture& picture;
  const Frame& source;
  const SliceHeader& slice;
  const RefLists& refs;
  Frame& inter_pred;              // takes inter predictions, each at the place of its block
  const QpMap* qp_map = nullptr;  // set for pictures with quantisation groups only
  int qp_before_ctu = 0;          // luma QP of the last CU of the previous CTU
  int qp = 0;                     // luma QP of the block that is coded
  Lambda slice_lambda{};
  double lambda = 0;         // squared error per bit, at the bit depth of the samples
  double lambda_satd = 0;    // SATD or SAD per bit
  double chroma_weight = 1;  // weight of a chroma squared error relative to luma
  BinPrices prices[2]{};    // Prices for luma and for chroma, each in the squared error of its own component.
  CodedCtu* ctu = nullptr;  // the CTU that takes the decisions
  ContextSet contexts{};    // contexts before the block that is coded

  // Sets the QP, with lambda and everything else that follows from it.
  void set_quantizer(int new_qp);

  // The picture whose motion temporal prediction reads, or null.
  const Picture* collocated() const {
    if (!slice.temporal_mvp_enabled_flag) return nullptr;
    return refs.pic[slice.collocated_from_l0_flag ? 0 : 1][slice.collocated_ref_idx].get();
  }

  const BinPrices& bin_prices(int c_idx) const { return prices[c_idx ? 1 : 0]; }
  double bit_cost(uint64_t cost) const { return lambda * static_cast<double>(cost) / kOneBit; }
  double satd_bit_cost(uint64_t cost) const { return lambda_satd * static_cast<double>(cost) / kOneBit; }
  double weight(int c_idx) const { return c_idx ? chroma_weight : 1.0; }

  const Sample* source_at(int c_idx, int x, int y) const { return source.planes[c_idx].row(y) + x; }
  ptrdiff_t source_stride(int c_idx) const { return source.planes[c_idx].stride(); }
  Sample* rec_at(int c_idx, int x, int y) const { return picture.rec.planes[c_idx].row(y) + x; }
  ptrdiff_t rec_stride(int c_idx) const { return picture.rec.planes[c_idx].stride(); }

  // Returns the cells of the block at luma sample (x, y); they are contiguous, in z-order.
  CodedCell* cells(int x, int y) const { return ctu->cells.data() + cell_index(x, y); }
};

// Copies the decisions of a block from the CTU to the side information of the picture, where later blocks
// read them for their contexts, most probable modes and merge candidates.
void publish_block(Picture& picture, const CodedCtu& ctu, int x, int y, int log2_size);

// Marks the transform and prediction edges and the coded transform blocks of a finished CTU for the
// deblocking filter.
void publish_edges(Picture& picture, const CodedCtu& ctu, int ctb_x, int ctb_y);

}  // namespace inloop::hevc
