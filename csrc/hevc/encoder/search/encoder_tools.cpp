// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "hevc/encoder/search/encoder_tools.h"

#include <cmath>
#include <string>
#include <type_traits>
#include <utility>

namespace inloop::hevc {
namespace {

struct Preset {
  std::string_view name;
  EncoderTools tools;
};

const std::vector<Preset>& presets() {
  static const std::vector<Preset> table = {
      {"faster",
       {.intra_checks = 1,
        .intra_mpm_checks = 0,
        .intra_chroma_modes = false,
        .transform_depth_intra = 0,
        .transform_depth_inter = 0,
        .merge_checks = 1,
        .rectangles = false,
        .early_skip = 1}},
      {"fast",
       {.intra_checks = 2,
        .intra_mpm_checks = 0,
        .intra_chroma_modes = false,
        .transform_depth_intra = 0,
        .transform_depth_inter = 0,
        .merge_checks = 1,
        .rectangles = false}},
      {"medium", {.merge_ratio = 1.25, .intra_ratio = 1.2}},
      {"slow",
       {.intra_checks = 4,
        .intra_check_ratio = 1.5,
        .transform_depth_inter = 2,
        .merge_checks = 3,
        .partition_checks = 2,
        .all_neighbours = true,
        .split_skipped = true}},
      {"slower",
       {.intra_checks = 6,
        .intra_check_ratio = 2,
        .intra_mpm_checks = 2,
        .intra_all_modes = true,
        .chroma_weight = 1.03,
        .cb_qp_offset = -1,
        .deblocking_offset = -1,
        .transform_depth_intra = 2,
        .transform_depth_inter = 2,
        .merge_checks = 4,
        .amp = true,
        .amp_both = true,
        .partition_checks = 3,
        .partition_margin = 1.05,
        .all_neighbours = true,
        .interpolate_planes = true,
        .all_references = true,
        .both_directions = true,
        .bi_iterations = 3,
        .split_skipped = true,
        .full_search = true,
        .merge_ratio = 1.25,
        .tree_ratio = 1.1,
        .intra_ratio = 1.15,
        .calm_bits = 12}},
  };
  return table;
}

template <class Range, class Name>
Status unknown(const char* kind, std::string_view wanted, const Range& known, Name name_of) {
  std::string message(kind);
  message.append(" '").append(wanted).append("' is none of ");
  const char* separator = "";
  for (const auto& item : known) {
    message.append(separator).append(name_of(item));
    separator = ", ";
  }
  return Status::config(std::move(message));
}

}  // namespace

const std::vector<std::string_view>& preset_names() {
  static const std::vector<std::string_view> names = [] {
    std::vector<std::string_view> list;
    for (const Preset& preset : presets()) list.push_back(preset.name);
    return list;
  }();
  return names;
}

Status find_preset(std::string_view name, EncoderTools& out) {
  for (const Preset& preset : presets()) {
    if (preset.name != name) continue;
    out = preset.tools;
    return {};
  }
  return unknown("preset", name, preset_names(), [](std::string_view known) { return known; });
}

const std::vector<ToolField>& tool_fields() {
  static const std::vector<ToolField> fields = {
      {"intra_checks", &EncoderTools::intra_checks, 1, 35},
      {"intra_check_ratio", &EncoderTools::intra_check_ratio, 1, 100},
      {"intra_mpm_checks", &EncoderTools::intra_mpm_checks, 0, 3},
      {"intra_all_modes", &EncoderTools::intra_all_modes, 0, 1},
      {"intra_chroma_modes", &EncoderTools::intra_chroma_modes, 0, 1},
      {"intra_4x4", &EncoderTools::intra_4x4, 0, 1},
      {"transform_skip", &EncoderTools::transform_skip, 0, 1},
      {"chroma_weight", &EncoderTools::chroma_weight, 0.25, 4},
      {"cb_qp_offset", &EncoderTools::cb_qp_offset, -12, 12},
      {"deblocking_offset", &EncoderTools::deblocking_offset, -6, 6},
      {"rdoq_strength", &EncoderTools::rdoq_strength, 0, 4},
      {"transform_depth_intra", &EncoderTools::transform_depth_intra, 0, 3},
      {"transform_depth_inter", &EncoderTools::transform_depth_inter, 0, 3},
      {"merge_checks", &EncoderTools::merge_checks, 1, 5},
      {"rectangles", &EncoderTools::rectangles, 0, 1},
      {"amp", &EncoderTools::amp, 0, 1},
      {"amp_both", &EncoderTools::amp_both, 0, 1},
      {"partition_checks", &EncoderTools::partition_checks, 1, 4},
      {"partition_margin", &EncoderTools::partition_margin, 0, 10},
      {"all_neighbours", &EncoderTools::all_neighbours, 0, 1},
      {"interpolate_planes", &EncoderTools::interpolate_planes, 0, 1},
      {"all_references", &EncoderTools::all_references, 0, 1},
      {"both_directions", &EncoderTools::both_directions, 0, 1},
      {"bi_iterations", &EncoderTools::bi_iterations, 0, 8},
      {"split_skipped", &EncoderTools::split_skipped, 0, 1},
      {"full_search", &EncoderTools::full_search, 0, 1},
      {"early_skip", &EncoderTools::early_skip, 0, 2},
      {"merge_ratio", &EncoderTools::merge_ratio, 1, kNoRatio},
      {"tree_ratio", &EncoderTools::tree_ratio, 0, kNoRatio},
      {"intra_ratio", &EncoderTools::intra_ratio, 0, kNoRatio},
      {"calm_bits", &EncoderTools::calm_bits, 0, 1000},
  };
  return fields;
}

double get_tool(const EncoderTools& tools, const ToolField& field) {
  return std::visit([&](auto member) { return static_cast<double>(tools.*member); }, field.member);
}

Status set_tool(EncoderTools& tools, std::string_view name, double value) {
  for (const ToolField& field : tool_fields()) {
    if (field.name != name) continue;
    const bool whole = !std::holds_alternative<double EncoderTools::*>(field.member);
    if (!(value >= field.low && value <= field.high) || (whole && value != std::floor(value))) {
      std::string message("encoder tool ");
      message.append(name).append(" is outside ").append(std::to_string(static_cast<int>(field.low)));
      message.append(" to ").append(std::to_string(static_cast<int>(field.high)));
      return Status::config(std::move(message));
    }
    std::visit(
        [&](auto member) {
          using Value = std::remove_reference_t<decltype(tools.*member)>;
          tools.*member = static_cast<Value>(value);
        },
        field.member);
    return {};
  }
  return unknown("encoder tool", name, tool_fields(), [](const ToolField& field) { return field.name; });
}

}  // namespace inloop::hevc
