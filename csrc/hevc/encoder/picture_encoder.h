// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <map>
#include <memory>
#include <vector>

#include "base/isa.h"
#include "base/status.h"
#include "hevc/encoder/search/search_plane.h"
#include "hevc/encoder/sequence_setup.h"
#include "hevc/encoder/write/coded_ctu.h"
#include "hevc/encoder/write/qp_groups.h"
#include "hevc/kernels/table.h"
#include "hevc/picture/picture.h"

namespace inloop::hevc {

// How one picture is to be coded.
struct PictureRequest {
  int poc = 0;
  NalType nal_type = NalType::trail_r;
  int temporal_id = 0;
  SliceType slice_type = SliceType::i;
  int qp = 32;
  double lmbda = 0;             // squared error (8-bit scale) per bit; 0: the default for slice type and QP
  QpMap qp_map;                 // needs quantisation groups; empty: `qp` everywhere
  std::vector<int> references;  // POCs this picture may predict from; nearest first in each list
  int active[2] = {0, 0};       // entries of list 0 and 1 at most; 0: all references
  std::vector<int> lists[2];    // POCs of the lists entry by entry; empty: nearest first
  std::vector<int> kept;        // POCs that later pictures still need, besides `references`
  bool is_reference = true;     // later pictures may refer to this one
  bool keep_filter_inputs = false;  // fill rec_unfiltered and pred
};

// Codes pictures one by one in coding order, in two phases: analyse() decides everything and reconstructs up
// to the deblocking filter; finish() takes the final in-loop filtered samples, writes the slice and keeps the
// picture as a reference. What happens between them (a neural filter) is the caller's.
class PictureEncoder {
 public:
  static Status create(const SequenceConfig& config, std::unique_ptr<PictureEncoder>& out);

  std::vector<uint8_t> parameter_set_nals() const;  // VPS, SPS, PPS in Annex B form

  // source: planes of the shown size.
  Status analyse(const PictureRequest& request, const PlaneView<const Sample> source[3]);

  // The picture between analyse() and finish(); its rec is deblocked.
  const std::shared_ptr<Picture>& current() const { return current_; }

  // Size of the slice NAL unit as analysed, before SAO is decided; 0 without a current picture. Where that is
  // too much, analyse() may be called again for the same picture.
  int64_t coded_bits() const { return current_ ? 8 * static_cast<int64_t>(write_slice().size()) : 0; }

  // replacement: nullptr, or three planes of the coded size that take the place of the deblocked ones.
  // Returns the slice NAL unit.
  Status finish(const PlaneView<const Sample>* replacement, std::vector<uint8_t>& nal);

  // The picture finished last, with its final samples; nullptr before the first.
  const std::shared_ptr<const Picture>& finished() const { return finished_; }

  // Bits of each CTU of the picture finished last, raster.
  const std::vector<int>& ctu_bits() const { return ctu_bits_; }

  const SequenceConfig& config() const { return config_; }
  const Sps& sps() const { return *sets_.sps; }

 private:
  PictureEncoder(const SequenceConfig& config, ParameterSets sets, IsaLevel isa);

  Status check(const PictureRequest& request) const;
  Status check_lists(const PictureRequest& request) const;
  void load_source(const PlaneView<const Sample> source[3]);
  void start_slice(const PictureRequest& request);
  void start_lists(const PictureRequest& request);
  std::vector<int> list_pocs(const PictureRequest& request, int list);
  void search_picture(const PictureRequest& request);
  void filter_sao();
  std::vector<uint8_t> write_smaller_slice();
  std::vector<uint8_t> write_slice(std::vector<int>* ctu_bits = nullptr) const;

  SequenceConfig config_;
  ParameterSets sets_;
  std::shared_ptr<const CodingLayout> layout_;
  const KernelTable& kernels_;
  const bool interpolates_planes_;
  Frame source_;                           // padded to the coded size
  double lambda_ = 0, chroma_weight_ = 1;  // of the current picture, at the bit depth of the samples
  std::vector<CodedCtu> ctus_;
  std::vector<int> ctu_bits_;
  std::shared_ptr<Picture> current_;
  std::shared_ptr<const Picture> finished_;
  SliceHeader slice_;
  bool cabac_init_flag_[kMaxSubLayers] = {};  // of the picture coded last in each sub-layer
  RefLists refs_;
  SearchPlanes planes_;
  std::vector<int> kept_;  // POCs to keep when the current picture is finished
  struct Reference {
    std::shared_ptr<const Picture> picture;
    std::shared_ptr<const SearchPlane> luma;
  };
  std::map<int, Reference> dpb_;  // finished reference pictures by POC
};

// lambda of the rate-distortion decisions for a QP (8-bit scale of squared error).
double default_lambda(SliceType slice_type, int qp);

}  // namespace inloop::hevc
