// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
//
// Fuzz target of everything that comes before the samples: NAL units, parameter sets, slice headers, messages and
// hashes. What is accepted must be in range. replay.cpp says how it runs without libFuzzer.

#include <cstdint>
#include <cstdlib>

#include "hevc/picture/picture_hash.h"
#include "hevc/syntax/nal.h"
#include "hevc/syntax/parameter_set_store.h"
#include "hevc/syntax/signal_description.h"
#include "hevc/syntax/slice_header_parser.h"

namespace {

using namespace inloop::hevc;

void expect(bool condition) {
  if (!condition) std::abort();
}

void check_slice(const SliceHeader& header, const PictureParameters& parameters, const NalUnit& nal,
                 size_t data_offset) {
  const Sps& sps = *parameters.sets.sps;
  expect(data_offset <= nal.size);
  expect(sps.pic_width > 0 && sps.pic_height > 0);
  expect(header.slice_segment_address >= 0 &&
         header.slice_segment_address < sps.pic_width_in_ctbs() * sps.pic_height_in_ctbs());
  expect(header.slice_qp >= -6 * (sps.bit_depth(0) - 8) && header.slice_qp <= 51);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  NalSplitter splitter;
  ParameterSetStore sets;
  PictureParameters current;
  SliceHeader previous;
  bool inside = false;  // a picture
  splitter.feed(data, size);
  splitter.finish();
  NalUnit nal;
  for (bool found = true; splitter.next(nal, found).ok() && found;) {
    expect(nal.rbsp.size() == nal.size + NalUnit::kPadding);
    SignalDescription signal;
    PictureHashes hashes;
    if (nal.type == NalType::vps) sets.add_vps(nal);
    if (nal.type == NalType::sps) sets.add_sps(nal);
    if (nal.type == NalType::pps) sets.add_pps(nal);
    if (nal.type == NalType::prefix_sei) read_signal_messages(nal, signal);
    if (nal.type == NalType::suffix_sei) (void)find_picture_hashes(nal, true, hashes);
    if (!is_slice(nal.type)) continue;
    PictureParameters parameters = current;
    SliceHeader header;
    size_t data_offset = 0;
    const SliceHeaderContext context{inside ? &current : nullptr, inside ? &previous : nullptr, nullptr};
    if (!parse_slice_header(nal, sets, context, header, parameters, data_offset).ok()) continue;
    check_slice(header, parameters, nal, data_offset);
    current = parameters;
    previous = header;
    inside = true;
  }
  return 0;
}
