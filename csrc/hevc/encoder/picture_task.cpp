// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "hevc/encoder/picture_task.h"

#include <string>
#include <utility>

#include "hevc/encoder/access_unit.h"
#include "hevc/encoder/search/ctu_search.h"
#include "hevc/encoder/search/prediction_replay.h"
#include "hevc/encoder/search/sao_search.h"
#include "hevc/loopfilter/deblock.h"
#include "hevc/loopfilter/executors.h"
#include "hevc/loopfilter/sao.h"

namespace inloop::hevc {
namespace {

Status above_bit_depth(int component) {
  return Status::config("plane " + std::to_string(component) + " holds samples above the bit depth");
}

}  // namespace

PictureTask::PictureTask(std::shared_ptr<Sequence> sequence, PictureRequest request, const Inputs& inputs)
    : sequence_(std::move(sequence)),
      request_(std::move(request)),
      setup_(make_slice(*sequence_, request_, inputs.references)),
      buffers_(sequence_->borrow_buffers()) {
  setup_.header.cabac_init_flag = !setup_.header.is_intra() && inputs.cabac_init_flag;
}

Status PictureTask::load(const InputPlane source[3], int bit_depth) {
  if (is_complete()) return Status::config("the picture is coded already");
  const SequenceConfig& config = sequence_->config();
  const int shift = config.bit_depth - bit_depth;
  if (shift < 0) return Status::config("the source has more bits than the sequence");
  stage_ = Stage::planned;
  for (int c = 0; c < 3; ++c) {
    Plane<Sample>& plane = buffers_->source.planes[c];
    const int largest =
        video::load_plane(source[c], config.width >> (c > 0), config.height >> (c > 0), shift, plane.view());
    if (largest >> bit_depth) return above_bit_depth(c);
  }
  stage_ = Stage::loaded;
  return {};
}

Status PictureTask::analyse(const PictureQuality& quality) {
  if (stage_ == Stage::planned) return Status::config("analyse() without a source");
  if (is_complete()) return Status::config("the picture is coded already");
  INLOOP_RETURN_IF_ERROR(check_quality(sequence_->config(), quality));
  setup_.header.slice_qp = quality.qp;
  start_picture();
  search(quality);
  if (request_.keep_filter_inputs) {
    picture_->rec_unfiltered = Frame(picture_->width(), picture_->height());
    picture_->rec_unfiltered.copy_from(picture_->rec);
  }
  Deblocking deblocking(sequence_->kernels(), *picture_);
  INLOOP_RETURN_IF_ERROR(run_whole({&deblocking}, picture_->height()));
  stage_ = Stage::analysed;
  return {};
}

// Every analysis gets a new picture, because others may still read the picture of the previous analysis.
void PictureTask::start_picture() {
  const RefLists& refs = setup_.refs;
  auto info = std::make_shared<SliceInfo>();
  info->header = setup_.header;
  for (int list = 0; list < 2; ++list) {
    info->num_refs[list] = refs.num[list];
    for (int i = 0; i < refs.num[list]; ++i) info->ref_poc[list][i] = refs.pic[list][i]->poc;
  }
  picture_ = sequence_->new_picture();
  picture_->poc = request_.poc;
  picture_->is_reference = request_.is_reference;
  picture_->keep_filter_inputs = request_.keep_filter_inputs;
  picture_->slices.push_back(std::move(info));
}

void PictureTask::search(const PictureQuality& quality) {
  const SequenceConfig& config = sequence_->config();
  const SliceHeader& slice = setup_.header;
  SearchState state{sequence_->kernels(), config.tools, *picture_, buffers_->source, slice, setup_.refs};
  state.slice_lambda = Lambda(quality.lmbda, request_.slice_type, quality.qp, config.bit_depth);
  state.set_quantizer(quality.qp);
  lambda_ = state.lambda;
  chroma_weight_ = state.chroma_weight;
  state.qp_before_ctu = quality.qp;
  if (!quality.qp_map.qp.empty()) state.qp_map = &quality.qp_map;
  init_contexts(state.contexts, slice.slice_type, slice.cabac_init_flag, slice.slice_qp);
  if (request_.keep_filter_inputs) picture_->pred = Frame(picture_->width(), picture_->height());

  const auto search = std::make_unique<CtuSearch>(state, setup_.planes);
  const int width_in_ctbs = sequence_->sps().pic_width_in_ctbs();
  for (int address = 0; address < sequence_->sps().pic_size_in_ctbs(); ++address) {
    const int ctb_x = address % width_in_ctbs, ctb_y = address / width_in_ctbs;
    CodedCtu& ctu = buffers_->ctus[static_cast<size_t>(address)];
    picture_->slice_address[static_cast<size_t>(address)] = 0;
    search->search(ctb_x, ctb_y, ctu);
    state.qp_before_ctu = qp_groups::last_qp(*picture_, ctu, ctb_x, ctb_y, state.qp_before_ctu);
    if (request_.keep_filter_inputs) replay_prediction(state, ctu, ctb_x, ctb_y);
  }
}

int64_t PictureTask::coded_bits() const {
  if (stage_ != Stage::analysed) return 0;
  return AccessUnit::bits_of(write_slice(*picture_, setup_.header, buffers_->ctus).nal);
}

int64_t PictureTask::access_unit_bits() const {
  if (stage_ != Stage::analysed) return 0;
  return coded_bits() +
         access_unit_overhead_bits(sequence_->config(), sequence_->sps(), is_irap(request_.nal_type));
}

Status PictureTask::complete(const InputPlane* replacement) {
  if (stage_ != Stage::analysed) return Status::config("finish() without analyse()");
  for (int c = 0; replacement && c < 3; ++c) {
    Plane<Sample>& plane = picture_->rec.planes[c];
    const int largest = video::load_plane(replacement[c], plane.width(), plane.height(), 0, plane.view());
    if (largest >> sequence_->config().bit_depth == 0) continue;
    stage_ = Stage::loaded;
    return above_bit_depth(c);
  }
  if (sequence_->sps().sao_enabled_flag) INLOOP_RETURN_IF_ERROR(filter_sao());
  write_smaller_slice();
  stage_ = Stage::complete;
  return {};
}

Status PictureTask::finish() {
  if (stage_ != Stage::complete) return Status::config("a picture goes into the stream once it is complete");
  stage_ = Stage::finished;
  return {};
}

Status PictureTask::filter_sao() {
  SaoSearch search(sequence_->kernels(), *picture_, buffers_->source, lambda_, chroma_weight_);
  search.run();
  setup_.header.sao_luma_flag = search.used(false);
  setup_.header.sao_chroma_flag = search.used(true);
  SaoBuffers buffers;
  SaoFilter sao(sequence_->kernels(), *picture_, buffers);
  return run_whole({&sao}, picture_->height());
}

// The contexts can start from either of two tables; the slice is written with both, and the smaller one is
// kept.
void PictureTask::write_smaller_slice() {
  SliceHeader& slice = setup_.header;
  written_ = write_slice(*picture_, slice, buffers_->ctus);
  if (slice.is_intra()) return;
  slice.cabac_init_flag = !slice.cabac_init_flag;
  WrittenSlice other = write_slice(*picture_, slice, buffers_->ctus);
  if (other.nal.size() < written_.nal.size()) {
    written_ = std::move(other);
  } else {
    slice.cabac_init_flag = !slice.cabac_init_flag;
  }
}

std::array<int64_t, 3> PictureTask::squared_errors(const InputPlane* shown) const {
  const SequenceConfig& config = sequence_->config();
  std::array<int64_t, 3> sums{};
  for (int c = 0; c < 3; ++c) {
    const InputPlane source = video::raw_plane(buffers_->source.planes[c].view());
    const InputPlane picture = shown ? shown[c] : video::raw_plane(picture_->rec.planes[c].view());
    sums[static_cast<size_t>(c)] =
        video::squared_error(source, picture, config.width >> (c > 0), config.height >> (c > 0));
  }
  return sums;
}

}  // namespace inloop::hevc
