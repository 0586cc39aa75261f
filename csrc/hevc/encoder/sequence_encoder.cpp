// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "hevc/encoder/sequence_encoder.h"

#include <algorithm>
#include <string>
#include <utility>

#include "hevc/picture/picture_hash_writer.h"

namespace inloop::hevc {

Status SequenceEncoder::create(const SequenceConfig& config, std::unique_ptr<SequenceEncoder>& out) {
  std::shared_ptr<Sequence> sequence;
  INLOOP_RETURN_IF_ERROR(Sequence::create(config, sequence));
  out.reset(new SequenceEncoder(std::move(sequence)));
  return {};
}

SequenceEncoder::SequenceEncoder(std::shared_ptr<Sequence> sequence) : sequence_(std::move(sequence)) {
  if (sequence_->config().hrd_bit_rate) hrd_.emplace(sequence_->config());
}

std::vector<uint8_t> SequenceEncoder::parameter_set_nals() const {
  AccessUnit unit;
  unit.add_parameter_sets(sequence_->vps(), sequence_->sps(), sequence_->pps());
  return unit.bytes();
}

Status SequenceEncoder::plan(PictureRequest request, std::unique_ptr<PictureTask>& task) const {
  INLOOP_RETURN_IF_ERROR(check_request(sequence_->config(), request));
  for (const auto* list : {&request.references, &request.kept}) {
    for (int poc : *list) {
      if (!dpb_.count(poc)) return Status::config("no reference picture with POC " + std::to_string(poc));
    }
  }
  const PictureTask::Inputs inputs{dpb_, cabac_init_flag_[request.temporal_id]};
  task = std::make_unique<PictureTask>(sequence_, std::move(request), inputs);
  return {};
}

Status SequenceEncoder::finish(PictureTask& task, const PictureFinish& how,
                               std::vector<uint8_t>& access_unit) {
  if (&task.sequence() != sequence_.get()) return Status::config("the picture is another encoder's");
  INLOOP_RETURN_IF_ERROR(task.finish());
  access_unit = write_unit(task, how).bytes();
  keep(task);
  if (hrd_) hrd_->remove(is_irap(task.request().nal_type), 8 * static_cast<int64_t>(access_unit.size()));
  return {};
}

AccessUnit SequenceEncoder::write_unit(const PictureTask& task, const PictureFinish& how) const {
  const SequenceConfig& config = sequence_->config();
  const PictureRequest& request = task.request();
  const int temporal_id = request.temporal_id;
  AccessUnit unit;
  if (config.delimiters) unit.add_delimiter(request.slice_type, temporal_id);
  if (how.parameter_sets) unit.add_parameter_sets(sequence_->vps(), sequence_->sps(), sequence_->pps());
  if (hrd_) {
    unit.add(NalType::prefix_sei, temporal_id, hrd_->rbsp(is_irap(request.nal_type), request.display_index));
  }
  if (!how.filter_parameters.empty()) unit.add(NalType::nnlf_params, temporal_id, how.filter_parameters);
  unit.add(task.slice().nal);
  if (config.picture_hashes) unit.add(make_picture_hash_nal(task.picture()->rec, config.bit_depth));
  return unit;
}

// Stores what later pictures take from this one.
void SequenceEncoder::keep(const PictureTask& task) {
  const PictureRequest& request = task.request();
  if (request.slice_type != SliceType::i) cabac_init_flag_[request.temporal_id] = task.cabac_init_flag();
  std::erase_if(dpb_, [&](const auto& entry) {
    return std::find(task.kept().begin(), task.kept().end(), entry.first) == task.kept().end();
  });
  if (request.is_reference) dpb_[request.poc] = sequence_->make_reference(task.picture());
}

}  // namespace inloop::hevc
