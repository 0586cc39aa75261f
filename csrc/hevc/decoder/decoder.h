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
#include "hevc/decoder/recovery.h"
#include "hevc/loopfilter/picture_stage.h"
#include "hevc/picture/decoded_picture_buffer.h"
#include "hevc/picture/picture_pool.h"
#include "hevc/syntax/nal.h"
#include "hevc/syntax/parameter_set_store.h"

namespace inloop::hevc {

// Makes a pool that decodes `threads` pictures at a time. For one thread the pool is empty, so that the
// caller's thread decodes.
std::unique_ptr<ThreadPool> make_decoder_pool(int threads);

// What a decoder left out of a stream.
struct DecodingReport {
  uint64_t skipped_units = 0;     // NAL units that cannot be any, bytes before the first one counted as one
  uint64_t foreign_messages = 0;  // units of the filter's NAL type that are someone else's
  uint64_t skipped_pictures = 0;  // before the first that can be decoded, or led in by one that starts anew
  uint64_t lost_pictures = 0;     // damaged, or in need of damaged ones; with keep_going only
  Status first_loss;              // what was wrong with the first of them
};

// Decodes an Annex B stream of HEVC Main / Main 10 (Rec. ITU-T H.265 v1), with an optional stage between
// deblocking and SAO. The first error in decoding order ends decoding: complete pictures before it come out,
// every later call returns it again. Pictures and errors are the same for any number of threads; with several
// of them, pictures come some calls later.
//
// What precedes the first picture that can be decoded is left out, as are RASL pictures that refer to it. Decoding also
// starts at a recovery point, where pictures are left out until they are right. A CRA
// picture that has another SPS, or lacks pictures that its leading pictures need, starts a sequence: so do streams that
// were joined without an end of sequence.
class Decoder {
 public:
  struct Options {
    bool verify = false;      // check picture hashes; a mismatch is an error
    bool keep_going = false;  // damage costs the pictures that it reaches, not the rest of the stream
    std::shared_ptr<PictureStage> stage;
    Isa isa = Isa::scalar;
    bool pack = false;  // 8-bit pictures also come as bytes (PictureOutcome::packed)
    // Decodes several pictures at a time (see make_decoder_pool()) and runs the work that stages share; null
    // decodes in the caller's thread. The pool must outlive the decoder.
    ThreadPool* pool = nullptr;
    // Begins at the first picture whose parameter sets are there, whatever it refers to, and shows all from it on: streams
    // with gradual refresh may lack random access pictures and recovery points.
    bool start_anywhere = false;
  };

  explicit Decoder(Options options)
      : options_(std::move(options)), queue_(options_.pool, options_.isa, options_.keep_going) {}

  // Takes any part of the stream.
  Status decode(const uint8_t* data, size_t size);
  // Ends the stream and outputs all pictures. The decoder is then ready for another stream.
  Status flush();
  // Returns the pictures decoded so far in output order, each once.
  std::vector<DecodedPicture> take_output() { return queue_.take_output(); }
  // Of the stream so far, and of those before it.
  DecodingReport report() const;

 private:
  // The decoder cuts out and reads NAL units, parses headers, and keeps track of references and output. Jobs
  // in the queue decode the pictures themselves.
  template <class Step>
  Status guarded(const Step& step);
  Status end_stream();
  Status decode_available_nals();
  Status decode_nal(NalUnit& nal);
  Status decode_slice(NalUnit& nal);
  Status decode_slice_segment(NalUnit& nal, bool first);
  Status parse_slice(NalUnit& nal, bool first, size_t& data_offset, PictureParameters& parameters,
                     SliceHeader& header);
  bool can_start(NalType type) const;
  void skip_picture();
  Status survive(Status status, bool first);
  Status begin_picture(const SliceHeader& header, const PictureParameters& parameters);
  Status check_sequence(const SliceHeader& header, const PictureParameters& parameters,
                        bool first_in_sequence);
  bool is_splice(const PictureParameters& parameters);
  void derive_poc(SliceHeader& header, const Sps& sps, bool first_in_sequence);
  Status begin_slice();
  Status add_segment(NalUnit& nal, size_t data_offset);
  Status finish_picture();
  Status read_suffix_sei(const NalUnit& nal);
  void update_frame_rate(const Sps& sps);
  void update_signal(const Sps& sps, bool first_in_sequence);
  Status fail(Status status);

  Options options_;
  NalSplitter splitter_;
  ParameterSetStore sets_;
  PicturePool pool_;
  DecodedPictureBuffer buffer_;
  Status failed_;
  DecodingReport report_;
  Status not_started_;  // what kept the first random access point from being one

  // State of the coded video sequence.
  std::shared_ptr<const Sps> active_sps_;
  bool started_ = false;                  // whether a picture was seen at which decoding can start
  bool sequence_ended_ = true;            // true at the start and after end_of_sequence
  bool skip_rasl_ = false;                // NoRaslOutputFlag of the last IRAP picture
  std::optional<int> arriving_recovery_;  // recovery_poc_cnt of a message in front of the next picture
  std::optional<Recovery> recovery_;      // since a start at a recovery point, until the next IRAP picture
  int previous_tid0_poc_ = 0;             // POC of prevTid0Pic
  std::pair<uint32_t, uint32_t> frame_rate_{0, 0};
  SignalDescription arriving_signal_;  // messages in front of the next picture
  std::shared_ptr<const SignalDescription> signal_;

  // State of the picture whose NAL units are arriving.
  std::shared_ptr<PictureJob> job_;
  PictureParameters parameters_;
  bool skipping_ = false;  // whether the slices belong to a picture that is not decoded
  bool output_ = false;
  bool is_right_ = true;                   // not one of those that precede recovery
  SliceHeader header_;                     // header of the last slice segment
  std::shared_ptr<const RefLists> lists_;  // reference lists of the last slice
  size_t picture_bytes_ = 0;
  std::vector<std::vector<uint8_t>> payloads_;

  PictureQueue queue_;  // declared last, because its jobs use the stage
};

}  // namespace inloop::hevc
