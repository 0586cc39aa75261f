/* SPDX-FileCopyrightText: 2026 The inloop authors
 * SPDX-License-Identifier: BSD-3-Clause
 *
 * C interface of inloop's inference engine, of its loop filter and of its decoder, for codecs, players and
 * other programs that embed them. C99 and later, C++ as well.
 *
 * Functions that can fail return INLOOP_OK or one of the error codes; inloop_error_text() says what was
 * wrong. On failure the objects that out parameters point to are left alone. Nothing prints, exits or throws.
 *
 * Ownership: whoever opens or creates an object closes it, once; closing NULL does nothing. Strings belong to
 * the library: those of a model live as long as the model. A session keeps what it needs of its model, so
 * either may be closed first. Buffers handed over are only used during the call.
 *
 * Threads: a model is immutable and may be used by any number of threads at a time, and so may a filter. A
 * session or a decoder may be used by one thread at a time; create one a thread. Error texts are kept per
 * thread.
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
#define INLOOP_ABI_VERSION 2

enum inloop_status {
  INLOOP_OK = 0,
  INLOOP_ERROR_CANNOT_OPEN = 1, /* the file cannot be read */
  INLOOP_ERROR_MODEL = 2,       /* damaged, unknown or unusable network */
  INLOOP_ERROR_CONFIG = 3,      /* an argument is out of range or contradicts another */
  INLOOP_ERROR_UNSUPPORTED = 4, /* valid, but not implemented */
  INLOOP_ERROR_MEMORY = 5,      /* out of memory */
  INLOOP_ERROR_BITSTREAM = 6    /* damaged or non-conforming stream, or a hash that does not match */
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

/* Plans a network for inputs of height x width at the level in force and allocates all memory for running it.
 * The sessions of a model share its packed weights, and those of one size their plan. */
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

/* The loop filter: a network that keeps the contract of a filter model, applied to coded pictures as
 * `inloop decode` does. It makes no decision; which blocks are filtered and how strongly is the caller's.
 */
typedef struct inloop_filter inloop_filter;

/* Rows of samples or numbers; `stride` is the distance of rows in bytes, of any sign. */
typedef struct inloop_plane {
  const void* data;
  ptrdiff_t stride;
} inloop_plane;

typedef struct inloop_output_plane {
  void* data;
  ptrdiff_t stride;
} inloop_output_plane;

/* A coded picture between deblocking and what follows it. Planes are Y, Cb, Cr in 4:2:0 (chroma has half the
 * width and height), samples uint8_t where bit_depth is 8, else uint16_t, at most 2^bit_depth - 1. Maps have
 * one byte for each 4x4 luma unit, (width / 4) x (height / 4) of them. */
typedef struct inloop_picture {
  size_t struct_size; /* sizeof(inloop_picture) */
  int32_t width;      /* coded size in luma samples, multiples of 8 */
  int32_t height;
  int32_t bit_depth;                /* 8, 9 or 10 */
  int32_t slice_qp;                 /* luma QP of the slice, -24 to 63 */
  inloop_plane reconstruction[3];   /* before deblocking */
  inloop_plane deblocked[3];        /* after deblocking */
  inloop_plane prediction[3];       /* intra or motion-compensated prediction */
  inloop_plane boundary_vertical;   /* uint8_t: boundary strength 0, 1, 2 of the unit's left edge; not 0 only
                                       where x is a multiple of 8 */
  inloop_plane boundary_horizontal; /* the same of its top edge; y a multiple of 8 */
  inloop_plane qp;                  /* int8_t: luma QP */
  inloop_plane prediction_type;     /* uint8_t: 0 intra, 1 uni-predicted, 2 bi-predicted */
} inloop_picture;

/* How it is filtered. Blocks are squares of block_size luma samples from the top left corner, cut off at the
 * right and bottom border; the network sees 8 samples more on each side. */
typedef struct inloop_filter_parameters {
  size_t struct_size;    /* sizeof(inloop_filter_parameters) */
  int32_t block_size;    /* 128 or 256 */
  int32_t qp_offset[2];  /* of each candidate: added to slice_qp for the network's input, -32 to 31 */
  int32_t scale[3];      /* strength of Y, Cb, Cr in 1/256, 0 to 512; 0 leaves a component as it is */
  const uint8_t* blocks; /* a byte for each block in raster order: 0 off, 1 or 2 filtered by that candidate;
                            NULL: all by the first */
  size_t block_count;    /* entries of `blocks`, inloop_filter_block_count() of them; 0 where it is NULL */
} inloop_filter_parameters;

/* Makes a filter of a model at the instruction set level in force; INLOOP_ERROR_MODEL if it is no filter
 * network. It keeps what it needs of the model. threads: those that work on the blocks of a picture, the
 * caller's included, 1 to 64; samples are the same for any number. */
INLOOP_API int inloop_filter_create(const inloop_model* model, int32_t threads, inloop_filter** filter);
INLOOP_API void inloop_filter_close(inloop_filter* filter);

/* Number of blocks of a picture; 0 for arguments that no picture has. */
INLOOP_API size_t inloop_filter_block_count(int32_t width, int32_t height, int32_t block_size);

/* Filters a picture: `out` has planes like `deblocked`, which they may not overlap. Blocks that are off, and
 * components of scale 0, are copies of the deblocked ones. */
INLOOP_API int inloop_filter_run(inloop_filter* filter, const inloop_picture* picture,
                                 const inloop_filter_parameters* parameters,
                                 const inloop_output_plane out[3]);

/* The decoder: H.265 streams (Main and Main 10) in, pictures in display order out, with the neural filter where
 * the stream asks for it. */
typedef struct inloop_decoder inloop_decoder;

typedef struct inloop_decoder_options {
  size_t struct_size; /* sizeof(inloop_decoder_options) */
  int32_t threads;    /* pictures decoded at a time, 1 to 64. Pictures and errors are the same for any number,
                         but with more than one, pictures come some calls later */
  int32_t verify;     /* not 0: compare pictures with the hashes of the stream (SEI), where it has them */
  const inloop_model* const* models; /* filter networks that streams may name */
  size_t model_count;                /* 0 for plain H.265 */
} inloop_decoder_options;

/* A picture as it is to be shown, cropped and filtered. Planes are Y, Cb, Cr in 4:2:0, samples uint8_t where
 * bit_depth is 8, else uint16_t. */
typedef struct inloop_decoded_picture {
  int32_t width; /* luma samples */
  int32_t height;
  int32_t bit_depth; /* 8, 9 or 10 */
  int32_t poc;       /* picture order count, which starts anew at some pictures */
  int64_t pts;       /* 0, 1, 2, ... in display order */
  uint32_t fps_num;  /* pictures a second as the stream says, 0/0 where it does not */
  uint32_t fps_den;
  inloop_plane planes[3];
} inloop_decoded_picture;

/* Makes a decoder at the instruction set level in force. It keeps what it needs of the models. */
INLOOP_API int inloop_decoder_create(const inloop_decoder_options* options, inloop_decoder** decoder);
INLOOP_API void inloop_decoder_close(inloop_decoder* decoder);

/* Takes the next bytes of an elementary stream (Annex B), any number of them. INLOOP_ERROR_MODEL: the stream
 * was filtered with a network that is not among the models; the text has its SHA-256. An error ends decoding:
 * every later call returns it again, and inloop_decoder_next() has the pictures before it. */
INLOOP_API int inloop_decoder_decode(inloop_decoder* decoder, const void* data, size_t size);
/* The stream is complete: all its pictures come out. Another one may follow. */
INLOOP_API int inloop_decoder_flush(inloop_decoder* decoder);

/* The next picture, NULL if there is none before more bytes come. It and its samples are valid, and must not
 * be written, until the next call of this function or the decoder's end. */
INLOOP_API const inloop_decoded_picture* inloop_decoder_next(inloop_decoder* decoder);

#ifdef __cplusplus
}
#endif

#endif
