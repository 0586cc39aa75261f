// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "nnlf/contract/coded_picture.h"
#include "nnlf/contract/geometry.h"
#include "nnlf/kernels/table.h"

namespace inloop::nnlf {

// The inputs that a network may ask for by name. inloop/nnlf/features.py defines them with their channels and
// is the reference.
enum class Feature { rec, pred, bs, qp_base, qp_block, ipb };
inline constexpr std::array kFeatures{Feature::rec,     Feature::pred,     Feature::bs,
                                      Feature::qp_base, Feature::qp_block, Feature::ipb};

std::optional<Feature> feature_of(const std::string& name);
int feature_channels(Feature feature);

// Quantizers for which every feature of 8 to 10 bit samples fits 16 bits.
constexpr int kMinInputQuantizer = 10;
constexpr int kMaxInputQuantizer = 14;

// Writes the input of a block with its context: dense NHWC at half the luma resolution, value = integer /
// 2^q. Outside the picture everything is zero except qp_base, which is the same everywhere.
void pack_feature(const KernelTable& kernels, Feature feature, const CodedPicture& picture,
                  const Block& block, int qp_base, int q, int16_t* out);

}  // namespace inloop::nnlf
