// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "base/status.h"
#include "hevc/picture/packed_picture.h"
#include "hevc/picture/picture.h"
#include "hevc/syntax/signal_description.h"

namespace inloop::hevc {

// What decoding gives besides the picture itself.
struct PictureOutcome {
  Frame shown;                                  // output instead of the picture, where a stage made one
  bool hash_checked = false;                    // the stream had a hash and it was compared (and equal)
  bool lost = false;                            // the picture is damaged and must not be shown
  std::shared_ptr<const PackedPicture> packed;  // what is output, if packing was asked for and possible

  const Frame& frame_of(const Picture& picture) const { return shown.empty() ? picture.rec : shown; }
};

// A picture on its way to the output. While it is being decoded, neither its samples nor its outcome may be
// read.
struct DecodedPicture {
  std::shared_ptr<const Picture> picture;
  std::shared_ptr<const PictureOutcome> outcome;
  std::pair<uint32_t, uint32_t> frame_rate;  // numerator and denominator, 0 when unknown
  std::shared_ptr<const SignalDescription> signal;

  const Frame& frame() const { return outcome->frame_of(*picture); }
};

// The decoded picture buffer: it marks references by the reference picture set (8.3.2), builds the reference
// picture lists (8.3.4) and outputs pictures in "bumping" order (C.5.2).
class DecodedPictureBuffer {
 public:
  // Marks references and makes room before the first slice of a picture is decoded (C.5.2.2).
  // first_in_sequence says that it is an IRAP picture with NoRaslOutputFlag; `discard` is its
  // NoOutputOfPriorPicsFlag. It is an error if the stream keeps more pictures than any level allows for their
  // size.
  Status begin_picture(const SliceHeader& slice, const Sps& sps, bool first_in_sequence, bool discard);

  // Whether a picture of the slice's reference picture set is not there; to be asked before begin_picture().
  bool lacks_references(const SliceHeader& slice, const Sps& sps);

  // The lists of a P or B slice of the current picture; Picture::missing() stands for pictures that are not
  // there.
  Status build_lists(const SliceHeader& slice, const Picture& current, RefLists& lists) const;

  // Adds a decoded picture (C.5.2.3).
  void add(DecodedPicture picture, bool output, const Sps& sps);

  void output_all();
  // Returns what output_all() would output.
  std::vector<DecodedPicture> waiting_pictures() const;
  std::vector<DecodedPicture> take_output() { return std::exchange(output_, {}); }

 private:
  enum class Marking { unused, short_term, long_term };
  struct Entry {
    DecodedPicture decoded;
    Marking marking = Marking::short_term;
    bool needed_for_output = false;
    int latency = 0;

    int poc() const { return decoded.picture->poc; }
  };

  struct CurrentSet {  // RefPicSetStCurrBefore, StCurrAfter and LtCurr; null stands for a missing picture.
    std::vector<std::shared_ptr<const Picture>> pictures[3];
    std::vector<int> pocs[3];
  };

  Entry* find_short_term(int poc);
  Entry* find_long_term(const SliceHeader::LongTermRef& ref, int lsb_mask);
  void apply_reference_set(const SliceHeader& slice, const Sps& sps);
  void remove_unused();
  int waiting() const;
  bool must_output(const SubLayerOrdering& ordering) const;
  void output_one();

  std::vector<Entry> entries_;
  CurrentSet current_;
  std::vector<DecodedPicture> output_;
};

}  // namespace inloop::hevc
