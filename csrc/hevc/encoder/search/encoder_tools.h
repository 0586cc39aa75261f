// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string_view>
#include <variant>
#include <vector>

#include "base/status.h"

namespace inloop::hevc {

constexpr double kNoRatio = 1e6;  // a limit that nothing reaches

// What the encoder tries, and how hard: the whole difference between presets. The initial values are those of
// the preset "medium".
struct EncoderTools {
  // Intra modes of a luma block that are fully coded: the best of the rating by SATD (one less at 16x16, two
  // less at 32x32) up to intra_check_ratio times the cost of the first, and the first most probable ones in
  // any case.
  int intra_checks = 3;
  double intra_check_ratio = 1.2;
  int intra_mpm_checks = 1;
  bool intra_all_modes = false;    // rate all 35 modes, not from coarse to fine
  bool intra_chroma_modes = true;  // try another chroma mode than the derived one
  bool intra_4x4 = true;           // NxN partitions

  bool transform_skip = false;  // 4x4 blocks without a transform
  double chroma_weight = 1.05;  // of chroma errors, on top of what luma and chroma QP make of them
  int cb_qp_offset = 0;         // on top of the caller's
  int deblocking_offset = 0;    // of both parameters, in steps of two QPs, on top of the caller's
  double rdoq_strength = 1;     // weight of bits against squared error where levels are chosen

  // Levels of the transform tree below the CU (or its NxN partition).
  int transform_depth_intra = 1;
  int transform_depth_inter = 1;

  int merge_checks = 2;             // merge candidates that are fully coded
  bool rectangles = true;           // 2NxN and Nx2N partitions
  bool amp = false;                 // asymmetric partitions, in the direction of the better rectangles
  bool amp_both = false;            // in the other one too
  int partition_checks = 1;         // partitionings that are fully coded, best rated first
  double partition_margin = 1.0;    // of their rating against that of the whole CU
  bool all_neighbours = false;      // sub-sample refinement tries every neighbour
  bool interpolate_planes = false;  // interpolate reference pictures as a whole, not block by block
  bool all_references = false;      // search parts as widely as CUs, and give up no reference
  bool both_directions = false;     // code whole CUs predicted from one list and from both lists
  int bi_iterations = 1;            // turns of refinement of a bi-predicted block's vectors
  bool split_skipped = false;       // split CUs too that the skip mode serves best
  bool full_search = false;         // try intra modes and parts for CUs too that need no residual
  int early_skip = 0;  // no search of vectors: 1 where merging leaves no residual, 2 where skipping is best

  // What is given up unseen: merge candidates rated worse than the first by such a factor, residuals split
  // into smaller transforms where the whole ones cost more than the best of the CU by it, intra modes in
  // inter pictures where the best is rated worse than inter prediction by it.
  double merge_ratio = kNoRatio;
  double tree_ratio = kNoRatio;
  double intra_ratio = kNoRatio;
  double calm_bits = 0;  // a skipped CU is the last thing tried where its error is worth fewer bits
};

// Fastest first.
const std::vector<std::string_view>& preset_names();

// The tools of a preset; an error that lists the names where there is no such one.
Status find_preset(std::string_view name, EncoderTools& out);

// A member of EncoderTools under its own name, with the range of its values.
struct ToolField {
  std::string_view name;
  std::variant<int EncoderTools::*, bool EncoderTools::*, double EncoderTools::*> member;
  double low, high;
};
const std::vector<ToolField>& tool_fields();

double get_tool(const EncoderTools& tools, const ToolField& field);

// Sets the member called `name`; an error where there is none or the value is out of its range.
Status set_tool(EncoderTools& tools, std::string_view name, double value);

}  // namespace inloop::hevc
