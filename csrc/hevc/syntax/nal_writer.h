// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "hevc/syntax/types.h"

namespace inloop::hevc {

// Makes a NAL unit without start code: a two-byte header, then the payload with emulation prevention bytes
// (7.4.2).
std::vector<uint8_t> make_nal_unit(NalType type, int temporal_id, const std::vector<uint8_t>& rbsp);

// Returns how many bytes part of an RBSP takes in its NAL unit, emulation prevention bytes included. No zero byte may
// precede the part.
size_t size_in_nal_unit(const std::vector<uint8_t>& part);

}  // namespace inloop::hevc
