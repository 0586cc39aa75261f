// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "hybrid/nnlf_stage.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <string>
#include <utility>

#include "hevc/loopfilter/row_copy.h"
#include "hybrid/filter_view.h"
#include "nnlf/apply/picture_filter.h"
#include "nnlf/params/payload.h"

namespace inloop::hybrid {
namespace {

// Filters the blocks of a picture in place of the deblocked ones, or in post mode in a picture that is only shown.
class FilterStage final : public hevc::BlockStage {
 public:
  // `frame` has the deblocked rows and receives the filtered ones. In post mode it is not the picture's own.
  FilterStage(const nnlf::FilterNetwork& network, const nnlf::PictureParameters& parameters,
              const hevc::Picture& picture, hevc::Frame& frame)
      : picture_(picture),
        is_post_(parameters.post),
        view_(picture, frame),
        filter_(network, parameters, view_.get(), frame.views()) {}

  hevc::Reach reach() const override { return {nnlf::kContext, nnlf::kContext, filter_.block_size()}; }

  int begin_rows(int y, int end_y) override {
    view_.fill(std::min(end_y + nnlf::kContext, picture_.height()));
    return filter_.begin_rows(y, end_y);
  }

  IndexWork make_worker() override { return filter_.make_worker(); }

  Status end_rows(int y, int end_y) override {
    filter_.end_rows(y, end_y);
    if (is_post_) filter_.show_rows(picture_.rec.views(), y, end_y);
    if (end_y < picture_.height() || filter_.hash_matches()) return {};
    return Status::bitstream("picture with POC " + std::to_string(picture_.poc) +
                             ": the filtered picture differs from its hash in the stream");
  }

 private:
  const hevc::Picture& picture_;
  const bool is_post_;
  FilterView view_;
  nnlf::PictureFilter filter_;
};

// The filter of one picture. In loop mode it works between deblocking and SAO. In post mode the deblocked
// rows are copied when they are ready, and they are filtered once the picture is final.
class FilterTask final : public hevc::PictureStage::Task {
 public:
  FilterTask(const nnlf::FilterNetwork& network, nnlf::PictureParameters parameters)
      : network_(network), parameters_(std::move(parameters)) {}

  hevc::PictureStage::Stages begin(hevc::Picture& picture, hevc::Frame& shown) override {
    if (!parameters_.post) return {.loop = &filter_.emplace(network_, parameters_, picture, picture.rec)};
    shown = hevc::Frame(picture.width(), picture.height());
    return {.passing = &copy_.emplace(picture, shown),
            .behind = &filter_.emplace(network_, parameters_, picture, shown)};
  }

  bool checks_hash() const override { return parameters_.md5.has_value(); }

 private:
  const nnlf::FilterNetwork& network_;
  const nnlf::PictureParameters parameters_;
  std::optional<hevc::RowCopy> copy_;
  std::optional<FilterStage> filter_;
};

nnlf::Access access_of(hevc::NalType type) {
  return hevc::is_irap(type)   ? nnlf::Access::irap
         : hevc::is_rasl(type) ? nnlf::Access::rasl
                               : nnlf::Access::ordinary;
}

}  // namespace

NnlfStage::NnlfStage(std::vector<nnlf::FilterModel> models, ThreadPool* pool) : pool_(pool) {
  for (auto& model : models) {
    if (!has(model.sha256)) entries_.push_back({std::move(model), nullptr});
  }
}

void NnlfStage::add_function(const std::array<uint8_t, nnlf::kFullNameSize>& name,
                             nnlf::BlockFunction function) {
  if (has(name)) return;
  auto network = nnlf::FilterNetwork::of_function(std::move(function), nn::Device::current(), pool_);
  nnlf::FilterModel model;
  model.sha256 = name;
  entries_.push_back({std::move(model), std::move(network)});
}

bool NnlfStage::has(const std::array<uint8_t, nnlf::kFullNameSize>& name) const {
  return std::any_of(entries_.begin(), entries_.end(),
                     [&name](const Entry& entry) { return entry.model.sha256 == name; });
}

Status NnlfStage::find_network(const nnlf::ModelName& name, const nnlf::FilterNetwork*& network) {
  const auto is_named = [&name](const Entry& entry) {
    return std::equal(name.begin(), name.end(), entry.model.sha256.begin());
  };
  const auto found = std::find_if(entries_.begin(), entries_.end(), is_named);
  if (found == entries_.end() || std::any_of(std::next(found), entries_.end(), is_named)) {
    if (nnlf::is_experiment(name)) {
      return Status::model(
          "the stream is an experiment and not normative: it was filtered by a function or a " +
          std::string("float network, ") + to_hex(name.data(), name.size()) + ", which the decoder needs");
    }
    return Status::model("the stream was filtered with an unknown model, SHA-256 " +
                         to_hex(name.data(), name.size()) + ": give its file to the decoder");
  }
  if (!found->network) {
    INLOOP_RETURN_IF_ERROR(isa_status());
    std::unique_ptr<nnlf::FilterNetwork> created;
    INLOOP_RETURN_IF_ERROR(nnlf::FilterNetwork::create(found->model, nn::Device::current(), pool_, created));
    found->network = std::move(created);
  }
  network = found->network.get();
  return {};
}

Status NnlfStage::begin_picture(const std::vector<std::vector<uint8_t>>& payloads,
                                const hevc::SliceHeader& first_slice, const hevc::Sps& sps,
                                std::unique_ptr<Task>& task) {
  const nnlf::PictureSize size{sps.pic_width, sps.pic_height};
  const std::vector<uint8_t>* payload = nullptr;
  INLOOP_RETURN_IF_ERROR(messages_.choose(payloads, size, payload));
  std::optional<nnlf::PictureParameters> parameters;
  INLOOP_RETURN_IF_ERROR(
      track_.next(payload, access_of(first_slice.nal_type), first_slice.temporal_id, size, parameters));
  if (!parameters) return {};
  const nnlf::FilterNetwork* network = nullptr;
  INLOOP_RETURN_IF_ERROR(find_network(parameters->model, network));
  task = std::make_unique<FilterTask>(*network, std::move(*parameters));
  return {};
}

}  // namespace inloop::hybrid
