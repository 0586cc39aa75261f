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
#include "codec/decoded_picture_buffer.h"
#include "codec/nal.h"
#include "codec/parameter_set_store.h"
#include "codec/picture_hash.h"
#include "codec/picture_pool.h"
#include "codec/picture_stage.h"
#include "codec/slice_decoder.h"

namespace inloop::codec {

// Decodes an Annex B stream of HEVC Main / Main 10 (Rec. ITU-T H.265 v1), with an optional stage between
// deblocking and SAO. The first error ends decoding: complete pictures before it come out, every later call
// returns it again.
class Decoder {
 public:
  struct Options {
    bool verify = false;  // check picture hashes; a mismatch is an error
    std::shared_ptr<PictureStage> stage;
    IsaLevel isa = IsaLevel::scalar;
  };

  explicit Decoder(Options options) : options_(std::move(options)), slice_decoder_(options_.isa) {}

  // Takes any part of the stream.
  Status decode(const uint8_t* data, size_t size);
  // The stream is complete: all pictures come out. The decoder is then ready for another stream.
  Status flush();
  // Pictures in output order, each once.
  std::vector<DecodedPicture> take_output() { return buffer_.take_output(); }

  // Pictures a second from the VUI or VPS of the last picture: numerator and denominator, 0 when unknown.
  std::pair<uint32_t, uint32_t> frame_rate() const { return frame_rate_; }

 private:
  Status decode_available_nals();
  Status decode_nal(const NalUnit& nal);
  Status decode_slice(const NalUnit& nal);
  Status begin_picture(const SliceHeader& header, const PictureParameters& parameters);
  Status check_sequence(const SliceHeader& header, const PictureParameters& parameters,
                        bool first_in_sequence);
  void derive_poc(SliceHeader& header, const Sps& sps, bool first_in_sequence);
  Status begin_slice(const SliceHeader& header);
  Status finish_picture();
  Status filter_picture(DecodedPicture& decoded);
  Status check_complete() const;
  Status read_suffix_sei(const NalUnit& nal);
  void update_frame_rate(const Sps& sps);
  Status fail(Status status);

  Options options_;
  NalSplitter splitter_;
  ParameterSetStore sets_;
  PicturePool pool_;
  DecodedPictureBuffer buffer_;
  SliceDecoder slice_decoder_;
  Status failed_;

  // Sequence
  std::shared_ptr<const Sps> active_sps_;
  bool sequence_ended_ = true;  // at the start and after end_of_sequence
  bool skip_rasl_ = false;      // NoRaslOutputFlag of the last IRAP picture
  int previous_tid0_poc_ = 0;   // prevTid0Pic
  std::pair<uint32_t, uint32_t> frame_rate_{0, 0};

  // Picture being decoded
  std::shared_ptr<Picture> picture_;
  PictureParameters parameters_;
  bool skipping_ = false;  // slices belong to a picture that is not decoded
  bool output_ = false;
  SliceHeader header_;  // of the last slice segment
  RefLists lists_;      // of the last slice
  std::vector<std::vector<uint8_t>> payloads_;
  std::optional<PictureHash> hash_;
};

}  // namespace inloop::codec
