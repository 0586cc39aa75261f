// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>

#include "hevc/syntax/parameter_sets_parser.h"
#include "hevc/syntax/residual_scan.h"

namespace inloop::hevc {
namespace {

// The default lists of Table 7-6, in the order of the diagonal scan.
constexpr std::array<uint8_t, 64> kDefaultIntra = {
    16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 17, 16, 17, 16, 17, 18, 17, 18, 18, 17, 18, 21,
    19, 20, 21, 20, 19, 21, 24, 22, 22, 24, 24, 22, 22, 24, 25, 25, 27, 30, 27, 25, 25, 29,
    31, 35, 35, 31, 29, 36, 41, 44, 41, 36, 47, 54, 54, 47, 65, 70, 65, 88, 88, 115};
constexpr std::array<uint8_t, 64> kDefaultInter = {
    16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 17, 17, 17, 17, 17, 18, 18, 18, 18, 18, 18, 20,
    20, 20, 20, 20, 20, 20, 24, 24, 24, 24, 24, 24, 24, 24, 25, 25, 25, 25, 25, 25, 25, 28,
    28, 28, 28, 28, 28, 33, 33, 33, 33, 33, 41, 41, 41, 41, 54, 54, 54, 71, 71, 91};

// ScalingList[sizeId][matrixId] in scan order, before it is expanded to a block.
struct CodedList {
  std::array<uint8_t, 64> coefficients{};
  int dc = 16;
};

CodedList default_list(int size_id, bool inter) {
  CodedList list;
  list.coefficients.fill(16);
  if (size_id > 0) list.coefficients = inter ? kDefaultInter : kDefaultIntra;
  return list;
}

// Expands a list to the factors of a block of side 1 << log2_size (7.4.5).
void expand(const CodedList& list, int log2_size, uint8_t* factors) {
  const int list_log2 = std::min(log2_size, 3);
  const int shift = log2_size - list_log2;
  const ScanPosition* scan = scan_order(list_log2, kScanDiagonal);
  uint8_t grid[8][8];
  for (int i = 0; i < 1 << (2 * list_log2); ++i) {
    grid[scan[i].y][scan[i].x] = list.coefficients[static_cast<size_t>(i)];
  }
  for (int y = 0; y < 1 << log2_size; ++y) {
    for (int x = 0; x < 1 << log2_size; ++x) *factors++ = grid[y >> shift][x >> shift];
  }
  if (shift > 0) factors[-(1 << (2 * log2_size))] = static_cast<uint8_t>(list.dc);
}

uint8_t* factors_of(ScalingList& list, int size_id, size_t index) {
  switch (size_id) {
    case 0:
      return list.size4[index].data();
    case 1:
      return list.size8[index].data();
    case 2:
      return list.size16[index].data();
    default:
      return list.size32[index].data();
  }
}

void parse_coefficients(BitReader& reader, int size_id, CodedList& list) {
  int next = 8;
  if (size_id > 1) next = list.dc = reader.se("scaling_list_dc_coef_minus8", -7, 247) + 8;
  for (int i = 0; i < (size_id == 0 ? 16 : 64); ++i) {
    next = (next + reader.se("scaling_list_delta_coef", -128, 127) + 256) % 256;
    list.coefficients[static_cast<size_t>(i)] = static_cast<uint8_t>(next);
  }
}

int matrix_count(int size_id) { return size_id == 3 ? 2 : 6; }
bool is_inter(int size_id, int matrix) { return size_id == 3 ? matrix == 1 : matrix >= 3; }

}  // namespace

void default_scaling_list(ScalingList& list) {
  for (int size_id = 0; size_id < 4; ++size_id) {
    for (int matrix = 0; matrix < matrix_count(size_id); ++matrix) {
      expand(default_list(size_id, is_inter(size_id, matrix)), size_id + 2,
             factors_of(list, size_id, static_cast<size_t>(matrix)));
    }
  }
}

void parse_scaling_list(BitReader& reader, ScalingList& list) {
  for (int size_id = 0; size_id < 4; ++size_id) {
    std::array<CodedList, 6> coded;
    for (int matrix = 0; matrix < matrix_count(size_id); ++matrix) {
      CodedList& current = coded[static_cast<size_t>(matrix)];
      if (reader.flag()) {
        parse_coefficients(reader, size_id, current);
      } else {
        const int delta = reader.ue("scaling_list_pred_matrix_id_delta", 0, matrix);
        current = delta ? coded[static_cast<size_t>(matrix - delta)]
                        : default_list(size_id, is_inter(size_id, matrix));
      }
      expand(current, size_id + 2, factors_of(list, size_id, static_cast<size_t>(matrix)));
    }
  }
}

}  // namespace inloop::hevc
