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

namespace inloop::hevc {

// What decoding a picture gives besides the picture.
struct PictureOutcome {
  Frame shown;                                  // output instead of the picture, where a stage made one
  bool hash_checked = false;                    // the stream had a hash and it was compared (and equal)
  std::shared_ptr<const PackedPicture> packed;  // what is output, if packing was asked for and possible

  const Frame& frame_of(const Picture& picture) const { return shown.empty() ? picture.rec : shown; }
};

// A picture on its way out. While it is being decoded, neither its samples nor its outcome may be read.
struct DecodedPicture {
  std::shared_ptr<const Picture> picture;
  std::shared_ptr<const PictureOutcome> outcome;
  std::pair<uint32_t, uint32_t> frame_rate;  // numerator and denominator, 0 when unknown

  const Frame& frame() const { return outcome->frame_of(*picture); }
};

// The decoded picture buffer: reference marking by the reference picture set (8.3.2), reference picture lists
// (8.3.4) and output in "bumping" order (C.5.2).
class DecodedPictureBuffer {
 public:
  // Before the first slice of a picture is decoded: marks references by its set and makes room (C.5.2.2).
  // first_in_sequence: an IRAP picture with NoRaslOutputFlag; discard: its NoOutputOfPriorPicsFlag. An error
  // tells that the stream keeps more pictures than any level allows for their size.
  Status begin_picture(const SliceHeader& slice, const Sps& sps, bool first_in_sequence, bool discard);

  // The lists of a P or B slice of the current picture; Picture::missing() stands for pictures that are not
  // there.
  Status build_lists(const SliceHeader& slice, const Picture& current, RefLists& lists) const;

  // A decoded picture enters (C.5.2.3).
  void add(DecodedPicture picture, bool output, const Sps& sps);

  void output_all();
  // What output_all() would put out.
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

  struct CurrentSet {  // RefPicSetStCurrBefore, StCurrAfter and LtCurr; null = missing
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
