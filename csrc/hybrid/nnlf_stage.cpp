// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "hybrid/nnlf_stage.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <string>
#include <utility>

#include "hybrid/filter_view.h"
#include "nnlf/params/payload.h"

namespace inloop::hybrid {
namespace {

// The filter of one picture.
class FilterTask final : public hevc::PictureStage::Task {
 public:
  FilterTask(const nnlf::FilterNetwork& network, nnlf::PictureParameters parameters)
      : network_(network), parameters_(std::move(parameters)) {}

  Status run(hevc::Picture& picture, hevc::Frame& shown) override {
    FilterView view(picture, picture.rec);
    view.fill(picture.height());
    const nnlf::CodedPicture& input = view.get();
    hevc::Frame filtered(picture.width(), picture.height());
    plan_ = nnlf::plan_blocks(input, parameters_);
    INLOOP_RETURN_IF_ERROR(network_.filter(input, *plan_, filtered.views()));
    if (parameters_.md5 &&
        nnlf::picture_md5(std::as_const(filtered).views(), input.bit_depth) != *parameters_.md5) {
      return Status::bitstream("picture with POC " + std::to_string(picture.poc) +
                               ": the filtered picture differs from its hash in the stream");
    }
    (parameters_.post ? shown : picture.rec) = std::move(filtered);
    return {};
  }

  void finish(const hevc::Picture& picture, hevc::Frame& shown) override {
    nnlf::show_unfiltered(plan_->grid, plan_->choice, picture.rec.views(), shown.views());
  }

 private:
  const nnlf::FilterNetwork& network_;
  const nnlf::PictureParameters parameters_;
  std::optional<nnlf::BlockPlan> plan_;  // once it ran
};

nnlf::Access access_of(hevc::NalType type) {
  return hevc::is_irap(type)   ? nnlf::Access::irap
         : hevc::is_rasl(type) ? nnlf::Access::rasl
                               : nnlf::Access::ordinary;
}

}  // namespace

NnlfStage::NnlfStage(std::vector<std::shared_ptr<const nn::Model>> models, int threads) : threads_(threads) {
  for (auto& model : models) {
    const auto is_same = [&model](const Entry& entry) { return entry.model->sha256() == model->sha256(); };
    if (std::none_of(entries_.begin(), entries_.end(), is_same))
      entries_.push_back({std::move(model), nullptr});
  }
}

Status NnlfStage::find_network(const nnlf::ModelName& name, const nnlf::FilterNetwork*& network) {
  const auto is_named = [&name](const Entry& entry) {
    return std::equal(name.begin(), name.end(), entry.model->sha256().begin());
  };
  const auto found = std::find_if(entries_.begin(), entries_.end(), is_named);
  if (found == entries_.end() || std::any_of(std::next(found), entries_.end(), is_named)) {
    return Status::model("the stream was filtered with an unknown model, SHA-256 " +
                         to_hex(name.data(), name.size()) + ": give its file to the decoder");
  }
  if (!found->network) {
    INLOOP_RETURN_IF_ERROR(isa_status());
    std::unique_ptr<nnlf::FilterNetwork> created;
    INLOOP_RETURN_IF_ERROR(nnlf::FilterNetwork::create(found->model, current_isa(), threads_, created));
    found->network = std::move(created);
  }
  network = found->network.get();
  return {};
}

Status NnlfStage::begin_picture(const std::vector<std::vector<uint8_t>>& payloads,
                                const hevc::SliceHeader& first_slice, const hevc::Sps& sps,
                                std::unique_ptr<Task>& task) {
  if (payloads.size() > 1) return Status::bitstream("more than one set of filter parameters for a picture");
  const auto* payload = payloads.empty() ? nullptr : &payloads[0];
  std::optional<nnlf::PictureParameters> parameters;
  INLOOP_RETURN_IF_ERROR(track_.next(payload, access_of(first_slice.nal_type), first_slice.temporal_id,
                                     {sps.pic_width, sps.pic_height}, parameters));
  if (!parameters) return {};
  const nnlf::FilterNetwork* network = nullptr;
  INLOOP_RETURN_IF_ERROR(find_network(parameters->model, network));
  task = std::make_unique<FilterTask>(*network, std::move(*parameters));
  return {};
}

}  // namespace inloop::hybrid
