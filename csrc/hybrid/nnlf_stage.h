// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include "hevc/loopfilter/picture_stage.h"
#include "nnlf/apply/filter_network.h"
#include "nnlf/params/payload.h"

namespace inloop::hybrid {

// The filter as stages of the decoder: parses the payload, finds the network by its hash, filters the picture.
// Nothing else knows both the codec and the network.
class NnlfStage final : public hevc::PictureStage {
 public:
  // pool: whose threads share the blocks of a picture, that in which the pictures are decoded; null: none. It
  // must outlive the stage.
  NnlfStage(std::vector<std::shared_ptr<nn::ProgramCache>> models, ThreadPool* pool);

  Status begin_picture(const std::vector<std::vector<uint8_t>>& payloads,
                       const hevc::SliceHeader& first_slice, const hevc::Sps& sps,
                       std::unique_ptr<Task>& task) override;

 private:
  Status find_network(const nnlf::ModelName& name, const nnlf::FilterNetwork*& network);

  struct Entry {
    std::shared_ptr<nn::ProgramCache> programs;
    std::unique_ptr<const nnlf::FilterNetwork> network;  // once it is needed
    std::array<uint8_t, 32> sha256() const { return programs->model()->sha256(); }
  };
  ThreadPool* const pool_;
  std::vector<Entry> entries_;  // of different models
  nnlf::ParameterTrack track_;
};

}  // namespace inloop::hybrid
