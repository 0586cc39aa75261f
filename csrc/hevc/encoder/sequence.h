// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <memory>
#include <vector>

#include "base/recycler.h"
#include "base/status.h"
#include "hevc/encoder/search/search_plane.h"
#include "hevc/encoder/sequence_setup.h"
#include "hevc/encoder/write/coded_ctu.h"
#include "hevc/kernels/table.h"
#include "hevc/picture/picture.h"
#include "hevc/picture/picture_pool.h"

namespace inloop::hevc {

// Memory that a picture needs only while it is coded.
struct PictureBuffers {
  Frame source;  // padded to the coded size
  std::vector<CodedCtu> ctus;
  Frame inter_pred;  // where the search makes predictions
};

// A picture that others predict from, with the samples that motion search reads. It may still be in the making:
// whoever reads rows of it waits for them in `luma`.
struct Reference {
  std::shared_ptr<const Picture> picture;
  std::shared_ptr<const SearchPlane> luma;
  bool is_intra = false;  // whether it has no motion
};

// What all pictures of a sequence share. Only the idle objects in its pools change, so any number of threads
// may use it.
class Sequence {
 public:
  // `pool` is the pool in which pictures are coded, several at a time, or null. It outlives the sequence.
  static Status create(const SequenceConfig& config, ThreadPool* pool, std::shared_ptr<Sequence>& out);

  const SequenceConfig& config() const { return config_; }
  const Vps& vps() const { return sets_.vps; }
  const Sps& sps() const { return *sets_.sps; }
  const Pps& pps() const { return *sets_.pps; }
  const KernelTable& kernels() const { return kernels_; }
  ThreadPool* pool() const { return pool_; }

  std::shared_ptr<Picture> new_picture();
  std::shared_ptr<PictureBuffers> borrow_buffers();
  std::shared_ptr<SearchPlane> new_search_plane(const Picture& picture) const;

 private:
  Sequence(const SequenceConfig& config, ParameterSets sets, Isa isa, ThreadPool* pool);

  const SequenceConfig config_;
  const ParameterSets sets_;
  const std::shared_ptr<const CodingLayout> layout_;
  const KernelTable& kernels_;
  ThreadPool* const pool_;
  const bool interpolates_planes_;
  PicturePool pictures_;
  Recycler<PictureBuffers> buffers_{kMaxDpbSize};
};

}  // namespace inloop::hevc
