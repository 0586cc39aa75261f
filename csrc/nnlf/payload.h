// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/md5.h"
#include "base/status.h"
#include "nnlf/geometry.h"

namespace inloop::nnlf {

using ModelHash = std::array<uint8_t, 32>;

constexpr int kPayloadVersion = 2;
constexpr int kMaxCandidates = 2;
constexpr int kMinQpOffset = -32;
constexpr int kMaxQpOffset = 31;

// Blend scales as coded: code 0 switches the component off, code n is 10 + 10 n (8 fractional bits).
constexpr int kMaxScaleCode = 31;
constexpr int scale_of_code(int code) { return code == 0 ? 0 : 10 + 10 * code; }

constexpr int kEdgeSteps = 64;    // min_edges counts coded edges a 4x4 unit in such steps, see block_rule.h
constexpr int kMaxMinEdges = 31;  // as coded

// Filter parameters of one picture.
struct PictureParameters {
  std::optional<ModelHash> model;  // absent: the model named last in decoding order
  bool reuse = false;  // post, scale codes, candidates, QP offsets and edges are those of the payload before
  bool hold = false;   // the settings go on for pictures without a payload, see ParameterTrack
  bool post = false;   // the filtered picture is shown but never referenced
  std::optional<Md5::Digest> md5;               // of the filtered picture before SAO, loop mode only
  std::array<int, 3> scale_code{};              // Y, Cb, Cr
  int candidates = 1;                           // network runs with different base QP
  std::array<int, kMaxCandidates> qp_offset{};  // of a candidate, added to the slice QP
  int block_size = kBlockSize;                  // or kLargeBlockSize
  int min_edges = 0;                  // without flags, blocks with fewer coded edges are off; 0: none
  bool per_block = false;             // otherwise blocks with enough edges use candidate 0
  std::vector<uint8_t> block_choice;  // per block in raster order if per_block: 0 off, else candidate + 1
};

// The payload (content of the NAL unit without header and emulation prevention), most significant bit first:
//   version 8 | model present 1 [hash 256] | md5 present 1 | per block 1 | reuse 1 | hold 1 | large blocks 1
//   | unless reuse: post 1 | candidates - 1 1 | qp_offset 6 (two's complement) each candidate | scale code 5
//   each component | min_edges 5 | per block: on 1, and candidate 1 if on and there are two | [md5 128] |
//   stop bit 1 | zeros to the byte's end
std::vector<uint8_t> serialise(const PictureParameters& parameters);

// Coded size of a picture in luma samples.
struct PictureSize {
  int width = 0;
  int height = 0;
};

// Reads a payload for a picture; `previous` are the parameters before it in decoding order, null if there are
// none. Any deviation is StatusCode::bitstream.
Status parse(const uint8_t* data, size_t size, const PictureSize& picture, const PictureParameters* previous,
             PictureParameters& out);

// Follows the payloads of a stream in decoding order. After a payload with `hold`, a picture without a
// payload of its own is filtered with the same settings, without flags; that ends at the next
// payload without `hold` and at the next I picture without a payload.
class ParameterTrack {
 public:
  // The parameters of the next picture, none where it is not filtered. payload: null if the picture has none.
  Status next(const std::vector<uint8_t>* payload, bool intra, const PictureSize& picture,
              std::optional<PictureParameters>& out);

 private:
  std::optional<PictureParameters> previous_;
};

}  // namespace inloop::nnlf
