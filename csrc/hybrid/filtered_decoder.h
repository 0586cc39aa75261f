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

// Bytes of a stream in, filtered pictures in display order out: the decoder as programs see it. Not
// thread-safe.
class FilteredDecoder {
 public:
  struct Options {
    std::shared_ptr<NnlfStage> stage;  // null: filter parameters in the stream are ignored
    bool verify = false;               // check picture hashes; a mismatch is an error
    // For the pictures and the blocks of their filters (hevc::make_decoder_pool()); null: the caller's thread alone. It
    // outlives the decoder and belongs to its stage, too.
    ThreadPool* pool = nullptr;
    IsaLevel isa = IsaLevel::scalar;
  };

  explicit FilteredDecoder(Options options)
      : decoder_({options.verify, std::move(options.stage), options.isa, true, options.pool}) {}

  // As those of hevc::Decoder: any part of the stream, and its end. After an error take_output() has the
  // pictures before it.
  Status decode(const uint8_t* data, size_t size) { return decoder_.decode(data, size); }
  Status flush() { return decoder_.flush(); }

  std::vector<std::shared_ptr<OutputPicture>> take_output();

 private:
  hevc::Decoder decoder_;
};

}  // namespace inloop::hybrid
