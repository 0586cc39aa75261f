// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "hevc/syntax/parameter_set_store.h"

#include <string>
#include <utility>

namespace inloop::hevc {
namespace {

std::vector<uint8_t> payload(const NalUnit& nal) {
  return {nal.rbsp.begin(), nal.rbsp.begin() + static_cast<ptrdiff_t>(nal.size)};
}

template <class Entry>
bool is_repetition(const std::unique_ptr<Entry>& entry, const NalUnit& nal) {
  return entry && entry->rbsp == payload(nal);
}

}  // namespace

void ParameterSetStore::add_vps(const NalUnit& nal) {
  auto vps = std::make_unique<Vps>();
  // Nothing in a VPS is needed to decode the base layer; a damaged one only hides the frame rate.
  if (parse_vps(nal, *vps).ok()) vps_[static_cast<size_t>(vps->vps_id)] = std::move(vps);
}

void ParameterSetStore::add_sps(const NalUnit& nal) {
  auto sps = std::make_shared<Sps>();
  sps->sps_id = -1;
  const Status status = parse_sps(nal, *sps);
  if (sps->sps_id < 0) {
    damaged_ = status;
    return;
  }
  auto& entry = sps_[static_cast<size_t>(sps->sps_id)];
  if (is_repetition(entry, nal)) return;
  entry = std::make_unique<SpsEntry>(SpsEntry{payload(nal), std::move(sps), status});
}

void ParameterSetStore::add_pps(const NalUnit& nal) {
  auto parsed = std::make_unique<PpsEntry>();
  parsed->syntax.pps.pps_id = -1;
  parsed->status = parse_pps(nal, parsed->syntax);
  const int id = parsed->syntax.pps.pps_id;
  if (id < 0) {
    damaged_ = parsed->status;
    return;
  }
  auto& entry = pps_[static_cast<size_t>(id)];
  if (is_repetition(entry, nal)) return;
  parsed->rbsp = payload(nal);
  entry = std::move(parsed);
}

Status ParameterSetStore::activate(int pps_id, PictureParameters& parameters) {
  const auto missing = [this](const char* set, int id) {
    std::string message = std::string(set) + " " + std::to_string(id) + " is missing";
    if (!damaged_.ok()) message += " (a damaged one was seen: " + damaged_.message() + ")";
    return Status::bitstream(std::move(message));
  };
  PpsEntry* pps = pps_[static_cast<size_t>(pps_id)].get();
  if (!pps) return missing("PPS", pps_id);
  const int sps_id = pps->syntax.pps.sps_id;
  const SpsEntry* sps = sps_[static_cast<size_t>(sps_id)].get();
  if (!sps) return missing("SPS", sps_id);
  INLOOP_RETURN_IF_ERROR(sps->status);
  INLOOP_RETURN_IF_ERROR(pps->status);
  if (pps->activated_for != sps->sps) {
    auto complete = std::make_shared<Pps>();
    INLOOP_RETURN_IF_ERROR(activate_pps(pps->syntax, *sps->sps, *complete));
    pps->activated.layout = std::make_shared<CodingLayout>(*sps->sps, *complete);
    pps->activated.sets = {sps->sps, std::move(complete)};
    pps->activated_for = sps->sps;
  }
  parameters = pps->activated;
  return {};
}

}  // namespace inloop::hevc
