// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <vector>

namespace inloop::nnlf {

// Returns the arithmetic codeword of the block flags in a payload (payload.h). `choice` has one entry per
// block in raster order, with rows of `columns` blocks: 0 is off, else candidate + 1.
std::vector<uint8_t> encode_flags(const std::vector<uint8_t>& choice, int columns, int candidates);

// Fills `choice`, whose size gives the number of blocks. Whatever the bytes, every entry is in range; missing
// bytes count as zeros.
void decode_flags(std::vector<uint8_t> codeword, int columns, int candidates, std::vector<uint8_t>& choice);

}  // namespace inloop::nnlf
