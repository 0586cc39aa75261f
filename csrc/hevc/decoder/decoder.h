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

// Makes a pool that decodes `threads` pictures at a time. For one thread the pool is empty, so that the
// caller's thread decodes.
std::unique_ptr<ThreadPool> make_decoder_pool(int threads);

// Decodes an Annex B stream of HEVC Main or Main 10 (Rec. ITU-T H.265 v1), with an optional stage of further
// in-loop filters. The first error in decoding order ends decoding: complete pictures before it are output,
// and every later call returns the same error. Pictures and errors do not depend on the number of threads;
// with several threads, pictures only come some calls later.
class Decoder {
 public:
  struct Options {
    bool verify = false;  // checks picture hashes; a mismatch is an error
    std::shared_ptr<PictureStage> stage;
    Isa isa = Isa::scalar;
    bool pack = false;  // 8-bit pictures also come as bytes (PictureOutcome::packed)
    // Decodes several pictures at a time (see make_decoder_pool()) and runs the work that stages share; null
    // decodes in the caller's thread. The pool must outlive the decoder.
    ThreadPool* pool = nullptr;
  };

  explicit Decoder(Options options) : options_(std::move(options)), queue_(options_.pool, options_.isa) {}

  // Takes any part of the stream.
  Status decode(const uint8_t* data, size_t size);
  // Ends the stream and outputs all pictures. The decoder is then ready for another stream.
  Status flush();
  // Returns the pictures decoded so far in output order, each once.
  std::vector<DecodedPicture> take_output() { return queue_.take_output(); }

 private:
  // The decoder cuts out and reads NAL units, parses headers, and keeps track of references and output. Jobs
  // in the queue decode the pictures themselves.
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

  // State of the coded video sequence.
  std::shared_ptr<const Sps> active_sps_;
  bool started_ = false;        // whether a picture was seen at which decoding can start
  bool sequence_ended_ = true;  // true at the start and after end_of_sequence
  bool skip_rasl_ = false;      // NoRaslOutputFlag of the last IRAP picture
  int previous_tid0_poc_ = 0;   // POC of prevTid0Pic
  std::pair<uint32_t, uint32_t> frame_rate_{0, 0};

  // State of the picture whose NAL units are arriving.
  std::shared_ptr<PictureJob> job_;
  PictureParameters parameters_;
  bool skipping_ = false;  // whether the slices belong to a picture that is not decoded
  bool output_ = false;
  SliceHeader header_;                     // header of the last slice segment
  std::shared_ptr<const RefLists> lists_;  // reference lists of the last slice
  size_t picture_bytes_ = 0;
  std::vector<std::vector<uint8_t>> payloads_;

  PictureQueue queue_;  // declared last, because its jobs use the stage
};

}  // namespace inloop::hevc
