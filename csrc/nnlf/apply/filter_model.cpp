// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "nnlf/apply/filter_model.h"

#include <algorithm>

#include "base/sha256.h"
#include "nn/graph/model.h"

namespace inloop::nnlf {
namespace {

constexpr uint8_t kVersion = 1;
constexpr size_t kHeadSize = kPairMagic.size() + 8;

std::array<uint8_t, 32> identity_of(const nn::Model& intra, const nn::Model& inter) {
  std::vector<uint8_t> text(kPairMagic.begin(), kPairMagic.end());
  for (const nn::Model* model : {&intra, &inter}) {
    const auto sha256 = model->sha256();
    text.insert(text.end(), sha256.begin(), sha256.end());
  }
  return nn::sha256(text.data(), text.size());
}

Status read_network(const uint8_t* data, size_t size, bool allow_wrapping,
                    std::shared_ptr<nn::ProgramCache>& out) {
  std::shared_ptr<const nn::Model> model;
  INLOOP_RETURN_IF_ERROR(nn::Model::parse(data, size, model, allow_wrapping));
  out = std::make_shared<nn::ProgramCache>(std::move(model));
  return {};
}

}  // namespace

FilterModel::FilterModel(std::shared_ptr<nn::ProgramCache> network)
    : intra(network), inter(std::move(network)), sha256(inter->model()->sha256()) {}

FilterModel::FilterModel(std::shared_ptr<nn::ProgramCache> intra_network,
                         std::shared_ptr<nn::ProgramCache> inter_network)
    : intra(std::move(intra_network)),
      inter(std::move(inter_network)),
      sha256(identity_of(*intra->model(), *inter->model())) {}

bool is_pair(const uint8_t* data, size_t size) {
  return size >= kPairMagic.size() && std::equal(kPairMagic.begin(), kPairMagic.end(), data);
}

Status split_pair(const uint8_t* data, size_t size, PairParts& out) {
  if (!is_pair(data, size) || size < kHeadSize) return Status::model("this is no pair of filter networks");
  const uint8_t* head = data + kPairMagic.size();
  if (head[0] != kVersion || head[1] != 0 || head[2] != 0 || head[3] != 0) {
    return Status::model("a pair of filter networks of an unknown version");
  }
  size_t intra_size = 0;
  for (size_t i = 0; i < 4; ++i) intra_size |= size_t{head[4 + i]} << (8 * i);
  if (intra_size > size - kHeadSize) return Status::model("the pair of filter networks is cut off");
  const uint8_t* intra = data + kHeadSize;
  out = {intra, intra_size, intra + intra_size, size - kHeadSize - intra_size};
  return {};
}

std::vector<uint8_t> join_pair(const std::vector<uint8_t>& intra, const std::vector<uint8_t>& inter) {
  std::vector<uint8_t> bytes(kPairMagic.begin(), kPairMagic.end());
  bytes.insert(bytes.end(), {kVersion, 0, 0, 0});
  for (size_t i = 0; i < 4; ++i) bytes.push_back(static_cast<uint8_t>(intra.size() >> (8 * i)));
  bytes.insert(bytes.end(), intra.begin(), intra.end());
  bytes.insert(bytes.end(), inter.begin(), inter.end());
  return bytes;
}

Status read_filter_model(const uint8_t* data, size_t size, bool allow_wrapping, FilterModel& out) {
  std::shared_ptr<nn::ProgramCache> intra, inter;
  if (!is_pair(data, size)) {
    INLOOP_RETURN_IF_ERROR(read_network(data, size, allow_wrapping, inter));
    out = FilterModel(std::move(inter));
    return {};
  }
  PairParts parts;
  INLOOP_RETURN_IF_ERROR(split_pair(data, size, parts));
  INLOOP_RETURN_IF_ERROR(read_network(parts.intra, parts.intra_size, allow_wrapping, intra));
  INLOOP_RETURN_IF_ERROR(read_network(parts.inter, parts.inter_size, allow_wrapping, inter));
  out = FilterModel(std::move(intra), std::move(inter));
  return {};
}

}  // namespace inloop::nnlf
