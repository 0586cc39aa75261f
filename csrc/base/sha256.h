// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace inloop::nn {

// Returns the SHA-256 (FIPS 180-4) of an array. It serves as the identity of a network.
std::array<uint8_t, 32> sha256(const uint8_t* data, size_t size);

}  // namespace inloop::nn
