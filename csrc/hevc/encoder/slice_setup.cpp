// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "hevc/encoder/slice_setup.h"

#include <algorithm>

#include "hevc/encoder/reference_setup.h"

namespace inloop::hevc {
namespace {

// Returns the entries of a list and records in the slice header how they differ from the initial list.
std::vector<int> list_pocs(const PictureRequest& request, int list, SliceHeader& header) {
  const std::vector<int>& wanted = request.lists[list];
  const auto initial =
      initial_list(request.poc, request.references, list, wanted.empty() ? request.active[list] : 0);
  if (wanted.empty()) return initial;
  header.ref_pic_list_modification_flag[list] = false;
  for (size_t i = 0; i < wanted.size(); ++i) {
    const auto entry = std::find(initial.begin(), initial.end(), wanted[i]) - initial.begin();
    header.list_entry[list][i] = static_cast<int>(entry);
    if (static_cast<size_t>(entry) != i) header.ref_pic_list_modification_flag[list] = true;
  }
  return wanted;
}

void fill_lists(const PictureRequest& request, const std::map<int, Reference>& references,
                SliceSetup& setup) {
  SliceHeader& header = setup.header;
  RefLists& refs = setup.refs;
  bool later_is_intra = false;  // the nearest picture of list 1
  for (int list = 0; list < (header.is_intra() ? 0 : header.is_b() ? 2 : 1); ++list) {
    for (int poc : list_pocs(request, list, header)) {
      const Reference& reference = references.at(poc);
      if (list == 1 && refs.num[list] == 0) later_is_intra = reference.is_intra;
      setup.planes.plane[list][refs.num[list]] = reference.luma;
      refs.pic[list][refs.num[list]++] = reference.picture;
    }
    header.num_ref_idx_active[list] = refs.num[list];
  }
  if (!header.is_b()) return;
  // Where both lists are equal, coding a second vector difference is not worth its bits.
  header.mvd_l1_zero_flag =
      std::equal(refs.pic[0], refs.pic[0] + refs.num[0], refs.pic[1], refs.pic[1] + refs.num[1]);
  // The collocated picture is the first one of list 1, whose motion tends to be the nearest, unless that
  // picture is intra and has no motion.
  header.collocated_from_l0_flag = later_is_intra;
}

}  // namespace

SliceSetup make_slice(const Sequence& sequence, const PictureRequest& request,
                      const std::map<int, Reference>& references) {
  const Sps& sps = sequence.sps();
  const Pps& pps = sequence.pps();
  SliceSetup setup;
  SliceHeader& header = setup.header;
  header.nal_type = request.nal_type;
  header.temporal_id = request.temporal_id;
  header.slice_type = request.slice_type;
  header.poc = request.poc;
  header.poc_lsb = request.poc & ((1 << sps.log2_max_poc_lsb) - 1);
  header.deblocking_filter_disabled_flag = pps.deblocking_filter_disabled_flag;
  header.beta_offset_div2 = pps.beta_offset_div2;
  header.tc_offset_div2 = pps.tc_offset_div2;
  header.temporal_mvp_enabled_flag = sps.temporal_mvp_enabled_flag && request.slice_type != SliceType::i;

  setup.kept = request.kept;
  for (int poc : request.references) {
    if (std::find(setup.kept.begin(), setup.kept.end(), poc) == setup.kept.end()) setup.kept.push_back(poc);
  }
  header.short_term_rps = make_rps(request.poc, setup.kept, request.references);
  const auto known = std::find(sps.short_term_rps.begin(), sps.short_term_rps.end(), header.short_term_rps);
  if (known != sps.short_term_rps.end()) {
    header.short_term_rps_sps_idx = static_cast<int>(known - sps.short_term_rps.begin());
  }
  fill_lists(request, references, setup);
  return setup;
}

}  // namespace inloop::hevc
