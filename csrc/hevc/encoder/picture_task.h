// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <map>
#include <memory>
#include <vector>

#include "base/status.h"
#include "hevc/encoder/picture_request.h"
#include "hevc/encoder/sequence.h"
#include "hevc/encoder/slice_setup.h"
#include "hevc/encoder/write/slice_writer.h"
#include "video/plane_io.h"

namespace inloop::hevc {

using InputPlane = video::RawPlane<const uint8_t>;

// One picture on its way through the encoder, with all of its state: any number of them may be in work, each
// in one thread at a time. analyse() decides everything and reconstructs up to the deblocking filter;
// complete() takes the final in-loop filtered samples and writes the slice. What happens between them (a
// neural filter) is the caller's. SequenceEncoder makes tasks and takes them into the stream.
class PictureTask {
 public:
  // What the picture takes from those coded before it, fixed from the beginning.
  struct Inputs {
    std::map<int, Reference> references;  // at least those of the request, by POC
    bool cabac_init_flag = false;         // of the picture coded last in its sub-layer
  };
  PictureTask(std::shared_ptr<Sequence> sequence, PictureRequest request, const Inputs& inputs);

  // source: planes of the shown size, of that bit depth or a smaller one than the sequence's.
  Status load(const InputPlane source[3], int bit_depth);

  // May be called again, with another quality, where the result does not please.
  Status analyse(const PictureQuality& quality);

  // Size of the slice NAL unit as analysed, before SAO is decided, and of its access unit, at most; 0 before
  // analyse().
  int64_t coded_bits() const;
  int64_t access_unit_bits() const;

  // replacement: nullptr, or three planes of the coded size that take the place of the deblocked ones. Where a
  // sample of them has too many bits, the picture has to be analysed again.
  Status complete(const InputPlane* replacement);

  const Sequence& sequence() const { return *sequence_; }
  const PictureRequest& request() const { return request_; }
  bool is_complete() const { return stage_ >= Stage::complete; }

  // Deblocked after analyse(), final after complete(); nullptr before.
  const std::shared_ptr<Picture>& picture() const { return picture_; }
  // The source, padded to the coded size; it stays as it is until another one is loaded.
  std::shared_ptr<const Frame> source() const { return {buffers_, &buffers_->source}; }

  // Sums of squared errors of the three planes of the shown size against the source. shown: nullptr for those
  // of the picture, or others of at least that size.
  std::array<int64_t, 3> squared_errors(const InputPlane* shown) const;

  // For SequenceEncoder: the picture goes into the stream. An error before complete() and the second time.
  Status finish();

  // After complete().
  const WrittenSlice& slice() const { return written_; }
  bool cabac_init_flag() const { return setup_.header.cabac_init_flag; }
  const std::vector<int>& kept() const { return setup_.kept; }

 private:
  enum class Stage { planned, loaded, analysed, complete, finished };

  void start_picture();
  void search(const PictureQuality& quality);
  Status filter_sao();
  void write_smaller_slice();

  std::shared_ptr<Sequence> sequence_;
  PictureRequest request_;
  SliceSetup setup_;
  std::shared_ptr<PictureBuffers> buffers_;
  Stage stage_ = Stage::planned;
  double lambda_ = 0, chroma_weight_ = 1;  // at the bit depth of the samples
  std::shared_ptr<Picture> picture_;
  WrittenSlice written_;
};

}  // namespace inloop::hevc
