// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "entropy/cabac_decoder.h"

// The terminating bins of slice data, and what would make each of them 1: tests of a build with INLOOP_TESTING put random
// bytes in the place of slice data, which any parser takes as random syntax, and end them where they have to. Other builds
// do nothing here.
namespace inloop::hevc {

enum class TerminatingBin : uint8_t {
  slice_end,
  subset_end,
  pcm,
  not_allowed,  // no bin: a value before here is one that streams must not have, and of which decoders make what they like
};

#ifdef INLOOP_TESTING

struct TerminatingBinNote {
  TerminatingBin kind;
  int segment;       // number of the slice segment since recording began
  int ctb_ts;        // of the CTU that the bin is in or behind
  size_t data_size;  // of the slice segment data
  size_t substream;  // the byte at which the substream, or what follows PCM samples, begins
  CabacDecoder::Ending ending;
};

// Starts to record the bins that this thread decodes; a decoder without a pool decodes in its caller's thread.
void record_terminating_bins();
// Ends that, and returns them in decoding order.
std::vector<TerminatingBinNote> take_terminating_bins();

void note_slice_segment(const uint8_t* data, size_t size);
void note_terminating_bin(TerminatingBin kind, int ctb_ts, const CabacDecoder& cabac);
inline void note_16_bit_value(int value, const CabacDecoder& cabac) {
  if (value != static_cast<int16_t>(value)) note_terminating_bin(TerminatingBin::not_allowed, 0, cabac);
}

#else

inline void note_slice_segment(const uint8_t*, size_t) {}
inline void note_terminating_bin(TerminatingBin, int, const CabacDecoder&) {}
inline void note_16_bit_value(int, const CabacDecoder&) {}

#endif

}  // namespace inloop::hevc
