// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include <cstdint>
#include <deque>
#include <memory>
#include <utility>
#include <vector>

#include "base/isa.h"
#include "capi/errors.h"
#include "capi/inloop.h"
#include "hybrid/filtered_decoder.h"

struct inloop_decoder {
  inloop_decoder(std::unique_ptr<inloop::ThreadPool> threads,
                 inloop::hybrid::FilteredDecoder::Options options)
      : pool(std::move(threads)), decoder(std::move(options)) {}

  std::unique_ptr<inloop::ThreadPool> pool;  // must outlive the decoder
  inloop::hybrid::FilteredDecoder decoder;
  std::deque<std::shared_ptr<inloop::hybrid::OutputPicture>> ready;
  int64_t pictures = 0;  // pictures that were handed out
  // The picture that was handed out last.
  std::shared_ptr<inloop::hybrid::OutputPicture> shown;
  inloop_decoded_picture description = {};
};

namespace {

using namespace inloop;
using capi::code_of;
using capi::config_error;
using capi::fail;
using capi::guarded;

constexpr int kMaxThreads = 64;

const char* fault_of(const inloop_decoder_options& options) {
  if (options.struct_size != sizeof(inloop_decoder_options)) return "struct_size of the options is wrong";
  if (options.threads < 1 || options.threads > kMaxThreads) return "threads must be 1 to 64";
  if (options.model_count && !options.models) return "null pointer";
  for (size_t i = 0; i < options.model_count; ++i) {
    if (!options.models[i]) return "null pointer among the models";
  }
  return nullptr;
}

int create(const inloop_decoder_options& options, inloop_decoder** decoder) {
  const Isa isa = current_isa();
  if (const Status status = isa_status(); !status.ok()) return code_of(status);
  std::vector<nnlf::FilterModel> models;
  for (size_t i = 0; i < options.model_count; ++i) models.push_back(options.models[i]->filter);
  auto pool = hevc::make_decoder_pool(options.threads);
  auto stage = std::make_shared<hybrid::NnlfStage>(std::move(models), pool.get());
  const hybrid::FilteredDecoder::Options settings{std::move(stage), options.verify != 0, false, pool.get(),
                                                  isa};
  *decoder = new inloop_decoder(std::move(pool), settings);
  return INLOOP_OK;
}

int code_of_stream(const Status& status) {
  if (status.code() == StatusCode::bitstream) return fail(INLOOP_ERROR_BITSTREAM, status.message().c_str());
  return code_of(status);
}

// Pictures before an error are handed out, too.
template <class Step>
int step(inloop_decoder* decoder, const Step& decode) {
  if (!decoder) return config_error("null pointer");
  return guarded([&] {
    const Status status = decode(decoder->decoder);
    for (auto& picture : decoder->decoder.take_output()) decoder->ready.push_back(std::move(picture));
    return code_of_stream(status);
  });
}

inloop_decoded_picture describe(const hybrid::OutputPicture& picture, int64_t pts) {
  inloop_decoded_picture description = {};
  description.width = picture.width();
  description.height = picture.height();
  description.bit_depth = picture.bit_depth();
  description.poc = picture.poc();
  description.pts = pts;
  description.fps_num = picture.frame_rate().first;
  description.fps_den = picture.frame_rate().second;
  for (int c = 0; c < 3; ++c) description.planes[c] = {picture.samples(c), picture.stride_bytes(c)};
  return description;
}

}  // namespace

int inloop_decoder_create(const inloop_decoder_options* options, inloop_decoder** decoder) {
  if (!options || !decoder) return config_error("null pointer");
  if (const char* fault = fault_of(*options)) return config_error(fault);
  return guarded([&] { return create(*options, decoder); });
}

void inloop_decoder_close(inloop_decoder* decoder) { delete decoder; }

int inloop_decoder_decode(inloop_decoder* decoder, const void* data, size_t size) {
  if (!data && size) return config_error("null pointer");
  return step(decoder, [&](hybrid::FilteredDecoder& stream) {
    return stream.decode(static_cast<const uint8_t*>(data), size);
  });
}

int inloop_decoder_flush(inloop_decoder* decoder) {
  return step(decoder, [](hybrid::FilteredDecoder& stream) { return stream.flush(); });
}

const inloop_decoded_picture* inloop_decoder_next(inloop_decoder* decoder) {
  if (!decoder) return nullptr;
  decoder->shown = nullptr;
  if (decoder->ready.empty()) return nullptr;
  decoder->shown = std::move(decoder->ready.front());
  decoder->ready.pop_front();
  decoder->description = describe(*decoder->shown, decoder->pictures++);
  return &decoder->description;
}
