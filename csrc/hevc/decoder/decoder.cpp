// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "hevc/decoder/decoder.h"

#include <algorithm>
#include <new>
#include <string>
#include <utility>

#include "hevc/syntax/slice_header_parser.h"

namespace inloop::hevc {
namespace {

constexpr size_t kMaxPayloads = 64;                  // NAL units for the stage that one picture may have
constexpr size_t kMaxPayloadSize = size_t{1} << 16;  // of one; ours have a few KB at most

// Returns whether a NAL unit of this type cannot follow the slices of a picture within its access unit
// (7.4.2.4.4).
bool starts_access_unit(NalType type) {
  const int value = static_cast<int>(type);
  return (type >= NalType::vps && type <= NalType::eob) || type == NalType::prefix_sei ||
         (value >= 41 && value <= 44) || (value >= 48 && value <= 55);
}

}  // namespace

std::unique_ptr<ThreadPool> make_decoder_pool(int threads) {
  // So many pictures, besides those that are worked on, may have started and wait for their references.
  const int waiting = std::min(threads, 4);
  return threads > 1 ? std::make_unique<ThreadPool>(threads, waiting) : std::make_unique<ThreadPool>(0);
}

Status Decoder::decode(const uint8_t* data, size_t size) {
  return guarded([&] {
    splitter_.feed(data, size);
    return fail(decode_available_nals());
  });
}

Status Decoder::flush() {
  return guarded([this] { return end_stream(); });
}

// Where memory has run out, what is known of the picture that was arriving may be incomplete: decoding ends.
template <class Step>
Status Decoder::guarded(const Step& step) {
  if (!failed_.ok()) return failed_;
  try {
    return step();
  } catch (const std::bad_alloc&) {
    failed_ = Status::unsupported("out of memory");  // short enough to need none itself
    queue_.cancel();
    job_ = nullptr;
    throw;
  }
}

Status Decoder::end_stream() {
  splitter_.finish();
  Status status = decode_available_nals();
  if (status.ok()) status = finish_picture();
  if (status.ok() && skipping_ && !started_) {
    status = not_started_.ok()
                 ? Status::bitstream(
                       "no random access point in the stream, and decoding was not to start anywhere")
                 : not_started_;
  }
  if (!status.ok()) return fail(std::move(status));
  buffer_.output_all();
  queue_.show(buffer_.take_output());
  if (status = queue_.collect(true); !status.ok()) return fail(std::move(status));
  report_.skipped_units += splitter_.skipped();
  splitter_ = {};
  sequence_ended_ = true;
  started_ = skipping_ = false;
  is_right_ = true;
  arriving_recovery_ = {};
  recovery_ = {};
  not_started_ = {};
  payloads_.clear();
  return {};
}

DecodingReport Decoder::report() const {
  DecodingReport report = report_;
  report.skipped_units += splitter_.skipped();
  report.lost_pictures += queue_.lost();
  if (!queue_.first_loss().ok()) report.first_loss = queue_.first_loss();
  if (options_.stage) report.foreign_messages += options_.stage->foreign_messages();
  return report;
}

// Notes the first error in decoding order: pictures under way come before `status`, as does the picture whose
// NAL units were arriving. What is complete before it goes out.
Status Decoder::fail(Status status) {
  if (status.ok() || !failed_.ok()) return status;
  if (job_) {
    job_->abandoned = true;
    job_->shown_on_failure = buffer_.waiting_pictures();
    queue_.submit(std::move(job_));
    job_ = nullptr;
  }
  buffer_.output_all();
  queue_.show(buffer_.take_output());
  const Status earlier = queue_.collect(true);
  failed_ = earlier.ok() ? std::move(status) : earlier;
  queue_.cancel();
  buffer_ = {};
  return failed_;
}

Status Decoder::decode_available_nals() {
  for (;;) {
    NalUnit nal;
    bool found = false;
    INLOOP_RETURN_IF_ERROR(splitter_.next(nal, found));
    if (!found) return {};
    if (nal.layer_id == 0) INLOOP_RETURN_IF_ERROR(decode_nal(nal));
  }
}

Status Decoder::decode_nal(NalUnit& nal) {
  if (is_slice(nal.type)) return decode_slice(nal);
  if (starts_access_unit(nal.type)) INLOOP_RETURN_IF_ERROR(finish_picture());
  switch (nal.type) {
    case NalType::vps:
      sets_.add_vps(nal);
      break;
    case NalType::sps:
      sets_.add_sps(nal);
      break;
    case NalType::pps:
      sets_.add_pps(nal);
      break;
    case NalType::eos:
    case NalType::eob:
      sequence_ended_ = true;
      break;
    case NalType::prefix_sei:
      read_signal_messages(nal, arriving_signal_);
      if (const auto count = find_recovery_point(nal)) arriving_recovery_ = count;
      break;
    case NalType::suffix_sei:
      return read_suffix_sei(nal);
    case NalType::nnlf_params:
      if (!options_.stage) break;
      if (payloads_.size() >= kMaxPayloads || nal.size > kMaxPayloadSize) break;  // of someone else
      payloads_.emplace_back(nal.rbsp.begin(), nal.rbsp.begin() + static_cast<ptrdiff_t>(nal.size));
      break;
    default:
      break;
  }
  return {};
}

Status Decoder::read_suffix_sei(const NalUnit& nal) {
  if (!options_.verify || !job_ || !is_right_) return {};
  Status status = find_picture_hashes(nal, options_.stage != nullptr, job_->hashes);
  return options_.keep_going ? Status() : status;
}

// A stream that was cut out of a longer one: nothing before the first random access point can be decoded.
Status Decoder::decode_slice(NalUnit& nal) {
  const bool first = nal.size > 0 && (nal.rbsp[0] & 0x80);
  if (first) {
    INLOOP_RETURN_IF_ERROR(finish_picture());
    skipping_ = false;
  }
  if (!started_ && !skipping_ && !(first && can_start(nal.type))) skip_picture();
  return skipping_ ? Status() : survive(decode_slice_segment(nal, first), first);
}

bool Decoder::can_start(NalType type) const {
  return is_irap(type) || arriving_recovery_ || options_.start_anywhere;
}

void Decoder::skip_picture() {
  skipping_ = true;
  payloads_.clear();
  arriving_recovery_ = {};
  ++report_.skipped_pictures;
}

// What becomes of an error in a slice segment: before the first picture, and where decoding is to go on, it costs the
// picture or the segment, without which the picture is not complete.
Status Decoder::survive(Status status, bool first) {
  if (status.code() != StatusCode::bitstream) return status;
  if (!started_) {
    if (not_started_.ok()) not_started_ = std::move(status);
    skip_picture();
    return {};
  }
  if (!options_.keep_going) return status;
  if (report_.first_loss.ok()) report_.first_loss = std::move(status);
  if (first && !job_) {
    skipping_ = true;
    payloads_.clear();
    ++report_.lost_pictures;
  }
  return {};
}

Status Decoder::parse_slice(NalUnit& nal, bool first, size_t& data_offset, PictureParameters& parameters,
                            SliceHeader& header) {
  const SliceHeaderContext context{job_ ? &parameters_ : nullptr, job_ ? &header_ : nullptr,
                                   sequence_ended_ ? nullptr : active_sps_};
  INLOOP_RETURN_IF_ERROR(parse_slice_header(nal, sets_, context, header, parameters, data_offset));
  if (first || header.nal_type == header_.nal_type) return {};
  return Status::bitstream("NAL type changes in a picture");
}

Status Decoder::decode_slice_segment(NalUnit& nal, bool first) {
  SliceHeader header;
  PictureParameters parameters;
  size_t data_offset = 0;
  const auto locate = [&nal](const Status& status) {
    return Status(status.code(),
                  "NAL unit at byte " + std::to_string(nal.position) + ": " + status.message());
  };
  if (auto status = parse_slice(nal, first, data_offset, parameters, header); !status.ok()) {
    return locate(status);
  }
  if (first) {
    INLOOP_RETURN_IF_ERROR(begin_picture(header, parameters));
    if (skipping_) return {};
  } else {
    header.poc = header_.poc;
    header_ = header;
  }
  if (!header.dependent_slice_segment_flag) {
    if (auto status = begin_slice(); !status.ok()) return locate(status);
  }
  if (auto status = add_segment(nal, data_offset); !status.ok()) return locate(status);
  return {};
}

// Handles the first slice of a picture (8.1.3, 8.3.1, 8.3.2, C.5.2.2).
Status Decoder::begin_picture(const SliceHeader& parsed, const PictureParameters& parameters) {
  header_ = parsed;
  const bool irap = is_irap(header_.nal_type);
  const bool splice = is_splice(parameters);
  const bool recovers = !started_ && !irap;
  const bool first_in_sequence =
      recovers || (irap && (header_.nal_type != NalType::cra || sequence_ended_ || splice));
  if (irap || recovers) skip_rasl_ = first_in_sequence;
  if (is_rasl(header_.nal_type) && skip_rasl_) {  // refers to pictures before the random access point
    skip_picture();
    return {};
  }
  INLOOP_RETURN_IF_ERROR(check_sequence(header_, parameters, first_in_sequence));
  parameters_ = parameters;
  const Sps& sps = *parameters_.sets.sps;
  derive_poc(header_, sps, first_in_sequence);
  const bool discard = !splice && (header_.nal_type == NalType::cra || header_.no_output_of_prior_pics_flag);
  INLOOP_RETURN_IF_ERROR(
      buffer_.begin_picture(header_, sps, first_in_sequence, discard && active_sps_ != nullptr));
  active_sps_ = parameters_.sets.sps;
  if (irap) recovery_ = {};
  if (recovers) recovery_.emplace(header_.poc, arriving_recovery_);
  arriving_recovery_ = {};
  started_ = true;
  sequence_ended_ = false;
  is_right_ = !recovery_ || recovery_->is_right(header_.poc);
  const bool shows = is_right_ || options_.start_anywhere;
  output_ = header_.pic_output_flag && shows;
  if (!shows) ++report_.skipped_pictures;
  update_frame_rate(sps);
  update_signal(sps, first_in_sequence);

  queue_.show(buffer_.take_output());

  auto job = std::make_shared<PictureJob>();
  if (options_.stage) {
    INLOOP_RETURN_IF_ERROR(options_.stage->begin_picture(payloads_, header_, sps, job->stage_task));
  }
  job->picture = pool_.acquire(parameters_);
  job->picture->poc = header_.poc;
  picture_bytes_ = 0;
  job_ = std::move(job);
  return {};
}

// Whether a CRA picture inside a sequence cannot belong to it.
bool Decoder::is_splice(const PictureParameters& parameters) {
  if (header_.nal_type != NalType::cra || sequence_ended_) return false;
  if (parameters.sets.sps != active_sps_) return true;
  const int previous_poc = previous_tid0_poc_;
  SliceHeader continued = header_;
  derive_poc(continued, *parameters.sets.sps, false);
  previous_tid0_poc_ = previous_poc;
  return buffer_.lacks_references(continued, *parameters.sets.sps);
}

Status Decoder::check_sequence(const SliceHeader& header, const PictureParameters& parameters,
                               bool first_in_sequence) {
  if (first_in_sequence) return {};
  if (sequence_ended_) {
    return Status::bitstream("a picture that is no random access point (NAL type " +
                             std::to_string(static_cast<int>(header.nal_type)) + ") starts the sequence");
  }
  if (parameters.sets.sps != active_sps_) {
    return Status::bitstream("the SPS changes inside a coded video sequence");
  }
  return {};
}

// Derives the POC of the picture (8.3.1) and the full POCs of its long-term references (7-52).
void Decoder::derive_poc(SliceHeader& header, const Sps& sps, bool first_in_sequence) {
  const int max_lsb = 1 << sps.log2_max_poc_lsb;
  int msb = 0;
  if (!first_in_sequence) {
    const int previous_lsb = previous_tid0_poc_ & (max_lsb - 1);
    msb = previous_tid0_poc_ - previous_lsb;
    if (header.poc_lsb < previous_lsb && previous_lsb - header.poc_lsb >= max_lsb / 2) {
      msb += max_lsb;
    } else if (header.poc_lsb > previous_lsb && header.poc_lsb - previous_lsb > max_lsb / 2) {
      msb -= max_lsb;
    }
    // No real stream goes so far; the limit keeps differences of POCs within an int.
    if (msb > (1 << 29) || msb < -(1 << 29)) msb = 0;
  }
  header.poc = msb + header.poc_lsb;
  if (header.temporal_id == 0 && !is_rasl(header.nal_type) && !is_radl(header.nal_type) &&
      !is_sublayer_non_reference(header.nal_type)) {
    previous_tid0_poc_ = header.poc;
  }
  for (auto& ref : header.long_term_refs) {
    if (!ref.msb_present) continue;
    const int64_t poc = int64_t{header.poc} - int64_t{ref.delta_poc_msb_cycle} * max_lsb -
                        (header.poc & (max_lsb - 1)) + ref.poc_lsb;
    ref.poc_lsb = static_cast<int>(std::clamp<int64_t>(poc, INT32_MIN, INT32_MAX));
  }
}

// Starts an independent slice: builds its reference lists and stores what the picture keeps of it.
Status Decoder::begin_slice() {
  auto& slices = job_->picture->slices;
  if (slices.size() >= 65535) return Status::bitstream("too many slices in a picture");
  auto lists = std::make_shared<RefLists>();
  if (!header_.is_intra()) {
    INLOOP_RETURN_IF_ERROR(buffer_.build_lists(header_, *job_->picture, *lists));
    if (recovery_) recovery_->stand_in(*lists, parameters_, pool_);
  }
  auto info = std::make_shared<SliceInfo>();
  info->header = header_;
  for (int list = 0; list < 2; ++list) {
    info->num_refs[list] = lists->num[list];
    for (int i = 0; i < lists->num[list]; ++i) {
      info->ref_poc[list][i] = lists->pic[list][i]->poc;
      info->ref_is_long_term[list][i] = lists->is_long_term[list][i];
    }
  }
  slices.push_back(std::move(info));
  lists_ = std::move(lists);
  return {};
}

Status Decoder::add_segment(NalUnit& nal, size_t data_offset) {
  // Addresses of segments must increase (7.4.7.1), which bounds their number; their size is bounded below.
  if (!job_->segments.empty()) {
    const CodingLayout& layout = job_->picture->layout();
    const int before = job_->segments.back().header.slice_segment_address;
    if (layout.ctb_addr_rs_to_ts(header_.slice_segment_address) <= layout.ctb_addr_rs_to_ts(before)) {
      return Status::bitstream("picture with POC " + std::to_string(header_.poc) +
                               ": slice segments out of order");
    }
  }
  picture_bytes_ += nal.size;
  if (picture_bytes_ > NalSplitter::kMaxNalSize) return Status::bitstream("picture of too many bytes");
  job_->segments.push_back({header_, lists_, static_cast<uint16_t>(job_->picture->slices.size() - 1),
                            std::move(nal.rbsp), data_offset, nal.size});
  return {};
}

Status Decoder::finish_picture() {
  if (!job_) return {};
  payloads_.clear();
  job_->shown_on_failure = buffer_.waiting_pictures();
  DecodedPicture decoded{job_->picture, job_->outcome(), frame_rate_, signal_};
  queue_.submit(std::move(job_), options_.pack && output_);
  job_ = nullptr;
  lists_ = nullptr;
  buffer_.add(std::move(decoded), output_, *active_sps_);
  queue_.show(buffer_.take_output());
  return queue_.collect(false);
}

// The messages of a sequence come with its first picture, and are repeated with others.
void Decoder::update_signal(const Sps& sps, bool first_in_sequence) {
  if (is_irap(header_.nal_type) || first_in_sequence) {
    SignalDescription signal = std::exchange(arriving_signal_, {});
    if (!first_in_sequence && signal_) {
      if (!signal.mastering_display) signal.mastering_display = signal_->mastering_display;
      if (!signal.content_light) signal.content_light = signal_->content_light;
    }
    read_vui_signal(sps.vui, signal);
    signal_ = std::make_shared<const SignalDescription>(std::move(signal));
  }
  arriving_signal_ = {};
}

void Decoder::update_frame_rate(const Sps& sps) {
  const Vps* vps = sets_.vps(sps.vps_id);
  if (sps.vui.timing_info_present_flag) {
    frame_rate_ = {sps.vui.time_scale, sps.vui.num_units_in_tick};
  } else if (vps && vps->timing_info_present_flag) {
    frame_rate_ = {vps->time_scale, vps->num_units_in_tick};
  }
}

}  // namespace inloop::hevc
