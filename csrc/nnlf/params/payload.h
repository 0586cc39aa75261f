// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/md5.h"
#include "base/status.h"
#include "nnlf/contract/geometry.h"

namespace inloop::nnlf {

// A model's name in a payload: the first kShortNameSize bytes of its SHA-256, or all of them.
using ModelName = std::vector<uint8_t>;
constexpr size_t kShortNameSize = 4;
constexpr size_t kFullNameSize = 32;

constexpr int kPayloadVersion = 4;
constexpr int kMaxCandidates = 2;
constexpr int kMinQpOffset = -32;
constexpr int kMaxQpOffset = 31;

// Blend scales as coded: code 0 switches the component off, code n is 10 + 10 n (8 fractional bits).
constexpr int kMaxScaleCode = 31;
constexpr int scale_of_code(int code) { return code == 0 ? 0 : 10 + 10 * code; }

constexpr int kEdgeSteps = 64;    // min_edges counts coded edges a 4x4 cell in such steps, see block_rule.h
constexpr int kMaxMinEdges = 31;  // as coded

// Filter parameters of one picture.
struct PictureParameters {
  ModelName model;     // empty: the model named last, see ParameterTrack
  bool reuse = false;  // post, scale codes, edges, candidates and QP offsets are those of the payload before
  bool persist = false;             // the settings go on for pictures without a payload, see ParameterTrack
  bool post = false;                // the filtered picture is shown but never referenced
  std::optional<Md5::Digest> md5;   // of the filtered picture before SAO, loop mode only
  std::array<int, 3> scale_code{};  // Y, Cb, Cr
  int candidates = 1;               // network runs with different base QP
  std::array<int, kMaxCandidates> qp_offset{};  // of a candidate, added to the slice QP
  int block_size = kBlockSize;                  // or kLargeBlockSize
  int min_edges = 0;       // of the edge rule: without flags, blocks with fewer coded edges are off; 0: none
  bool per_block = false;  // otherwise the blocks of the edge rule use candidate 0
  std::vector<uint8_t> block_choice;  // per block in raster order if per_block: 0 off, else candidate + 1
};

// Coded size of a picture in luma samples.
struct PictureSize {
  int width = 0;
  int height = 0;
};

// The payload (content of the NAL unit without header and emulation prevention), most significant bit first:
//
//   version 4 | model name 2: 0 none, 1 short, 2 whole | md5 present 1 | per block 1 |
//   reuse 1 | persist 1 | large blocks 1 |
//   unless reuse: post 1 | candidates - 1 1 | scale code 5 for Y, Cb, Cr |
//                 edges present 1 [min_edges 5, not 0] |
//                 each candidate: offset present 1 [qp_offset 6, two's complement, not 0] |
//   [model name 32 or 256] [md5 128] |
//   if per block the arithmetic codeword of the flags, which ends with the stop bit, else the stop bit 1 |
//   zeros to the byte's end
//
// Flags are coded block by block in raster order by the arithmetic coder of Rec. ITU-T H.265 (9.3): whether a
// block is filtered, with one of three contexts by how many of its left and upper neighbours are (those
// outside the picture count as filtered), then, if it is and there are two candidates, which one, with one of
// three contexts by how many of these neighbours use the second. A terminating bin follows the last block.
// Each set of parameters has exactly one payload.
//
// block_choice must have one entry a block of the picture if per_block.
std::vector<uint8_t> serialise(const PictureParameters& parameters, const PictureSize& picture);

// Reads a payload for a picture; `previous` are the parameters before it in decoding order, null if there are
// none. Any deviation is StatusCode::bitstream.
Status parse(const uint8_t* data, size_t size, const PictureSize& picture, const PictureParameters* previous,
             PictureParameters& out);

constexpr int kTemporalLayers = 7;

// What a picture is to random access.
enum class Access {
  ordinary,
  irap,  // decoding can start here
  rasl,  // skipped where decoding starts at the IRAP picture before it
};

// Follows the payloads of a stream in decoding order. After a payload with `persist`, a picture without a
// payload of its own is filtered with the same settings, without flags; that ends at the next
// payload without `persist`. Each temporal sub-layer goes on from its own payload before, a layer that has none
// yet from the next lower one that has: pictures of a layer are alike, and the layers below can be decoded
// alone. An IRAP picture forgets everything: its payload, or the first one after it, names the model and
// reuses nothing. RASL pictures go on from their IRAP picture on a track of their own, since decoders skip
// them that start there.
// temporal_id: 0 .. kTemporalLayers - 1, where no status says otherwise.
class ParameterTrack {
 public:
  // Begins a picture and gives what its payload may refer to: the parameters before it, null if there are none.
  const PictureParameters* begin_picture(Access access, int temporal_id);
  // Keeps the parameters of the payload that the picture has, for those after it.
  void record(Access access, int temporal_id, const PictureParameters& parameters);

  // Both for a decoder: the parameters of the next picture, with the model's name, none where it is not
  // filtered. payload: null if the picture has none. StatusCode::bitstream for any other temporal_id.
  Status next(const std::vector<uint8_t>* payload, Access access, int temporal_id, const PictureSize& picture,
              std::optional<PictureParameters>& out);

 private:
  using Layers = std::array<std::optional<PictureParameters>, kTemporalLayers>;
  Layers main_, rasl_;
};

}  // namespace inloop::nnlf
