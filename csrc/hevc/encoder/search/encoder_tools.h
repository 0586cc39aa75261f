// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string_view>
#include <variant>
#include <vector>

#include "base/status.h"

namespace inloop::hevc {

constexpr double kNoRatio = 1e6;  // a limit that nothing reaches

// Says what the encoder tries and how hard. This is the whole difference between presets; the initial values
// are those of the preset "medium" but for what that leaves out as unlikely to pay.
struct EncoderTools {
  // The number of intra modes of a luma block that are fully coded: the best by estimated cost (one fewer at
  // 16x16, two fewer at 32x32), as long as they cost no more than intra_check_ratio times the first. The
  // first intra_mpm_checks most probable modes are coded in any case.
  int intra_checks = 3;
  double intra_check_ratio = 1.2;
  int intra_mpm_checks = 1;
  bool intra_all_modes = false;    // estimate all 35 modes instead of going from coarse to fine
  bool intra_chroma_modes = true;  // also try a chroma mode other than the derived one
  bool intra_4x4 = true;           // try NxN partitions

  bool transform_skip = false;  // try 4x4 blocks without a transform
  // Weight of chroma errors, on top of the weight that follows from the luma and chroma QPs.
  double chroma_weight = 1.05;
  int cb_qp_offset = 0;       // added to the caller's offset
  int deblocking_offset = 0;  // Added to the caller's offsets, both beta and tc, in steps of two QPs.
  double rdoq_strength = 1;   // weight of bits against squared error when levels are chosen

  // How many times the transform tree may be split below the CU (or its NxN partition).
  int transform_depth_intra = 1;
  int transform_depth_inter = 1;

  int merge_checks = 2;      // merge candidates that are fully coded
  bool rectangles = true;    // try 2NxN and Nx2N partitions
  bool amp = false;          // try asymmetric partitions in the direction of the better rectangles
  bool amp_both = false;     // try asymmetric partitions in both directions
  int partition_checks = 1;  // partitionings that are fully coded, in order of estimated cost
  // A partitioning is coded only if its estimate is below this many times that of the whole CU.
  double partition_margin = 1.0;
  bool all_neighbours = false;      // refine to fractional samples with all eight neighbours
  bool interpolate_planes = false;  // interpolate reference pictures as a whole, not block by block
  bool all_references = false;      // search parts of CUs as widely as whole CUs, in every reference
  bool both_directions = false;     // code whole CUs both with one list and with two lists
  int bi_iterations = 1;            // rounds of refinement of a bi-predicted block's vectors
  bool split_skipped = false;       // also split CUs that are coded best in skip mode
  bool full_search = false;         // also try intra modes and partitions for CUs that need no residual
  // Leaves out the search of vectors: 1 where merging leaves no residual, 2 where skip mode is best.
  int early_skip = 0;

  // These factors say what is given up without a try: merge candidates whose estimate exceeds that of the
  // first by merge_ratio; smaller transforms where the cost with whole ones exceeds the best cost of the CU
  // by tree_ratio; intra modes of inter pictures where their best estimate exceeds that of inter prediction
  // by intra_ratio.
  double merge_ratio = kNoRatio;
  double tree_ratio = kNoRatio;
  double intra_ratio = kNoRatio;
  // Nothing more is tried after a skipped CU whose error is worth fewer bits than this.
  double calm_bits = 0;
};

// The fastest preset comes first.
const std::vector<std::string_view>& preset_names();

// Finds the tools of a preset. An unknown name is an error that lists the known ones.
Status find_preset(std::string_view name, EncoderTools& out);

// Names a member of EncoderTools and gives the range of its values.
struct ToolField {
  std::string_view name;
  std::variant<int EncoderTools::*, bool EncoderTools::*, double EncoderTools::*> member;
  double low, high;
};
const std::vector<ToolField>& tool_fields();

double get_tool(const EncoderTools& tools, const ToolField& field);

// Sets the member called `name`. An unknown name and a value outside the range are errors.
Status set_tool(EncoderTools& tools, std::string_view name, double value);

}  // namespace inloop::hevc
