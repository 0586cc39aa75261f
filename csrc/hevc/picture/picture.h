// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "base/row_progress.h"
#include "hevc/picture/grid.h"
#include "hevc/syntax/coding_layout.h"
#include "hevc/syntax/parameter_sets.h"
#include "hevc/syntax/types.h"
#include "video/frame.h"

namespace inloop::hevc {

using video::Frame;

// Bits of Picture::flags, which has one value per cell.
enum CellFlag : uint8_t {
  kCellSkip = 1,             // cu_skip_flag
  kCellLumaCoded = 2,        // the luma transform block has a non-zero coefficient
  kCellBypass = 4,           // cu_transquant_bypass_flag, which forbids in-loop filters
  kCellPcm = 8,              // pcm_flag
  kCellEdgeVertical = 16,    // the left side of the cell is a transform block edge
  kCellEdgeHorizontal = 32,  // the top side of the cell is a transform block edge
  kCellPuVertical = 64,      // the left side of the cell is a prediction block edge
  kCellPuHorizontal = 128,   // the top side of the cell is a prediction block edge
};

// The SAO parameters of one component of a CTB (7.3.8.3).
struct SaoParams {
  uint8_t type = 0;  // 0 off, 1 band, 2 edge
  uint8_t band_position = 0;
  uint8_t eo_class = 0;
  int8_t offset[4] = {0, 0, 0, 0};  // SaoOffsetVal[1] to [4], at the bit depth of the samples
};

// What later pictures and the in-loop filters need of a slice when its header is gone.
struct SliceInfo {
  SliceHeader header;
  int num_refs[2] = {0, 0};
  int ref_poc[2][kMaxRefs] = {};
  bool ref_is_long_term[2][kMaxRefs] = {};
};

// A coded picture: its samples, and the side information of its blocks by cells of 4x4 luma samples (in
// raster order, cell_stride() cells a row). Encoder and decoder fill the same structure, so that prediction
// and in-loop filters exist only once.
class Picture {
 public:
  Picture(ActiveParameters parameters, std::shared_ptr<const CodingLayout> layout);
  // Makes a reference picture that the stream does not contain (8.3.3). It has a POC but no samples or
  // blocks, and its rows are never ready.
  static std::shared_ptr<const Picture> missing(const Picture& current, int poc);

  // These prepare the object for another picture with the same parameters. Samples, and whatever every block
  // writes anyway, stay as they are. reset_blocks() takes time; it must be called before the first block is
  // decoded.
  void reset();
  void reset_blocks();
  const ActiveParameters& parameters() const { return parameters_; }

  const Sps& sps() const { return *parameters_.sps; }
  const Pps& pps() const { return *parameters_.pps; }
  const CodingLayout& layout() const { return *layout_; }
  int width() const { return sps().pic_width; }
  int height() const { return sps().pic_height; }
  int cell_stride() const { return cell_stride_; }
  size_t cell(int x, int y) const { return static_cast<size_t>((y >> 2) * cell_stride_ + (x >> 2)); }

  // Returns whether the block at (xn, yn) is available when the block at (xc, yc) is decoded (6.4.1): inside
  // the picture, not later in decoding order, in the same slice and tile. slice_address must be set for both
  // CTBs.
  bool available(int xc, int yc, int xn, int yn) const;

  const SliceInfo& slice_at(int x, int y) const {
    return *slices[static_cast<size_t>(ctb_slice[static_cast<size_t>(layout().ctb_address(x, y))])];
  }

  int poc = 0;
  Frame rec;             // reconstruction, on which the in-loop filters work in place
  Frame rec_unfiltered;  // copy before deblocking; used only with keep_filter_inputs
  Frame pred;            // prediction before the residual; used only with keep_filter_inputs
  bool keep_filter_inputs = false;

  Grid<PredMode> pred_mode;
  Grid<uint8_t> flags;       // bits of CellFlag
  Grid<uint8_t> intra_mode;  // IntraPredModeY; DC where the block is not intra
  Grid<uint8_t> cqt_depth;
  Grid<int8_t> qp_y;
  Grid<MotionInfo> motion;
  // Boundary strengths of the left and the top edge of a cell, set on the 8x8 grid only, by
  // derive_boundary_strength_row().
  Grid<uint8_t> bs_ver, bs_hor;

  // These have one entry per CTB, in raster order.
  std::vector<int> slice_address;   // SliceAddrRs, or -1 while the CTB is not decoded
  std::vector<uint16_t> ctb_slice;  // index into slices
  std::vector<SaoParams> sao[3];
  std::vector<std::shared_ptr<const SliceInfo>> slices;

  bool is_long_term = false;
  bool is_reference = true;

  // The luma rows whose blocks (motion, modes) and, respectively, whose final samples are ready, for threads
  // that decode pictures which refer to this one.
  RowProgress coded_rows, final_rows;

 private:
  Picture(const Picture& current, int poc);

  ActiveParameters parameters_;
  std::shared_ptr<const CodingLayout> layout_;
  int cell_stride_;
};

// The reference picture lists of the current slice; entries are never null.
struct RefLists {
  int num[2] = {0, 0};
  std::shared_ptr<const Picture> pic[2][kMaxRefs];
  bool is_long_term[2][kMaxRefs] = {};
};

}  // namespace inloop::hevc
