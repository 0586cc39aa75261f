/* SPDX-FileCopyrightText: 2026 The inloop authors
 * SPDX-License-Identifier: BSD-3-Clause
 *
 * Counts calls of the allocator while a session runs: count_allocations NETWORK.inl HEIGHT WIDTH prints the
 * number. The functions below take the place of glibc's for the whole program, the library included.
 */
#include <errno.h>
#include <inloop.h>
#include <stdio.h>
#include <stdlib.h>

extern void* __libc_malloc(size_t size);
extern void* __libc_calloc(size_t count, size_t size);
extern void* __libc_realloc(void* pointer, size_t size);
extern void* __libc_memalign(size_t alignment, size_t size);

static long calls = 0;

void* malloc(size_t size) {
  ++calls;
  return __libc_malloc(size);
}
void* calloc(size_t count, size_t size) {
  ++calls;
  return __libc_calloc(count, size);
}
void* realloc(void* pointer, size_t size) {
  ++calls;
  return __libc_realloc(pointer, size);
}
void* aligned_alloc(size_t alignment, size_t size) {
  ++calls;
  return __libc_memalign(alignment, size);
}
int posix_memalign(void** out, size_t alignment, size_t size) {
  ++calls;
  *out = __libc_memalign(alignment, size);
  return *out ? 0 : ENOMEM;
}

enum { MAX_TENSORS = 16 };

int main(int argc, char** argv) {
  inloop_model* model = NULL;
  inloop_session* session = NULL;
  void *inputs[MAX_TENSORS] = {NULL}, *outputs[MAX_TENSORS] = {NULL};
  int32_t i, height, width, h, w;
  inloop_tensor tensor;
  long before;
  int status;
  if (argc != 4 || inloop_model_open(argv[1], 0, &model) != INLOOP_OK) return 2;
  height = atoi(argv[2]);
  width = atoi(argv[3]);
  if (inloop_session_create(model, height, width, &session) != INLOOP_OK) return 3;
  for (i = 0; i < inloop_model_input_count(model); ++i) {
    inloop_model_input(model, i, &tensor);
    inputs[i] = calloc((size_t)height * (size_t)width * (size_t)tensor.channels, 4);
  }
  for (i = 0; i < inloop_model_output_count(model); ++i) {
    inloop_model_output(model, i, &tensor);
    inloop_session_output_size(session, i, &h, &w);
    outputs[i] = calloc((size_t)h * (size_t)w * (size_t)tensor.channels, 4);
  }
  if (calls < 3) return 4; /* the counter is not in place */
  before = calls;
  if (inloop_model_element_type(model) == INLOOP_FLOAT32)
    status = inloop_session_run_float32(session, (const float* const*)inputs, (float* const*)outputs);
  else
    status = inloop_session_run_int16(session, (const int16_t* const*)inputs, (int16_t* const*)outputs);
  before = calls - before;
  if (status != INLOOP_OK) return 5;
  printf("%ld\n", before);
  inloop_session_close(session);
  inloop_model_close(model);
  return 0;
}
