// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <memory>
#include <vector>

#include "codec/picture_stage.h"
#include "nnlf/filter_network.h"
#include "nnlf/picture_filter.h"

namespace inloop::bindings {

// The filter as a stage of the decoder: parses the payload, finds the network by its hash, filters the
// picture. Lives here because nnlf knows no codec and the codec no network.
class NnlfStage final : public codec::PictureStage {
 public:
  // threads: those that work on the blocks of a picture.
  NnlfStage(std::vector<std::shared_ptr<const nn::Model>> models, int threads);

  Status begin_picture(const std::vector<std::vector<uint8_t>>& payloads,
                       const codec::SliceHeader& first_slice, const codec::Sps& sps,
                       std::unique_ptr<Task>& task) override;

 private:
  Status find_network(const nnlf::ModelName& name, const nnlf::FilterNetwork*& network);

  struct Entry {
    std::shared_ptr<const nn::Model> model;
    std::unique_ptr<const nnlf::FilterNetwork> network;  // once it is needed
  };
  int threads_;
  std::vector<Entry> entries_;  // of different models
  nnlf::ParameterTrack track_;
};

// The filter's view of a codec picture; `pred_type` holds the map that has to be made for it.
nnlf::CodedPicture filter_view(const codec::Picture& picture, std::vector<uint8_t>& pred_type);

// A number of threads, 1 to 64; raises ConfigError for another.
int checked_threads(int threads);

}  // namespace inloop::bindings
