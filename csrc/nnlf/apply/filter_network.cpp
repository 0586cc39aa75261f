// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#include "nnlf/apply/filter_network.h"

#include <algorithm>
#include <utility>

#include "base/aligned_buffer.h"
#include "nnlf/apply/blend.h"
#include "video/frame.h"

namespace inloop::nnlf {
namespace {

// While workers are idle, the memory of no more than this many is kept.
constexpr size_t kMostIdle = 64;

Status check_output(const nn::Model& model, OutputForm& form) {
  const int channels = model.outputs().size() == 1 ? model.outputs()[0].channels : 0;
  if (channels != output_channels(OutputForm::quarter) && channels != output_channels(OutputForm::half)) {
    return Status::model("a filter network has one output of 24 or 6 channels");
  }
  form = channels == output_channels(OutputForm::half) ? OutputForm::half : OutputForm::quarter;
  if (const int q = model.outputs()[0].quantizer; q < 4 || q > 24) {
    return Status::model("the quantizer of the filter network's output lies outside 4..24");
  }
  return {};
}

// Checks that the output of a block of side x side luma samples has the right size, either with all of the
// context or without it.
Status check_sides(const nn::Model& model, OutputForm form, int side) {
  const int input = side / 2 + kContext, step = output_step(form), wanted = side / step;
  Status status = model.check_size(input, input);
  std::vector<nn::Shape> shapes;
  if (status.ok()) status = nn::infer_shapes(model.graph(), input, input, shapes);
  if (!status.ok())
    return Status::model("the filter network must run on inputs of " + std::to_string(input) + "x" +
                         std::to_string(input) + ": " + status.message());
  const nn::Shape& found = shapes[static_cast<size_t>(model.graph().outputs[0].value)];
  const int margin = (found.height - wanted) / 2;
  if ((margin == 0 || margin == kContext / step) && found.height == found.width &&
      found.height == wanted + 2 * margin)
    return {};
  return Status::model("the filter network's output is not at 1/" + std::to_string(step) +
                       " resolution: for inputs of " + std::to_string(input) + "x" + std::to_string(input) +
                       " it is " + std::to_string(found.width) + "x" + std::to_string(found.height) +
                       ", but must be " + std::to_string(wanted) + "x" + std::to_string(wanted) +
                       " or, with the context, " + std::to_string(wanted + 2 * kContext / step) + "x" +
                       std::to_string(wanted + 2 * kContext / step));
}

Status check_contract(const nn::Model& model, std::vector<Feature>& features, OutputForm& form) {
  if (model.is_float())
    return Status::model("a float network cannot be used as a filter: it has no quantizers");
  for (const nn::TensorInfo& input : model.inputs()) {
    const auto feature = feature_of(input.name);
    if (!feature) return Status::model("a filter network has no input '" + input.name + "'");
    if (input.channels != feature_channels(*feature)) {
      return Status::model("input '" + input.name + "' of the filter network has " +
                           std::to_string(input.channels) + " channels instead of " +
                           std::to_string(feature_channels(*feature)));
    }
    if (input.quantizer < kMinInputQuantizer || input.quantizer > kMaxInputQuantizer) {
      return Status::model("the quantizer of input '" + input.name + "' lies outside 10..14");
    }
    features.push_back(*feature);
  }
  if (std::find(features.begin(), features.end(), Feature::rec) == features.end()) {
    return Status::model("a filter network needs the input 'rec'");
  }
  INLOOP_RETURN_IF_ERROR(check_output(model, form));
  INLOOP_RETURN_IF_ERROR(check_sides(model, form, kBlockSize));
  return check_sides(model, form, kLargeBlockSize);
}

Status check_size(const CodedPicture& picture) {
  if (picture.width() % kSizeStep == 0 && picture.height() % kSizeStep == 0) return {};
  return Status::unsupported("the filter needs coded sizes that are multiples of 8");
}

}  // namespace

// The memory in which a worker writes. The inputs and the output have values at the same number of positions.
struct FilterNetwork::Memory {
  int positions = 0;  // as many as the largest block has
  std::vector<AlignedBuffer<int16_t>> inputs;
  AlignedBuffer<int16_t> output;
  video::Frame signal;
};

// Runs the network on single blocks, with memory of its own.
class FilterNetwork::Worker {
 public:
  // No block may be larger than `largest`.
  Worker(const FilterNetwork& network, const CodedPicture& picture, const Block& largest)
      : filter_(network),
        network_(network.network_for(picture)),
        picture_(picture),
        memory_(network_.memory->borrow()) {
    const int positions = largest.input_width() * largest.input_height();
    if (memory_->positions < positions) allocate(positions);
  }

  // Returns memory for the signal of a block.
  MutablePlanes signal(const Block& block) {
    video::Frame& frame = memory_->signal;
    if (frame.width() < block.width || frame.height() < block.height) {
      frame = video::Frame(std::max(frame.width(), block.width), std::max(frame.height(), block.height));
    }
    return crop(frame.views(), Block{0, 0, block.width, block.height});
  }

  // Writes the 14-bit signal of a block; `signal` are planes of its size.
  Status run(const Block& block, int qp_base, const MutablePlanes& signal) {
    NetworkOutput output;
    INLOOP_RETURN_IF_ERROR(filter_.function_ ? call(block, qp_base, output)
                                             : execute(block, qp_base, output));
    add_residual(filter_.kernels_, output, crop(picture_.rec, block), picture_.bit_depth, signal);
    return {};
  }

 private:
  Status execute(const Block& block, int qp_base, NetworkOutput& output) {
    std::unique_ptr<nn::Workspace> workspace;
    INLOOP_RETURN_IF_ERROR(
        network_.programs->acquire(block.input_height(), block.input_width(), filter_.device_, workspace));
    const int rows = workspace->program().output_height(0);
    const int columns = workspace->program().output_width(0);
    const int step = output_step(network_.form);
    const int margin = (rows - block.height / step) / 2;
    if ((margin != 0 && margin != kContext / step) || rows != block.height / step + 2 * margin ||
        columns != block.width / step + 2 * margin) {
      return Status::model("the filter network's output is not at 1/" + std::to_string(step) + " resolution");
    }
    const nn::Model& model = *network_.programs->model();
    const int16_t* inputs[kFeatures.size()];
    for (size_t i = 0; i < memory_->inputs.size(); ++i) {
      inputs[i] = packed(i, block, qp_base, model.inputs()[i].quantizer);
    }
    int16_t* outputs[] = {memory_->output.data()};
    INLOOP_RETURN_IF_ERROR(workspace->run(inputs, outputs));
    network_.programs->release(std::move(workspace));
    output = {memory_->output.data(), columns, margin, model.outputs()[0].quantizer, network_.form};
    return {};
  }

  Status call(const Block& block, int qp_base, NetworkOutput& output) {
    BlockFeatures features{block.input_height(), block.input_width(), {}};
    for (size_t i = 0; i < kFeatures.size(); ++i) {
      features.values[i] = packed(i, block, qp_base, BlockFeatures::kQuantizer);
    }
    output = {memory_->output.data(), block.width / 2, 0, kFunctionOutputQuantizer, OutputForm::half};
    return filter_.function_(features, memory_->output.data());
  }

  // Returns input number i of a block.
  const int16_t* packed(size_t i, const Block& block, int qp_base, int quantizer) {
    int16_t* values = memory_->inputs[i].data();
    pack_feature(filter_.kernels_, network_.features[i], picture_, block, qp_base, quantizer, values);
    return values;
  }

  void allocate(int positions) {
    memory_->inputs.clear();
    for (Feature feature : network_.features) {
      memory_->inputs.emplace_back(static_cast<size_t>(positions * feature_channels(feature)));
    }
    // Both forms have the same number of values.
    memory_->output =
        AlignedBuffer<int16_t>(static_cast<size_t>(positions * output_channels(OutputForm::half)));
    memory_->positions = positions;
  }

  const FilterNetwork& filter_;
  const Network& network_;
  const CodedPicture& picture_;
  const std::shared_ptr<Memory> memory_;
};

FilterNetwork::FilterNetwork(Network intra, Network inter, const nn::Device& device, ThreadPool* pool)
    : intra_(std::move(intra)),
      inter_(std::move(inter)),
      device_(device),
      kernels_(kernels(device.isa)),
      pool_(pool) {}

FilterNetwork::~FilterNetwork() = default;

Status FilterNetwork::check(const std::shared_ptr<nn::ProgramCache>& programs, Network& out) {
  out.programs = programs;
  out.memory = std::make_unique<Recycler<Memory>>(kMostIdle);
  return check_contract(*programs->model(), out.features, out.form);
}

Status FilterNetwork::create(const FilterModel& model, const nn::Device& device, ThreadPool* pool,
                             std::unique_ptr<FilterNetwork>& out) {
  Network intra, inter;
  INLOOP_RETURN_IF_ERROR(check(model.intra, intra));
  INLOOP_RETURN_IF_ERROR(check(model.inter, inter));
  out.reset(new FilterNetwork(std::move(intra), std::move(inter), device, pool));
  return {};
}

std::unique_ptr<FilterNetwork> FilterNetwork::of_function(BlockFunction function, const nn::Device& device,
                                                          ThreadPool* pool) {
  Network intra, inter;
  for (Network* network : {&intra, &inter}) {
    network->features.assign(kFeatures.begin(), kFeatures.end());
    network->memory = std::make_unique<Recycler<Memory>>(kMostIdle);
  }
  std::unique_ptr<FilterNetwork> made(new FilterNetwork(std::move(intra), std::move(inter), device, pool));
  made->function_ = std::move(function);
  return made;
}

Status FilterNetwork::run(const CodedPicture& picture, int qp_base, const BlockGrid& grid,
                          const std::vector<uint8_t>& wanted, const MutablePlanes& signal,
                          const std::function<void(int)>& made) const {
  INLOOP_RETURN_IF_ERROR(check_size(picture));
  return run_shared(pool_, grid.count(), [&]() -> IndexWork {
    return [&, work = signal_work(picture, grid.at(0))](int index) -> Status {
      const Block block = grid.at(index);
      if (wanted[static_cast<size_t>(index)]) {
        INLOOP_RETURN_IF_ERROR(work(block, qp_base, crop(signal, block)));
      } else {
        lift_deblocked(crop(picture.dbf, block), picture.bit_depth, crop(signal, block));
      }
      if (made) made(index);
      return {};
    };
  });
}

FilterNetwork::SignalWork FilterNetwork::signal_work(const CodedPicture& picture,
                                                     const Block& largest) const {
  return [worker = std::make_shared<Worker>(*this, picture, largest)](const Block& block, int qp_base,
                                                                      const MutablePlanes& signal) {
    return worker->run(block, qp_base, signal);
  };
}

Status FilterNetwork::filter(const CodedPicture& picture, const BlockPlan& plan, const BlockRange& range,
                             const MutablePlanes& out) const {
  INLOOP_RETURN_IF_ERROR(check_size(picture));
  std::vector<int> filtered;
  for (int i = range.begin; i < range.end; ++i) {
    if (plan.choice[static_cast<size_t>(i)]) filtered.push_back(i);
  }
  return run_shared(pool_, static_cast<int>(filtered.size()), [&]() -> IndexWork {
    return [&filtered, work = block_filter(picture, plan, out)](int position) {
      return work(filtered[static_cast<size_t>(position)]);
    };
  });
}

IndexWork FilterNetwork::block_filter(const CodedPicture& picture, const BlockPlan& plan,
                                      const MutablePlanes& out) const {
  auto worker = std::make_shared<Worker>(*this, picture, plan.grid.at(0));
  return [this, &picture, &plan, out, worker = std::move(worker)](int index) -> Status {
    const int choice = plan.choice[static_cast<size_t>(index)];
    if (choice == 0) return {};
    INLOOP_RETURN_IF_ERROR(check_size(picture));
    const Block block = plan.grid.at(index);
    const MutablePlanes signal = worker->signal(block);
    INLOOP_RETURN_IF_ERROR(worker->run(block, plan.qp_base[static_cast<size_t>(choice) - 1], signal));
    blend(kernels_, crop(picture.dbf, block), {signal[0], signal[1], signal[2]}, plan.scale,
          picture.bit_depth, crop(out, block));
    return {};
  };
}

}  // namespace inloop::nnlf
