// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "hevc/decoder/recovery.h"

#include <algorithm>

#include "entropy/bit_reader.h"
#include "hevc/syntax/sei_messages.h"

namespace inloop::hevc {

std::optional<int> find_recovery_point(const NalUnit& nal) {
  constexpr uint32_t kRecoveryPoint = 6;
  constexpr int kMostPictures = 1 << 15;  // half of the largest MaxPicOrderCntLsb
  std::optional<int> count;
  BitReader messages(nal.rbsp.data(), nal.size, "SEI");
  for_each_sei_message(messages, [&count](uint32_t type, BitReader& reader, uint32_t) {
    if (type != kRecoveryPoint) return true;
    const int pictures = reader.se("recovery_poc_cnt", -kMostPictures, kMostPictures - 1);
    if (reader.ok()) count = pictures;
    return true;
  });
  return count;
}

void Recovery::stand_in(RefLists& lists, const PictureParameters& parameters, PicturePool& pool) {
  for (int list = 0; list < 2; ++list) {
    for (int i = 0; i < lists.num[list]; ++i) {
      std::shared_ptr<const Picture>& picture = lists.pic[list][i];
      if (picture->rec.empty() && (picture->poc < first_poc_ || !recovered_poc_))
        picture = grey(picture->poc, parameters, pool);
    }
  }
}

// Makes an unavailable reference picture as 8.3.3.2 does.
std::shared_ptr<const Picture> Recovery::grey(int poc, const PictureParameters& parameters,
                                              PicturePool& pool) {
  const auto made =
      std::find_if(greys_.begin(), greys_.end(), [poc](const auto& picture) { return picture->poc == poc; });
  if (made != greys_.end()) return *made;
  const std::shared_ptr<Picture> picture = pool.acquire(parameters);
  picture->poc = poc;
  picture->reset_blocks();
  picture->pred_mode.fill(PredMode::intra);
  for (int c = 0; c < 3; ++c) {
    picture->rec.planes[c].fill(static_cast<Sample>(1 << (picture->sps().bit_depth(c) - 1)));
  }
  picture->coded_rows.publish(picture->height());
  picture->final_rows.publish(picture->height());
  if (greys_.size() >= kMaxDpbSize) greys_.erase(greys_.begin());
  greys_.push_back(picture);
  return picture;
}

}  // namespace inloop::hevc
