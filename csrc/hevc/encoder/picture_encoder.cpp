// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "hevc/encoder/picture_encoder.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <string>

#include "entropy/cabac_encoder.h"
#include "hevc/block/transform.h"
#include "hevc/encoder/reference_setup.h"
#include "hevc/encoder/search/ctu_search.h"
#include "hevc/encoder/search/prediction_replay.h"
#include "hevc/encoder/search/sao_search.h"
#include "hevc/encoder/write/syntax_writer.h"
#include "hevc/loopfilter/deblock.h"
#include "hevc/loopfilter/sao.h"
#include "hevc/syntax/nal_writer.h"
#include "hevc/syntax/parameter_sets_writer.h"

namespace inloop::hevc {
namespace {

bool contains(const std::vector<int>& values, int wanted) {
  return std::find(values.begin(), values.end(), wanted) != values.end();
}

void copy_plane(const PlaneView<const Sample>& from, Plane<Sample>& to) {
  for (int y = 0; y < to.height(); ++y) {
    const Sample* row = from.row(std::min(y, from.height - 1));
    Sample* out = to.row(y);
    std::memcpy(out, row, static_cast<size_t>(from.width) * sizeof(Sample));
    std::fill(out + from.width, out + to.width(), row[from.width - 1]);
  }
}

// Whether the interpolated planes of all references together are small enough.
bool planes_fit(const SequenceConfig& config) {
  constexpr int64_t kMostBytes = int64_t{256} << 20;
  return SearchPlane::interpolated_bytes(config.width, config.height) * config.max_dec_pic_buffering <=
         kMostBytes;
}

}  // namespace

double default_lambda(SliceType slice_type, int qp) {
  const double factor = slice_type == SliceType::i ? 0.57 : 1.0;  // tuned on training clips
  return factor * std::exp2((qp - 12) / 3.0);
}

Status PictureEncoder::create(const SequenceConfig& config, std::unique_ptr<PictureEncoder>& out) {
  INLOOP_RETURN_IF_ERROR(isa_status());
  ParameterSets sets;
  INLOOP_RETURN_IF_ERROR(make_parameter_sets(config, sets));
  INLOOP_RETURN_IF_ERROR(isa_status());
  out.reset(new PictureEncoder(config, std::move(sets), current_isa()));
  return {};
}

PictureEncoder::PictureEncoder(const SequenceConfig& config, ParameterSets sets, IsaLevel isa)
    : config_(config),
      sets_(std::move(sets)),
      layout_(std::make_shared<const CodingLayout>(*sets_.sps, *sets_.pps)),
      kernels_(kernels(isa)),
      interpolates_planes_(config.tools.interpolate_planes && planes_fit(config)),
      source_(sets_.sps->pic_width, sets_.sps->pic_height),
      ctus_(static_cast<size_t>(sets_.sps->pic_size_in_ctbs())) {}

std::vector<uint8_t> PictureEncoder::parameter_set_nals() const {
  std::vector<uint8_t> nals = make_nal_unit(NalType::vps, 0, write_vps(sets_.vps));
  for (const auto& nal : {make_nal_unit(NalType::sps, 0, write_sps(*sets_.sps)),
                          make_nal_unit(NalType::pps, 0, write_pps(*sets_.pps))}) {
    nals.insert(nals.end(), nal.begin(), nal.end());
  }
  return nals;
}

Status PictureEncoder::check_lists(const PictureRequest& request) const {
  for (const std::vector<int>& list : request.lists) {
    if (list.size() >= static_cast<size_t>(kMaxRefs)) return Status::config("lists hold at most 15 entries");
    if (!list.empty() && !config_.list_modification) {
      return Status::config("the sequence has no explicit reference lists");
    }
    for (int poc : list) {
      if (!contains(request.references, poc)) {
        return Status::config("POC " + std::to_string(poc) + " of a list is no reference");
      }
    }
  }
  return {};
}

Status PictureEncoder::check(const PictureRequest& request) const {
  const int lowest = -6 * (config_.bit_depth - 8);
  if (request.qp < lowest || request.qp > 51) {
    return Status::config("QP " + std::to_string(request.qp) + " is outside " + std::to_string(lowest) +
                          " to 51");
  }
  if (!request.qp_map.qp.empty()) {
    if (!config_.quantization_group) return Status::config("a QP map needs quantisation groups");
    for (int qp : request.qp_map.qp) {
      if (qp < lowest || qp > 51) return Status::config("the QP map holds " + std::to_string(qp));
    }
  }
  if (!(request.lmbda >= 0) || !std::isfinite(request.lmbda))
    return Status::config("lambda must be positive");
  if (request.slice_type != SliceType::i && request.references.empty()) {
    return Status::config("a P or B picture needs a reference");
  }
  if (is_irap(request.nal_type) && request.slice_type != SliceType::i) {
    return Status::config("a random access picture is coded in intra mode");
  }
  if (is_idr(request.nal_type) && !(request.references.empty() && request.kept.empty())) {
    return Status::config("an IDR picture keeps no earlier picture");
  }
  if (request.references.size() + request.kept.size() >= static_cast<size_t>(kMaxDpbSize)) {
    return Status::config("at most 15 pictures can be kept");
  }
  if (request.temporal_id < 0 || request.temporal_id >= config_.max_sub_layers) {
    return Status::config("the temporal sub-layer is outside those of the sequence");
  }
  INLOOP_RETURN_IF_ERROR(check_lists(request));
  for (const auto* list : {&request.references, &request.kept}) {
    for (int poc : *list) {
      if (!dpb_.count(poc)) return Status::config("no reference picture with POC " + std::to_string(poc));
    }
  }
  return {};
}

void PictureEncoder::load_source(const PlaneView<const Sample> source[3]) {
  for (int c = 0; c < 3; ++c) copy_plane(source[c], source_.planes[c]);
}

void PictureEncoder::start_slice(const PictureRequest& request) {
  slice_ = SliceHeader{};
  slice_.nal_type = request.nal_type;
  slice_.temporal_id = request.temporal_id;
  slice_.slice_type = request.slice_type;
  slice_.poc = request.poc;
  slice_.poc_lsb = request.poc & ((1 << sets_.sps->log2_max_poc_lsb) - 1);
  slice_.slice_qp = request.qp;
  slice_.deblocking_filter_disabled_flag = sets_.pps->deblocking_filter_disabled_flag;
  slice_.beta_offset_div2 = sets_.pps->beta_offset_div2;
  slice_.tc_offset_div2 = sets_.pps->tc_offset_div2;
  slice_.temporal_mvp_enabled_flag =
      sets_.sps->temporal_mvp_enabled_flag && request.slice_type != SliceType::i;

  kept_ = request.kept;
  for (int poc : request.references) {
    if (!contains(kept_, poc)) kept_.push_back(poc);
  }
  slice_.short_term_rps = make_rps(request.poc, kept_, request.references);
  const auto& sets = sets_.sps->short_term_rps;
  const auto known = std::find(sets.begin(), sets.end(), slice_.short_term_rps);
  if (known != sets.end()) slice_.short_term_rps_sps_idx = static_cast<int>(known - sets.begin());
  start_lists(request);
  slice_.cabac_init_flag = !slice_.is_intra() && cabac_init_flag_[request.temporal_id];

  auto info = std::make_shared<SliceInfo>();
  info->header = slice_;
  for (int list = 0; list < 2; ++list) {
    info->num_refs[list] = refs_.num[list];
    for (int i = 0; i < refs_.num[list]; ++i) info->ref_poc[list][i] = refs_.pic[list][i]->poc;
  }
  current_ = std::make_shared<Picture>(ActiveParameters{sets_.sps, sets_.pps}, layout_);
  current_->poc = request.poc;
  current_->is_reference = request.is_reference;
  current_->keep_filter_inputs = request.keep_filter_inputs;
  current_->slices.push_back(std::move(info));
}

// The entries of a list; says in the slice header how they differ from the initial ones.
std::vector<int> PictureEncoder::list_pocs(const PictureRequest& request, int list) {
  const std::vector<int>& wanted = request.lists[list];
  const auto initial =
      initial_list(request.poc, request.references, list, wanted.empty() ? request.active[list] : 0);
  if (wanted.empty()) return initial;
  slice_.ref_pic_list_modification_flag[list] = false;
  for (size_t i = 0; i < wanted.size(); ++i) {
    const auto entry = std::find(initial.begin(), initial.end(), wanted[i]) - initial.begin();
    slice_.list_entry[list][i] = static_cast<int>(entry);
    if (static_cast<size_t>(entry) != i) slice_.ref_pic_list_modification_flag[list] = true;
  }
  return wanted;
}

void PictureEncoder::start_lists(const PictureRequest& request) {
  refs_ = RefLists{};
  planes_ = SearchPlanes{};
  for (int list = 0; list < (slice_.is_intra() ? 0 : slice_.is_b() ? 2 : 1); ++list) {
    for (int poc : list_pocs(request, list)) {
      planes_.plane[list][refs_.num[list]] = dpb_.at(poc).luma;
      refs_.pic[list][refs_.num[list]++] = dpb_.at(poc).picture;
    }
    slice_.num_ref_idx_active[list] = refs_.num[list];
  }
  if (!slice_.is_b()) return;
  // Where both lists are equal, the second vector of a bi-predicted block is worth no bits of its own.
  slice_.mvd_l1_zero_flag =
      std::equal(refs_.pic[0], refs_.pic[0] + refs_.num[0], refs_.pic[1], refs_.pic[1] + refs_.num[1]);
  // The later of both has the motion nearest in coding order; an intra picture has none.
  slice_.collocated_from_l0_flag = refs_.pic[1][0]->slices[0]->header.is_intra();
}

Status PictureEncoder::analyse(const PictureRequest& request, const PlaneView<const Sample> source[3]) {
  INLOOP_RETURN_IF_ERROR(check(request));
  load_source(source);
  start_slice(request);
  search_picture(request);
  derive_boundary_strength(*current_);
  if (request.keep_filter_inputs) {
    current_->rec_unfiltered = Frame(current_->width(), current_->height());
    current_->rec_unfiltered.copy_from(current_->rec);
  }
  deblock_picture(kernels_, *current_);
  return {};
}

void PictureEncoder::search_picture(const PictureRequest& request) {
  SearchState state{kernels_, config_.tools, *current_, source_, slice_, refs_};
  const double lambda = request.lmbda > 0 ? request.lmbda : default_lambda(request.slice_type, request.qp);
  lambda_ = lambda * (1 << 2 * (config_.bit_depth - 8));
  state.set_quantizer(request.qp, lambda_);
  chroma_weight_ = state.chroma_weight;
  state.qp_before_ctu = request.qp;
  if (!request.qp_map.qp.empty()) state.qp_map = &request.qp_map;
  init_contexts(state.contexts, slice_.slice_type, slice_.cabac_init_flag, slice_.slice_qp);
  if (request.keep_filter_inputs) current_->pred = Frame(current_->width(), current_->height());

  const auto search = std::make_unique<CtuSearch>(state, planes_);
  const int width_in_ctbs = sets_.sps->pic_width_in_ctbs();
  for (int address = 0; address < sets_.sps->pic_size_in_ctbs(); ++address) {
    const int ctb_x = address % width_in_ctbs, ctb_y = address / width_in_ctbs;
    CodedCtu& ctu = ctus_[static_cast<size_t>(address)];
    current_->slice_address[static_cast<size_t>(address)] = 0;
    search->search(ctb_x, ctb_y, ctu);
    state.qp_before_ctu = qp_groups::last_qp(*current_, ctu, ctb_x, ctb_y, state.qp_before_ctu);
    if (request.keep_filter_inputs) replay_prediction(state, ctu, ctb_x, ctb_y);
  }
}

std::vector<uint8_t> PictureEncoder::write_slice(std::vector<int>* ctu_bits) const {
  BitWriter writer;
  write_slice_header(writer, slice_, *sets_.sps, *sets_.pps);
  ContextSet contexts;
  init_contexts(contexts, slice_.slice_type, slice_.cabac_init_flag, slice_.slice_qp);
  CabacEncoder coder(contexts);
  const int width_in_ctbs = sets_.sps->pic_width_in_ctbs(), log2_size = sets_.sps->log2_ctb_size;
  const int count = sets_.sps->pic_size_in_ctbs();
  int last_qp = slice_.slice_qp;
  if (ctu_bits) ctu_bits->clear();
  int before = 0;
  for (int address = 0; address < count; ++address) {
    const int ctb_x = address % width_in_ctbs, ctb_y = address / width_in_ctbs;
    const CodedCtu& ctu = ctus_[static_cast<size_t>(address)];
    SyntaxWriter<CabacEncoder> syntax(coder, *current_, slice_, ctu);
    syntax.set_qp_before_ctu(last_qp);
    last_qp = qp_groups::last_qp(*current_, ctu, ctb_x, ctb_y, last_qp);
    syntax.sao(ctb_x, ctb_y);
    syntax.coding_quadtree(ctb_x << log2_size, ctb_y << log2_size, log2_size, 0);
    coder.terminate(address == count - 1);
    const auto bits = static_cast<int>(coder.bits());
    if (ctu_bits) ctu_bits->push_back(bits - before);
    before = bits;
  }
  writer.append(coder.finish());
  return make_nal_unit(slice_.nal_type, slice_.temporal_id, writer.bytes());
}

// Contexts start from either of two tables: from the one that makes the slice smaller.
std::vector<uint8_t> PictureEncoder::write_smaller_slice() {
  std::vector<uint8_t> nal = write_slice(&ctu_bits_);
  if (slice_.is_intra()) return nal;
  std::vector<int> other_bits;
  slice_.cabac_init_flag = !slice_.cabac_init_flag;
  std::vector<uint8_t> other = write_slice(&other_bits);
  if (other.size() < nal.size()) {
    nal = std::move(other);
    ctu_bits_ = std::move(other_bits);
  } else {
    slice_.cabac_init_flag = !slice_.cabac_init_flag;
  }
  cabac_init_flag_[slice_.temporal_id] = slice_.cabac_init_flag;
  return nal;
}

void PictureEncoder::filter_sao() {
  SaoSearch search(kernels_, *current_, source_, lambda_, chroma_weight_);
  search.run();
  slice_.sao_luma_flag = search.used(false);
  slice_.sao_chroma_flag = search.used(true);
  apply_sao(kernels_, *current_);
}

Status PictureEncoder::finish(const PlaneView<const Sample>* replacement, std::vector<uint8_t>& nal) {
  if (!current_) return Status::config("finish() without analyse()");
  for (int c = 0; replacement && c < 3; ++c) copy_plane(replacement[c], current_->rec.planes[c]);
  if (sets_.sps->sao_enabled_flag) filter_sao();
  nal = write_smaller_slice();
  std::erase_if(dpb_, [&](const auto& entry) { return !contains(kept_, entry.first); });
  finished_ = std::move(current_);
  if (finished_->is_reference) {
    auto plane = std::make_shared<SearchPlane>(finished_->rec.planes[0]);
    if (interpolates_planes_) plane->interpolate(kernels_, config_.bit_depth);
    dpb_[finished_->poc] = {finished_, std::move(plane)};
  }
  return {};
}

}  // namespace inloop::hevc
