# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Post-training quantisation: a float ONNX file and sample inputs -> an integer network in an ONNX file."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from inloop import _core
from inloop.convert.float_run import run_float
from inloop.convert.network import Network, Op
from inloop.convert.onnx_import import import_onnx
from inloop.errors import ConfigError, ModelError, UnsupportedError

Inputs = Mapping[str, NDArray[np.floating]]

_LOWEST, _HIGHEST = 0, 15
_LARGEST = 32767
_SUM_LIMIT = 65535  # of |weights| in integers: times 32768 it stays below 2**31


@dataclass(frozen=True)
class LayerError:
    """How far a tensor of the integer network is from the float one on the calibration inputs."""

    name: str
    op: str
    quantizer: int
    largest: float  # largest magnitude in the float network
    rms_error: float
    signal_to_noise_db: float


@dataclass(frozen=True)
class QuantisedModel:
    """The file, and what quantising cost."""

    onnx: bytes
    quantizers: dict[str, int]
    errors: list[LayerError]


def _fitting(largest: float, headroom: float = 1.0) -> int:
    """The largest quantizer at which a magnitude fits into 16 bits."""
    if largest <= 0:
        return _HIGHEST
    return max(_LOWEST, min(_HIGHEST, math.floor(math.log2(_LARGEST / (largest * headroom)))))


class _Quantiser:
    def __init__(
        self, model: Any, network: Network, input_quantizers: Mapping[str, int], headroom: float
    ) -> None:
        from onnx import numpy_helper

        self._to_array, self._from_array = numpy_helper.to_array, numpy_helper.from_array
        self._model = model
        self._network = network
        self._headroom = headroom
        self._initializers = {tensor.name: tensor for tensor in model.graph.initializer}
        self._aliases = {n.output[0]: n.input[0] for n in model.graph.node if n.op_type == "Identity"}
        self.quantizers: dict[str, int] = {}
        for name, _, _ in network.inputs:
            self.quantizers[name] = int(input_quantizers.get(name, 13))

    def largest_magnitudes(self, samples: Sequence[Inputs]) -> dict[str, float]:
        largest: dict[str, float] = {}
        names = [name for name, _, _ in self._network.inputs]
        names += [layer.name.removesuffix(":bias") for layer in self._network.layers]
        for sample in samples:
            for name, value in zip(names, run_float(self._network, sample), strict=True):
                largest[name] = max(largest.get(name, 0.0), float(np.abs(value).max(initial=0)))
        return largest

    def _constant(self, node: Any, index: int) -> str:
        name: str = node.input[index]
        while name in self._aliases:
            name = self._aliases[name]
        if name not in self._initializers:
            raise UnsupportedError(
                f"node '{node.name or node.output[0]}': constants must be initializers to be quantised"
            )
        return name

    def _round(self, name: str, quantizer: int) -> None:
        """Put a constant on the grid; one that several nodes share must get the same quantizer from all of them."""
        known = self.quantizers.setdefault(name, quantizer)
        if known != quantizer:
            raise UnsupportedError(
                f"constant '{name}' is shared by nodes that need quantizers {known} and {quantizer}"
            )
        tensor = self._initializers[name]
        values = self._to_array(tensor).astype(np.float64) * 2.0**quantizer
        integers = np.clip(np.rint(values), -_LARGEST, _LARGEST)
        tensor.CopyFrom(self._from_array((integers / 2.0**quantizer).astype(np.float32), name))

    def _weight_quantizer(self, name: str) -> int:
        weights = np.abs(self._to_array(self._initializers[name]).astype(np.float64))
        total = float(weights.reshape(weights.shape[0], -1).sum(1).max(initial=0))
        by_size = _fitting(float(weights.max(initial=0)))
        by_sum = math.floor(math.log2((_SUM_LIMIT - weights[0].size) / total)) if total > 0 else _HIGHEST
        if by_sum < _LOWEST:
            raise ModelError(f"weights '{name}' are too large: a sum could leave 32 bits at every quantizer")
        return min(by_size, by_sum)

    def run(self, largest: Mapping[str, float]) -> None:
        of_tensor = dict(self.quantizers)
        for node in self._model.graph.node:
            self._node(node, of_tensor, largest)

    def _node(self, node: Any, of_tensor: dict[str, int], largest: Mapping[str, float]) -> None:
        y = node.output[0]
        known = [of_tensor[name] for name in node.input if name in of_tensor]
        if not known:
            return
        wanted = _fitting(largest.get(y, 0.0), self._headroom)
        match node.op_type:
            case "Conv":
                weights = self._constant(node, 1)
                q_weights = self.quantizers.get(weights, self._weight_quantizer(weights))
                self._round(weights, q_weights)
                wanted = max(min(wanted, known[0] + q_weights), known[0] + q_weights - 31)
                if len(node.input) > 2:
                    bias = self._constant(node, 2)
                    size = float(np.abs(self._to_array(self._initializers[bias])).max(initial=0))
                    wanted = min(wanted, _fitting(size))
                    self._round(bias, wanted)
                self.quantizers[y] = of_tensor[y] = wanted
            case "PRelu":
                slope = self._constant(node, 1)
                size = float(np.abs(self._to_array(self._initializers[slope])).max(initial=0))
                self._round(slope, _fitting(size))
                of_tensor[y] = known[0]
            case "LeakyRelu":
                alpha = next((a.f for a in node.attribute if a.name == "alpha"), 0.01)
                quantizer = self.quantizers[f"{y}:alpha"] = _fitting(abs(alpha))
                for attribute in node.attribute:
                    if attribute.name == "alpha":
                        attribute.f = round(alpha * 2.0**quantizer) / 2.0**quantizer
                of_tensor[y] = known[0]
            case "Add" | "Mul" if len(known) == 1:
                index = 1 if node.input[0] in of_tensor else 0
                constant = self._constant(node, index)
                size = float(np.abs(self._to_array(self._initializers[constant])).max(initial=0))
                if node.op_type == "Add":
                    wanted = min(wanted, _fitting(size))
                    self._round(constant, wanted)
                else:
                    self._round(constant, _fitting(size))
                    wanted = min(wanted, known[0] + _fitting(size))
                    self.quantizers[y] = wanted
                of_tensor[y] = wanted
            case "Mul":
                self.quantizers[y] = of_tensor[y] = max(min(wanted, sum(known)), sum(known) - 31)
            case "Max" | "Min":
                of_tensor[y] = max(known)
            case _:
                for output in node.output:
                    of_tensor[output] = min(known)


def _errors(file: bytes, network: Network, samples: Sequence[Inputs]) -> list[LayerError]:
    """Compare every convolution's, addition's and output's values: run a network that has them all as outputs."""
    integer = import_onnx(file)
    shown = [
        i for i, layer in enumerate(integer.layers) if layer.op in (Op.BIAS_ADD, Op.ADD, Op.PRELU, Op.RELU)
    ]
    shown = sorted({*shown, *(value - len(integer.inputs) for _, value in integer.outputs)})
    integer.outputs = [(f"v{i}", len(integer.inputs) + i) for i in shown]
    core = _core.Model.parse(integer.to_bytes())
    noise = dict.fromkeys(shown, 0.0)
    power, count, largest = dict(noise), dict(noise), dict(noise)
    for sample in samples:
        floats = run_float(network, sample)
        height, width = floats[0].shape[:2]
        arrays = []
        for value, (_, _, q) in zip(floats, integer.inputs, strict=False):
            arrays.append(np.clip(np.rint(value * 2.0**q), -_LARGEST, _LARGEST).astype(np.int16))
        for i, found in zip(shown, core.session(height, width).run(arrays), strict=True):
            wanted = floats[len(integer.inputs) + i]
            noise[i] += float(((found[0] * 2.0 ** -integer.layers[i].quantizer - wanted) ** 2).sum())
            power[i] += float((wanted**2).sum())
            count[i] += wanted.size
            largest[i] = max(largest[i], float(np.abs(wanted).max(initial=0)))
    return [
        LayerError(
            layer.name.removesuffix(":bias"), layer.op.name.lower(), layer.quantizer, largest[i],
            math.sqrt(noise[i] / count[i]),
            10 * math.log10(power[i] / noise[i]) if noise[i] > 0 and power[i] > 0 else math.inf,
        )
        for i, layer in enumerate(integer.layers) if i in noise
    ]  # fmt: skip


def quantise(
    source: str | Path | bytes,
    samples: Sequence[Inputs],
    *,
    input_quantizers: Mapping[str, int] | None = None,
    headroom: float = 1.5,
) -> QuantisedModel:
    """Give a float ONNX network power-of-two quantizers from sample inputs (real values, NHWC).

    Inputs get `input_quantizers` (default 13 each). A tensor gets the largest quantizer at which `headroom` times its
    largest magnitude on the samples fits 16 bits, weights the largest one at which they fit and no sum can leave 32
    bits for any 16-bit input. The file keeps the float graph with its constants on their grids and the quantizers in
    its metadata, so that any ONNX runtime still executes it. Raises `ConfigError` without samples or for a network
    that is quantised already, `ModelError` where no quantizer keeps the sums in range, naming the weights.
    """
    import onnx

    data = source if isinstance(source, bytes) else Path(source).read_bytes()
    network = import_onnx(data)
    if not samples:
        raise ConfigError("quantising needs at least one set of sample inputs")
    if not network.is_float:
        raise ConfigError("the network has quantizers already")
    model = onnx.load_model_from_string(data)
    quantiser = _Quantiser(model, network, input_quantizers or {}, headroom)
    quantiser.run(quantiser.largest_magnitudes(samples))
    for key, value in (("inloop.version", "1"), ("inloop.quantizers", json.dumps(quantiser.quantizers))):
        model.metadata_props.add(key=key, value=value)
    file = model.SerializeToString()
    return QuantisedModel(file, quantiser.quantizers, _errors(file, network, samples))
