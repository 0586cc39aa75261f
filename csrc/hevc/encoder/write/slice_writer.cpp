// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "hevc/encoder/write/slice_writer.h"

#include <algorithm>
#include <utility>

#include "base/trace.h"
#include "entropy/cabac_encoder.h"
#include "hevc/encoder/write/syntax_writer.h"
#include "hevc/syntax/nal_writer.h"
#include "hevc/syntax/parameter_sets_writer.h"

namespace inloop::hevc {
namespace {

// Writes the slice data, substream by substream: all of it is one, or with the wavefront syntax each row of CTUs.
class SliceDataWriter {
 public:
  SliceDataWriter(const Picture& picture, const SliceHeader& slice, const std::vector<CodedCtu>& ctus)
      : picture_(picture), sps_(picture.sps()), slice_(slice), ctus_(ctus) {
    init_contexts(next_contexts_, slice.slice_type, slice.cabac_init_flag, slice.slice_qp);
  }

  // Writes `length` CTUs from an address on.
  std::vector<uint8_t> substream(int first, int length) {
    CabacEncoder coder(next_contexts_);
    last_qp_ = slice_.slice_qp;
    int64_t bits_before = 0;
    for (int address = first; address < first + length; ++address) {
      write_ctu(coder, address);
      // A row starts with the contexts that the one above has after its second CTU.
      if (address == first + 1) {
        std::copy(coder.contexts().begin(), coder.contexts().end(), next_contexts_.begin());
      }
      coder.terminate(is_last(address));  // end_of_slice_segment_flag
      ctu_bits_.push_back(static_cast<int>(coder.bits() - bits_before));
      bits_before = coder.bits();
    }
    if (!is_last(first + length - 1)) coder.terminate(1);  // end_of_subset_one_bit
    return coder.finish();
  }

  std::vector<int> take_ctu_bits() { return std::move(ctu_bits_); }

 private:
  bool is_last(int address) const { return address == sps_.pic_size_in_ctbs() - 1; }

  void write_ctu(CabacEncoder& coder, int address) {
    const int ctb_x = address % sps_.pic_width_in_ctbs(), ctb_y = address / sps_.pic_width_in_ctbs();
    const CodedCtu& ctu = ctus_[static_cast<size_t>(address)];
    SyntaxWriter<CabacEncoder> syntax(coder, picture_, slice_, ctu);
    syntax.set_qp_before_ctu(last_qp_);
    last_qp_ = qp_groups::last_qp(picture_, ctu, ctb_x, ctb_y);
    syntax.sao(ctb_x, ctb_y);
    syntax.coding_quadtree(ctb_x << sps_.log2_ctb_size, ctb_y << sps_.log2_ctb_size, sps_.log2_ctb_size, 0);
  }

  const Picture& picture_;
  const Sps& sps_;
  const SliceHeader& slice_;
  const std::vector<CodedCtu>& ctus_;
  ContextSet next_contexts_{};  // those with which the next substream starts
  int last_qp_ = 0;
  std::vector<int> ctu_bits_;
};

}  // namespace

WrittenSlice write_slice(const Picture& picture, const SliceHeader& slice,
                         const std::vector<CodedCtu>& ctus) {
  const trace::Span span(trace::Part::write);
  const Sps& sps = picture.sps();
  const int count = sps.pic_size_in_ctbs();
  const int length = picture.pps().entropy_coding_sync_enabled_flag ? sps.pic_width_in_ctbs() : count;
  SliceDataWriter data(picture, slice, ctus);
  std::vector<std::vector<uint8_t>> substreams;
  for (int first = 0; first < count; first += length) substreams.push_back(data.substream(first, length));

  SliceHeader header = slice;
  // Each substream, and the header, ends in a byte that is not zero, so that no emulation prevention byte depends on two.
  for (size_t i = 0; i + 1 < substreams.size(); ++i)
    header.entry_point_offsets.push_back(static_cast<uint32_t>(size_in_nal_unit(substreams[i])));
  BitWriter writer;
  write_slice_header(writer, header, sps, picture.pps());
  for (const std::vector<uint8_t>& substream : substreams) writer.append(substream);
  return {make_nal_unit(slice.nal_type, slice.temporal_id, writer.bytes()), data.take_ctu_bits()};
}

}  // namespace inloop::hevc
