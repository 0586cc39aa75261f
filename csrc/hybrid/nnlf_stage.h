// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "hevc/loopfilter/picture_stage.h"
#include "nnlf/apply/filter_model.h"
#include "nnlf/apply/filter_network.h"
#include "nnlf/params/own_messages.h"
#include "nnlf/params/payload.h"

namespace inloop::hybrid {

// The filter as a stage of the decoder: it parses the payload, finds the network by its hash and filters the
// picture. No other class knows both the codec and the network.
class NnlfStage final : public hevc::PictureStage {
 public:
  // The threads of `pool`, which must be the pool that decodes the pictures, share the blocks of a picture;
  // it may be null and must outlive the stage.
  NnlfStage(std::vector<nnlf::FilterModel> models, ThreadPool* pool);

  // Adds a filter that is no network with an identity, under the name that streams have for it.
  void add_function(const std::array<uint8_t, nnlf::kFullNameSize>& name, nnlf::BlockFunction function);

  Status begin_picture(const std::vector<std::vector<uint8_t>>& payloads,
                       const hevc::SliceHeader& first_slice, const hevc::Sps& sps,
                       std::unique_ptr<Task>& task) override;
  uint64_t foreign_messages() const override { return messages_.foreign(); }

 private:
  bool has(const std::array<uint8_t, nnlf::kFullNameSize>& name) const;
  Status find_network(const nnlf::ModelName& name, const nnlf::FilterNetwork*& network);

  struct Entry {
    nnlf::FilterModel model;                             // that of a function has an identity and no networks
    std::unique_ptr<const nnlf::FilterNetwork> network;  // created when it is first needed
  };
  ThreadPool* const pool_;
  std::vector<Entry> entries_;  // of different models
  nnlf::OwnMessages messages_;
  nnlf::ParameterTrack track_;
};

}  // namespace inloop::hybrid
