// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "hevc/encoder/sequence_encoder.h"

#include <algorithm>
#include <string>
#include <utility>

#include "base/trace.h"
#include "hevc/picture/picture_hash.h"

namespace inloop::hevc {

Status SequenceEncoder::create(const SequenceConfig& config, ThreadPool* pool,
                               std::unique_ptr<SequenceEncoder>& out) {
  std::shared_ptr<Sequence> sequence;
  INLOOP_RETURN_IF_ERROR(Sequence::create(config, pool, sequence));
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

Status SequenceEncoder::plan(PictureRequest request, std::shared_ptr<PictureTask>& task) {
  INLOOP_RETURN_IF_ERROR(check_request(sequence_->config(), request));
  forget_dropped();
  if (static_cast<int>(in_work_.size()) >= sequence_->config().feedback_delay)
    return Status::config("too many pictures are in work: finish the first of them");
  const trace::Span span(trace::Part::plan);
  PictureTask::Inputs inputs;
  for (const auto* list : {&request.references, &request.kept}) {
    for (int poc : *list) {
      if (!find(poc, inputs.references[poc]))
        return Status::config("no reference picture with POC " + std::to_string(poc));
    }
  }
  inputs.cabac_init_flag = usual_init_flag(request.temporal_id);
  task = std::make_shared<PictureTask>(sequence_, std::move(request), inputs);
  in_work_.push_back(task);
  return {};
}

// Drops the tasks that nobody has any more.
void SequenceEncoder::forget_dropped() {
  std::erase_if(in_work_, [](const auto& task) { return task.expired(); });
}

// Finds the last picture with this POC in coding order; POCs start again at an IDR picture.
bool SequenceEncoder::find(int poc, Reference& found) const {
  for (auto entry = in_work_.rbegin(); entry != in_work_.rend(); ++entry) {
    const auto task = entry->lock();
    if (!task) continue;
    if (task->request().poc == poc && task->request().is_reference) {
      found = task->reference();
      return true;
    }
    if (is_idr(task->request().nal_type)) return false;
  }
  const auto entry = dpb_.find(poc);
  if (entry == dpb_.end()) return false;
  found = entry->second;
  return true;
}

// Returns the flag of the last picture in the temporal layer whose result the next one may use.
bool SequenceEncoder::usual_init_flag(int temporal_id) const {
  const int64_t next = finished_ + static_cast<int64_t>(in_work_.size());
  const auto& flags = init_flags_[temporal_id];
  const auto usable = std::find_if(flags.rbegin(), flags.rend(), [&](const InitFlag& known) {
    return known.picture <= next - sequence_->config().feedback_delay;
  });
  return usable != flags.rend() && usable->flag;
}

Status SequenceEncoder::finish(PictureTask& task, const PictureFinish& how,
                               std::vector<uint8_t>& access_unit) {
  if (&task.sequence() != sequence_.get()) return Status::config("the picture is another encoder's");
  forget_dropped();
  if (in_work_.empty() || in_work_.front().lock().get() != &task)
    return Status::config("pictures are finished in the order in which they were planned, each once");
  const trace::Span span(trace::Part::finish);
  INLOOP_RETURN_IF_ERROR(task.finish());
  in_work_.pop_front();
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
  if (is_irap(request.nal_type)) {
    const std::vector<uint8_t> messages = signal_messages_rbsp(config.signal);
    if (!messages.empty()) unit.add(NalType::prefix_sei, temporal_id, messages);
  }
  if (hrd_) {
    unit.add(NalType::prefix_sei, temporal_id, hrd_->rbsp(is_irap(request.nal_type), request.display_index));
  } else if (config.signal.field_order != FieldOrder::progressive) {
    unit.add(NalType::prefix_sei, temporal_id, field_order_rbsp(config.signal.field_order));
  }
  if (!how.filter_parameters.empty()) unit.add(NalType::nnlf_params, temporal_id, how.filter_parameters);
  unit.add(task.slice().nal);
  if (config.picture_hashes || config.filtered_hashes) {
    const HashOf what = config.picture_hashes ? HashOf::plain : HashOf::filtered;
    const trace::Span span(trace::Part::hash);
    unit.add(make_picture_hash_nal(picture_md5(task.picture()->rec, config.bit_depth), what));
  }
  if (how.shown_hash) unit.add(make_picture_hash_nal(*how.shown_hash, HashOf::shown));
  return unit;
}

// Stores what later pictures take from this one.
void SequenceEncoder::keep(const PictureTask& task) {
  const PictureRequest& request = task.request();
  if (request.slice_type != SliceType::i) {
    auto& flags = init_flags_[request.temporal_id];
    flags.push_back({finished_, task.cabac_init_flag()});
    if (static_cast<int>(flags.size()) > sequence_->config().feedback_delay) flags.pop_front();
  }
  ++finished_;
  std::erase_if(dpb_, [&](const auto& entry) {
    return std::find(task.kept().begin(), task.kept().end(), entry.first) == task.kept().end();
  });
  if (request.is_reference) dpb_[request.poc] = task.reference();
}

}  // namespace inloop::hevc
