/* SPDX-FileCopyrightText: 2026 The inloop authors
 * SPDX-License-Identifier: BSD-3-Clause
 *
 * A player: decodes a stream, filtered or not.
 *
 *   decode_stream STREAM OUTPUT THREADS PIECE [MODEL.inl...]
 *
 * The stream is handed over in pieces of PIECE bytes. OUTPUT gets the samples of all pictures, Y, Cb, Cr; standard output a line a
 * picture: pts, poc, width, height, bit depth, pictures a second. The exit code is that of the interface. */
#include <inloop.h>
#include <stdio.h>
#include <stdlib.h>

enum { MAX_MODELS = 4 };

static void write_plane(FILE* out, const inloop_plane* plane, int32_t columns, int32_t rows, size_t sample) {
  int32_t y;
  for (y = 0; y < rows; ++y)
    fwrite((const char*)plane->data + y * plane->stride, sample, (size_t)columns, out);
}

static void write_pictures(inloop_decoder* decoder, FILE* out) {
  const inloop_decoded_picture* p;
  while ((p = inloop_decoder_next(decoder)) != NULL) {
    const size_t sample = p->bit_depth > 8 ? 2 : 1;
    write_plane(out, &p->planes[0], p->width, p->height, sample);
    write_plane(out, &p->planes[1], p->width / 2, p->height / 2, sample);
    write_plane(out, &p->planes[2], p->width / 2, p->height / 2, sample);
    printf("%ld %d %d %d %d %u/%u\n", (long)p->pts, (int)p->poc, (int)p->width, (int)p->height,
           (int)p->bit_depth, (unsigned)p->fps_num, (unsigned)p->fps_den);
  }
}

static int decode(inloop_decoder* decoder, FILE* in, FILE* out, size_t piece) {
  char* bytes = malloc(piece);
  size_t count;
  int code = INLOOP_OK;
  if (!bytes) return INLOOP_ERROR_MEMORY;
  while (code == INLOOP_OK && (count = fread(bytes, 1, piece, in)) > 0) {
    code = inloop_decoder_decode(decoder, bytes, count);
    write_pictures(decoder, out);
  }
  if (code == INLOOP_OK) code = inloop_decoder_flush(decoder);
  write_pictures(decoder, out);
  free(bytes);
  return code;
}

int main(int argc, char** argv) {
  inloop_model* models[MAX_MODELS] = {NULL};
  inloop_decoder_options options = {sizeof(inloop_decoder_options)};
  inloop_decoder* decoder = NULL;
  FILE *in, *out;
  int i, code;
  if (argc < 5 || argc > 5 + MAX_MODELS) return 100;
  in = fopen(argv[1], "rb");
  out = fopen(argv[2], "wb");
  if (!in || !out) return 100;
  options.threads = atoi(argv[3]);
  options.verify = 1;
  options.models = (const inloop_model* const*)models;
  options.model_count = (size_t)(argc - 5);
  for (i = 5; i < argc; ++i)
    if ((code = inloop_model_open(argv[i], 0, &models[i - 5])) != INLOOP_OK) return code;
  code = inloop_decoder_create(&options, &decoder);
  for (i = 5; i < argc; ++i) inloop_model_close(models[i - 5]);
  if (code == INLOOP_OK) code = decode(decoder, in, out, (size_t)atoi(argv[4]));
  if (code != INLOOP_OK) fprintf(stderr, "%s\n", inloop_error_text());
  inloop_decoder_close(decoder);
  fclose(in);
  return fclose(out) ? 100 : code;
}
