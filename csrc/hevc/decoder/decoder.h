// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "base/isa.h"
#include "base/status.h"
#include "base/thread_pool.h"
#include "hevc/decoder/picture_job.h"
#include "hevc/decoder/picture_queue.h"
#include "hevc/loopfilter/picture_stage.h"
#include "hevc/picture/decoded_picture_buffer.h"
#include "hevc/picture/picture_pool.h"
#include "hevc/syntax/nal.h"
#include "hevc/syntax/parameter_set_store.h"

namespace inloop::hevc {

// Threads that decode so many pictures at a time; none where it is one.
std::unique_ptr<ThreadPool> make_decoder_pool(int threads);

// Decodes an Annex B stream of HEVC Main / Main 10 (Rec. ITU-T H.265 v1), with an optional stage between
// deblocking and SAO. The first error in decoding order ends decoding: complete pictures before it come out,
// every later call returns it again. Pictures and errors are the same for any number of threads; with several
// of them, pictures come some calls later.
class Decoder {
 public:
  struct Options {
    bool verify = false;  // check picture hashes; a mismatch is an error
    std::shared_ptr<PictureStage> stage;
    IsaLevel isa = IsaLevel::scalar;
    bool pack = false;  // 8-bit pictures come as bytes too (PictureOutcome::packed)
    // Where pictures are decoded, several at a time (make_decoder_pool()), and what stages share their work
    // with; null: in the caller's thread. It must outlive the decoder.
    ThreadPool* pool = nullptr;
  };

  explicit Decoder(Options options) : options_(std::move(options)), queue_(options_.pool, options_.isa) {}

  // Takes any part of the stream.
  Status decode(const uint8_t* data, size_t size);
  // The stream is complete: all pictures come out. The decoder is then ready for another stream.
  Status flush();
  // Pictures in output order, each once.
  std::vector<DecodedPicture> take_output() { return queue_.take_output(); }

 private:
  // Cuts out and reads NAL units, parses headers, and keeps track of references and output. The pictures
  // themselves are decoded by jobs in the queue.
  Status decode_available_nals();
  Status decode_nal(NalUnit& nal);
  Status decode_slice(NalUnit& nal);
  Status begin_picture(const SliceHeader& header, const PictureParameters& parameters);
  Status check_sequence(const SliceHeader& header, const PictureParameters& parameters,
                        bool first_in_sequence);
  void derive_poc(SliceHeader& header, const Sps& sps, bool first_in_sequence);
  Status begin_slice();
  Status add_segment(NalUnit& nal, size_t data_offset);
  Status finish_picture();
  Status read_suffix_sei(const NalUnit& nal);
  void update_frame_rate(const Sps& sps);
  Status fail(Status status);

  Options options_;
  NalSplitter splitter_;
  ParameterSetStore sets_;
  PicturePool pool_;
  DecodedPictureBuffer buffer_;
  Status failed_;

  // Sequence
  std::shared_ptr<const Sps> active_sps_;
  bool started_ = false;        // a picture was seen at which decoding can start
  bool sequence_ended_ = true;  // at the start and after end_of_sequence
  bool skip_rasl_ = false;      // NoRaslOutputFlag of the last IRAP picture
  int previous_tid0_poc_ = 0;   // prevTid0Pic
  std::pair<uint32_t, uint32_t> frame_rate_{0, 0};

  // Picture whose NAL units are arriving
  std::shared_ptr<PictureJob> job_;
  PictureParameters parameters_;
  bool skipping_ = false;  // slices belong to a picture that is not decoded
  bool output_ = false;
  SliceHeader header_;                     // of the last slice segment
  std::shared_ptr<const RefLists> lists_;  // of the last slice
  size_t picture_bytes_ = 0;
  std::vector<std::vector<uint8_t>> payloads_;

  PictureQueue queue_;  // last: its jobs use the stage
};

}  // namespace inloop::hevc
