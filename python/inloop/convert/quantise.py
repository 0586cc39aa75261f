# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Post-training quantisation: a float ONNX file and sample inputs -> an integer network in an ONNX file."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from inloop import _core
from inloop.convert.float_run import run_float
from inloop.convert.network import Network, Op
from inloop.convert.onnx_import import import_onnx
from inloop.convert.quantise_graph import EditableGraph
from inloop.convert.quantise_rules import LARGEST, QuantizerRules
from inloop.errors import ConfigError

Inputs = Mapping[str, NDArray[np.floating]]

# Results that are compared beside the outputs: of everything that computes; convolutions where nothing is fused.
_SHOWN = frozenset(
    (
        Op.BIAS_ADD, Op.ADD, Op.SUB, Op.PRELU, Op.RELU, Op.MUL, Op.MUL_CONSTANT, Op.TABLE, Op.AVERAGE_POOL,
        Op.REDUCE_MEAN, Op.RESIZE, Op.SELECT,
    )
)  # fmt: skip


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


def _magnitudes(network: Network, tensors: set[str], samples: Sequence[Inputs]) -> dict[str, float]:
    """The largest magnitude of every tensor, over all layers that it takes (they are named after it)."""

    def owner(name: str) -> str:
        while name not in tensors and ":" in name:
            name = name[: name.rindex(":")]
        return name

    names = [name for name, _, _ in network.inputs] + [owner(layer.name) for layer in network.layers]
    largest: dict[str, float] = {}
    for sample in samples:
        for name, value in zip(names, run_float(network, sample), strict=True):
            largest[name] = max(largest.get(name, 0.0), float(np.abs(value).max(initial=0)))
    return largest


def _errors(file: bytes, network: Network, samples: Sequence[Inputs]) -> list[LayerError]:
    """Compare every convolution's, addition's and output's values: run a network that has them all as outputs."""
    integer = import_onnx(file)
    shown = [i for i, layer in enumerate(integer.layers) if layer.op in _SHOWN]
    first = len(integer.inputs)
    shown = sorted({*shown, *(value - first for _, value in integer.outputs if value >= first)})
    integer.outputs = [(f"v{i}", len(integer.inputs) + i) for i in shown]
    core = _core.Model.parse(integer.to_bytes())
    noise = dict.fromkeys(shown, 0.0)
    power, count, largest = dict(noise), dict(noise), dict(noise)
    for sample in samples:
        floats = run_float(network, sample)
        height, width = floats[0].shape[:2]
        arrays = []
        for value, (_, _, q) in zip(floats, integer.inputs, strict=False):
            arrays.append(np.clip(np.rint(value * 2.0**q), -LARGEST, LARGEST).astype(np.int16))
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
    its metadata, so that any ONNX runtime still executes it; BatchNormalization is folded, division becomes a product.
    Raises `ConfigError` without samples or for a network that is quantised already, `ModelError` where no quantizer
    keeps the sums in range, naming weights and channel.
    """
    import onnx

    data = source if isinstance(source, bytes) else Path(source).read_bytes()
    if not samples:
        raise ConfigError("quantising needs at least one set of sample inputs")
    if not import_onnx(data).is_float:
        raise ConfigError("the network has quantizers already")
    graph = EditableGraph(onnx.load_model_from_string(data))
    network = import_onnx(graph.model.SerializeToString())
    largest = _magnitudes(network, {name for node in graph.nodes for name in node.output}, samples)
    quantizers = {name: int((input_quantizers or {}).get(name, 13)) for name, _, _ in network.inputs}
    rules = QuantizerRules(graph, quantizers, largest, headroom)
    rules.run()
    for key, value in (("inloop.version", "1"), ("inloop.quantizers", json.dumps(rules.quantizers))):
        graph.model.metadata_props.add(key=key, value=value)
    file = graph.model.SerializeToString()
    return QuantisedModel(file, rules.quantizers, _errors(file, network, samples))
