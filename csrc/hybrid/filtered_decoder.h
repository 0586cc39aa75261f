// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
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
    std::shared_ptr<NnlfStage> stage;  // where it is null, filter parameters in the stream are ignored
    bool verify = false;               // checks picture hashes; a mismatch is an error
    // Runs pictures and the blocks of their filters (see hevc::make_decoder_pool()); null selects the
    // caller's thread alone. The pool must outlive the decoder, and the stage must have been made with the
    // same pool.
    ThreadPool* pool = nullptr;
    Isa isa = Isa::scalar;
  };

  explicit FilteredDecoder(Options options)
      : decoder_({options.verify, std::move(options.stage), options.isa, true, options.pool}) {}

  // These take any part of the stream and its end, as in hevc::Decoder. After an error, take_output() returns
  // the pictures before it.
  Status decode(const uint8_t* data, size_t size) { return decoder_.decode(data, size); }
  Status flush() { return decoder_.flush(); }

  std::vector<std::shared_ptr<OutputPicture>> take_output();

 private:
  hevc::Decoder decoder_;
};

}  // namespace inloop::hybrid
