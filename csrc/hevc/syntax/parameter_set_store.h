// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <memory>
#include <vector>

#include "base/status.h"
#include "hevc/syntax/coding_layout.h"
#include "hevc/syntax/nal.h"
#include "hevc/syntax/parameter_sets_parser.h"

namespace inloop::hevc {

// Everything that a picture needs of its parameter sets.
struct PictureParameters {
  ActiveParameters sets;
  std::shared_ptr<const CodingLayout> layout;
};

// Keeps the parameter sets received so far. A damaged or unsupported set becomes an error only when a slice
// uses it, so that unused sets do no harm.
class ParameterSetStore {
 public:
  void add_vps(const NalUnit& nal);
  void add_sps(const NalUnit& nal);
  void add_pps(const NalUnit& nal);

  // The sets for slices with this slice_pic_parameter_set_id. in_force: the SPS of the coded video sequence that the
  // picture goes on with, which no set that has come since replaces; null where it may start one.
  Status activate(int pps_id, const std::shared_ptr<const Sps>& in_force, PictureParameters& parameters);

  const Vps* vps(int id) const { return vps_[static_cast<size_t>(id)].get(); }

 private:
  struct SpsEntry {
    std::vector<uint8_t> rbsp;  // distinguishes a repetition from a change
    std::shared_ptr<const Sps> sps;
    Status status;
  };
  struct PpsEntry {
    std::vector<uint8_t> rbsp;
    PpsSyntax syntax;
    Status status;
    // The result of the last activation, which is valid for that SPS only.
    std::shared_ptr<const Sps> activated_for;
    PictureParameters activated;
  };

  std::array<std::unique_ptr<Vps>, 16> vps_;
  std::array<std::unique_ptr<SpsEntry>, 16> sps_;
  std::array<std::unique_ptr<PpsEntry>, 64> pps_;
  Status damaged_;  // error of the last set whose id could not be read
};

}  // namespace inloop::hevc
