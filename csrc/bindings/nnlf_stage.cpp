// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "bindings/nnlf_stage.h"

#include <utility>

#include "nnlf/payload.h"

namespace inloop::bindings {
namespace {

nnlf::ConstPlanes views(const codec::Frame& frame) {
  return {frame.planes[0].view(), frame.planes[1].view(), frame.planes[2].view()};
}

nnlf::MutablePlanes views(codec::Frame& frame) {
  return {frame.planes[0].view(), frame.planes[1].view(), frame.planes[2].view()};
}

}  // namespace

nnlf::CodedPicture filter_view(const codec::Picture& picture, std::vector<uint8_t>& pred_type) {
  const int stride = picture.unit_stride();
  const int columns = picture.width() / 4;
  const int rows = picture.height() / 4;
  pred_type.assign(static_cast<size_t>(stride) * static_cast<size_t>(rows), 0);
  for (size_t i = 0; i < pred_type.size() && i < picture.pred_mode.size(); ++i) {
    if (picture.pred_mode[i] == codec::PredMode::inter) pred_type[i] = picture.motion[i].is_bi() ? 2 : 1;
  }
  nnlf::CodedPicture view;
  view.rec = views(picture.rec_unfiltered);
  view.dbf = views(picture.rec);
  view.pred = views(picture.pred);
  view.bs_ver = {picture.bs_ver.data(), stride, columns, rows};
  view.bs_hor = {picture.bs_hor.data(), stride, columns, rows};
  view.qp = {picture.qp_y.data(), stride, columns, rows};
  view.pred_type = {pred_type.data(), stride, columns, rows};
  view.slice_qp = picture.slices.empty() ? 0 : picture.slices[0]->header.slice_qp;
  view.bit_depth = picture.sps().bit_depth_luma;
  return view;
}

NnlfStage::NnlfStage(std::vector<std::shared_ptr<const nn::Model>> models) {
  for (auto& model : models) models_.emplace(model->sha256(), std::move(model));
}

Status NnlfStage::select_network(const nnlf::PictureParameters& parameters) {
  if (!parameters.model) {
    return current_ ? Status() : Status::bitstream("filter parameters before any that name a model");
  }
  const nnlf::ModelHash& hash = *parameters.model;
  auto& network = networks_[hash];
  if (!network) {
    const auto model = models_.find(hash);
    if (model == models_.end()) {
      return Status::model("the stream was filtered with an unknown model, SHA-256 " +
                           to_hex(hash.data(), hash.size()) + ": give its file to the decoder");
    }
    INLOOP_RETURN_IF_ERROR(isa_status());
    INLOOP_RETURN_IF_ERROR(nnlf::FilterNetwork::create(model->second, current_isa(), network));
  }
  current_ = network.get();
  return {};
}

Status NnlfStage::filter(const nnlf::CodedPicture& input, const nnlf::PictureParameters& parameters,
                         const nnlf::MutablePlanes& out) {
  const int block_count = nnlf::BlockGrid(input.width(), input.height()).count();
  std::array<nnlf::Signal, nnlf::kMaxCandidates> signals;
  std::array<nnlf::ConstPlanes, nnlf::kMaxCandidates> candidates;
  for (int i = 0; i < parameters.candidates; ++i) {
    const auto index = static_cast<size_t>(i);
    signals[index] = nnlf::Signal(input.width(), input.height());
    INLOOP_RETURN_IF_ERROR(current_->run(input, input.slice_qp + parameters.qp_offset[index],
                                         nnlf::wanted_blocks(parameters, i, block_count),
                                         signals[index].views()));
    candidates[index] = std::as_const(signals[index]).views();
  }
  nnlf::apply_parameters(input, parameters, candidates, out);
  return {};
}

Status NnlfStage::begin_picture(const std::vector<std::vector<uint8_t>>& payloads,
                                const codec::SliceHeader& first_slice, const codec::Sps& sps, bool& wanted) {
  if (payloads.size() > 1) return Status::bitstream("more than one set of filter parameters for a picture");
  const int block_count = nnlf::BlockGrid(sps.pic_width, sps.pic_height).count();
  const auto* payload = payloads.empty() ? nullptr : &payloads[0];
  INLOOP_RETURN_IF_ERROR(track_.next(payload, first_slice.is_intra(), block_count, parameters_));
  wanted = parameters_.has_value();
  return wanted ? select_network(*parameters_) : Status();
}

Status NnlfStage::run(codec::Picture& picture, codec::Frame& shown) {
  const nnlf::PictureParameters& parameters = *parameters_;
  std::vector<uint8_t> pred_type;
  const nnlf::CodedPicture input = filter_view(picture, pred_type);
  codec::Frame filtered(picture.width(), picture.height());
  INLOOP_RETURN_IF_ERROR(filter(input, parameters, views(filtered)));
  if (parameters.md5 &&
      nnlf::picture_md5(views(std::as_const(filtered)), input.bit_depth) != *parameters.md5) {
    return Status::bitstream("the filtered picture differs from its hash in the stream");
  }
  (parameters.post ? shown : picture.rec) = std::move(filtered);
  return {};
}

}  // namespace inloop::bindings
