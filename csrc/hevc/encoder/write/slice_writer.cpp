// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "hevc/encoder/write/slice_writer.h"

#include "entropy/cabac_encoder.h"
#include "hevc/encoder/write/syntax_writer.h"
#include "hevc/syntax/nal_writer.h"
#include "hevc/syntax/parameter_sets_writer.h"

namespace inloop::hevc {

WrittenSlice write_slice(const Picture& picture, const SliceHeader& slice,
                         const std::vector<CodedCtu>& ctus) {
  const Sps& sps = picture.sps();
  BitWriter writer;
  write_slice_header(writer, slice, sps, picture.pps());
  ContextSet contexts;
  init_contexts(contexts, slice.slice_type, slice.cabac_init_flag, slice.slice_qp);
  CabacEncoder coder(contexts);
  const int width_in_ctbs = sps.pic_width_in_ctbs(), count = sps.pic_size_in_ctbs();
  int last_qp = slice.slice_qp;
  int bits_before = 0;
  WrittenSlice written;
  for (int address = 0; address < count; ++address) {
    const int ctb_x = address % width_in_ctbs, ctb_y = address / width_in_ctbs;
    const CodedCtu& ctu = ctus[static_cast<size_t>(address)];
    SyntaxWriter<CabacEncoder> syntax(coder, picture, slice, ctu);
    syntax.set_qp_before_ctu(last_qp);
    last_qp = qp_groups::last_qp(picture, ctu, ctb_x, ctb_y);
    syntax.sao(ctb_x, ctb_y);
    syntax.coding_quadtree(ctb_x << sps.log2_ctb_size, ctb_y << sps.log2_ctb_size, sps.log2_ctb_size, 0);
    coder.terminate(address == count - 1);
    const auto bits = static_cast<int>(coder.bits());
    written.ctu_bits.push_back(bits - bits_before);
    bits_before = bits;
  }
  writer.append(coder.finish());
  written.nal = make_nal_unit(slice.nal_type, slice.temporal_id, writer.bytes());
  return written;
}

}  // namespace inloop::hevc
