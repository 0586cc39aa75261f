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
from inloop.convert.importer.onnx_file import read_onnx
from inloop.convert.importer.quantizers import HIGHEST, LOWEST
from inloop.convert.network import Layer, Network, Op
from inloop.convert.onnx_import import import_model, import_onnx
from inloop.convert.quantise_graph import EditableGraph
from inloop.convert.quantise_rules import LARGEST, QuantizerRules, fitting
from inloop.errors import ConfigError

Inputs = Mapping[str, NDArray[np.floating]]

_USUAL, _UNIT = 13, 4.0  # An input has this quantizer where it holds the samples.
_GOOD_DB = 45  # A lower ratio of signal to noise is warned of.

# Beside the outputs, the results of all that computes are compared; of convolutions where nothing is fused.
_SHOWN = frozenset(
    (
        Op.BIAS_ADD, Op.ADD, Op.SUB, Op.PRELU, Op.RELU, Op.MUL, Op.MUL_CONSTANT, Op.TABLE, Op.AVERAGE_POOL,
        Op.REDUCE_MEAN, Op.RESIZE, Op.SELECT,
    )
)  # fmt: skip


@dataclass(frozen=True)
class LayerError:
    """How far a tensor of the integer network is from the float one on the calibration inputs.

    Attributes:
        name: Name of the tensor.
        op: Operation that makes it.
        quantizer: Its fractional bits.
        largest: Largest magnitude in the float network.
        rms_error: Root of the mean squared error, in the float network's units.
        signal_to_noise_db: Mean squared value against mean squared error, in dB.
    """

    name: str
    op: str
    quantizer: int
    largest: float
    rms_error: float
    signal_to_noise_db: float


@dataclass(frozen=True)
class QuantisedModel:
    """A quantised network, what quantising cost, and what is wrong with it.

    Attributes:
        onnx: The ONNX file.
        quantizers: Fractional bits of each tensor by name.
        errors: Errors of the tensors, in the order of the graph.
        warnings: What is cut or imprecise, in words.
    """

    onnx: bytes
    quantizers: dict[str, int]
    errors: list[LayerError]
    warnings: list[str]


def _check_sizes(network: Network, samples: Sequence[Inputs]) -> None:
    """Raise the engine's own error for samples of a size that the network cannot run at."""
    core = _core.Model.parse(network.to_bytes())
    first = network.inputs[0][0]
    for size in {np.shape(sample[first])[-3:-1] for sample in samples if first in sample}:
        core.session(*size)


def _owner(tensors: set[str], name: str) -> str:
    """The tensor that a layer is named after."""
    while name not in tensors and ":" in name:
        name = name[: name.rindex(":")]
    return name


def _magnitudes(network: Network, tensors: set[str], samples: Sequence[Inputs]) -> dict[str, float]:
    """The largest magnitude of every tensor, over all layers that it takes (they are named after it)."""
    names = [name for name, _, _ in network.inputs]
    names += [_owner(tensors, layer.name) for layer in network.layers]
    largest: dict[str, float] = {}
    for sample in samples:
        for name, value in zip(names, run_float(network, sample), strict=True):
            largest[name] = max(largest.get(name, 0.0), float(np.abs(value).max(initial=0)))
    return largest


class _Difference:
    """Sums over the samples of one tensor."""

    def __init__(self) -> None:
        self.noise = self.power = self.largest = 0.0
        self.count = 0

    def add(self, found: NDArray[np.floating], wanted: NDArray[np.floating]) -> None:
        self.noise += float(((found - wanted) ** 2).sum())
        self.power += float((wanted**2).sum())
        self.count += wanted.size
        self.largest = max(self.largest, float(np.abs(wanted).max(initial=0)))

    def of(self, layer: Layer) -> LayerError:
        ratio = math.inf if self.noise == 0 else self.power / self.noise
        return LayerError(
            layer.name.removesuffix(":bias"), layer.op.name.lower(), layer.quantizer, self.largest,
            math.sqrt(self.noise / max(self.count, 1)), 10 * math.log10(ratio) if ratio > 0 else -math.inf,
        )  # fmt: skip


def _errors(file: bytes, edited: Network, original: Network, samples: Sequence[Inputs]) -> list[LayerError]:
    """Compare what computes with the float layer of the same name, and outputs with those of the network as given."""
    integer = import_onnx(file)
    first = len(integer.inputs)
    twins = {layer.name: first + i for i, layer in enumerate(edited.layers)}
    outputs = {value - first: i for i, (_, value) in enumerate(integer.outputs) if value >= first}
    for i, output in outputs.items():
        integer.layers[i].name = original.outputs[output][0]
    shown = {i for i, layer in enumerate(integer.layers) if layer.op in _SHOWN and layer.name in twins}
    indices = sorted(shown | set(outputs))
    if not indices:  # Nothing but inputs is left.
        return []
    integer.outputs = [(f"v{i}", first + i) for i in indices]
    core = _core.Model.parse(integer.to_bytes())
    differences = {i: _Difference() for i in indices}
    for sample in samples:
        floats, wholes = run_float(edited, sample), run_float(original, sample)
        height, width = floats[0].shape[:2]
        arrays = []
        for value, (_, _, q) in zip(floats, integer.inputs, strict=False):
            integers = np.clip(np.rint(value * 2.0**q), -LARGEST, LARGEST)
            arrays.append(np.ascontiguousarray(integers, np.int16))
        for i, found in zip(indices, core.session(height, width).run(arrays), strict=True):
            layer = integer.layers[i]
            wanted = wholes[original.outputs[outputs[i]][1]] if i in outputs else floats[twins[layer.name]]
            differences[i].add(found[0] * 2.0**-layer.quantizer, wanted)
    return [differences[i].of(integer.layers[i]) for i in indices]


def _input_quantizers(
    network: Network, largest: Mapping[str, float], given: Mapping[str, int], headroom: float
) -> dict[str, int]:
    names = [name for name, _, _ in network.inputs]
    if unknown := sorted(set(given) - set(names)):
        raise ConfigError(f"quantizers of the inputs {unknown} are given, the network has {names}")
    for name, quantizer in given.items():
        if not LOWEST <= quantizer <= HIGHEST:
            raise ConfigError(f"quantizer {quantizer} of '{name}' is outside {LOWEST}..{HIGHEST}")
    usual = {name: min(_USUAL, fitting(largest[name], headroom)) for name in names if largest[name] > _UNIT}
    return {name: int(given.get(name, usual.get(name, _USUAL))) for name in names}


def _warnings(
    quantizers: Mapping[str, int],
    largest: Mapping[str, float],
    errors: Sequence[LayerError],
    outputs: set[str],
) -> list[str]:
    """What somebody should know who does not read the whole table."""
    found = []
    for name, quantizer in quantizers.items():
        limit = LARGEST / 2.0**quantizer
        if largest[name] > limit * (1 + 1e-3):
            found.append(
                f"input '{name}' reaches {largest[name]:.4g} in the samples, but is cut at {limit:.4g} by its "
                f"quantizer {quantizer}: give a smaller one"
            )
    for error in errors:
        limit = LARGEST / 2.0**error.quantizer
        if error.largest > limit * (1 + 1e-3):
            found.append(
                f"'{error.name}' ({error.op}) reaches {error.largest:.4g} in the samples, but is cut at {limit:.4g}"
            )
    bad = [error for error in errors if error.signal_to_noise_db < _GOOD_DB and error.largest > 0]
    if any(error.name in outputs for error in bad):
        first, worst = bad[0], min(bad, key=lambda error: error.signal_to_noise_db)
        found.append(
            f"'{first.name}' ({first.op}) is the first with less than {_GOOD_DB} dB: {first.signal_to_noise_db:.1f} "
            f"dB; the worst is '{worst.name}' with {worst.signal_to_noise_db:.1f} dB"
        )
    return found


def quantise(
    source: str | Path | bytes,
    samples: Sequence[Inputs],
    *,
    input_quantizers: Mapping[str, int] | None = None,
    headroom: float = 1.5,
) -> QuantisedModel:
    """Give a float ONNX network power-of-two quantizers from sample inputs.

    A tensor gets the largest quantizer at which `headroom` times its largest magnitude on the samples fits 16 bits, the
    sum of two by way of an operand's, weights the largest one at which they fit and no sum can leave 32 bits for any
    16-bit input. The file keeps the float graph, in single precision, with its constants on their grids and the
    quantizers in its metadata, so that any ONNX runtime still executes it; BatchNormalization is folded, division
    becomes a product. The errors of outputs are those against the network as given.

    Args:
        source: Path or bytes of the ONNX file.
        samples: Sets of inputs by name, real values, (1, height, width, channels).
        input_quantizers: Quantizers of inputs by name; by default 13, or a smaller one that holds the samples where
            these exceed what 13 does, +-4.
        headroom: Factor, 1 or more, that values may exceed those of the samples by.

    Raises:
        ConfigError: There are no samples, or ones of a size that the network cannot run at, or the network is quantised
            already.
        ModelError: No quantizer keeps the sums in range; the message names weights and channel.
    """
    if not samples:
        raise ConfigError("quantising needs at least one set of sample inputs")
    model = read_onnx(source)
    original = import_model(model)
    if not original.is_float:
        raise ConfigError("the network has quantizers already")
    _check_sizes(original, samples)
    graph = EditableGraph(model)
    network = import_model(graph.model, for_integers=True)
    largest = _magnitudes(network, {name for node in graph.nodes for name in node.output}, samples)
    inputs = _input_quantizers(network, largest, input_quantizers or {}, headroom)
    rules = QuantizerRules(graph, inputs, largest, headroom)
    rules.run()
    for key, value in (("inloop.version", "1"), ("inloop.quantizers", json.dumps(rules.quantizers))):
        graph.model.metadata_props.add(key=key, value=value)
    file = graph.model.SerializeToString()
    errors = _errors(file, network, original, samples)
    outputs = {name for name, _ in original.outputs}
    return QuantisedModel(file, rules.quantizers, errors, _warnings(inputs, largest, errors, outputs))
