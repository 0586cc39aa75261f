// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "hevc/encoder/picture_request.h"

#include <algorithm>
#include <cmath>
#include <string>

namespace inloop::hevc {
namespace {

Status check_lists(const SequenceConfig& config, const PictureRequest& request) {
  for (const std::vector<int>& list : request.lists) {
    if (list.size() >= static_cast<size_t>(kMaxRefs)) return Status::config("lists hold at most 15 entries");
    if (!list.empty() && !config.list_modification) {
      return Status::config("the sequence has no explicit reference lists");
    }
    for (int poc : list) {
      if (std::find(request.references.begin(), request.references.end(), poc) == request.references.end()) {
        return Status::config("POC " + std::to_string(poc) + " of a list is no reference");
      }
    }
  }
  return {};
}

}  // namespace

Status check_request(const SequenceConfig& config, const PictureRequest& request) {
  if (request.slice_type != SliceType::i && request.references.empty()) {
    return Status::config("a P or B picture needs a reference");
  }
  if (is_irap(request.nal_type) && request.slice_type != SliceType::i) {
    return Status::config("a random access picture is coded in intra mode");
  }
  if (is_idr(request.nal_type) && !(request.references.empty() && request.kept.empty())) {
    return Status::config("an IDR picture keeps no earlier picture");
  }
  if (request.references.size() + request.kept.size() >= static_cast<size_t>(kMaxDpbSize)) {
    return Status::config("at most 15 pictures can be kept");
  }
  if (request.temporal_id < 0 || request.temporal_id >= config.max_sub_layers) {
    return Status::config("the temporal sub-layer is outside those of the sequence");
  }
  return check_lists(config, request);
}

Status check_quality(const SequenceConfig& config, const PictureQuality& quality) {
  const int lowest = -6 * (config.bit_depth - 8);
  if (quality.qp < lowest || quality.qp > 51) {
    return Status::config("QP " + std::to_string(quality.qp) + " is outside " + std::to_string(lowest) +
                          " to 51");
  }
  if (!quality.qp_map.qp.empty()) {
    if (!config.quantization_group) return Status::config("a QP map needs quantisation groups");
    for (int qp : quality.qp_map.qp) {
      if (qp < lowest || qp > 51) return Status::config("the QP map holds " + std::to_string(qp));
    }
  }
  if (!(quality.lmbda >= 0) || !std::isfinite(quality.lmbda)) {
    return Status::config("lambda must be positive");
  }
  return {};
}

}  // namespace inloop::hevc
