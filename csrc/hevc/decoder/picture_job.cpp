// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "hevc/decoder/picture_job.h"

#include <algorithm>
#include <string>
#include <utility>

#include "hevc/loopfilter/row_filter.h"

namespace inloop::hevc {

void PictureJob::run(IsaLevel isa, ThreadPool* pool, const std::atomic<bool>& cancelled, JobMemory& memory) {
  try {
    status_ = cancelled.load(std::memory_order_relaxed) ? Status::bitstream("cancelled")
                                                        : decode(isa, pool, cancelled, memory);
  } catch (...) {  // must not end the thread
    thrown_ = std::current_exception();
    status_ = Status::bitstream("not decoded");
  }
  if (!status_.ok()) {
    picture->coded_rows.fail();
    picture->final_rows.fail();
  }
  // Lets go of the reference pictures.
  segments.clear();
  stage_task = nullptr;
  done_.store(true, std::memory_order_release);
  done_.notify_all();
}

Status PictureJob::decode(IsaLevel isa, ThreadPool* pool, const std::atomic<bool>& cancelled,
                          JobMemory& memory) {
  picture->reset_blocks();
  picture->keep_filter_inputs = stage_task != nullptr;
  if (stage_task) picture->pred = Frame(picture->width(), picture->height());
  const KernelTable& table = kernels(isa);
  const std::shared_ptr<SaoBuffers> buffers = memory.sao.borrow();
  RowFilter filter(table, *picture, stage_task != nullptr, *buffers);
  const auto decoder = std::make_unique<SliceDecoder>(table, *picture, filter, pool, cancelled);
  for (const Segment& segment : segments) {
    INLOOP_RETURN_IF_ERROR(decoder->decode(segment.header, *segment.refs, segment.slice_index,
                                           segment.rbsp.data() + segment.begin, segment.end - segment.begin));
  }
  if (abandoned) return {};
  INLOOP_RETURN_IF_ERROR(check_complete());
  if (stage_task) {
    picture->rec_unfiltered = Frame(picture->width(), picture->height());
    picture->rec_unfiltered.copy_from(picture->rec);
    filter.deblock_all();
    INLOOP_RETURN_IF_ERROR(run_stage());
    filter.finish();
    if (!outcome_->shown.empty()) stage_task->finish(*picture, outcome_->shown);
  }
  if (hash) {
    INLOOP_RETURN_IF_ERROR(check_picture_hash(*hash, *picture));
    outcome_->hash_checked = true;
  }
  const Sps& sps = picture->sps();
  if (pack && sps.bit_depth_luma == 8 && sps.bit_depth_chroma == 8) {
    const std::shared_ptr<PackedPicture> packed = memory.packed.borrow();
    pack_picture(outcome_->frame_of(*picture), sps, *packed);
    outcome_->packed = packed;
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

Status PictureJob::run_stage() {
  INLOOP_RETURN_IF_ERROR(stage_task->run(*picture, outcome_->shown));
  picture->pred = {};
  picture->rec_unfiltered = {};
  return {};
}

}  // namespace inloop::hevc
