// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "hevc/syntax/signal_description.h"

#include <algorithm>
#include <iterator>
#include <tuple>
#include <utility>

#include "entropy/bit_reader.h"
#include "entropy/bit_writer.h"
#include "hevc/syntax/sei_messages.h"

namespace inloop::hevc {
namespace {

constexpr int kExtendedSar = 255;
enum PayloadType : uint32_t { kPictureTiming = 1, kMasteringDisplay = 137, kContentLight = 144 };
constexpr uint32_t kMasteringDisplayBytes = 24, kContentLightBytes = 4;

// Table E.1, from aspect_ratio_idc 1.
constexpr std::pair<int, int> kAspectRatios[] = {{1, 1},    {12, 11}, {10, 11}, {16, 11}, {40, 33}, {24, 11},
                                                 {20, 11},  {32, 11}, {80, 33}, {18, 11}, {15, 11}, {64, 33},
                                                 {160, 99}, {4, 3},   {3, 2},   {2, 1}};

MasteringDisplay read_mastering_display(BitReader& reader) {
  MasteringDisplay display;
  for (auto* list : {display.primaries.data(), display.primaries.data() + 2, display.primaries.data() + 4,
                     display.white_point.data()}) {
    list[0] = static_cast<uint16_t>(reader.bits(16));
    list[1] = static_cast<uint16_t>(reader.bits(16));
  }
  display.max_luminance = reader.bits(32);
  display.min_luminance = reader.bits(32);
  return display;
}

// Table D.2: 3 and 4 are a frame's two fields, 5 and 6 repeat the first one.
FieldOrder field_order_of(uint32_t pic_struct) {
  if (pic_struct == 3 || pic_struct == 5) return FieldOrder::top_first;
  return pic_struct == 4 || pic_struct == 6 ? FieldOrder::bottom_first : FieldOrder::progressive;
}

}  // namespace

void read_vui_signal(const Vui& vui, SignalDescription& signal) {
  // Without the flag, messages of picture timing begin with something else.
  if (!vui.frame_field_info_present_flag) signal.field_order = FieldOrder::progressive;
  signal.sar_width = signal.sar_height = 0;
  if (vui.aspect_ratio_info_present_flag) {
    if (vui.aspect_ratio_idc == kExtendedSar) {
      signal.sar_width = vui.sar_width;
      signal.sar_height = vui.sar_height;
    } else if (vui.aspect_ratio_idc >= 1 &&
               vui.aspect_ratio_idc <= static_cast<int>(std::size(kAspectRatios))) {
      std::tie(signal.sar_width, signal.sar_height) = kAspectRatios[vui.aspect_ratio_idc - 1];
    }
  }
  signal.full_range = vui.video_signal_type_present_flag ? vui.video_full_range_flag : -1;
  signal.colour_primaries = vui.colour_primaries;
  signal.transfer_characteristics = vui.transfer_characteristics;
  signal.matrix_coeffs = vui.matrix_coeffs;
  signal.chroma_location = vui.chroma_loc_info_present_flag ? vui.chroma_sample_loc_type : -1;
}

void read_signal_messages(const NalUnit& nal, SignalDescription& signal) {
  BitReader messages(nal.rbsp.data(), nal.size, "SEI");
  for_each_sei_message(messages, [&signal](uint32_t type, BitReader& reader, uint32_t size) {
    if (type == kMasteringDisplay && size >= kMasteringDisplayBytes) {
      const MasteringDisplay display = read_mastering_display(reader);
      if (reader.ok()) signal.mastering_display = display;
    } else if (type == kContentLight && size >= kContentLightBytes) {
      ContentLight light;
      light.max_content = static_cast<uint16_t>(reader.bits(16));
      light.max_picture_average = static_cast<uint16_t>(reader.bits(16));
      if (reader.ok()) signal.content_light = light;
    } else if (type == kPictureTiming && size >= 1) {
      signal.field_order = field_order_of(reader.bits(4));
    }
    return true;
  });
}

Status write_vui_signal(const SignalDescription& signal, Vui& vui) {
  const auto out_of = [](int value, int low, int high) { return value < low || value > high; };
  if (out_of(signal.sar_width, 0, 65535) || out_of(signal.sar_height, 0, 65535) ||
      (signal.sar_width == 0) != (signal.sar_height == 0)) {
    return Status::config("the aspect ratio of a sample is of two numbers from 1 to 65535");
  }
  for (int code : {signal.colour_primaries, signal.transfer_characteristics, signal.matrix_coeffs}) {
    if (out_of(code, 0, 255)) return Status::config("codes of colours are 0 to 255");
  }
  if (out_of(signal.chroma_location, -1, 5)) return Status::config("chroma locations are 0 to 5");
  if (signal.sar_width > 0) {
    const std::pair sar(signal.sar_width, signal.sar_height);
    const auto* known = std::find(std::begin(kAspectRatios), std::end(kAspectRatios), sar);
    vui.aspect_ratio_info_present_flag = true;
    vui.aspect_ratio_idc =
        known == std::end(kAspectRatios) ? kExtendedSar : static_cast<int>(known - kAspectRatios) + 1;
    vui.sar_width = signal.sar_width;
    vui.sar_height = signal.sar_height;
  }
  vui.colour_primaries = signal.colour_primaries;
  vui.transfer_characteristics = signal.transfer_characteristics;
  vui.matrix_coeffs = signal.matrix_coeffs;
  vui.colour_description_present_flag =
      vui.colour_primaries != 2 || vui.transfer_characteristics != 2 || vui.matrix_coeffs != 2;
  vui.video_signal_type_present_flag = signal.full_range >= 0 || vui.colour_description_present_flag;
  vui.video_full_range_flag = signal.full_range > 0;
  vui.chroma_loc_info_present_flag = signal.chroma_location >= 0;
  vui.chroma_sample_loc_type = std::max(signal.chroma_location, 0);
  return {};
}

std::vector<uint8_t> signal_messages_rbsp(const SignalDescription& signal) {
  if (!signal.mastering_display && !signal.content_light) return {};
  BitWriter writer;
  if (const auto& display = signal.mastering_display) {
    writer.bits(kMasteringDisplay, 8);
    writer.bits(kMasteringDisplayBytes, 8);
    for (uint16_t value : display->primaries) writer.bits(value, 16);
    for (uint16_t value : display->white_point) writer.bits(value, 16);
    writer.bits(display->max_luminance, 32);
    writer.bits(display->min_luminance, 32);
  }
  if (const auto& light = signal.content_light) {
    writer.bits(kContentLight, 8);
    writer.bits(kContentLightBytes, 8);
    writer.bits(light->max_content, 16);
    writer.bits(light->max_picture_average, 16);
  }
  writer.trailing_bits();
  return writer.bytes();
}

}  // namespace inloop::hevc
