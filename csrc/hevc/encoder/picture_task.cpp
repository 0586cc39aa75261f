// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "hevc/encoder/picture_task.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "base/trace.h"
#include "hevc/encoder/access_unit.h"
#include "hevc/encoder/picture_search.h"
#include "hevc/encoder/search/sao_search.h"
#include "hevc/loopfilter/block_pipeline.h"
#include "hevc/loopfilter/deblock.h"
#include "hevc/loopfilter/row_copy.h"
#include "hevc/loopfilter/sao.h"

namespace inloop::hevc {
namespace {

Status cancelled() { return Status::config("encoding was cancelled"); }

Status above_bit_depth(int component) {
  return Status::config("plane " + std::to_string(component) + " holds samples above the bit depth");
}

}  // namespace

// Fails the rows of a picture unless its step ends well, by an exception too: other pictures would wait for them.
class PictureTask::FailingRows {
 public:
  explicit FailingRows(PictureTask& task) : task_(task) {}
  ~FailingRows() {
    if (is_good_) return;
    task_.fail_rows();
    if (task_.stage_ == Stage::analysed) task_.stage_ = Stage::planned;
  }
  FailingRows(const FailingRows&) = delete;
  FailingRows& operator=(const FailingRows&) = delete;

  void keep() { is_good_ = true; }

 private:
  PictureTask& task_;
  bool is_good_ = false;
};

// The in-loop filters behind deblocking, and a neural filter if there is one.
struct PictureTask::LastStages {
  LastStages(const PictureTask& task, const SearchState& state)
      : search(state.kernels, *task.picture_, task.buffers_->source, state.lambda, state.chroma_weight),
        filter(state.kernels, *task.picture_, buffers) {
    if (task.sequence_->sps().sao_enabled_flag) list = {&search, &filter};
    if (task.plane_) list.push_back(task.plane_.get());
  }

  SaoSearch search;
  SaoBuffers buffers;
  SaoFilter filter;
  LoopStages list;
};

PictureTask::PictureTask(std::shared_ptr<Sequence> sequence, PictureRequest request, const Inputs& inputs)
    : sequence_(std::move(sequence)),
      request_(std::move(request)),
      setup_(make_slice(*sequence_, request_, inputs.references)),
      buffers_(sequence_->borrow_buffers()),
      picture_(sequence_->new_picture()),
      plane_(request_.is_reference ? sequence_->new_search_plane(*picture_) : nullptr) {
  setup_.header.cabac_init_flag = !setup_.header.is_intra() && inputs.cabac_init_flag;
  picture_->poc = request_.poc;
  trace::note(trace::Part::motion, &picture_->coded_rows);
  if (plane_) trace::note(trace::Part::samples, &plane_->progress());
}

PictureTask::~PictureTask() {
  if (!is_complete()) fail_rows();
}

void PictureTask::fail_rows() {
  picture_->coded_rows.fail();
  if (plane_) plane_->fail();
}

Status PictureTask::load(const InputPlane source[3], int bit_depth) {
  if (is_complete()) return Status::config("the picture is coded already");
  const SequenceConfig& config = sequence_->config();
  const int shift = config.bit_depth - bit_depth;
  const trace::Span span(trace::Part::load);
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

Status PictureTask::analyse(const PictureQuality& quality, bool settled) {
  if (stage_ == Stage::planned) return Status::config("analyse() without a source");
  if (is_complete() || settled_) return Status::config("the picture is coded already");
  INLOOP_RETURN_IF_ERROR(check_quality(sequence_->config(), quality));
  const trace::Span span(trace::Part::analyse);
  FailingRows rows(*this);
  setup_.header.slice_qp = quality.qp;
  start_picture();
  const SearchState start = start_search(quality);
  last_stages_ = std::make_unique<LastStages>(*this, start);
  std::optional<RowCopy> unfiltered;
  Deblocking deblocking(sequence_->kernels(), *picture_);
  LoopStages stages;
  if (request_.keep_filter_inputs) stages.push_back(&unfiltered.emplace(*picture_, picture_->rec_unfiltered));
  stages.push_back(&deblocking);
  if (settled) stages.insert(stages.end(), last_stages_->list.begin(), last_stages_->list.end());
  settled_ = settled;
  RowExecutor filters(std::move(stages), picture_->height());
  INLOOP_RETURN_IF_ERROR(search(start, filters, settled));
  stage_ = Stage::analysed;
  rows.keep();
  return {};
}

void PictureTask::start_picture() {
  const RefLists& refs = setup_.refs;
  auto info = std::make_shared<SliceInfo>();
  info->header = setup_.header;
  for (int list = 0; list < 2; ++list) {
    info->num_refs[list] = refs.num[list];
    for (int i = 0; i < refs.num[list]; ++i) info->ref_poc[list][i] = refs.pic[list][i]->poc;
  }
  picture_->reset_blocks();
  picture_->is_reference = request_.is_reference;
  picture_->keep_filter_inputs = request_.keep_filter_inputs;
  picture_->slices = {std::move(info)};
  if (!request_.keep_filter_inputs) return;
  picture_->rec_unfiltered = Frame(picture_->width(), picture_->height());
  picture_->pred = Frame(picture_->width(), picture_->height());
}

SearchState PictureTask::start_search(const PictureQuality& quality) {
  const SequenceConfig& config = sequence_->config();
  const SliceHeader& slice = setup_.header;
  SearchState state{sequence_->kernels(), config.tools,        *picture_, buffers_->source, slice,
                    setup_.refs,          buffers_->inter_pred};
  state.slice_lambda = Lambda(quality.lmbda, request_.slice_type, quality.qp, config.bit_depth);
  state.set_quantizer(quality.qp);
  if (!quality.qp_map.qp.empty()) state.qp_map = &quality.qp_map;
  init_contexts(state.contexts, slice.slice_type, slice.cabac_init_flag, slice.slice_qp);
  return state;
}

// Searches the rows of CTUs, with the in-loop filters close behind.
Status PictureTask::search(const SearchState& start, RowExecutor& filters, bool settled) {
  const auto rows_done = [&](int rows) {
    if (settled) picture_->coded_rows.publish(rows);
    return filters.advance(rows);
  };
  PictureSearch search(start, setup_.planes, buffers_->ctus, rows_done, cancelled_, sequence_->pool());
  return search.run();
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

Status PictureTask::replace(const InputPlane planes[3]) {
  if (stage_ != Stage::analysed || settled_) return Status::config("replace() without analyse()");
  for (int c = 0; c < 3; ++c) {
    Plane<Sample>& plane = picture_->rec.planes[c];
    const int largest = video::load_plane(planes[c], plane.width(), plane.height(), 0, plane.view());
    if (largest >> sequence_->config().bit_depth == 0) continue;
    stage_ = Stage::loaded;
    return above_bit_depth(c);
  }
  return {};
}

Status PictureTask::complete(BlockStage* filter) {
  if (stage_ != Stage::analysed) return Status::config("finish() without analyse()");
  if (settled_ && filter) return Status::config("the rows of the picture are final already");
  const trace::Span span(trace::Part::complete);
  FailingRows rows(*this);
  if (!settled_) INLOOP_RETURN_IF_ERROR(finish_rows(filter));
  setup_.header.sao_luma_flag = last_stages_->search.used(false);
  setup_.header.sao_chroma_flag = last_stages_->search.used(true);
  last_stages_ = nullptr;
  write_smaller_slice();
  stage_ = Stage::complete;
  rows.keep();
  return {};
}

// Other pictures see rows from here on, so that nothing can be done again.
Status PictureTask::finish_rows(BlockStage* filter) {
  settled_ = true;
  const int height = picture_->height(), step = sequence_->sps().ctb_size();
  picture_->coded_rows.publish(height);
  RowExecutor filters(last_stages_->list, height);
  if (filter) {
    BlockPipeline blocks(*filter, height, sequence_->pool(), [&](int rows) {
      const trace::Span span(trace::Part::rows, (rows - 1) / step);
      return cancelled_.load(std::memory_order_relaxed) ? cancelled() : filters.advance(rows);
    });
    blocks.advance(height);
    return blocks.finish();
  }
  for (int rows = std::min(step, height);; rows = std::min(rows + step, height)) {
    const trace::Span span(trace::Part::rows, (rows - 1) / step);
    INLOOP_RETURN_IF_ERROR(filters.advance(rows));
    if (rows == height) return {};
  }
}

Status PictureTask::finish() {
  if (stage_ != Stage::complete) return Status::config("a picture goes into the stream once it is complete");
  stage_ = Stage::finished;
  return {};
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
  const trace::Span span(trace::Part::errors);
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
