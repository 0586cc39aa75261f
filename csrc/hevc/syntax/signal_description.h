// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/status.h"
#include "hevc/syntax/nal.h"
#include "hevc/syntax/parameter_sets.h"

namespace inloop::hevc {

// The display on which the pictures were graded (D.2.28): chromaticities in units of 0.00002, luminances of 0.0001
// candela a square metre.
struct MasteringDisplay {
  std::array<uint16_t, 6> primaries{};  // x, y of green, blue, red
  std::array<uint16_t, 2> white_point{};
  uint32_t max_luminance = 0, min_luminance = 0;
};

// D.2.35, candelas a square metre.
struct ContentLight {
  uint16_t max_content = 0, max_picture_average = 0;
};

// Whether pictures are frames of two fields, and which of them is shown first (pic_struct of picture timing, D.3.3).
enum class FieldOrder : uint8_t { progressive = 0, top_first = 1, bottom_first = 2 };

// What the samples of a stream mean (E.2.1, and SEI messages); the codes are those of the standard, -1 where it is not
// said.
struct SignalDescription {
  int sar_width = 0, sar_height = 0;  // of a sample; 0: not said
  int full_range = -1;
  int colour_primaries = 2, transfer_characteristics = 2, matrix_coeffs = 2;  // 2: not said
  int chroma_location = -1;  // 0 left, 1 centre, 2 top left ...
  FieldOrder field_order = FieldOrder::progressive;
  std::optional<MasteringDisplay> mastering_display;
  std::optional<ContentLight> content_light;
};

// Fills in what the VUI says; the messages stay as they are.
void read_vui_signal(const Vui& vui, SignalDescription& signal);
// Of a prefix SEI unit: takes the messages that describe the signal, and leaves out what it cannot read.
void read_signal_messages(const NalUnit& nal, SignalDescription& signal);

// Into the VUI of a stream to write.
Status write_vui_signal(const SignalDescription& signal, Vui& vui);
// The RBSP of an SEI unit; empty where there is nothing to say.
std::vector<uint8_t> signal_messages_rbsp(const SignalDescription& signal);

}  // namespace inloop::hevc
