// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "coolchic/picture_latents.h"

#include <algorithm>
#include <new>
#include <string>
#include <utility>

namespace inloop::coolchic {
namespace {

// A thread that sleeps waits for some more rows, otherwise it would soon have to wait again.
constexpr int kRowsAhead = 64;

}  // namespace

Status PictureLatents::decode(const Stream& stream, const PictureHeader& picture) {
  start(stream, picture);
  decode_finest();
  INLOOP_RETURN_IF_ERROR(finest_status_);
  return decode_others(nullptr);
}

void PictureLatents::start(const Stream& stream, const PictureHeader& picture) {
  stream_ = &stream;
  picture_ = &picture;
  model_.reset();
  finest_status_ = {};
  progress_.reset();
  if (latents_.size() < picture.grids.size()) latents_.resize(picture.grids.size());
  for (size_t i = 0; i < picture.grids.size(); ++i) {
    const Grid& grid = picture.grids[i];
    if (!picture.uses(grid)) continue;
    const size_t samples = static_cast<size_t>(grid.width) * static_cast<size_t>(grid.height);
    if (latents_[i].size() < samples + kRowSlack) latents_[i] = AlignedBuffer<int16_t>(samples + kRowSlack);
    if (grid.empty()) std::fill_n(latents_[i].data(), samples, int16_t{0});
  }
}

void PictureLatents::decode_finest() {
  try {
    finest_status_ = decode_parameters_and_finest();
  } catch (const std::bad_alloc&) {
    finest_status_ = no_memory();
  }
  finest_status_.ok() ? progress_.publish(1 + rows_of_finest()) : progress_.fail();
}

Status PictureLatents::decode_parameters_and_finest() {
  INLOOP_RETURN_IF_ERROR(decode_parameters(*stream_, *picture_, parameters_));
  model_.emplace(*picture_, parameters_);
  progress_.publish(1);
  return decode_grid(finest_decoder_, 0);
}

Status PictureLatents::decode_others(ThreadPool* pool) {
  if (!progress_.sleep(1, pool)) return finest_status_;
  for (size_t i = 1; i < picture_->grids.size(); ++i) INLOOP_RETURN_IF_ERROR(decode_grid(decoder_, i));
  return {};
}

Status PictureLatents::decode_grid(GridDecoder& decoder, size_t index) {
  const Grid& grid = picture_->grids[index];
  if (grid.empty()) return {};
  const auto publish = [&](int rows) {
    if (index == 0) progress_.publish(1 + rows);
  };
  Status status = decoder.decode(stream_->data.data(), grid, *model_, picture_->latent_range, publish,
                                 latents_[index].data());
  if (status.ok()) return status;
  return {status.code(), status.message() + " (grid " + std::to_string(index) + ")"};
}

const Status& PictureLatents::wait_for_finest(ThreadPool* pool) const {
  (void)progress_.sleep(1 + rows_of_finest(), pool);
  return finest_status_;
}

bool PictureLatents::wait_for_rows(int rows, ThreadPool* pool) const {
  const Grid& finest = picture_->grids.front();
  const int touched = std::min(rows + (kRowSlack + finest.width - 1) / finest.width, finest.height);
  if (progress_.has(1 + touched)) return true;
  return progress_.sleep(1 + std::min(touched + kRowsAhead, finest.height), pool);
}

}  // namespace inloop::coolchic
