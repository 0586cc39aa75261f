// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "capi/inloop.h"

#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "base/isa.h"
#include "base/md5.h"
#include "capi/errors.h"
#include "nn/graph/model.h"
#include "nn/program_cache.h"

struct inloop_session {
  explicit inloop_session(std::shared_ptr<const inloop::nn::Program> program)
      : workspace(std::move(program)) {}
  const inloop::nn::Program& program() const { return workspace.program(); }

  inloop::nn::Workspace workspace;
};

namespace {

using inloop::Status;
using inloop::capi::code_of;
using inloop::capi::config_error;
using inloop::capi::error_text;
using inloop::capi::fail;
using inloop::capi::guarded;
using inloop::nn::Model;
using inloop::nn::TensorInfo;

int open_memory(const uint8_t* data, size_t size, uint32_t flags, inloop_model** out) {
  if (flags & ~uint32_t{INLOOP_ALLOW_WRAPPING}) return config_error("unknown flags");
  auto result = std::make_unique<inloop_model>();
  const Status status =
      inloop::nnlf::read_filter_model(data, size, (flags & INLOOP_ALLOW_WRAPPING) != 0, result->filter);
  if (!status.ok()) return code_of(status);
  result->programs = result->filter.inter;
  result->sha256 = inloop::to_hex(result->filter.sha256.data(), result->filter.sha256.size());
  *out = result.release();
  return INLOOP_OK;
}

bool read_file(const char* path, std::vector<uint8_t>& bytes) {
  const auto close = [](std::FILE* file) { std::fclose(file); };
  const std::unique_ptr<std::FILE, decltype(close)> file(std::fopen(path, "rb"), close);
  if (!file) return false;
  uint8_t piece[1 << 14];
  for (size_t count; (count = std::fread(piece, 1, sizeof piece, file.get())) > 0;)
    bytes.insert(bytes.end(), piece, piece + count);
  return !std::ferror(file.get());
}

int describe(const std::vector<TensorInfo>& tensors, int32_t index, inloop_tensor* out) {
  if (index < 0 || static_cast<size_t>(index) >= tensors.size())
    return config_error("there is no tensor of that index");
  const TensorInfo& tensor = tensors[static_cast<size_t>(index)];
  *out = {tensor.name.c_str(), tensor.channels, tensor.quantizer};
  return INLOOP_OK;
}

bool any_null(const void* const* pointers, size_t count) {
  for (size_t i = 0; i < count; ++i)
    if (!pointers[i]) return true;
  return false;
}

template <class T>
int run(inloop_session* session, const T* const* inputs, T* const* outputs) {
  if (!session || !inputs || !outputs) return config_error("null pointer");
  const Model& model = session->program().model();
  if (any_null(reinterpret_cast<const void* const*>(inputs), model.inputs().size()) ||
      any_null(reinterpret_cast<const void* const*>(outputs), model.outputs().size()))
    return config_error("null pointer among inputs or outputs");
  return code_of(session->workspace.run(inputs, outputs));
}

}  // namespace

int32_t inloop_abi_version(void) { return INLOOP_ABI_VERSION; }

const char* inloop_version(void) { return INLOOP_VERSION; }

const char* inloop_error_text(void) { return error_text().c_str(); }

int inloop_set_isa(const char* isa) {
  if (!isa) return config_error("null pointer");
  return guarded([&] { return code_of(inloop::set_isa(isa)); });
}

const char* inloop_get_isa(void) { return inloop::isa_name(inloop::current_isa()); }

int inloop_model_open(const char* path, uint32_t flags, inloop_model** model) {
  if (!path || !model) return config_error("null pointer");
  return guarded([&] {
    std::vector<uint8_t> bytes;
    if (!read_file(path, bytes))
      return fail(INLOOP_ERROR_CANNOT_OPEN, (std::string(path) + ": cannot be read").c_str());
    return open_memory(bytes.data(), bytes.size(), flags, model);
  });
}

int inloop_model_open_memory(const void* data, size_t size, uint32_t flags, inloop_model** model) {
  if (!data || !model) return config_error("null pointer");
  return guarded([&] { return open_memory(static_cast<const uint8_t*>(data), size, flags, model); });
}

void inloop_model_close(inloop_model* model) { delete model; }

const char* inloop_model_sha256(const inloop_model* model) { return model ? model->sha256.c_str() : ""; }

int inloop_model_element_type(const inloop_model* model) {
  return model && model->model().is_float() ? INLOOP_FLOAT32 : INLOOP_INT16;
}

int32_t inloop_model_input_count(const inloop_model* model) {
  return model ? static_cast<int32_t>(model->model().inputs().size()) : 0;
}

int32_t inloop_model_output_count(const inloop_model* model) {
  return model ? static_cast<int32_t>(model->model().outputs().size()) : 0;
}

int inloop_model_input(const inloop_model* model, int32_t index, inloop_tensor* tensor) {
  if (!model || !tensor) return config_error("null pointer");
  return describe(model->model().inputs(), index, tensor);
}

int inloop_model_output(const inloop_model* model, int32_t index, inloop_tensor* tensor) {
  if (!model || !tensor) return config_error("null pointer");
  return describe(model->model().outputs(), index, tensor);
}

int inloop_session_create(const inloop_model* model, int32_t height, int32_t width,
                          inloop_session** session) {
  if (!model || !session) return config_error("null pointer");
  return guarded([&]() -> int {
    const auto device = inloop::nn::Device::current();
    if (const Status status = inloop::isa_status(); !status.ok()) return code_of(status);
    std::shared_ptr<const inloop::nn::Program> program;
    const Status status = model->programs->program(height, width, device, program);
    if (!status.ok()) return code_of(status);
    *session = new inloop_session(std::move(program));
    return INLOOP_OK;
  });
}

void inloop_session_close(inloop_session* session) { delete session; }

int inloop_session_output_size(const inloop_session* session, int32_t index, int32_t* height,
                               int32_t* width) {
  if (!session || !height || !width) return config_error("null pointer");
  if (index < 0 || static_cast<size_t>(index) >= session->program().model().outputs().size())
    return config_error("there is no tensor of that index");
  *height = session->program().output_height(static_cast<size_t>(index));
  *width = session->program().output_width(static_cast<size_t>(index));
  return INLOOP_OK;
}

size_t inloop_session_memory(const inloop_session* session) {
  return session ? session->program().arena_bytes() : 0;
}

int inloop_session_run_int16(inloop_session* session, const int16_t* const* inputs, int16_t* const* outputs) {
  return guarded([&] { return run(session, inputs, outputs); });
}

int inloop_session_run_float32(inloop_session* session, const float* const* inputs, float* const* outputs) {
  return guarded([&] { return run(session, inputs, outputs); });
}
