/* SPDX-FileCopyrightText: 2026 The inloop authors
 * SPDX-License-Identifier: BSD-3-Clause
 *
 * A codec that embeds the loop filter: filters one stored coded picture.
 *
 *   filter_picture MODEL.inl PICTURE OUTPUT THREADS
 *
 * PICTURE holds int32 numbers in native order: width, height, bit depth, slice QP, block size, two QP offsets,
 * three scales, number of block flags; then the flags, then dense planes: Y, Cb, Cr before deblocking, the same
 * after it, the same of the prediction, and the four maps. OUTPUT gets the filtered Y, Cb, Cr. */
#include <inloop.h>
#include <stdio.h>
#include <stdlib.h>

static int fail(const char* what) {
  fprintf(stderr, "%s: %s\n", what, inloop_error_text());
  return 1;
}

static int read_planes(FILE* file, inloop_plane* planes, int32_t width, int32_t height, size_t sample) {
  int c;
  for (c = 0; c < 3; ++c) {
    const size_t columns = (size_t)(c ? width / 2 : width), rows = (size_t)(c ? height / 2 : height);
    void* data = malloc(columns * rows * sample);
    if (!data || fread(data, columns * sample, rows, file) != rows) return 0;
    planes[c].data = data;
    planes[c].stride = (ptrdiff_t)(columns * sample);
  }
  return 1;
}

static int read_map(FILE* file, inloop_plane* map, int32_t width, int32_t height) {
  const size_t size = (size_t)(width / 4) * (size_t)(height / 4);
  void* data = malloc(size);
  map->data = data;
  map->stride = width / 4;
  return data && fread(data, 1, size, file) == size;
}

int main(int argc, char** argv) {
  int32_t numbers[12];
  inloop_picture picture = {sizeof(inloop_picture)};
  inloop_filter_parameters parameters = {sizeof(inloop_filter_parameters)};
  inloop_plane filtered[3];
  inloop_output_plane out[3];
  inloop_model* model = NULL;
  inloop_filter* filter = NULL;
  uint8_t flags[4096];
  size_t sample;
  FILE* file;
  int c;
  if (argc != 5 || !(file = fopen(argv[2], "rb"))) return 2;
  if (fread(numbers, sizeof numbers, 1, file) != 1 || numbers[10] < 0 || numbers[10] > 4096) return 2;
  picture.width = numbers[0];
  picture.height = numbers[1];
  picture.bit_depth = numbers[2];
  picture.slice_qp = numbers[3];
  picture.intra = numbers[11];
  parameters.block_size = numbers[4];
  for (c = 0; c < 2; ++c) parameters.qp_offset[c] = numbers[5 + c];
  for (c = 0; c < 3; ++c) parameters.scale[c] = numbers[7 + c];
  parameters.block_count = (size_t)numbers[10];
  parameters.blocks = parameters.block_count ? flags : NULL;
  sample = picture.bit_depth > 8 ? 2 : 1;
  if (fread(flags, 1, parameters.block_count, file) != parameters.block_count) return 2;
  if (!read_planes(file, picture.reconstruction, picture.width, picture.height, sample) ||
      !read_planes(file, picture.deblocked, picture.width, picture.height, sample) ||
      !read_planes(file, picture.prediction, picture.width, picture.height, sample) ||
      !read_map(file, &picture.boundary_vertical, picture.width, picture.height) ||
      !read_map(file, &picture.boundary_horizontal, picture.width, picture.height) ||
      !read_map(file, &picture.qp, picture.width, picture.height) ||
      !read_map(file, &picture.prediction_type, picture.width, picture.height))
    return 2;
  rewind(file); /* any content will do: the outputs are overwritten */
  if (!read_planes(file, filtered, picture.width, picture.height, sample)) return 2;
  fclose(file);
  for (c = 0; c < 3; ++c) out[c].data = (void*)(size_t)filtered[c].data, out[c].stride = filtered[c].stride;
  if (inloop_model_open(argv[1], 0, &model)) return fail("open");
  if (inloop_filter_create(model, atoi(argv[4]), &filter)) return fail("create");
  inloop_model_close(model);
  if (inloop_filter_run(filter, &picture, &parameters, out)) return fail("run");
  inloop_filter_close(filter);
  if (!(file = fopen(argv[3], "wb"))) return 2;
  for (c = 0; c < 3; ++c)
    fwrite(out[c].data, (size_t)out[c].stride, (size_t)(c ? picture.height / 2 : picture.height), file);
  return fclose(file) ? 2 : 0;
}
