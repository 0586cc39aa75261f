// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "nnlf/apply/filter_network.h"
#include "nnlf/contract/coded_picture.h"
#include "nnlf/params/payload.h"

namespace inloop::nnlf {

// What the parameters of a picture mean for its blocks, by flags or, without any, by the rule of
// block_rule.h.
BlockPlan plan_blocks(const CodedPicture& picture, const PictureParameters& parameters);

// Writes the filtered picture from the candidates' signals: FilterNetwork::filter without the network.
void apply_plan(const KernelTable& kernels, const CodedPicture& picture, const BlockPlan& plan,
                const std::array<ConstPlanes, kMaxCandidates>& signals, const MutablePlanes& out);

// What a picture shows that is filtered for display only: puts the decoded picture behind SAO into the blocks of
// `shown` whose entry in `choice` is 0. `decoded` may end before the coded size; nothing is shown beyond.
void show_unfiltered(const BlockGrid& grid, const std::vector<uint8_t>& choice, const ConstPlanes& decoded,
                  const MutablePlanes& shown);

// MD5 of the planes Y, Cb, Cr: one byte a sample at 8 bit, else two, low byte first.
Md5::Digest picture_md5(const ConstPlanes& planes, int bit_depth);

}  // namespace inloop::nnlf
