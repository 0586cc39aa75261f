// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "hevc/picture/picture.h"
#include "hevc/picture/picture_pool.h"
#include "hevc/syntax/nal.h"

namespace inloop::hevc {

// Returns recovery_poc_cnt of a recovery point message (D.2.8) in an SEI NAL unit, if there is one: from so many
// pictures on in output order, what was decoded from here is right.
std::optional<int> find_recovery_point(const NalUnit& nal);

// Decoding that began at a recovery point, as streams with gradual refresh need it, and not at a random access picture.
// Grey pictures stand in for those before the beginning.
class Recovery {
 public:
  // `count` is recovery_poc_cnt; without it nobody knows when pictures are right again.
  Recovery(int first_poc, std::optional<int> count) : first_poc_(first_poc) {
    if (count) recovered_poc_ = first_poc + *count;
  }

  bool is_right(int poc) const { return recovered_poc_ && poc >= *recovered_poc_; }

  // Replaces the pictures in the lists that are not there, if they lie before the beginning or nothing is known to be right.
  void stand_in(RefLists& lists, const PictureParameters& parameters, PicturePool& pool);

 private:
  std::shared_ptr<const Picture> grey(int poc, const PictureParameters& parameters, PicturePool& pool);

  int first_poc_;
  std::optional<int> recovered_poc_;
  std::vector<std::shared_ptr<const Picture>> greys_;
};

}  // namespace inloop::hevc
