// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <vector>

#include "hevc/syntax/types.h"

namespace inloop::hevc {

// Makes a NAL unit without start code: a two-byte header, then the payload with emulation prevention bytes
// (7.4.2).
std::vector<uint8_t> make_nal_unit(NalType type, int temporal_id, const std::vector<uint8_t>& rbsp);

}  // namespace inloop::hevc
