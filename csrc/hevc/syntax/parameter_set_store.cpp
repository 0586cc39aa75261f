// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "hevc/syntax/parameter_set_store.h"

#include <string>
#include <utility>

namespace inloop::hevc {
namespace {

// Sets are kept as they came, to know repetitions. Only what extensions and padding put behind a set makes it this large.
constexpr size_t kMostBytes = size_t{1} << 16;

Status check_size(const NalUnit& nal) {
  if (nal.size <= kMostBytes) return {};
  return Status::bitstream("parameter set of more than " + std::to_string(kMostBytes) + " bytes");
}

std::vector<uint8_t> payload(const NalUnit& nal) {
  return {nal.rbsp.begin(), nal.rbsp.begin() + static_cast<ptrdiff_t>(nal.size)};
}

template <class Entry>
bool is_repetition(const std::unique_ptr<Entry>& entry, const NalUnit& nal) {
  return entry && entry->rbsp == payload(nal);
}

// A set that cannot be read does not take the place of a good one: sets are mostly repeated, not changed.
template <class Entry>
bool is_damaged_repetition(const std::unique_ptr<Entry>& entry, const Status& status) {
  return entry && entry->status.ok() && status.code() == StatusCode::bitstream;
}

}  // namespace

void ParameterSetStore::add_vps(const NalUnit& nal) {
  auto vps = std::make_unique<Vps>();
  // Nothing in a VPS is needed to decode the base layer; a damaged one only hides the frame rate.
  if (parse_vps(nal, *vps).ok()) vps_[static_cast<size_t>(vps->vps_id)] = std::move(vps);
}

void ParameterSetStore::add_sps(const NalUnit& nal) {
  if (Status status = check_size(nal); !status.ok()) {
    damaged_ = std::move(status);
    return;
  }
  auto sps = std::make_shared<Sps>();
  sps->sps_id = -1;
  const Status status = parse_sps(nal, *sps);
  if (sps->sps_id < 0) {
    damaged_ = status;
    return;
  }
  auto& entry = sps_[static_cast<size_t>(sps->sps_id)];
  if (is_repetition(entry, nal) || is_damaged_repetition(entry, status)) return;
  entry = std::make_unique<SpsEntry>(SpsEntry{payload(nal), std::move(sps), status});
}

void ParameterSetStore::add_pps(const NalUnit& nal) {
  if (Status status = check_size(nal); !status.ok()) {
    damaged_ = std::move(status);
    return;
  }
  auto parsed = std::make_unique<PpsEntry>();
  parsed->syntax.pps.pps_id = -1;
  parsed->status = parse_pps(nal, parsed->syntax);
  const int id = parsed->syntax.pps.pps_id;
  if (id < 0) {
    damaged_ = parsed->status;
    return;
  }
  auto& entry = pps_[static_cast<size_t>(id)];
  if (is_repetition(entry, nal) || is_damaged_repetition(entry, parsed->status)) return;
  parsed->rbsp = payload(nal);
  entry = std::move(parsed);
}

Status ParameterSetStore::activate(int pps_id, const std::shared_ptr<const Sps>& in_force,
                                   PictureParameters& parameters) {
  const auto missing = [this](const char* set, int id) {
    std::string message = std::string(set) + " " + std::to_string(id) + " is missing";
    if (!damaged_.ok()) message += " (a damaged one was seen: " + damaged_.message() + ")";
    return Status::bitstream(std::move(message));
  };
  PpsEntry* pps = pps_[static_cast<size_t>(pps_id)].get();
  if (!pps) return missing("PPS", pps_id);
  const int sps_id = pps->syntax.pps.sps_id;
  const SpsEntry* entry = sps_[static_cast<size_t>(sps_id)].get();
  if (!entry) return missing("SPS", sps_id);
  const bool continues = in_force && in_force->sps_id == sps_id;
  if (!continues) INLOOP_RETURN_IF_ERROR(entry->status);
  INLOOP_RETURN_IF_ERROR(pps->status);
  const std::shared_ptr<const Sps>& sps = continues ? in_force : entry->sps;
  if (pps->activated_for != sps) {
    auto complete = std::make_shared<Pps>();
    INLOOP_RETURN_IF_ERROR(activate_pps(pps->syntax, *sps, *complete));
    pps->activated.layout = std::make_shared<CodingLayout>(*sps, *complete);
    pps->activated.sets = {sps, std::move(complete)};
    pps->activated_for = sps;
  }
  parameters = pps->activated;
  return {};
}

}  // namespace inloop::hevc
