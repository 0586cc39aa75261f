// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/status.h"
#include "base/thread_pool.h"
#include "entropy/cabac_decoder.h"
#include "hevc/block/intra_prediction.h"
#include "hevc/block/mv_prediction.h"
#include "hevc/block/transform.h"
#include "hevc/kernels/table.h"
#include "hevc/loopfilter/row_filter.h"
#include "hevc/picture/picture.h"
#include "hevc/syntax/cabac_contexts.h"

namespace inloop::hevc {

// Decodes the slice segments of one picture: parses the slice segment data (7.3.8) and reconstructs each
// block at once. The in-loop filters follow in `filter`.
class SliceDecoder {
 public:
  // `pool` is the pool whose thread this is, or null outside a pool; `cancelled` ends decoding with an error.
  SliceDecoder(const KernelTable& kernels, Picture& picture, RowFilter& filter, ThreadPool* pool,
               const std::atomic<bool>& cancelled);

  // Decodes one slice segment. `refs` are the reference lists of its slice, which is
  // picture.slices[slice_index]; data is the slice segment data and must be followed by NalUnit::kPadding
  // bytes.
  Status decode(const SliceHeader& header, const RefLists& refs, uint16_t slice_index, const uint8_t* data,
                size_t size);

 private:
  // The CU that is decoded.
  struct CodingUnit {
    int x = 0, y = 0, log2_size = 0;
    PredMode pred_mode = PredMode::intra;
    PartMode part_mode = PartMode::p2Nx2N;
    bool transquant_bypass = false;
    bool merge_2Nx2N = false;  // such a CU always has a residual, so that rqt_root_cbf is not coded
    int max_trafo_depth = 0;
    int luma_modes[4] = {};
    int chroma_mode = 0;
  };
  struct TransformNode {
    int x = 0, y = 0, log2_size = 0, depth = 0, block_idx = 0;
    int parent_x = 0, parent_y = 0;
    bool cbf_cb = false, cbf_cr = false;
  };

  // Defined in slice_decoder.cpp: segments, CTUs, SAO.
  Status decode_ctus();
  Status begin_ctu(int ctb_ts, bool first_in_segment);
  Status next_substream(int next_ts);
  void decode_ctu();
  bool starts_substream(int ctb_ts) const;
  bool starts_tile(int ctb_ts) const;
  bool starts_row_in_tile(int ctb_x) const;
  void parse_sao();
  void parse_sao_component(int c_idx);
  Status error(std::string reason) const;
  void fail(const char* reason) {
    if (!failure_) failure_ = reason;
  }
  void fail_without(const Picture& reference);

  // Defined in slice_coding_quadtree.cpp.
  void coding_quadtree(int x, int y, int log2_size, int depth);
  bool parse_split_cu_flag(int x, int y, int depth);
  void start_quantization_group(int x, int y);
  void coding_unit(int x, int y, int log2_size, int depth);
  void coding_unit_body(CodingUnit& cu);
  bool parse_skip_flag(int x, int y);
  PartMode parse_part_mode(const CodingUnit& cu);
  void parse_intra_modes(CodingUnit& cu);
  void pcm_samples(const CodingUnit& cu);
  void mark_coding_unit(const CodingUnit& cu, uint8_t flags, int depth);
  int current_qp() const;

  // Defined in slice_prediction_unit.cpp.
  void prediction_units(CodingUnit& cu, bool skipped, int depth);
  void prediction_unit(CodingUnit& cu, int part_idx, bool skipped, int depth);
  int parse_merge_idx();
  int parse_inter_pred_idc(const PredictionBlock& block, int depth);
  int parse_ref_idx(int count);
  Mv parse_mvd();
  int parse_mvd_component_rest(bool greater1);
  void parse_amvp_motion(const PredictionBlock& block, int depth, MotionInfo& motion);
  void predict(const PredictionBlock& block, const MotionInfo& motion);
  bool wait_for_references(const PredictionBlock& block, const MotionInfo& motion);

  // Defined in slice_transform.cpp.
  void transform_tree(const CodingUnit& cu, const TransformNode& node);
  bool split_transform(const CodingUnit& cu, const TransformNode& node);
  void transform_unit(const CodingUnit& cu, const TransformNode& node, bool cbf_luma);
  void parse_cu_qp_delta();
  void reconstruct_chroma(const CodingUnit& cu, const TransformNode& node);
  void reconstruct_block(const CodingUnit& cu, int x, int y, int log2_size, int c_idx, int intra_mode,
                         bool coded);
  void predict_intra_block(int x, int y, int log2_size, int c_idx, int intra_mode);
  void mark_transform_unit(const TransformNode& node, bool cbf_luma);
  void keep_prediction(int c_idx, int x, int y, int width, int height);

  // Defined in slice_residual.cpp: parses residual_coding() into coefficients_, which are scaled already.
  struct Residual {
    TransformKind kind = TransformKind::dct;
    int max_x = 0, max_y = 0;  // extent of the non-zero coefficients, rounded up to sub-blocks
  };
  int component_qp(int c_idx) const;
  const uint8_t* scaling_factors(bool intra, int log2_size, int c_idx) const;
  Residual residual_coding(const CodingUnit& cu, int log2_size, int c_idx, int intra_mode);

  const KernelTable& kernels_;
  Picture* const picture_;
  RowFilter& filter_;
  ThreadPool* const pool_;
  const std::atomic<bool>& cancelled_;
  const Sps* const sps_;
  const Pps* const pps_;
  const CodingLayout* const layout_;
  const SliceHeader* slice_ = nullptr;
  const RefLists* refs_ = nullptr;
  MotionContext motion_context_;
  uint16_t slice_index_ = 0;
  const char* failure_ = nullptr;
  const Picture* unusable_reference_ = nullptr;

  CabacDecoder cabac_;
  ContextSet contexts_{};
  ContextSet contexts_wpp_{};          // contexts after the second CTU of the row above
  ContextSet contexts_segment_end_{};  // contexts that a dependent slice segment continues with

  // State of the CTU.
  int ctb_rs_ = 0, ctb_x_ = 0, ctb_y_ = 0;  // raster address, and position in CTBs
  bool left_available_ = false, above_available_ = false;

  // State of the quantisation group.
  int qp_y_predicted_ = 0;
  int qp_y_last_ = 0;  // luma QP of the last CU in decoding order
  int cu_qp_delta_ = 0;
  bool cu_qp_delta_coded_ = false;
  bool reset_qp_ = true;  // whether the next group is the first of a slice, tile or wavefront row

  IntraReferences references_;
  alignas(64) int16_t coefficients_[32 * 32] = {};
  alignas(64) int16_t residual_[32 * 32];
};

}  // namespace inloop::hevc
