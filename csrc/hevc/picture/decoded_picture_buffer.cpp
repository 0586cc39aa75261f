// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "hevc/picture/decoded_picture_buffer.h"

#include <algorithm>
#include <string>

namespace inloop::hevc {
namespace {

enum SetIndex { kBefore = 0, kAfter = 1, kLongTerm = 2 };

// An upper bound of MaxDpbSize at the highest level (A.4.2): 16 pictures, or fewer where these would exceed 6
// * MaxLumaPs samples, but at least 6.
size_t capacity(const Sps& sps) {
  constexpr int64_t kMaxLumaPs = 35651584;
  const int64_t samples = int64_t{sps.pic_width} * sps.pic_height;
  return static_cast<size_t>(std::clamp<int64_t>(6 * kMaxLumaPs / samples, 6, kMaxDpbSize));
}

const SubLayerOrdering& highest_layer(const Sps& sps) {
  return sps.ordering[static_cast<size_t>(sps.max_sub_layers - 1)];
}

}  // namespace

Status DecodedPictureBuffer::begin_picture(const SliceHeader& slice, const Sps& sps, bool first_in_sequence,
                                           bool discard) {
  if (first_in_sequence) {
    for (Entry& entry : entries_) entry.marking = Marking::unused;
  }
  apply_reference_set(slice, sps);
  if (first_in_sequence) {
    if (discard) {
      for (Entry& entry : entries_) entry.needed_for_output = false;
    }
    output_all();
    return {};
  }
  remove_unused();
  const SubLayerOrdering& ordering = highest_layer(sps);
  while (waiting() > 0 &&
         (must_output(ordering) || entries_.size() >= static_cast<size_t>(ordering.max_dec_pic_buffering))) {
    output_one();
  }
  if (entries_.size() < capacity(sps)) return {};
  return Status::bitstream("picture with POC " + std::to_string(slice.poc) +
                           ": the picture buffer overflows");
}

DecodedPictureBuffer::Entry* DecodedPictureBuffer::find_short_term(int poc) {
  for (Entry& entry : entries_) {
    if (entry.marking == Marking::short_term && entry.poc() == poc) return &entry;
  }
  return nullptr;
}

DecodedPictureBuffer::Entry* DecodedPictureBuffer::find_long_term(const SliceHeader::LongTermRef& ref,
                                                                  int lsb_mask) {
  for (Entry& entry : entries_) {
    const int poc = ref.msb_present ? entry.poc() : entry.poc() & lsb_mask;
    if (entry.marking != Marking::unused && poc == ref.poc_lsb) return &entry;
  }
  return nullptr;
}

// Marks the pictures by the reference picture set (8.3.2), long-term pictures first. A picture in neither
// part of the set is not needed any more.
void DecodedPictureBuffer::apply_reference_set(const SliceHeader& slice, const Sps& sps) {
  current_ = {};
  std::vector<const Entry*> long_term, short_term;
  const auto keep = [this](Entry* entry, bool used, SetIndex set, int poc) {
    if (!used) return;
    current_.pictures[set].push_back(entry ? entry->decoded.picture : nullptr);
    current_.pocs[set].push_back(poc);
  };
  const int lsb_mask = (1 << sps.log2_max_poc_lsb) - 1;
  for (const auto& ref : slice.long_term_refs) {
    Entry* entry = find_long_term(ref, lsb_mask);
    if (entry) long_term.push_back(entry);
    keep(entry, ref.used, kLongTerm, ref.poc_lsb);
  }
  for (Entry& entry : entries_) {
    if (std::find(long_term.begin(), long_term.end(), &entry) != long_term.end()) {
      entry.marking = Marking::long_term;
    }
  }
  const ShortTermRps& rps = slice.short_term_rps;
  const auto add_short_term = [&](int count, const auto& deltas, const auto& used, SetIndex set) {
    for (size_t i = 0; i < static_cast<size_t>(count); ++i) {
      const int poc = slice.poc + deltas[i];
      Entry* entry = find_short_term(poc);
      if (entry) short_term.push_back(entry);
      keep(entry, used[i], set, poc);
    }
  };
  add_short_term(rps.num_negative_pics, rps.delta_poc_s0, rps.used_s0, kBefore);
  add_short_term(rps.num_positive_pics, rps.delta_poc_s1, rps.used_s1, kAfter);
  for (Entry& entry : entries_) {
    if (entry.marking == Marking::short_term &&
        std::find(short_term.begin(), short_term.end(), &entry) == short_term.end()) {
      entry.marking = Marking::unused;
    } else if (entry.marking == Marking::long_term &&
               std::find(long_term.begin(), long_term.end(), &entry) == long_term.end()) {
      entry.marking = Marking::unused;
    }
  }
}

bool DecodedPictureBuffer::lacks_references(const SliceHeader& slice, const Sps& sps) {
  const int lsb_mask = (1 << sps.log2_max_poc_lsb) - 1;
  for (const auto& ref : slice.long_term_refs) {
    if (!find_long_term(ref, lsb_mask)) return true;
  }
  const ShortTermRps& rps = slice.short_term_rps;
  const auto lacks = [&](int count, const auto& deltas) {
    return std::any_of(deltas.begin(), deltas.begin() + count,
                       [&](int delta) { return !find_short_term(slice.poc + delta); });
  };
  return lacks(rps.num_negative_pics, rps.delta_poc_s0) || lacks(rps.num_positive_pics, rps.delta_poc_s1);
}

Status DecodedPictureBuffer::build_lists(const SliceHeader& slice, const Picture& current,
                                         RefLists& lists) const {
  static constexpr SetIndex kOrder[2][3] = {{kBefore, kAfter, kLongTerm}, {kAfter, kBefore, kLongTerm}};
  for (int list = 0; list < (slice.is_b() ? 2 : 1); ++list) {
    std::vector<std::pair<SetIndex, size_t>> candidates;
    for (SetIndex set : kOrder[list]) {
      for (size_t i = 0; i < current_.pictures[set].size(); ++i) candidates.emplace_back(set, i);
    }
    if (candidates.empty()) return Status::bitstream("inter slice without reference pictures");
    lists.num[list] = slice.num_ref_idx_active[list];
    for (int i = 0; i < lists.num[list]; ++i) {
      const auto entry =
          static_cast<size_t>(slice.ref_pic_list_modification_flag[list] ? slice.list_entry[list][i] : i);
      const auto [set, index] = candidates[entry % candidates.size()];
      lists.pic[list][i] = current_.pictures[set][index];
      lists.is_long_term[list][i] = set == kLongTerm;
      if (!lists.pic[list][i]) {
        lists.pic[list][i] = Picture::missing(current, current_.pocs[set][index]);
      }
    }
  }
  return {};
}

void DecodedPictureBuffer::add(DecodedPicture picture, bool output, const Sps& sps) {
  // C.5.2.3: a picture waits for those that follow in decoding and precede it in output order.
  const int poc = picture.picture->poc;
  for (Entry& entry : entries_) {
    entry.latency += output && entry.needed_for_output && entry.poc() > poc;
  }
  entries_.push_back({std::move(picture), Marking::short_term, output, 0});
  while (waiting() > 0 && must_output(highest_layer(sps))) output_one();
}

int DecodedPictureBuffer::waiting() const {
  return static_cast<int>(
      std::count_if(entries_.begin(), entries_.end(), [](const Entry& e) { return e.needed_for_output; }));
}

bool DecodedPictureBuffer::must_output(const SubLayerOrdering& ordering) const {
  if (waiting() > ordering.max_num_reorder_pics) return true;
  if (ordering.max_latency_increase_plus1 == 0) return false;
  const int64_t max_latency =
      int64_t{ordering.max_num_reorder_pics} + ordering.max_latency_increase_plus1 - 1;
  return std::any_of(entries_.begin(), entries_.end(), [max_latency](const Entry& e) {
    return e.needed_for_output && e.latency >= max_latency;
  });
}

// Outputs the picture with the smallest POC ("bumping", C.5.2.4).
void DecodedPictureBuffer::output_one() {
  Entry* first = nullptr;
  for (Entry& entry : entries_) {
    if (entry.needed_for_output && (!first || entry.poc() < first->poc())) first = &entry;
  }
  if (!first) return;
  first->needed_for_output = false;
  // As a reference picture it does not need its outcome any more.
  output_.push_back(first->decoded);
  first->decoded.outcome = nullptr;
  remove_unused();
}

void DecodedPictureBuffer::output_all() {
  while (waiting() > 0) output_one();
  remove_unused();
}

std::vector<DecodedPicture> DecodedPictureBuffer::waiting_pictures() const {
  std::vector<DecodedPicture> pictures;
  for (const Entry& entry : entries_) {
    if (entry.needed_for_output) pictures.push_back(entry.decoded);
  }
  std::stable_sort(pictures.begin(), pictures.end(), [](const DecodedPicture& a, const DecodedPicture& b) {
    return a.picture->poc < b.picture->poc;
  });
  return pictures;
}

void DecodedPictureBuffer::remove_unused() {
  std::erase_if(entries_,
                [](const Entry& e) { return !e.needed_for_output && e.marking == Marking::unused; });
}

}  // namespace inloop::hevc
