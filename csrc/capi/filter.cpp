// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <memory>
#include <utility>
#include <vector>

#include "base/isa.h"
#include "base/thread_pool.h"
#include "capi/errors.h"
#include "capi/inloop.h"
#include "nnlf/apply/filter_network.h"
#include "video/frame.h"
#include "video/plane_io.h"

struct inloop_filter {
  std::unique_ptr<inloop::ThreadPool> pool;
  std::unique_ptr<const inloop::nnlf::FilterNetwork> network;
};

namespace {

using namespace inloop;
using capi::code_of;
using capi::config_error;
using capi::guarded;

constexpr int kMaxSide = 1 << 16;
constexpr int kMaxThreads = 64;
constexpr int kMinQp = -24, kMaxQp = 63;
constexpr int kMinOffset = -32, kMaxOffset = 31;
constexpr int kMaxScale = 512;

bool within(int value, int low, int high) { return value >= low && value <= high; }

bool is_side(int side) { return within(side, nnlf::kSizeStep, kMaxSide) && side % nnlf::kSizeStep == 0; }

int bytes_per_sample(int bit_depth) { return bit_depth == 8 ? 1 : 2; }

// Copies the caller's planes into planes with 16 bits per sample, alignment, and strides in elements.
video::Frame load(const inloop_plane (&planes)[3], const inloop_picture& picture) {
  video::Frame copy(picture.width, picture.height);
  for (size_t c = 0; c < 3; ++c) {
    const PlaneView<Sample> plane = copy.planes[c].view();
    video::load_plane(
        {static_cast<const uint8_t*>(planes[c].data), planes[c].stride, bytes_per_sample(picture.bit_depth)},
        plane.width, plane.height, 0, plane);
  }
  return copy;
}

void store(const video::Frame& filtered, int bit_depth, const inloop_output_plane* out) {
  for (size_t c = 0; c < 3; ++c) {
    const PlaneView<const Sample> plane = filtered.planes[c].view();
    video::store_plane(plane, plane.width, plane.height,
                       {static_cast<uint8_t*>(out[c].data), out[c].stride, bytes_per_sample(bit_depth)});
  }
}

template <class T>
PlaneView<const T> map_of(const inloop_plane& plane, const inloop_picture& picture) {
  return {static_cast<const T*>(plane.data), plane.stride, picture.width / 4, picture.height / 4};
}

template <class T>
bool is_map_within(const inloop_plane& plane, const inloop_picture& picture, int low, int high) {
  const PlaneView<const T> map = map_of<T>(plane, picture);
  for (int y = 0; y < picture.height / 4; ++y) {
    const T* row = map.row(y);
    if (!std::all_of(row, row + picture.width / 4, [=](T value) { return within(value, low, high); }))
      return false;
  }
  return true;
}

const char* fault_of_maps(const inloop_picture& picture) {
  constexpr int kMaxBoundaryStrength = 2, kMaxPredictionType = 2;
  for (const inloop_plane* map : {&picture.boundary_vertical, &picture.boundary_horizontal}) {
    if (!is_map_within<uint8_t>(*map, picture, 0, kMaxBoundaryStrength))
      return "boundary strengths are 0 to 2";
  }
  if (!is_map_within<int8_t>(picture.qp, picture, kMinQp, kMaxQp)) return "a QP of the map is out of range";
  if (!is_map_within<uint8_t>(picture.prediction_type, picture, 0, kMaxPredictionType)) {
    return "prediction types are 0 to 2";
  }
  return nullptr;
}

const char* fault_of(const inloop_picture& picture) {
  if (picture.struct_size != sizeof(inloop_picture)) return "struct_size of the picture is wrong";
  if (!is_side(picture.width) || !is_side(picture.height)) {
    return "width and height of the picture must be multiples of 8 up to 65536";
  }
  if (!within(picture.bit_depth, 8, 10)) return "bit_depth must be 8 to 10";
  if (!within(picture.slice_qp, kMinQp, kMaxQp)) return "slice_qp is out of range";
  if (!within(picture.intra, 0, 1)) return "intra must be 0 or 1";
  for (size_t c = 0; c < 3; ++c) {
    if (!picture.reconstruction[c].data || !picture.deblocked[c].data || !picture.prediction[c].data) {
      return "null pointer among the planes";
    }
  }
  for (const inloop_plane* map :
       {&picture.boundary_vertical, &picture.boundary_horizontal, &picture.qp, &picture.prediction_type}) {
    if (!map->data) return "null pointer among the maps";
  }
  return fault_of_maps(picture);
}

const char* fault_of(const inloop_filter_parameters& p, const inloop_picture& picture) {
  if (p.struct_size != sizeof(inloop_filter_parameters)) return "struct_size of the parameters is wrong";
  if (!nnlf::is_block_size(p.block_size)) return "block_size must be 128 or 256";
  for (int offset : p.qp_offset) {
    if (!within(offset, kMinOffset, kMaxOffset)) return "qp_offset is out of range";
  }
  for (int scale : p.scale) {
    if (!within(scale, 0, kMaxScale)) return "scale must be 0 to 512";
  }
  const size_t count = inloop_filter_block_count(picture.width, picture.height, p.block_size);
  if (p.block_count != (p.blocks ? count : 0)) return "block_count is not the number of blocks";
  if (std::any_of(p.blocks, p.blocks + p.block_count, [](uint8_t choice) { return choice > 2; })) {
    return "entries of blocks must be 0, 1 or 2";
  }
  return nullptr;
}

nnlf::BlockPlan plan_of(const inloop_filter_parameters& p, const inloop_picture& picture) {
  nnlf::BlockPlan plan{{picture.width, picture.height, p.block_size}, {}, {}, {}};
  plan.choice.assign(static_cast<size_t>(plan.grid.count()), 1);
  std::copy_n(p.blocks, p.block_count, plan.choice.begin());
  for (size_t i = 0; i < 2; ++i) plan.qp_base[i] = picture.slice_qp + p.qp_offset[i];
  std::copy_n(p.scale, 3, plan.scale.begin());
  return plan;
}

int run(const inloop_filter& filter, const inloop_picture& picture,
        const inloop_filter_parameters& parameters, const inloop_output_plane* out) {
  const video::Frame rec = load(picture.reconstruction, picture);
  video::Frame filtered = load(picture.deblocked, picture);  // filtered in place
  const video::Frame pred = load(picture.prediction, picture);
  nnlf::CodedPicture coded;
  coded.rec = rec.views();
  coded.dbf = std::as_const(filtered).views();
  coded.pred = pred.views();
  coded.bs_ver = map_of<uint8_t>(picture.boundary_vertical, picture);
  coded.bs_hor = map_of<uint8_t>(picture.boundary_horizontal, picture);
  coded.qp = map_of<int8_t>(picture.qp, picture);
  coded.pred_type = map_of<uint8_t>(picture.prediction_type, picture);
  coded.slice_qp = picture.slice_qp;
  coded.intra = picture.intra != 0;
  coded.bit_depth = picture.bit_depth;
  const nnlf::BlockPlan plan = plan_of(parameters, picture);
  const Status status = filter.network->filter(coded, plan, plan.grid.all(), filtered.views());
  if (!status.ok()) return code_of(status);
  store(filtered, picture.bit_depth, out);
  return INLOOP_OK;
}

}  // namespace

int inloop_filter_create(const inloop_model* model, int32_t threads, inloop_filter** filter) {
  if (!model || !filter) return config_error("null pointer");
  if (!within(threads, 1, kMaxThreads)) return config_error("threads must be 1 to 64");
  return guarded([&]() -> int {
    const nn::Device device = nn::Device::current();
    if (const Status status = isa_status(); !status.ok()) return code_of(status);
    auto pool = std::make_unique<ThreadPool>(threads - 1);
    std::unique_ptr<nnlf::FilterNetwork> network;
    const Status status = nnlf::FilterNetwork::create(model->filter, device, pool.get(), network);
    if (!status.ok()) return code_of(status);
    *filter = new inloop_filter{std::move(pool), std::move(network)};
    return INLOOP_OK;
  });
}

void inloop_filter_close(inloop_filter* filter) { delete filter; }

size_t inloop_filter_block_count(int32_t width, int32_t height, int32_t block_size) {
  if (!is_side(width) || !is_side(height) || !nnlf::is_block_size(block_size)) return 0;
  return static_cast<size_t>(nnlf::BlockGrid(width, height, block_size).count());
}

int inloop_filter_run(inloop_filter* filter, const inloop_picture* picture,
                      const inloop_filter_parameters* parameters, const inloop_output_plane out[3]) {
  if (!filter || !picture || !parameters || !out) return config_error("null pointer");
  if (const char* fault = fault_of(*picture)) return config_error(fault);
  if (const char* fault = fault_of(*parameters, *picture)) return config_error(fault);
  if (!out[0].data || !out[1].data || !out[2].data) return config_error("null pointer among the outputs");
  return guarded([&] { return run(*filter, *picture, *parameters, out); });
}
