/* SPDX-FileCopyrightText: 2026 The inloop authors
 * SPDX-License-Identifier: BSD-3-Clause
 *
 * Runs an int16 network of inloop's compact form on made-up inputs and prints every output number.
 *
 *   cc -std=c99 run_model.c -I"$(python -c 'import inloop; print(inloop.get_include())')" \
 *      "$(python -c 'import inloop; print(inloop.get_library())')" \
 *      -Wl,-rpath,"$(python -c 'import os, inloop; print(os.path.dirname(inloop.get_library()))')" -o run_model
 *   ./run_model network.inl HEIGHT WIDTH
 */
#include <inloop.h>
#include <stdio.h>
#include <stdlib.h>

enum { MAX_TENSORS = 16 };

static int failed(const char* what) {
  fprintf(stderr, "%s: %s\n", what, inloop_error_text());
  return EXIT_FAILURE;
}

/* The same numbers everywhere: a linear congruential generator, values within +-4096. */
static void fill(int16_t* numbers, size_t count, uint32_t state) {
  size_t i;
  for (i = 0; i < count; ++i) {
    state = state * 1664525u + 1013904223u;
    numbers[i] = (int16_t)((int32_t)(state >> 19) - 4096);
  }
}

static int run(const inloop_model* model, int32_t height, int32_t width) {
  inloop_session* session = NULL;
  int16_t *inputs[MAX_TENSORS] = {NULL}, *outputs[MAX_TENSORS] = {NULL};
  size_t output_sizes[MAX_TENSORS] = {0}, k;
  const int32_t input_count = inloop_model_input_count(model);
  const int32_t output_count = inloop_model_output_count(model);
  int32_t i, h, w;
  int result = EXIT_SUCCESS;
  inloop_tensor tensor;

  if (input_count > MAX_TENSORS || output_count > MAX_TENSORS) return EXIT_FAILURE;
  if (inloop_session_create(model, height, width, &session) != INLOOP_OK) return failed("plan");
  for (i = 0; i < input_count; ++i) {
    inloop_model_input(model, i, &tensor);
    k = (size_t)height * (size_t)width * (size_t)tensor.channels;
    inputs[i] = malloc(k * sizeof(int16_t));
    if (inputs[i]) fill(inputs[i], k, (uint32_t)i);
  }
  for (i = 0; i < output_count; ++i) {
    inloop_model_output(model, i, &tensor);
    inloop_session_output_size(session, i, &h, &w);
    output_sizes[i] = (size_t)h * (size_t)w * (size_t)tensor.channels;
    outputs[i] = malloc(output_sizes[i] * sizeof(int16_t));
  }
  if (inloop_session_run_int16(session, (const int16_t* const*)inputs, outputs) != INLOOP_OK)
    result = failed("run");
  for (i = 0; i < output_count && result == EXIT_SUCCESS; ++i)
    for (k = 0; k < output_sizes[i]; ++k) printf("%d\n", outputs[i][k]);
  for (i = 0; i < MAX_TENSORS; ++i) {
    free(inputs[i]);
    free(outputs[i]);
  }
  inloop_session_close(session);
  return result;
}

int main(int argc, char** argv) {
  inloop_model* model = NULL;
  int result;
  if (argc != 4) {
    fprintf(stderr, "usage: %s NETWORK.inl HEIGHT WIDTH\n", argv[0]);
    return EXIT_FAILURE;
  }
  if (inloop_abi_version() != INLOOP_ABI_VERSION) {
    fprintf(stderr, "compiled for another version of the library than %s\n", inloop_version());
    return EXIT_FAILURE;
  }
  if (inloop_model_open(argv[1], 0, &model) != INLOOP_OK) return failed("open");
  result = run(model, atoi(argv[2]), atoi(argv[3]));
  inloop_model_close(model);
  return result;
}
