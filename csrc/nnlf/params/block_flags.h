// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <vector>

namespace inloop::nnlf {

// The arithmetic codeword of block flags in a payload (payload.h). `choice`: one entry a block in raster
// order, 0 off, else candidate + 1; rows of `columns` blocks.
std::vector<uint8_t> encode_flags(const std::vector<uint8_t>& choice, int columns, int candidates);

// Fills `choice`, whose size says how many blocks there are. Whatever the bytes, every entry is in range;
// those that are missing count as zeros.
void decode_flags(std::vector<uint8_t> codeword, int columns, int candidates, std::vector<uint8_t>& choice);

}  // namespace inloop::nnlf
