// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "hevc/decoder/picture_job.h"

#include <algorithm>
#include <string>
#include <utility>

#include "base/hand_over.h"
#include "hevc/loopfilter/deblock.h"
#include "hevc/loopfilter/row_copy.h"
#include "hevc/loopfilter/row_filter.h"

namespace inloop::hevc {
namespace {

// Lends a picture the frames that its filter reads and takes them back at the end.
class LentInputs {
 public:
  LentInputs(Picture& picture, JobMemory& memory)
      : picture_(picture), inputs_(memory.filter_inputs.borrow()) {
    for (Frame* frame : {&inputs_->rec_unfiltered, &inputs_->pred}) {
      if (frame->width() != picture.width() || frame->height() != picture.height()) {
        *frame = Frame(picture.width(), picture.height());
      }
    }
    std::swap(picture.rec_unfiltered, inputs_->rec_unfiltered);
    std::swap(picture.pred, inputs_->pred);
    picture.keep_filter_inputs = true;
  }
  ~LentInputs() {
    std::swap(picture_.rec_unfiltered, inputs_->rec_unfiltered);
    std::swap(picture_.pred, inputs_->pred);
  }
  LentInputs(const LentInputs&) = delete;
  LentInputs& operator=(const LentInputs&) = delete;

 private:
  Picture& picture_;
  std::shared_ptr<FilterInputs> inputs_;
};

// Packs rows that are final while they are in the cache.
class RowPacking final : public LoopStage {
 public:
  RowPacking(const Picture& picture, PackedPicture& packed) : picture_(picture), packed_(packed) {}

  Reach reach() const override { return {0, 0, 2}; }
  Status run(int y, int end_y) override {
    packed_.pack_rows(picture_.rec, picture_.sps(), y, end_y);
    return {};
  }

 private:
  const Picture& picture_;
  PackedPicture& packed_;
};

}  // namespace

void PictureJob::run(Isa isa, ThreadPool* pool, const std::atomic<bool>& cancelled, JobMemory& memory) {
  try {
    status_ = cancelled.load(std::memory_order_relaxed) ? Status::bitstream("cancelled")
                                                        : decode(isa, pool, cancelled, memory);
  } catch (...) {  // an exception must not end the thread
    thrown_ = std::current_exception();
    status_ = Status::bitstream("not decoded");
  }
  if (!status_.ok()) {
    picture->coded_rows.fail();
    picture->final_rows.fail();
  }
  // Segments and task hold the reference pictures, whose memory can be reused without them.
  segments.clear();
  stage_task = nullptr;
  at_hand_over();
  done_.store(true, std::memory_order_release);
  done_.notify_all();
}

Status PictureJob::decode(Isa isa, ThreadPool* pool, const std::atomic<bool>& cancelled, JobMemory& memory) {
  picture->reset_blocks();
  INLOOP_RETURN_IF_ERROR(decode_filtered(isa, pool, cancelled, memory));
  if (abandoned) return {};
  outcome_->hash_checked = hashes.reference || hashes.shown || (stage_task && stage_task->checks_hash());
  if (hashes.reference) INLOOP_RETURN_IF_ERROR(check_picture_hash(*hashes.reference, *picture));
  if (hashes.shown) {
    const Frame& shown = outcome_->shown.empty() ? picture->rec : outcome_->shown;
    INLOOP_RETURN_IF_ERROR(check_shown_hash(*hashes.shown, *picture, shown));
  }
  // What is shown instead of the picture exists only now.
  if (packed && !outcome_->shown.empty())
    packed->pack_rows(outcome_->shown, picture->sps(), 0, picture->height());
  outcome_->packed = packed;
  return {};
}

// Decodes the slices; the in-loop filters follow close behind.
Status PictureJob::decode_filtered(Isa isa, ThreadPool* pool, const std::atomic<bool>& cancelled,
                                   JobMemory& memory) {
  const KernelTable& table = kernels(isa);
  const std::shared_ptr<SaoBuffers> buffers = memory.sao.borrow();
  std::optional<LentInputs> inputs;
  PictureStage::Stages more;
  if (stage_task) {
    inputs.emplace(*picture, memory);
    more = stage_task->begin(*picture, outcome_->shown);
  }
  RowCopy unfiltered(*picture, picture->rec_unfiltered);
  Deblocking deblocking(table, *picture);
  std::optional<SaoFilter> sao;
  RowFilter::Stages stages;
  if (stage_task) stages.before.push_back(&unfiltered);
  stages.before.push_back(&deblocking);
  if (more.passing) stages.before.push_back(more.passing);
  stages.blocks = more.loop;
  LoopStages& last = more.loop ? stages.after : stages.before;
  if (picture->sps().sao_enabled_flag) last.push_back(&sao.emplace(table, *picture, *buffers));
  std::optional<RowPacking> packing;
  if (packed && !more.behind) stages.following = &packing.emplace(*picture, *packed);
  RowFilter filter(*picture, std::move(stages), pool);
  INLOOP_RETURN_IF_ERROR(decode_segments(filter, isa, pool, cancelled));
  if (abandoned) return {};
  INLOOP_RETURN_IF_ERROR(check_complete());
  INLOOP_RETURN_IF_ERROR(filter.finish());
  return more.behind ? run_blocks(*more.behind, picture->height(), pool) : Status();
}

Status PictureJob::decode_segments(RowFilter& filter, Isa isa, ThreadPool* pool,
                                   const std::atomic<bool>& cancelled) {
  const auto decoder = std::make_unique<SliceDecoder>(kernels(isa), *picture, filter, pool, cancelled);
  for (const Segment& segment : segments) {
    INLOOP_RETURN_IF_ERROR(decoder->decode(segment.header, *segment.refs, segment.slice_index,
                                           segment.rbsp.data() + segment.begin, segment.end - segment.begin));
  }
  return {};
}

Status PictureJob::check_complete() const {
  const auto& addresses = picture->slice_address;
  const auto missing = std::find(addresses.begin(), addresses.end(), -1);
  if (missing == addresses.end()) return {};
  const int index = static_cast<int>(missing - addresses.begin());
  const Sps& sps = picture->sps();
  const int columns = sps.pic_width_in_ctbs();
  return Status::bitstream("picture with POC " + std::to_string(picture->poc) + ": the CTU at (" +
                           std::to_string(index % columns * sps.ctb_size()) + ", " +
                           std::to_string(index / columns * sps.ctb_size()) + ") is missing");
}

}  // namespace inloop::hevc
