// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "hevc/syntax/cabac_contexts.h"

#include <cstddef>

namespace inloop::hevc {
namespace {

// initValue of every context (Tables 9-5 to 9-37), one row per initType, in the order of ContextIndex.
// Elements that cannot occur in slices of a type have 154, which stands for probability 1/2 at any QP.
constexpr uint8_t kInitValues[3][kContextCount] = {
    {
        153,                      // sao_merge
        200,                      // sao_type_idx
        139, 141, 157,            // split_cu_flag
        154,                      // cu_transquant_bypass_flag
        154, 154, 154,            // cu_skip_flag
        154,                      // pred_mode_flag
        184, 154, 154, 154,       // part_mode
        184,                      // prev_intra_luma_pred_flag
        63,                       // intra_chroma_pred_mode
        154,                      // rqt_root_cbf
        154,                      // merge_flag
        154,                      // merge_idx
        154, 154, 154, 154, 154,  // inter_pred_idc
        154, 154,                 // ref_idx
        154,                      // mvp_flag
        153, 138, 138,            // split_transform_flag
        111, 141,                 // cbf_luma
        94,  138, 182, 154,       // cbf_cb, cbf_cr
        154,                      // abs_mvd_greater0_flag
        154,                      // abs_mvd_greater1_flag
        154, 154,                 // cu_qp_delta_abs
        139, 139,                 // transform_skip_flag
        110, 110, 124, 125, 140, 153, 125, 127, 140, 109, 111, 143, 127, 111, 79,  108, 123, 63,  // last x
        110, 110, 124, 125, 140, 153, 125, 127, 140, 109, 111, 143, 127, 111, 79,  108, 123, 63,  // last y
        91,  171, 134, 141,  // coded_sub_block_flag
        111, 111, 125, 110, 110, 94,  124, 108, 124, 107, 125, 141, 179, 153, 125, 107, 125, 141,
        179, 153, 125, 107, 125, 141, 179, 153, 125,                                // sig_coeff_flag, luma
        140, 139, 182, 182, 152, 136, 152, 136, 153, 136, 139, 111, 136, 139, 111,  // and chroma
        140, 92,  137, 138, 140, 152, 138, 139, 153, 74,  149, 92,  139, 107, 122, 152,  // greater1, luma
        140, 179, 166, 182, 140, 227, 122, 197,                                          // and chroma
        138, 153, 136, 167, 152, 152,  // coeff_abs_level_greater2_flag
    },
    {
        153,                     // sao_merge
        185,                     // sao_type_idx
        107, 139, 126,           // split_cu_flag
        154,                     // cu_transquant_bypass_flag
        197, 185, 201,           // cu_skip_flag
        149,                     // pred_mode_flag
        154, 139, 154, 154,      // part_mode
        154,                     // prev_intra_luma_pred_flag
        152,                     // intra_chroma_pred_mode
        79,                      // rqt_root_cbf
        110,                     // merge_flag
        122,                     // merge_idx
        95,  79,  63,  31,  31,  // inter_pred_idc
        153, 153,                // ref_idx
        168,                     // mvp_flag
        124, 138, 94,            // split_transform_flag
        153, 111,                // cbf_luma
        149, 107, 167, 154,      // cbf_cb, cbf_cr
        140,                     // abs_mvd_greater0_flag
        198,                     // abs_mvd_greater1_flag
        154, 154,                // cu_qp_delta_abs
        139, 139,                // transform_skip_flag
        125, 110, 94,  110, 95,  79,  125, 111, 110, 78,  110, 111, 111, 95,  94,  108, 123, 108,  // last x
        125, 110, 94,  110, 95,  79,  125, 111, 110, 78,  110, 111, 111, 95,  94,  108, 123, 108,  // last y
        121, 140, 61,  154,  // coded_sub_block_flag
        155, 154, 139, 153, 139, 123, 123, 63,  153, 166, 183, 140, 136, 153, 154, 166, 183, 140,
        136, 153, 154, 166, 183, 140, 136, 153, 154,                                // sig_coeff_flag, luma
        170, 153, 123, 123, 107, 121, 107, 121, 167, 151, 183, 140, 151, 183, 140,  // and chroma
        154, 196, 196, 167, 154, 152, 167, 182, 182, 134, 149, 136, 153, 121, 136, 137,  // greater1, luma
        169, 194, 166, 167, 154, 167, 137, 182,                                          // and chroma
        107, 167, 91,  122, 107, 167,  // coeff_abs_level_greater2_flag
    },
    {
        153,                     // sao_merge
        160,                     // sao_type_idx
        107, 139, 126,           // split_cu_flag
        154,                     // cu_transquant_bypass_flag
        197, 185, 201,           // cu_skip_flag
        134,                     // pred_mode_flag
        154, 139, 154, 154,      // part_mode
        183,                     // prev_intra_luma_pred_flag
        152,                     // intra_chroma_pred_mode
        79,                      // rqt_root_cbf
        154,                     // merge_flag
        137,                     // merge_idx
        95,  79,  63,  31,  31,  // inter_pred_idc
        153, 153,                // ref_idx
        168,                     // mvp_flag
        224, 167, 122,           // split_transform_flag
        153, 111,                // cbf_luma
        149, 92,  167, 154,      // cbf_cb, cbf_cr
        169,                     // abs_mvd_greater0_flag
        198,                     // abs_mvd_greater1_flag
        154, 154,                // cu_qp_delta_abs
        139, 139,                // transform_skip_flag
        125, 110, 124, 110, 95,  94,  125, 111, 111, 79,  125, 126, 111, 111, 79,  108, 123, 93,  // last x
        125, 110, 124, 110, 95,  94,  125, 111, 111, 79,  125, 126, 111, 111, 79,  108, 123, 93,  // last y
        121, 140, 61,  154,  // coded_sub_block_flag
        170, 154, 139, 153, 139, 123, 123, 63,  124, 166, 183, 140, 136, 153, 154, 166, 183, 140,
        136, 153, 154, 166, 183, 140, 136, 153, 154,                                // sig_coeff_flag, luma
        170, 153, 138, 138, 122, 121, 122, 121, 167, 151, 183, 140, 151, 183, 140,  // and chroma
        154, 196, 167, 167, 154, 152, 167, 182, 182, 134, 149, 136, 153, 121, 136, 122,  // greater1, luma
        169, 208, 166, 167, 154, 152, 167, 182,                                          // and chroma
        107, 167, 91,  107, 107, 167,  // coeff_abs_level_greater2_flag
    },
};

int init_type(SliceType slice_type, bool cabac_init_flag) {
  if (slice_type == SliceType::i) return 0;
  return (slice_type == SliceType::p) == cabac_init_flag ? 2 : 1;
}

// Returns the initial state for initValue and the slice QP (9.3.2.2).
uint8_t initial_state(int init_value, int qp) {
  const int slope = (init_value >> 4) * 5 - 45;
  const int offset = ((init_value & 15) << 3) - 16;
  const int state = clip3(1, 126, ((slope * qp) >> 4) + offset);
  return static_cast<uint8_t>(state <= 63 ? (63 - state) << 1 : ((state - 64) << 1) | 1);
}

}  // namespace

void init_contexts(ContextSet& contexts, SliceType slice_type, bool cabac_init_flag, int slice_qp) {
  const uint8_t* values = kInitValues[init_type(slice_type, cabac_init_flag)];
  const int qp = clip3(0, 51, slice_qp);
  for (size_t i = 0; i < contexts.size(); ++i) contexts[i] = initial_state(values[i], qp);
}

}  // namespace inloop::hevc
