// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "hevc/encoder/sequence.h"

#include <utility>

#include "base/isa.h"

namespace inloop::hevc {
namespace {

// Returns whether the interpolated planes of all references together stay within the memory limit.
bool planes_fit(const SequenceConfig& config) {
  constexpr int64_t kMostBytes = int64_t{256} << 20;
  return SearchPlane::interpolated_bytes(config.width, config.height) * config.max_dec_pic_buffering <=
         kMostBytes;
}

}  // namespace

Status Sequence::create(const SequenceConfig& config, ThreadPool* pool, std::shared_ptr<Sequence>& out) {
  INLOOP_RETURN_IF_ERROR(isa_status());
  ParameterSets sets;
  INLOOP_RETURN_IF_ERROR(make_parameter_sets(config, sets));
  out.reset(new Sequence(config, std::move(sets), current_isa(), pool));
  return {};
}

Sequence::Sequence(const SequenceConfig& config, ParameterSets sets, Isa isa, ThreadPool* pool)
    : config_(config),
      sets_(std::move(sets)),
      layout_(std::make_shared<const CodingLayout>(*sets_.sps, *sets_.pps)),
      kernels_(hevc::kernels(isa)),
      pool_(pool),
      interpolates_planes_(config.tools.interpolate_planes && planes_fit(config)) {}

std::shared_ptr<Picture> Sequence::new_picture() {
  std::shared_ptr<Picture> picture = pictures_.acquire({{sets_.sps, sets_.pps}, layout_});
  picture->reset_blocks();
  return picture;
}

std::shared_ptr<PictureBuffers> Sequence::borrow_buffers() {
  std::shared_ptr<PictureBuffers> buffers = buffers_.borrow();
  if (buffers->source.empty()) {
    buffers->source = Frame(sps().pic_width, sps().pic_height);
    buffers->inter_pred = Frame(sps().pic_width, sps().pic_height);
    buffers->ctus.resize(static_cast<size_t>(sps().pic_size_in_ctbs()));
  }
  return buffers;
}

std::shared_ptr<SearchPlane> Sequence::new_search_plane(const Picture& picture) const {
  return std::make_shared<SearchPlane>(kernels_, picture.rec.planes[0], config_.bit_depth,
                                       interpolates_planes_, pool_);
}

}  // namespace inloop::hevc
