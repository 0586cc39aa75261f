// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "nnlf/trial/trial_filter.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "nnlf/apply/blend.h"
#include "nnlf/apply/picture_filter.h"

namespace inloop::nnlf {
namespace {

constexpr double kScaleUnit = 256;  // scales have 8 fractional bits

}  // namespace

Status TrialFilter::create(FilterTrial& trial, PictureParameters parameters, OpenBlocks open, bool hash,
                           std::optional<TrialFilter>& out) {
  const auto blocks = static_cast<size_t>(trial.grid().count());
  if (parameters.block_size != trial.grid().block_size())
    return Status::config("the filter was tried on blocks of another size");
  if (open.open.size() != blocks || open.least_gain.size() != blocks)
    return Status::config("every block needs an entry");
  if (!parameters.per_block) std::fill(open.open.begin(), open.open.end(), uint8_t{0});
  TrialFilter filter(trial, std::move(parameters), std::move(open), hash);
  for (size_t k = 0; k < static_cast<size_t>(filter.parameters_.candidates); ++k) {
    filter.tried_[k] = trial.find(filter.parameters_.qp_offset[k]);
    if (filter.tried_[k] < 0) return Status::config("the filter was not tried with such a QP offset");
  }
  out.emplace(std::move(filter));
  return {};
}

TrialFilter::TrialFilter(FilterTrial& trial, PictureParameters parameters, OpenBlocks open, bool hash)
    : trial_(trial),
      parameters_(std::move(parameters)),
      open_(std::move(open)),
      plan_(plan_blocks(trial.picture(), parameters_)),
      sums_(plan_.choice.size()),
      has_run_(plan_.choice.size()) {
  if (hash) md5_.emplace(trial.picture().bit_depth);
}

Status TrialFilter::begin(const MutablePlanes& out) {
  if (out_) return Status::config("a picture is filtered once");
  const CodedPicture& picture = trial_.picture();
  if (out[0].width != picture.width() || out[0].height != picture.height())
    return Status::config("the filter was tried on a picture of another size");
  out_ = out;
  return {};
}

IndexWork TrialFilter::make_worker() {
  return [this, work = trial_.network().signal_work(trial_.picture(), grid().at(0))](int index) {
    return filter(index, work);
  };
}

Status TrialFilter::filter(int index, const FilterNetwork::SignalWork& work) {
  if (open_.open[static_cast<size_t>(index)]) INLOOP_RETURN_IF_ERROR(choose(index, work));
  const CodedPicture& picture = trial_.picture();
  const Block block = grid().at(index);
  const ConstPlanes dbf = crop(picture.dbf, block);
  const MutablePlanes out = crop(*out_, block);
  const int choice = plan_.choice[static_cast<size_t>(index)];
  if (choice == 0) {
    if (out[0].data != dbf[0].data) copy(dbf, out);
    return {};
  }
  ConstPlanes made;
  INLOOP_RETURN_IF_ERROR(signal(choice - 1, index, work, made));
  blend(trial_.network().kernel_table(), dbf, made, plan_.scale, picture.bit_depth, out);
  return {};
}

// Chooses the candidate that brings most, or none.
Status TrialFilter::choose(int index, const FilterNetwork::SignalWork& work) {
  const auto i = static_cast<size_t>(index);
  double best = open_.least_gain[i];
  plan_.choice[i] = 0;
  for (int k = 0; k < parameters_.candidates; ++k) {
    ConstPlanes made;
    INLOOP_RETURN_IF_ERROR(signal(k, index, work, made));
    const double found = gain(trial_.sums(grid().at(index), made));
    if (found <= best) continue;
    best = found;
    plan_.choice[i] = static_cast<uint8_t>(k + 1);
  }
  return {};
}

Status TrialFilter::signal(int candidate, int index, const FilterNetwork::SignalWork& work,
                           ConstPlanes& signal) {
  const auto i = static_cast<size_t>(index);
  const int tried = tried_[static_cast<size_t>(candidate)];
  const bool is_new = !trial_.has_run(tried, index);
  INLOOP_RETURN_IF_ERROR(trial_.signal(tried, index, work, signal));
  if (is_new && !has_run_[i]) {
    has_run_[i] = 1;
    sums_[i] = trial_.sums(grid().at(index), signal);
  }
  return {};
}

double TrialFilter::gain(const FilterTrial::ComponentSums& sums) const {
  double total = 0;
  for (size_t c = 0; c < sums.size(); ++c) {
    const double scale = plan_.scale[c] / kScaleUnit;
    const auto de = static_cast<double>(sums[c][1]), dd = static_cast<double>(sums[c][2]);
    total += 2 * scale * de - scale * scale * dd;
  }
  return total;
}

void TrialFilter::end_rows(int y, int end_y) {
  if (md5_) md5_->add_rows(read_only(*out_), y, end_y);
  if (end_y < trial_.picture().height()) return;
  if (md5_) parameters_.md5 = md5_->finish();
  if (parameters_.per_block) parameters_.block_choice = plan_.choice;
}

Status TrialFilter::run() {
  INLOOP_RETURN_IF_ERROR(
      run_shared(trial_.network().pool(), grid().count(), [this] { return make_worker(); }));
  end_rows(0, trial_.picture().height());
  return {};
}

}  // namespace inloop::nnlf
