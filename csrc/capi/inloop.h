/* SPDX-FileCopyrightText: 2026 The inloop authors
 * SPDX-License-Identifier: BSD-3-Clause
 *
 * The C interface of inloop's inference engine, its loop filter and its decoder, for codecs, players and other
 * programs that embed them. It needs C99 or later, or C++.
 *
 * Functions that can fail return INLOOP_OK or one of the error codes; inloop_error_text() says what was
 * wrong. On failure the objects that out parameters point to are unchanged. Nothing prints, exits or throws.
 *
 * Ownership: whoever opens or creates an object must close it once; closing NULL does nothing. Strings belong
 * to the library, and those of a model live as long as the model. A session keeps what it needs of its model,
 * so either may be closed first. Buffers that are handed over are used only during the call.
 *
 * Threads: a model does not change and may be used by any number of threads at a time, and so may a filter. A
 * session or a decoder may be used by only one thread at a time, so each thread needs its own. Error texts are
 * kept per thread.
 */
#ifndef INLOOP_H
#define INLOOP_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define INLOOP_API __attribute__((visibility("default")))

/* Grows with every change that breaks programs compiled before it; compare it with inloop_abi_version(). */
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
  /* Accepts a network with a convolution whose sum might leave 32 bits; its sums are then modulo 2^32. */
  INLOOP_ALLOW_WRAPPING = 1
};

typedef struct inloop_model inloop_model;
typedef struct inloop_session inloop_session;

/* An input or output. Tensors are dense arrays [height][width][channels] with real value = integer /
 * 2^quantizer. */
typedef struct inloop_tensor {
  const char* name;
  int32_t channels;
  int32_t quantizer; /* 0 in float networks */
} inloop_tensor;

/* Returns the INLOOP_ABI_VERSION of the library in use. */
INLOOP_API int32_t inloop_abi_version(void);
/* Returns the version of the library in use, such as "0.1.0". */
INLOOP_API const char* inloop_version(void);
/* Says in one line what went wrong in the last failed call of this thread. The text is valid until the next
 * failed call of the thread. */
INLOOP_API const char* inloop_error_text(void);

/* Sets the instruction set (isa) of sessions, filters and decoders created from now on in this process:
 * "scalar", "avx2", "avx512", "neon", or "auto" for the best one. Without a call the environment variable INLOOP_ISA
 * decides. Integer networks give the same numbers with each of them. */
INLOOP_API int inloop_set_isa(const char* isa);
/* Returns the isa in use. */
INLOOP_API const char* inloop_get_isa(void);

/* Reads a network in inloop's compact form (.inl), or a pair of filter networks, from a file or from memory that may be freed afterwards.
 * `flags` are inloop_open_flags or 0. */
INLOOP_API int inloop_model_open(const char* path, uint32_t flags, inloop_model** model);
INLOOP_API int inloop_model_open_memory(const void* data, size_t size, uint32_t flags, inloop_model** model);
INLOOP_API void inloop_model_close(inloop_model* model);

/* Returns the identity of the network: the SHA-256 of its canonical form in 64 hexadecimal digits. */
INLOOP_API const char* inloop_model_sha256(const inloop_model* model);
/* Returns an inloop_element_type, which says which of the run functions the sessions of the model have. */
INLOOP_API int inloop_model_element_type(const inloop_model* model);
INLOOP_API int32_t inloop_model_input_count(const inloop_model* model);
INLOOP_API int32_t inloop_model_output_count(const inloop_model* model);
INLOOP_API int inloop_model_input(const inloop_model* model, int32_t index, inloop_tensor* tensor);
INLOOP_API int inloop_model_output(const inloop_model* model, int32_t index, inloop_tensor* tensor);

/* Plans a network for inputs of height x width with the isa in use and allocates all memory for running it.
 * The sessions of a model share its packed weights, and sessions of one size share their plan. */
INLOOP_API int inloop_session_create(const inloop_model* model, int32_t height, int32_t width,
                                     inloop_session** session);
INLOOP_API void inloop_session_close(inloop_session* session);

/* Gives the height and width of an output. */
INLOOP_API int inloop_session_output_size(const inloop_session* session, int32_t index, int32_t* height,
                                          int32_t* width);
/* Returns the memory for activations that the session holds, in bytes. */
INLOOP_API size_t inloop_session_memory(const inloop_session* session);

/* Runs the network once, with one pointer per input and output in the order of the model; no alignment is
 * needed. It allocates nothing. Inputs and outputs must not overlap. */
INLOOP_API int inloop_session_run_int16(inloop_session* session, const int16_t* const* inputs,
                                        int16_t* const* outputs);
INLOOP_API int inloop_session_run_float32(inloop_session* session, const float* const* inputs,
                                          float* const* outputs);

/* The loop filter: a network that keeps the contract of a filter model, applied to coded pictures as `inloop
 * decode` does. It makes no decision: the caller says which blocks are filtered and how strongly. */
typedef struct inloop_filter inloop_filter;

/* Rows of samples or numbers; `stride` is the distance of rows in bytes and may have any sign. */
typedef struct inloop_plane {
  const void* data;
  ptrdiff_t stride;
} inloop_plane;

typedef struct inloop_output_plane {
  void* data;
  ptrdiff_t stride;
} inloop_output_plane;

/* A coded picture between deblocking and what follows it. Planes are Y, Cb, Cr in 4:2:0 (chroma has half the
 * width and height); samples are uint8_t where bit_depth is 8, else uint16_t, and at most 2^bit_depth - 1.
 * Maps have one byte for each cell of 4x4 luma samples, (width / 4) x (height / 4) in all. */
typedef struct inloop_picture {
  size_t struct_size; /* sizeof(inloop_picture) */
  int32_t width;      /* coded size in luma samples, multiples of 8 */
  int32_t height;
  int32_t bit_depth;              /* 8, 9 or 10 */
  int32_t slice_qp;               /* luma QP of the slice, -24 to 63 */
  inloop_plane reconstruction[3]; /* before deblocking */
  inloop_plane deblocked[3];      /* after deblocking */
  inloop_plane prediction[3];     /* intra or motion-compensated prediction */
  /* uint8_t: boundary strength 0, 1 or 2 of the left edge of a cell; may be other than 0 only where x is a
   * multiple of 8. */
  inloop_plane boundary_vertical;
  inloop_plane boundary_horizontal; /* the same for the top edge of a cell, where y is a multiple of 8 */
  inloop_plane qp;                  /* int8_t: luma QP */
  inloop_plane prediction_type;     /* uint8_t: 0 intra, 1 uni-predicted, 2 bi-predicted */
  int32_t intra; /* 1: the first slice is an I slice, 0: it is not; matters to pairs of networks */
} inloop_picture;

/* Says how a picture is filtered. Blocks are squares of block_size luma samples from the top left corner on,
 * cut off at the right and bottom border; the network sees 8 more samples on each side. */
typedef struct inloop_filter_parameters {
  size_t struct_size;   /* sizeof(inloop_filter_parameters) */
  int32_t block_size;   /* 128 or 256 */
  int32_t qp_offset[2]; /* for each candidate: added to slice_qp for the network's input, -32 to 31 */
  int32_t scale[3];     /* strength for Y, Cb, Cr in 1/256, 0 to 512; 0 leaves a component as it is */
  /* One byte for each block in raster order: 0 is off, 1 or 2 filters with that candidate. NULL filters all
   * with the first. */
  const uint8_t* blocks;
  size_t block_count; /* entries of `blocks`, which is inloop_filter_block_count(), or 0 where it is NULL */
} inloop_filter_parameters;

/* Makes a filter of a model with the isa in use. It is INLOOP_ERROR_MODEL if the model is no filter network.
 * The filter keeps what it needs of the model. `threads`, 1 to 64, work on the blocks of a picture, the
 * caller's thread included; the samples do not depend on their number. */
INLOOP_API int inloop_filter_create(const inloop_model* model, int32_t threads, inloop_filter** filter);
INLOOP_API void inloop_filter_close(inloop_filter* filter);

/* Returns the number of blocks of a picture, or 0 for arguments that no picture has. */
INLOOP_API size_t inloop_filter_block_count(int32_t width, int32_t height, int32_t block_size);

/* Filters a picture. `out` has planes like `deblocked`, which they must not overlap. Blocks that are off, and
 * components of scale 0, are copies of the deblocked ones. */
INLOOP_API int inloop_filter_run(inloop_filter* filter, const inloop_picture* picture,
                                 const inloop_filter_parameters* parameters,
                                 const inloop_output_plane out[3]);

/* The decoder: it takes H.265 streams (Main and Main 10) and gives pictures in display order, with the neural
 * filter where the stream asks for it. */
typedef struct inloop_decoder inloop_decoder;

typedef struct inloop_decoder_options {
  size_t struct_size; /* sizeof(inloop_decoder_options) */
  /* The pictures that are decoded at a time, 1 to 64. Pictures and errors do not depend on it, but with more
   * than one, pictures come some calls later. */
  int32_t threads;
  int32_t verify; /* not 0: pictures are compared with the hashes of the stream (SEI), where it has them */
  const inloop_model* const* models; /* filter networks that streams may name */
  size_t model_count;                /* 0 for plain H.265 */
} inloop_decoder_options;

/* A picture as it is shown, cropped and filtered. Planes are Y, Cb, Cr in 4:2:0; samples are uint8_t where
 * bit_depth is 8, else uint16_t. */
typedef struct inloop_decoded_picture {
  int32_t width; /* in luma samples */
  int32_t height;
  int32_t bit_depth; /* 8, 9 or 10 */
  int32_t poc;       /* picture order count, which starts again at some pictures */
  int64_t pts;       /* 0, 1, 2, ... in display order */
  uint32_t fps_num;  /* pictures per second as the stream says, 0/0 where it does not */
  uint32_t fps_den;
  inloop_plane planes[3];
} inloop_decoded_picture;

/* Makes a decoder with the isa in use. It keeps what it needs of the models. */
INLOOP_API int inloop_decoder_create(const inloop_decoder_options* options, inloop_decoder** decoder);
INLOOP_API void inloop_decoder_close(inloop_decoder* decoder);

/* Takes the next bytes of an elementary stream (Annex B), any number of them. INLOOP_ERROR_MODEL means that
 * the stream was filtered with a network that is not among the models; the text has its SHA-256. An error
 * ends decoding: every later call returns it again, and inloop_decoder_next() gives those before it. */
INLOOP_API int inloop_decoder_decode(inloop_decoder* decoder, const void* data, size_t size);
/* Says that the stream is complete, so that all its pictures come out. Another stream may follow. */
INLOOP_API int inloop_decoder_flush(inloop_decoder* decoder);

/* Returns the next picture, or NULL if there is none before more bytes come. It and its samples are valid,
 * and must not be written, until the next call of this function or the end of the decoder. */
INLOOP_API const inloop_decoded_picture* inloop_decoder_next(inloop_decoder* decoder);

#ifdef __cplusplus
}
#endif

#endif
