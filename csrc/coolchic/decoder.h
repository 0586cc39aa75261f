// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "base/isa.h"
#include "base/recycler.h"
#include "base/thread_pool.h"
#include "coolchic/decoded_picture.h"
#include "coolchic/picture_decoder.h"
#include "coolchic/stream.h"

namespace inloop::coolchic {

// Decodes the pictures of a stream and gives them in display order. With more than one thread, pictures are
// decoded at the same time and wait for the rows of others to which they refer, and the finest grid of a
// picture is decoded beside the rest of it. The result does not depend on the threads.
class Decoder {
 public:
  Decoder(Stream stream, Isa isa, int threads);

  const Stream& stream() const { return stream_; }

  // Returns the next picture, or null behind the last one. Every later call repeats an error.
  Status next(std::shared_ptr<const DecodedPicture>& picture);

 private:
  struct Job;
  void submit();
  std::shared_ptr<PictureDecoder> idle_decoder();
  void start(const std::shared_ptr<Job>& job);
  void decode(const Job& job);
  Status joined(const Job& job, Status rest);
  Status decode_all_but_finest(const Job& job);
  bool may_work_ahead() const;
  void wait_for_room();
  void drop_unneeded();

  Stream stream_;
  std::vector<int> last_uses_;
  Isa isa_;
  size_t most_in_work_;
  size_t submitted_ = 0;                                   // pictures in coding order
  size_t shown_ = 0;                                       // pictures in display order
  std::vector<std::shared_ptr<DecodedPicture>> pictures_;  // by display index, as long as they are needed
  std::vector<std::shared_ptr<const DecodedPicture>> in_work_;
  Recycler<DecodedPicture> idle_pictures_;
  Recycler<PictureDecoder> idle_decoders_;
  std::unique_ptr<ThreadPool> pool_;  // declared last, because its threads use all of the above until it ends
};

}  // namespace inloop::coolchic
