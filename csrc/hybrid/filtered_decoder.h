// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "base/isa.h"
#include "base/status.h"
#include "base/thread_pool.h"
#include "hevc/decoder/decoder.h"
#include "hybrid/nnlf_stage.h"
#include "hybrid/output_picture.h"

namespace inloop::hybrid {

// The decoder as programs use it: it takes the bytes of a stream and returns filtered pictures in display
// order. It is not thread-safe.
class FilteredDecoder {
 public:
  struct Options {
    std::shared_ptr<NnlfStage> stage;  // null: filter parameters in the stream are ignored
    bool verify = false;               // check picture hashes; a mismatch is an error
    bool keep_going = false;           // damage costs the pictures that it reaches only
    // For the pictures and the blocks of their filters (hevc::make_decoder_pool()); null: the caller's thread alone. It
    // outlives the decoder and belongs to its stage, too.
    ThreadPool* pool = nullptr;
    Isa isa = Isa::scalar;
    bool start_anywhere = false;  // begin at the first picture, whatever it refers to
  };

  explicit FilteredDecoder(Options options)
      : decoder_({options.verify, options.keep_going, std::move(options.stage), options.isa, true,
                  options.pool, options.start_anywhere}) {}

  // These take any part of the stream and its end, as in hevc::Decoder. After an error, take_output() returns
  // the pictures before it.
  Status decode(const uint8_t* data, size_t size);
  Status flush();

  std::vector<std::shared_ptr<OutputPicture>> take_output() { return std::exchange(output_, {}); }
  hevc::DecodingReport report() const { return decoder_.report(); }

 private:
  Status keep_output(Status status);

  hevc::Decoder decoder_;
  std::vector<std::shared_ptr<OutputPicture>> output_;
};

}  // namespace inloop::hybrid
