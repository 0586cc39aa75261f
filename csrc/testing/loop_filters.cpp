// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "hevc/loopfilter/block_pipeline.h"
#include "hevc/loopfilter/deblock.h"
#include "hevc/loopfilter/executors.h"
#include "hevc/loopfilter/row_copy.h"
#include "hevc/loopfilter/sao.h"
#include "testing/hevc.h"

namespace py = pybind11;

namespace inloop::testing {
namespace {

using namespace hevc;
using bindings::raise_if_error;

// A picture of random blocks with samples, modes, motion, QPs, edges, two slices and SAO parameters.
class RandomPicture {
 public:
  RandomPicture(int width, int height, int log2_ctb_size, unsigned seed) : random_(seed) {
    auto sps = std::make_shared<Sps>();
    sps->pic_width = width;
    sps->pic_height = height;
    sps->log2_ctb_size = log2_ctb_size;
    sps->sao_enabled_flag = true;
    sps->pcm_enabled_flag = sps->pcm_loop_filter_disabled_flag = true;
    auto pps = std::make_shared<Pps>();
    pps->column_widths = {sps->pic_width_in_ctbs()};
    pps->row_heights = {sps->pic_height_in_ctbs()};
    picture_ =
        std::make_unique<Picture>(ActiveParameters{sps, pps}, std::make_shared<CodingLayout>(*sps, *pps));
    fill_samples();
    fill_cells();
    fill_ctbs();
  }

  Picture& get() { return *picture_; }

 private:
  int below(int limit) { return static_cast<int>(random_() % static_cast<unsigned>(limit)); }

  // Fills in samples that are smooth enough for the deblocking filter to act.
  void fill_samples() {
    for (Plane<Sample>& plane : picture_->rec.planes) {
      for (int y = 0; y < plane.height(); ++y) {
        for (int x = 0; x < plane.width(); ++x) {
          plane.at(x, y) = static_cast<Sample>(100 + (x / 8 * 7 + y / 8 * 5) % 24 + below(3));
        }
      }
    }
  }

  void fill_cells() {
    Picture& p = *picture_;
    for (size_t i = 0; i < p.flags.size(); ++i) {
      p.pred_mode[i] = below(2) ? PredMode::inter : PredMode::intra;
      p.flags[i] = static_cast<uint8_t>(below(256)) | (below(4) ? uint8_t{kCellEdgeVertical} : uint8_t{0});
      if (below(6)) p.flags[i] &= static_cast<uint8_t>(~kCellPcm);
      p.qp_y[i] = static_cast<int8_t>(30 + below(20));
      p.motion[i].ref_idx[0] = static_cast<int8_t>(below(2));
      p.motion[i].mv[0] = {static_cast<int16_t>(below(8)), static_cast<int16_t>(below(8))};
    }
  }

  void fill_ctbs() {
    Picture& p = *picture_;
    for (bool across : {true, false}) {
      auto slice = std::make_shared<SliceInfo>();
      slice->header.loop_filter_across_slices_enabled_flag = across;
      slice->header.slice_type = SliceType::p;
      slice->num_refs[0] = 2;
      slice->ref_poc[0][1] = 1;
      p.slices.push_back(std::move(slice));
    }
    const int count = p.sps().pic_size_in_ctbs();
    const int border = below(count + 1);
    for (int i = 0; i < count; ++i) {
      const auto at = static_cast<size_t>(i);
      p.slice_address[at] = i < border ? 0 : border;
      p.ctb_slice[at] = i < border ? 0 : 1;
      for (auto& component : p.sao) fill_sao(component[at]);
    }
  }

  void fill_sao(SaoParams& params) {
    params.type = static_cast<uint8_t>(below(3));
    params.band_position = static_cast<uint8_t>(below(28));
    params.eo_class = static_cast<uint8_t>(below(4));
    for (int8_t& offset : params.offset) offset = static_cast<int8_t>(below(15) - 7);
  }

  std::mt19937 random_;
  std::unique_ptr<Picture> picture_;
};

// Copies what a decoder writes for a row of CTBs.
void copy_ctb_row(const Picture& from, Picture& to, int ctb_y) {
  const Sps& sps = from.sps();
  const int begin = ctb_y << sps.log2_ctb_size, end = std::min(begin + sps.ctb_size(), from.height());
  for (int c = 0; c < 3; ++c) {
    for (int y = begin >> (c > 0); y < end >> (c > 0); ++y) {
      std::copy_n(from.rec.planes[c].row(y), from.rec.planes[c].width(), to.rec.planes[c].row(y));
    }
  }
  const size_t first = from.cell(0, begin), last = from.cell(0, end);
  const auto copy_range = [](const auto& source, auto& target, size_t i, size_t j) {
    std::copy(source.begin() + static_cast<ptrdiff_t>(i), source.begin() + static_cast<ptrdiff_t>(j),
              target.begin() + static_cast<ptrdiff_t>(i));
  };
  copy_range(from.pred_mode, to.pred_mode, first, last);
  copy_range(from.flags, to.flags, first, last);
  copy_range(from.qp_y, to.qp_y, first, last);
  copy_range(from.motion, to.motion, first, last);
  const auto columns = static_cast<size_t>(sps.pic_width_in_ctbs());
  const size_t i = static_cast<size_t>(ctb_y) * columns, j = i + columns;
  copy_range(from.slice_address, to.slice_address, i, j);
  copy_range(from.ctb_slice, to.ctb_slice, i, j);
  for (int c = 0; c < 3; ++c) copy_range(from.sao[c], to.sao[c], i, j);
}

// Reads as far as a neural filter does: the samples before deblocking in 8 rows around each row of its
// blocks, and the strengths of the edges there.
class FarReader final : public LoopStage, public BlockStage {
 public:
  FarReader(Picture& picture, const Frame& unfiltered, int block_size)
      : picture_(picture), unfiltered_(unfiltered), block_size_(block_size) {}

  Reach reach() const override { return {kFar, kFar, block_size_}; }

  Status run(int y, int end_y) override {
    filter(0, picture_.width(), y, end_y);
    return {};
  }

  int begin_rows(int /*y*/, int end_y) override {
    return (end_y + block_size_ - 1) / block_size_ * columns();
  }

  IndexWork make_worker() override {
    return [this](int index) -> Status {
      const int x = index % columns() * block_size_, y = index / columns() * block_size_;
      filter(x, std::min(x + block_size_, picture_.width()), y, std::min(y + block_size_, picture_.height()));
      return index == failing_block ? Status::bitstream("block " + std::to_string(index)) : Status();
    };
  }

  Status end_rows(int y, int end_y) override {
    in_order_ = in_order_ && y == ended_;
    ended_ = end_y;
    return {};
  }

  bool ended_in_order() const { return in_order_ && ended_ == picture_.height(); }

  int failing_block = -1;

 private:
  static constexpr int kFar = 8;

  int columns() const { return (picture_.width() + block_size_ - 1) / block_size_; }

  void filter(int x, int end_x, int y, int end_y) {
    for (int c = 0; c < 3; ++c) {
      const int shift = c > 0;
      for (int row = y >> shift; row < end_y >> shift; ++row)
        filter_row(c, x >> shift, end_x >> shift, row, kFar >> shift);
    }
  }

  void filter_row(int c, int x, int end_x, int row, int far) {
    const Plane<Sample>& before = unfiltered_.planes[c];
    const int shift = c > 0;
    const int up = std::max(row - far, 0), down = std::min(row + far, before.height() - 1);
    const int edge_y = std::min((row + far) << shift, picture_.height() - 1);
    for (; x < end_x; ++x) {
      const size_t cell = picture_.cell(x << shift, edge_y);
      const int change =
          before.at(x, up) + before.at(x, down) + picture_.bs_hor[cell] + picture_.bs_ver[cell];
      picture_.rec.planes[c].at(x, row) ^= static_cast<Sample>(change & 7);
    }
  }

  Picture& picture_;
  const Frame& unfiltered_;
  int block_size_;
  int ended_ = 0;
  bool in_order_ = true;
};

py::tuple planes_of(const Picture& picture) {
  py::tuple planes(3);
  for (int c = 0; c < 3; ++c) {
    const Plane<Sample>& plane = picture.rec.planes[c];
    py::array_t<Sample> out({plane.height(), plane.width()});
    for (int y = 0; y < plane.height(); ++y) {
      std::copy_n(plane.row(y), plane.width(), out.mutable_data(y, 0));
    }
    planes[static_cast<size_t>(c)] = out;
  }
  return planes;
}

// A random picture and the stages that filter it.
struct FilteredPicture {
  // `block_size` is that of a stage between deblocking and SAO.
  FilteredPicture(const std::string& isa, Picture& picture_, int block_size)
      : picture(picture_),
        unfiltered(picture.width(), picture.height()),
        copy(picture, unfiltered),
        deblocking(hevc_kernels(isa), picture),
        reader(picture, unfiltered, block_size),
        sao(hevc_kernels(isa), picture, buffers) {}

  Picture& picture;
  Frame unfiltered;
  SaoBuffers buffers;
  RowCopy copy;
  Deblocking deblocking;
  FarReader reader;
  SaoFilter sao;
};

// Calls advance(rows) as the rows of CTBs of `coded` come into `picture` one by one, and returns the list of
// its results.
template <class Advance>
py::list feed(const Picture& coded, Picture& picture, const Advance& advance) {
  std::fill(picture.slice_address.begin(), picture.slice_address.end(), -1);
  py::list results;
  const Sps& sps = picture.sps();
  for (int ctb_y = 0; ctb_y < sps.pic_height_in_ctbs(); ++ctb_y) {
    copy_ctb_row(coded, picture, ctb_y);
    results.append(advance(std::min((ctb_y + 1) << sps.log2_ctb_size, picture.height())));
  }
  return results;
}

// Filters a random picture and returns its planes and how many rows were final after each row of CTBs. With
// by_rows, rows of CTBs come one by one, and what has not come yet is another random picture. Otherwise all
// stages run one after the other. `block_size` is that of a stage between deblocking and SAO, or 0 for none.
py::tuple loop_filters(const std::string& isa, int width, int height, int log2_ctb_size, unsigned seed,
                       int block_size, bool sao, bool by_rows) {
  RandomPicture coded(width, height, log2_ctb_size, seed), unknown(width, height, log2_ctb_size, seed + 1);
  FilteredPicture filtered(isa, by_rows ? unknown.get() : coded.get(), block_size);
  LoopStages stages{&filtered.copy, &filtered.deblocking};
  if (block_size) stages.push_back(&filtered.reader);
  if (sao) stages.push_back(&filtered.sao);
  py::list finished;
  if (by_rows) {
    RowExecutor executor(stages, height);
    finished = feed(coded.get(), filtered.picture, [&](int rows) {
      raise_if_error(executor.advance(rows));
      return executor.finished_rows();
    });
  } else {
    raise_if_error(run_whole(stages, height));
  }
  return py::make_tuple(planes_of(filtered.picture), finished);
}

// The same with the blocks of the stage in other threads, none where `threads` is 0. Returns the planes, and whether
// the rows ended in order. failing_block: that block reports an error, which is raised; -1 for none.
py::tuple loop_filters_by_blocks(const std::string& isa, int width, int height, int log2_ctb_size,
                                 unsigned seed, int block_size, int threads, int failing_block) {
  RandomPicture coded(width, height, log2_ctb_size, seed), unknown(width, height, log2_ctb_size, seed + 1);
  FilteredPicture filtered(isa, unknown.get(), block_size);
  filtered.reader.failing_block = failing_block;
  RowExecutor before({&filtered.copy, &filtered.deblocking}, height), after({&filtered.sao}, height);
  ThreadPool pool(threads);
  BlockPipeline blocks(filtered.reader, height, &pool, [&after](int rows) { return after.advance(rows); });
  feed(coded.get(), filtered.picture, [&](int rows) {
    raise_if_error(before.advance(rows));
    blocks.advance(before.finished_rows());
    return 0;
  });
  raise_if_error(blocks.finish());
  return py::make_tuple(planes_of(filtered.picture),
                        filtered.reader.ended_in_order() && after.finished_rows() == height);
}

}  // namespace

void register_loop_filters(py::module_& module) {
  using namespace py::literals;
  module.def("loop_filters", loop_filters, "isa"_a, "width"_a, "height"_a, "log2_ctb_size"_a, "seed"_a,
             "block_size"_a, "sao"_a, "by_rows"_a);
  module.def("loop_filters_by_blocks", loop_filters_by_blocks, "isa"_a, "width"_a, "height"_a,
             "log2_ctb_size"_a, "seed"_a, "block_size"_a, "threads"_a, "failing_block"_a = -1);
}

}  // namespace inloop::testing
