// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "base/status.h"
#include "nn/program_cache.h"

namespace inloop::nnlf {

// The networks of a filter and the identity that streams name. Nothing in a stream says which network a picture
// takes: the type of its first slice does.
struct FilterModel {
  std::shared_ptr<nn::ProgramCache> intra;  // The network that I pictures take.
  std::shared_ptr<nn::ProgramCache> inter;  // The network that P and B pictures take, often the same one.
  std::array<uint8_t, 32> sha256{};

  FilterModel() = default;
  // Makes a model of one network for all pictures, whose identity is that of the network.
  explicit FilterModel(std::shared_ptr<nn::ProgramCache> network);
  // Makes a pair. Its identity is the SHA-256 of kPairMagic and the identities of both, that for I pictures
  // first.
  FilterModel(std::shared_ptr<nn::ProgramCache> intra_network,
              std::shared_ptr<nn::ProgramCache> inter_network);

  bool is_pair() const { return intra != inter; }
};

// The compact form of a pair (".inl"), little endian:
//   kPairMagic | u16 version 1 | u16 0 | u32 size of the first network
//   | the network for I pictures | that for P and B pictures, both in their compact form (nn/graph/reader.h)
constexpr std::array<uint8_t, 8> kPairMagic = {'I', 'N', 'L', 'O', 'O', 'P', 'N', 'P'};

// Returns whether bytes begin as a pair does.
bool is_pair(const uint8_t* data, size_t size);

struct PairParts {
  const uint8_t* intra = nullptr;
  size_t intra_size = 0;
  const uint8_t* inter = nullptr;
  size_t inter_size = 0;
};

// Finds where the networks of a pair lie in its bytes, and reads no further. Errors are StatusCode::model.
Status split_pair(const uint8_t* data, size_t size, PairParts& out);

// Returns the compact form of a pair, from those of its networks.
std::vector<uint8_t> join_pair(const std::vector<uint8_t>& intra, const std::vector<uint8_t>& inter);

// Reads the compact form of one network or of a pair. `allow_wrapping` and errors are those of
// nn::Model::parse().
Status read_filter_model(const uint8_t* data, size_t size, bool allow_wrapping, FilterModel& out);

}  // namespace inloop::nnlf
