// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "nn/cpu/run/stripe_work.h"

#include <algorithm>

namespace inloop::nn {
namespace {

SlotWork slot_work(const Plan& plan, const Step& step, const View& view, ptrdiff_t kept, size_t stripe,
                   int StripeColumns::* first) {
  SlotWork work;
  if (view.buffer < 0) return work;
  const Buffer& buffer = plan.buffers[static_cast<size_t>(view.buffer)];
  const int origin = buffer.origin[stripe];
  const StripeColumns& range = step.stripes[stripe];
  work.row_places = buffer.row_offsets.data() + view.y;
  const auto pixels = [&](int begin, int end) {
    const ptrdiff_t place = ptrdiff_t{view.x + begin - origin} * buffer.pitch + view.channel;
    return KeptPixels{place, buffer.pitch, std::max(end - begin, 0), view.channels};
  };
  work.left = pixels(origin, std::min(0, origin + buffer.columns));
  if (range.end == view.width) work.right = pixels(std::max(view.width, origin), origin + buffer.columns);
  if (kept) {
    work.restored = pixels(std::max(range.*first, 0), range.begin);
    if (stripe + 1 < step.stripes.size()) {
      const StripeColumns& next = step.stripes[stripe + 1];
      work.kept = pixels(std::max(next.*first, 0), next.begin);
    }
  }
  return work;
}

template <class T>
void zero(T* row, const KeptPixels& pixels) {
  row += pixels.place;
  for (int i = 0; i < pixels.count; ++i, row += pixels.pitch) std::fill_n(row, pixels.channels, T{});
}

}  // namespace

StripeWork stripe_work(const Plan& plan, const Step& step, int stripe) {
  const auto index = static_cast<size_t>(stripe);
  const StripeColumns& range = step.stripes[index];
  StripeWork work;
  if (range.idle()) return work;
  work.compute = range.begin < range.end || step.kind == StepKind::import;
  // In a single stripe nothing ever overwrites the zeros that the arena begins with.
  if (plan.stripe_count == 1) return work;
  work.out = slot_work(plan, step, step.out, step.kept_out, index, &StripeColumns::first_out);
  work.raw = slot_work(plan, step, step.raw, step.kept_raw, index, &StripeColumns::first_raw);
  for (const SlotWork* slot : {&work.out, &work.raw}) {
    work.restore |= slot->left.count + slot->right.count + slot->restored.count > 0;
    work.keep |= slot->kept.count > 0;
  }
  return work;
}

template <class T>
void restore_row(T* arena, const StripeWork& work, int y, const T* kept) {
  for (const SlotWork* slot : {&work.out, &work.raw}) {
    if (!slot->row_places) continue;
    T* row = arena + slot->row_places[y];
    zero(row, slot->left);
    zero(row, slot->right);
    const KeptPixels& pixels = slot->restored;
    row += pixels.place;
    for (int i = 0; i < pixels.count; ++i, row += pixels.pitch, kept += pixels.channels)
      std::copy_n(kept, pixels.channels, row);
  }
}

template <class T>
void keep_row(const T* arena, const StripeWork& work, int y, T* kept) {
  for (const SlotWork* slot : {&work.out, &work.raw}) {
    const KeptPixels& pixels = slot->kept;
    if (!pixels.count) continue;
    const T* row = arena + slot->row_places[y] + pixels.place;
    for (int i = 0; i < pixels.count; ++i, row += pixels.pitch, kept += pixels.channels)
      std::copy_n(row, pixels.channels, kept);
  }
}

template void restore_row(int16_t*, const StripeWork&, int, const int16_t*);
template void restore_row(float*, const StripeWork&, int, const float*);
template void keep_row(const int16_t*, const StripeWork&, int, int16_t*);
template void keep_row(const float*, const StripeWork&, int, float*);

}  // namespace inloop::nn
