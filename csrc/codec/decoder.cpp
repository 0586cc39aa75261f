// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "codec/decoder.h"

#include <algorithm>
#include <string>

#include "codec/deblock.h"
#include "codec/sao.h"
#include "codec/slice_header_parser.h"

namespace inloop::codec {
namespace {

constexpr size_t kMaxPayloads = 64;  // of a picture, for the stage

// 7.4.2.4.4: NAL units that cannot follow the slices of a picture within its access unit.
bool starts_access_unit(NalType type) {
  const int value = static_cast<int>(type);
  return (type >= NalType::vps && type <= NalType::eob) || type == NalType::prefix_sei ||
         (value >= 41 && value <= 44) || (value >= 48 && value <= 55);
}

bool is_slice(NalType type) {
  return type <= NalType::rasl_r || (type >= NalType::bla_w_lp && type <= NalType::cra);
}

}  // namespace

Status Decoder::decode(const uint8_t* data, size_t size) {
  if (!failed_.ok()) return failed_;
  splitter_.feed(data, size);
  return fail(decode_available_nals());
}

Status Decoder::flush() {
  if (!failed_.ok()) return failed_;
  splitter_.finish();
  Status status = decode_available_nals();
  if (status.ok()) status = finish_picture();
  buffer_.output_all();
  if (!status.ok()) return fail(std::move(status));
  splitter_ = {};
  sequence_ended_ = true;
  skipping_ = false;
  payloads_.clear();
  return {};
}

// Notes the first error; what is complete goes out.
Status Decoder::fail(Status status) {
  if (status.ok()) return status;
  failed_ = status;
  picture_ = nullptr;
  buffer_.output_all();
  return status;
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

Status Decoder::decode_nal(const NalUnit& nal) {
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
    case NalType::suffix_sei:
      return read_suffix_sei(nal);
    case NalType::nnlf_params:
      if (!options_.stage) break;
      if (payloads_.size() >= kMaxPayloads) return Status::bitstream("too many filter parameter units");
      payloads_.emplace_back(nal.rbsp.begin(), nal.rbsp.begin() + static_cast<ptrdiff_t>(nal.size));
      break;
    default:
      break;
  }
  return {};
}

Status Decoder::read_suffix_sei(const NalUnit& nal) {
  if (!options_.verify || !picture_) return {};
  PictureHash hash;
  bool found = false;
  INLOOP_RETURN_IF_ERROR(find_picture_hash(nal, hash, found));
  if (found) hash_ = std::move(hash);
  return {};
}

Status Decoder::decode_slice(const NalUnit& nal) {
  const bool first = nal.size > 0 && (nal.rbsp[0] & 0x80);
  if (first) {
    INLOOP_RETURN_IF_ERROR(finish_picture());
    skipping_ = false;
  } else if (skipping_) {
    return {};
  }
  const SliceHeaderContext context{picture_ ? &parameters_ : nullptr, picture_ ? &header_ : nullptr};
  SliceHeader header;
  PictureParameters parameters;
  size_t data_offset = 0;
  const auto locate = [&nal](const Status& status) {
    return Status(status.code(),
                  "NAL unit at byte " + std::to_string(nal.position) + ": " + status.message());
  };
  if (auto status = parse_slice_header(nal, sets_, context, header, parameters, data_offset); !status.ok()) {
    return locate(status);
  }
  if (first) {
    INLOOP_RETURN_IF_ERROR(begin_picture(header, parameters));
    if (skipping_) return {};
  } else {
    if (header.nal_type != header_.nal_type)
      return locate(Status::bitstream("NAL type changes in a picture"));
    header.poc = header_.poc;
    header_ = header;
  }
  if (!header.dependent_slice_segment_flag) {
    if (auto status = begin_slice(header_); !status.ok()) return locate(status);
  }
  return slice_decoder_.decode(header_, lists_, static_cast<uint16_t>(picture_->slices.size() - 1),
                               nal.rbsp.data() + data_offset, nal.size - data_offset);
}

// 8.1.3, 8.3.1, 8.3.2, C.5.2.2 for the first slice of a picture.
Status Decoder::begin_picture(const SliceHeader& parsed, const PictureParameters& parameters) {
  header_ = parsed;
  const bool irap = is_irap(header_.nal_type);
  const bool first_in_sequence = irap && (header_.nal_type != NalType::cra || sequence_ended_);
  if (irap) skip_rasl_ = first_in_sequence;
  if (is_rasl(header_.nal_type) && skip_rasl_) {  // refers to pictures before the random access point
    skipping_ = true;
    payloads_.clear();
    return {};
  }
  INLOOP_RETURN_IF_ERROR(check_sequence(header_, parameters, first_in_sequence));
  parameters_ = parameters;
  const Sps& sps = *parameters_.sets.sps;
  derive_poc(header_, sps, first_in_sequence);
  const bool discard = header_.nal_type == NalType::cra || header_.no_output_of_prior_pics_flag;
  INLOOP_RETURN_IF_ERROR(
      buffer_.begin_picture(header_, sps, first_in_sequence, discard && active_sps_ != nullptr));
  active_sps_ = parameters_.sets.sps;
  sequence_ended_ = false;
  output_ = header_.pic_output_flag;
  update_frame_rate(sps);

  picture_ = pool_.acquire(parameters_);
  picture_->poc = header_.poc;
  if (options_.stage) {
    INLOOP_RETURN_IF_ERROR(
        options_.stage->begin_picture(payloads_, header_, sps, picture_->keep_filter_inputs));
    if (picture_->keep_filter_inputs) picture_->pred = Frame(sps.pic_width, sps.pic_height);
  }
  hash_.reset();
  slice_decoder_.start_picture(*picture_);
  return {};
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

// 8.3.1, and the full POC of long-term references (7-52).
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
    // Beyond any real stream; keeps differences of POCs within an int.
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

// A new independent slice: its reference lists, and what stays of it with the picture.
Status Decoder::begin_slice(const SliceHeader& header) {
  if (picture_->slices.size() >= 65535) return Status::bitstream("too many slices in a picture");
  lists_ = {};
  if (!header.is_intra()) INLOOP_RETURN_IF_ERROR(buffer_.build_lists(header, lists_));
  auto info = std::make_shared<SliceInfo>();
  info->header = header;
  for (int list = 0; list < 2; ++list) {
    info->num_refs[list] = lists_.num[list];
    for (int i = 0; i < lists_.num[list]; ++i) {
      info->ref_poc[list][i] = lists_.pic[list][i]->poc;
      info->ref_is_long_term[list][i] = lists_.is_long_term[list][i];
    }
  }
  picture_->slices.push_back(std::move(info));
  return {};
}

Status Decoder::check_complete() const {
  const auto& addresses = picture_->slice_address;
  const auto missing = std::find(addresses.begin(), addresses.end(), -1);
  if (missing == addresses.end()) return {};
  const int index = static_cast<int>(missing - addresses.begin());
  const Sps& sps = picture_->sps();
  const int columns = sps.pic_width_in_ctbs();
  return Status::bitstream("picture with POC " + std::to_string(picture_->poc) + ": the CTU at (" +
                           std::to_string(index % columns * sps.ctb_size()) + ", " +
                           std::to_string(index / columns * sps.ctb_size()) + ") is missing");
}

// In-loop filters over the whole picture, with the stage between deblocking and SAO.
Status Decoder::filter_picture(DecodedPicture& decoded) {
  const KernelTable& table = kernels(options_.isa);
  if (picture_->keep_filter_inputs) {
    picture_->rec_unfiltered = Frame(picture_->width(), picture_->height());
    picture_->rec_unfiltered.copy_from(picture_->rec);
  }
  derive_boundary_strength(*picture_);
  deblock_picture(table, *picture_);
  if (picture_->keep_filter_inputs) {
    Frame shown;
    INLOOP_RETURN_IF_ERROR(options_.stage->run(*picture_, shown));
    if (!shown.empty()) decoded.shown = std::make_shared<Frame>(std::move(shown));
    picture_->pred = {};
    picture_->rec_unfiltered = {};
  }
  if (picture_->sps().sao_enabled_flag) apply_sao(table, *picture_);
  return {};
}

Status Decoder::finish_picture() {
  if (!picture_) return {};
  INLOOP_RETURN_IF_ERROR(check_complete());
  DecodedPicture decoded;
  INLOOP_RETURN_IF_ERROR(filter_picture(decoded));
  payloads_.clear();
  if (hash_) {
    INLOOP_RETURN_IF_ERROR(check_picture_hash(*hash_, *picture_));
    decoded.hash_checked = true;
    hash_.reset();
  }
  decoded.picture = std::move(picture_);
  picture_ = nullptr;
  lists_ = {};
  buffer_.add(std::move(decoded), output_, *active_sps_);
  return {};
}

void Decoder::update_frame_rate(const Sps& sps) {
  const Vps* vps = sets_.vps(sps.vps_id);
  if (sps.vui.timing_info_present_flag) {
    frame_rate_ = {sps.vui.time_scale, sps.vui.num_units_in_tick};
  } else if (vps && vps->timing_info_present_flag) {
    frame_rate_ = {vps->time_scale, vps->num_units_in_tick};
  }
}

}  // namespace inloop::codec
