// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "codec/cabac_contexts.h"

#include <cstddef>

namespace inloop::codec {
namespace {

// initValue of every context (Tables 9-5 to 9-37), one row per initType, in the order of ContextIndex. 154
// (probability 1/2 at any QP) stands where an element cannot occur in slices of that type.
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

// 9.3.2.2: the initial state from initValue and the slice QP.
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

// clang-format off
const uint8_t kRangeTableLps[64][4] = {
    {128, 176, 208, 240}, {128, 167, 197, 227}, {128, 158, 187, 216}, {123, 150, 178, 205},
    {116, 142, 169, 195}, {111, 135, 160, 185}, {105, 128, 152, 175}, {100, 122, 144, 166},
    {95, 116, 137, 158},  {90, 110, 130, 150},  {85, 104, 123, 142},  {81, 99, 117, 135},
    {77, 94, 111, 128},   {73, 89, 105, 122},   {69, 85, 100, 116},   {66, 80, 95, 110},
    {62, 76, 90, 104},    {59, 72, 86, 99},     {56, 69, 81, 94},     {53, 65, 77, 89},
    {51, 62, 73, 85},     {48, 59, 69, 80},     {46, 56, 66, 76},     {43, 53, 63, 72},
    {41, 50, 59, 69},     {39, 48, 56, 65},     {37, 45, 54, 62},     {35, 43, 51, 59},
    {33, 41, 48, 56},     {32, 39, 46, 53},     {30, 37, 43, 50},     {29, 35, 41, 48},
    {27, 33, 39, 45},     {26, 31, 37, 43},     {24, 30, 35, 41},     {23, 28, 33, 39},
    {22, 27, 32, 37},     {21, 26, 30, 35},     {20, 24, 29, 33},     {19, 23, 27, 31},
    {18, 22, 26, 30},     {17, 21, 25, 28},     {16, 20, 23, 27},     {15, 19, 22, 25},
    {14, 18, 21, 24},     {14, 17, 20, 23},     {13, 16, 19, 22},     {12, 15, 18, 21},
    {12, 14, 17, 20},     {11, 14, 16, 19},     {11, 13, 15, 18},     {10, 12, 15, 17},
    {10, 12, 14, 16},     {9, 11, 13, 15},      {9, 11, 12, 14},      {8, 10, 12, 14},
    {8, 9, 11, 13},       {7, 9, 11, 12},       {7, 9, 10, 12},       {7, 8, 10, 11},
    {6, 8, 9, 11},        {6, 7, 9, 10},        {6, 7, 8, 9},         {2, 2, 2, 2},
};

const uint8_t kTransitionIdxLps[64] = {
    0,  0,  1,  2,  2,  4,  4,  5,  6,  7,  8,  9,  9,  11, 11, 12, 13, 13, 15, 15, 16, 16,
    18, 18, 19, 19, 21, 21, 22, 22, 23, 24, 24, 25, 26, 26, 27, 27, 28, 29, 29, 30, 30, 30,
    31, 32, 32, 33, 33, 33, 34, 34, 35, 35, 35, 36, 36, 36, 37, 37, 37, 38, 38, 63,
};

// -log2 of the probabilities that the states stand for: p_lps = 0.5 * (0.01875 / 0.5) ^ (pStateIdx / 63).
const uint32_t kEntropyBits[128] = {
    32768, 32768, 30426, 35232, 28306, 37696, 26377, 40159, 24617, 42623, 23005, 45087, 21523, 47551, 20159, 50015,
    18899, 52479, 17734, 54942, 16653, 57406, 15650, 59870, 14717, 62334, 13849, 64798, 13038, 67262, 12282, 69725,
    11575, 72189, 10914, 74653, 10294, 77117, 9714, 79581, 9169, 82044, 8658, 84508, 8178, 86972, 7727, 89436,
    7303, 91900, 6903, 94364, 6527, 96827, 6173, 99291, 5840, 101755, 5525, 104219, 5228, 106683, 4948, 109147,
    4684, 111610, 4435, 114074, 4199, 116538, 3977, 119002, 3767, 121466, 3568, 123929, 3380, 126393, 3202, 128857,
    3034, 131321, 2876, 133785, 2725, 136249, 2583, 138712, 2448, 141176, 2321, 143640, 2200, 146104, 2086, 148568,
    1978, 151032, 1875, 153495, 1778, 155959, 1686, 158423, 1599, 160887, 1517, 163351, 1439, 165814, 1364, 168278,
    1294, 170742, 1228, 173206, 1164, 175670, 1105, 178134, 1048, 180597, 994, 183061, 943, 185525, 895, 187989,
};
// clang-format on

}  // namespace inloop::codec
