/* SPDX-FileCopyrightText: 2026 The inloop authors
 * SPDX-License-Identifier: BSD-3-Clause
 *
 * C interface of inloop's inference engine, for codecs and other programs that embed it. C99 and later, C++
 * as well.
 *
 * Functions that can fail return INLOOP_OK or one of the error codes; inloop_error_text() says what was
 * wrong. On failure the objects that out parameters point to are left alone. Nothing prints, exits or throws.
 *
 * Ownership: whoever opens or creates an object closes it, once; closing NULL does nothing. Strings belong to
 * the library: those of a model live as long as the model. A session keeps what it needs of its model, so
 * either may be closed first. Buffers handed over are only used during the call.
 *
 * Threads: a model is immutable and may be used by any number of threads at a time. A session may be used by
 * one thread at a time; create one a thread. Error texts are kept per thread.
 */
#ifndef INLOOP_H
#define INLOOP_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define INLOOP_API __attribute__((visibility("default")))

/* Grows with every change that breaks programs compiled before it; compare with inloop_abi_version(). */
#define INLOOP_ABI_VERSION 1

enum inloop_status {
  INLOOP_OK = 0,
  INLOOP_ERROR_CANNOT_OPEN = 1, /* the file cannot be read */
  INLOOP_ERROR_MODEL = 2,       /* damaged, unknown or unusable network */
  INLOOP_ERROR_CONFIG = 3,      /* an argument is out of range or contradicts another */
  INLOOP_ERROR_UNSUPPORTED = 4, /* valid, but not implemented */
  INLOOP_ERROR_MEMORY = 5       /* out of memory */
};

enum inloop_element_type { INLOOP_INT16 = 0, INLOOP_FLOAT32 = 1 };

enum inloop_open_flags {
  /* Accept a network with a convolution whose sum might leave 32 bits: its sums are modulo 2^32 then. */
  INLOOP_ALLOW_WRAPPING = 1
};

typedef struct inloop_model inloop_model;
typedef struct inloop_session inloop_session;

/* An input or output. Tensors are dense arrays [height][width][channels]; real value = integer / 2^quantizer.
 */
typedef struct inloop_tensor {
  const char* name;
  int32_t channels;
  int32_t quantizer; /* 0 in float networks */
} inloop_tensor;

/* INLOOP_ABI_VERSION of the library in use. */
INLOOP_API int32_t inloop_abi_version(void);
/* Version of the library in use, as "0.1.0". */
INLOOP_API const char* inloop_version(void);
/* What went wrong in the last failed call of this thread, in one line; valid until the next failed call of
 * it. */
INLOOP_API const char* inloop_error_text(void);

/* Instruction set level of sessions created from now on in this process: "scalar", "avx2", "avx512" or "auto"
 * (the best one). Without a call the environment variable INLOOP_ISA decides. Integer networks give the same
 * numbers at every level. */
INLOOP_API int inloop_set_isa(const char* level);
/* The level in force. */
INLOOP_API const char* inloop_get_isa(void);

/* Reads a network in inloop's compact form (.inl), from a file or from memory that may be freed afterwards.
 * `flags` are inloop_open_flags or 0. */
INLOOP_API int inloop_model_open(const char* path, uint32_t flags, inloop_model** model);
INLOOP_API int inloop_model_open_memory(const void* data, size_t size, uint32_t flags, inloop_model** model);
INLOOP_API void inloop_model_close(inloop_model* model);

/* Identity of the network: SHA-256 of its canonical form, 64 hexadecimal digits. */
INLOOP_API const char* inloop_model_sha256(const inloop_model* model);
/* An inloop_element_type: which of the run functions its sessions have. */
INLOOP_API int inloop_model_element_type(const inloop_model* model);
INLOOP_API int32_t inloop_model_input_count(const inloop_model* model);
INLOOP_API int32_t inloop_model_output_count(const inloop_model* model);
INLOOP_API int inloop_model_input(const inloop_model* model, int32_t index, inloop_tensor* tensor);
INLOOP_API int inloop_model_output(const inloop_model* model, int32_t index, inloop_tensor* tensor);

/* Plans a network for inputs of height x width at the level in force: packs weights, allocates all memory. */
INLOOP_API int inloop_session_create(const inloop_model* model, int32_t height, int32_t width,
                                     inloop_session** session);
INLOOP_API void inloop_session_close(inloop_session* session);

/* Height and width of an output. */
INLOOP_API int inloop_session_output_size(const inloop_session* session, int32_t index, int32_t* height,
                                          int32_t* width);
/* Memory for activations that the session holds, in bytes. */
INLOOP_API size_t inloop_session_memory(const inloop_session* session);

/* Runs the network once: one pointer an input and output, in the model's order, no alignment needed.
 * Allocates nothing. Inputs and outputs must not overlap. */
INLOOP_API int inloop_session_run_int16(inloop_session* session, const int16_t* const* inputs,
                                        int16_t* const* outputs);
INLOOP_API int inloop_session_run_float32(inloop_session* session, const float* const* inputs,
                                          float* const* outputs);

#ifdef __cplusplus
}
#endif

#endif
