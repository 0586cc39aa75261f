// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/md5.h"
#include "base/status.h"
#include "nnlf/contract/geometry.h"

namespace inloop::nnlf {

// The name of a model in a payload: the first kShortNameSize bytes of its SHA-256, or all of them.
using ModelName = std::vector<uint8_t>;
constexpr size_t kShortNameSize = 4;
constexpr size_t kFullNameSize = 32;

// The first bytes of the name of an experiment: a filter that is no network with an identity, so that the stream
// is not normative. Such a name is always given in whole.
constexpr std::array<uint8_t, kShortNameSize> kExperiment{'E', 'X', 'P', 'T'};
inline bool is_experiment(const ModelName& name) {
  return name.size() >= kExperiment.size() &&
         std::equal(kExperiment.begin(), kExperiment.end(), name.begin());
}

constexpr int kPayloadVersion = 4;
constexpr int kMaxCandidates = 2;
constexpr int kMinQpOffset = -32;
constexpr int kMaxQpOffset = 31;

// Codes of blend scales: code 0 switches the component off, code n stands for 10 + 10 n (with 8 fractional
// bits).
constexpr int kMaxScaleCode = 31;
constexpr int scale_of_code(int code) { return code == 0 ? 0 : 10 + 10 * code; }

// min_edges counts coded edges per cell in steps of 1 / kEdgeSteps, see block_rule.h.
constexpr int kEdgeSteps = 64;
constexpr int kMaxMinEdges = 31;  // the largest coded value

// The filter parameters of one picture.
struct PictureParameters {
  ModelName model;  // empty: the model named last, see ParameterTrack
  // Post, scale codes, min_edges, candidates and QP offsets are those of the previous payload.
  bool reuse = false;
  bool persist = false;  // whether the settings continue for pictures without a payload, see ParameterTrack
  bool post = false;     // whether the filtered picture is shown but never referenced
  std::optional<Md5::Digest> md5;               // MD5 of the filtered picture before SAO, in loop mode only
  std::array<int, 3> scale_code{};              // for Y, Cb, Cr
  int candidates = 1;                           // number of network runs with different base QPs
  std::array<int, kMaxCandidates> qp_offset{};  // of each candidate, added to the slice QP
  int block_size = kBlockSize;                  // or kLargeBlockSize
  // The edge rule: without flags, blocks with fewer coded edges are off; 0 filters all blocks.
  int min_edges = 0;
  // Whether blocks have flags; without flags, the blocks of the edge rule use candidate 0.
  bool per_block = false;
  // With per_block, one entry per block in raster order: 0 is off, else candidate + 1.
  std::vector<uint8_t> block_choice;
};

// The coded size of a picture, in luma samples.
struct PictureSize {
  int width = 0;
  int height = 0;
};

// Writes the payload, which is the content of the NAL unit without header and emulation prevention. The
// fields follow each other with their number of bits, the most significant bit first:
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
// Flags are coded block by block in raster order by the arithmetic coder of Rec. ITU-T H.265 (9.3). The first
// says whether a block is filtered; its context, one of three, is the number of its left and upper neighbours
// that are (those outside the picture count as filtered). If the block is filtered and there are two
// candidates, the second flag says which one; its context, one of three, is the number of these neighbours
// that use the second candidate. A terminating bin follows the last block. Each set of parameters has exactly
// one payload.
//
// With per_block, block_choice must have one entry per block of the picture.
std::vector<uint8_t> serialise(const PictureParameters& parameters, const PictureSize& picture);

// Reads the payload of a picture. `previous` are the parameters before it in decoding order, or null if there
// are none. Any deviation from the syntax is StatusCode::bitstream.
Status parse(const uint8_t* data, size_t size, const PictureSize& picture, const PictureParameters* previous,
             PictureParameters& out);

constexpr int kTemporalLayers = 7;

// The role of a picture in random access.
enum class Access {
  ordinary,
  irap,  // decoding can start here
  rasl,  // skipped if decoding starts at the IRAP picture before it
};

// Follows the payloads of a stream in decoding order.
//
// After a payload with `persist`, a picture without a payload of its own is filtered with the same settings
// but without flags, until a payload without `persist` comes. Each temporal layer continues from its own
// previous payload; a layer that has none yet continues from the next lower layer that has one. The reason is
// that pictures of a layer are alike and that the layers below must be decodable alone. An IRAP picture
// forgets everything: its payload, or the first one after it, names the model and reuses nothing. RASL
// pictures continue from their IRAP picture on a track of their own, since decoders that start there skip
// them.
//
// temporal_id is 0 to kTemporalLayers - 1 unless a function says that it checks it.
class ParameterTrack {
 public:
  // Begins a picture and returns the parameters that its payload may refer to, or null if there are none.
  const PictureParameters* begin_picture(Access access, int temporal_id);
  // Keeps the parameters of the picture's payload for the pictures after it.
  void record(Access access, int temporal_id, const PictureParameters& parameters);

  // Does both for a decoder and gives the parameters of the next picture, with the name of the model, or none
  // where it is not filtered. `payload` is null if the picture has none. Any other temporal_id is
  // StatusCode::bitstream.
  Status next(const std::vector<uint8_t>* payload, Access access, int temporal_id, const PictureSize& picture,
              std::optional<PictureParameters>& out);

 private:
  using Layers = std::array<std::optional<PictureParameters>, kTemporalLayers>;
  Layers main_, rasl_;
};

}  // namespace inloop::nnlf
