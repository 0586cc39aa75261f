# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Integer `Network` -> ONNX whose operators say the rules of csrc/nn/README.md, so that any runtime gives our integers.

Values are integers held by doubles, in which products, sums, shifts by powers of two and floors of these sizes are
exact. Runtimes have convolutions of single precision only: an operand is taken apart into digits so small that no
partial sum reaches 2**24, which makes the sums exact in any order.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from inloop.convert.fields import Comparison
from inloop.convert.network import EXACT_KEY, Layer, Network, Op
from inloop.convert.onnx_moves import PAD_MODES, cropped_to, flipped, padded_to_multiple, rearranged, size_of
from inloop.convert.onnx_sampling import resized, resized_to
from inloop.convert.onnx_writer import GraphWriter, Step
from inloop.engine.model import Model
from inloop.errors import ConfigError

_FLOAT, _DOUBLE, _INT64 = 1, 11, 7
_SINGLE = 1 << 24  # Single precision is exact for integers up to here.
_COMPARISONS = {
    Comparison.LESS: "Less", Comparison.LESS_EQUAL: "LessOrEqual", Comparison.GREATER: "Greater",
    Comparison.GREATER_EQUAL: "GreaterOrEqual", Comparison.EQUAL: "Equal", Comparison.NOT_EQUAL: "Equal",
}  # fmt: skip


def _shifted(s: Step, x: str, shift: int) -> str:
    """X >> shift, or x << -shift."""
    if shift == 0:
        return x
    scaled = s("Mul", x, s.number(2.0**-shift))
    return s("Floor", scaled) if shift > 0 else scaled


def _saturated(s: Step, x: str) -> str:
    return s("Clip", x, s.number(-32767), s.number(32767))


def _divided(s: Step, x: str, count: str) -> str:
    """The mean rule: doubles divide so finely that the floor is that of the exact quotient."""
    return _saturated(s, s("Floor", s("Div", x, count)))


def _digits(s: Step, x: str, bits: int) -> list[str]:
    """Digits of `bits` bits and a sign, the lowest first, of 16-bit integers."""
    found, left = [], 16
    while left > bits:
        half = s("Add", x, s.number(2.0 ** (bits - 1)))
        upper = s("Floor", s("Mul", half, s.number(2.0**-bits)))
        found.append(s("Sub", x, s("Mul", upper, s.number(2.0**bits))))
        x, left = upper, left - bits
    return [*found, x]


def _convolved(s: Step, x: str, weights: NDArray[Any], **attributes: Any) -> str:
    """Exact sums of products; weights [out][in / groups][height][width] are integers."""
    weights = weights.astype(np.int64)
    parts = [(weights, 0)]
    # Digits of at least five bits would not fit.
    if np.abs(weights).sum((1, 2, 3)).max() >= _SINGLE >> 5:
        upper = (weights + 128) >> 8
        parts = [(weights - (upper << 8), 0), (upper, 8)]
    largest = max(int(np.abs(part).sum((1, 2, 3)).max()) for part, _ in parts)
    bits = min(16, max(1, math.floor(math.log2((_SINGLE - 1) / max(largest, 1))) + 1))
    total = ""
    for place, digit in enumerate(_digits(s, x, bits)):
        single = s("Cast", digit, to=_FLOAT)
        for part, shift in parts:
            y = s("Conv", single, s.array(part.astype(np.float32)), **attributes)
            y = _shifted(s, s("Cast", y, to=_DOUBLE), -(place * bits + shift))
            total = s("Add", total, y) if total else y
    if int(np.abs(weights).sum((1, 2, 3)).max()) << 15 >= 1 << 31:  # Sums may wrap modulo 2**32.
        wraps = s("Floor", s("Mul", s("Add", total, s.number(2.0**31)), s.number(2.0**-32)))
        total = s("Sub", total, s("Mul", wraps, s.number(2.0**32)))
    return total


class _ExactExporter:
    def __init__(self, network: Network) -> None:
        self._network = network
        names = [name for name, _, _ in network.inputs] + [name for name, _ in network.outputs]
        self._writer = GraphWriter(names)
        self._quantizers = [q for _, _, q in network.inputs] + [layer.quantizer for layer in network.layers]
        self._handlers: dict[Op, Callable[[Step, Layer, list[str], list[int]], str]] = {
            Op.CONV: self._conv, Op.BIAS_ADD: self._bias, Op.PRELU: self._prelu, Op.MUL_CONSTANT: self._product,
            Op.MUL: self._product, Op.ADD: self._sum, Op.SUB: self._sum, Op.MAXIMUM: self._extreme,
            Op.MINIMUM: self._extreme, Op.CONCAT: self._concat, Op.SLICE: self._slice, Op.PAD: self._pad,
            Op.PAD_BORDER: self._pad, Op.AVERAGE_POOL: self._average, Op.REDUCE_MEAN: self._mean,
            Op.TABLE: self._table, Op.COMPARE: self._compare, Op.SELECT: self._select, Op.EXPAND: self._expand,
            Op.REARRANGE: self._rearrange, Op.JOIN: self._join,
            Op.FLIP: lambda s, layer, x, _q: flipped(s, layer, x[0]),
            Op.RESIZE_TO: lambda s, layer, x, _q: resized_to(s, layer.resampling, *x),
            Op.CROP_TO: lambda s, layer, x, _q: cropped_to(s, layer, *x), Op.PAD_MULTIPLE: self._multiple,
        }  # fmt: skip

    # ---- arithmetic

    def _conv(self, s: Step, layer: Layer, x: list[str], q: list[int]) -> str:
        assert layer.constant is not None
        window = layer.window
        total = _convolved(
            s, x[0], layer.constant.transpose(0, 3, 1, 2), kernel_shape=window.kernel, strides=window.strides,
            pads=window.pads, group=layer.groups,
        )  # fmt: skip
        return _saturated(s, _shifted(s, total, q[0] + layer.constant_quantizer - layer.quantizer))

    def _constant(self, s: Step, layer: Layer) -> str:
        assert layer.constant is not None
        return s.array(layer.constant.astype(np.float64).reshape(1, -1, 1, 1))

    def _bias(self, s: Step, layer: Layer, x: list[str], q: list[int]) -> str:
        return _saturated(s, s("Add", _shifted(s, x[0], q[0] - layer.quantizer), self._constant(s, layer)))

    def _prelu(self, s: Step, layer: Layer, x: list[str], q: list[int]) -> str:
        sloped = _shifted(s, s("Mul", x[0], self._constant(s, layer)), layer.constant_quantizer)
        return s("Where", s("Less", x[0], s.number(0)), _saturated(s, sloped), x[0])

    def _product(self, s: Step, layer: Layer, x: list[str], q: list[int]) -> str:
        other = self._constant(s, layer) if layer.op == Op.MUL_CONSTANT else x[1]
        quantizer = layer.constant_quantizer if layer.op == Op.MUL_CONSTANT else q[1]
        return _saturated(s, _shifted(s, s("Mul", x[0], other), q[0] + quantizer - layer.quantizer))

    def _sum(self, s: Step, layer: Layer, x: list[str], q: list[int]) -> str:
        a, b = (_shifted(s, each, quantizer - layer.quantizer) for each, quantizer in zip(x, q, strict=True))
        return _saturated(s, s("Add" if layer.op == Op.ADD else "Sub", a, b))

    def _extreme(self, s: Step, layer: Layer, x: list[str], q: list[int]) -> str:
        a, b = (
            _saturated(s, _shifted(s, each, quantizer - layer.quantizer))
            for each, quantizer in zip(x, q, strict=True)
        )
        return s("Max" if layer.op == Op.MAXIMUM else "Min", a, b)

    def _table(self, s: Step, layer: Layer, x: list[str], q: list[int]) -> str:
        assert layer.constant is not None
        knots, step = s.array(layer.constant.astype(np.float64)), 2.0**layer.shift
        position = s("Add", x[0], s.number(32768))
        index = s("Floor", s("Mul", position, s.number(1 / step)))
        rest = s("Sub", position, s("Mul", index, s.number(step)))
        low, high = (
            s("Gather", knots, s("Cast", at, to=_INT64)) for at in (index, s("Add", index, s.number(1)))
        )
        return s("Add", low, _shifted(s, s("Mul", s("Sub", high, low), rest), layer.shift))

    def _compare(self, s: Step, layer: Layer, x: list[str], q: list[int]) -> str:
        a, b = (_shifted(s, each, quantizer - max(q)) for each, quantizer in zip(x, q, strict=True))
        truth = s(_COMPARISONS[layer.comparison], a, b)
        if layer.comparison == Comparison.NOT_EQUAL:
            truth = s("Not", truth)
        return s("Cast", truth, to=_DOUBLE)

    def _select(self, s: Step, layer: Layer, x: list[str], q: list[int]) -> str:
        a, b = (_shifted(s, x[i], q[i] - layer.quantizer) for i in (1, 2))
        return s("Where", s("Equal", x[0], s.number(0)), b, a)

    # ---- windows and means

    def _average(self, s: Step, layer: Layer, x: list[str], q: list[int]) -> str:
        window = layer.window
        attributes = {"kernel_shape": window.kernel, "strides": window.strides, "pads": window.pads}
        planes = s(
            "Transpose", x[0], perm=[1, 0, 2, 3]
        )  # Planes are pooled each by itself, however many there are.
        total = s(
            "Transpose",
            _convolved(s, planes, np.ones((1, 1, *window.kernel)), **attributes),
            perm=[1, 0, 2, 3],
        )
        if layer.count_padding:
            return _divided(s, total, s.number(window.kernel[0] * window.kernel[1]))
        first = s("Slice", x[0], s.ints(0), s.ints(1), s.ints(1))
        ones = s("Cast", s("Add", s("Mul", first, s.number(0)), s.number(1)), to=_FLOAT)
        inside = s("Conv", ones, s.array(np.ones((1, 1, *window.kernel), np.float32)), **attributes)
        return _divided(s, total, s("Cast", inside, to=_DOUBLE))

    def _mean(self, s: Step, layer: Layer, x: list[str], q: list[int]) -> str:
        axes = s.ints(*(axis for d, axis in enumerate((2, 3, 1)) if layer.axes >> d & 1))
        sizes = s("Gather", s("Shape", x[0]), axes)
        count = s("Cast", s("ReduceProd", sizes, keepdims=0), to=_DOUBLE)
        return _divided(s, s("ReduceSum", x[0], axes), count)

    # ---- moves

    def _concat(self, s: Step, layer: Layer, x: list[str], q: list[int], axis: int = 1) -> str:
        parts = [_shifted(s, each, quantizer - layer.quantizer) for each, quantizer in zip(x, q, strict=True)]
        return s("Concat", *parts, axis=axis)

    def _join(self, s: Step, layer: Layer, x: list[str], q: list[int]) -> str:
        return self._concat(s, layer, x, q, 1 + layer.axes)

    def _slice(self, s: Step, layer: Layer, x: list[str], q: list[int]) -> str:
        top, left, bottom, right = layer.sides
        ends = [layer.channel_begin + layer.channels, *(-cut or 2**31 - 1 for cut in (bottom, right))]
        return s("Slice", x[0], s.ints(layer.channel_begin, top, left), s.ints(*ends), s.ints(1, 2, 3))

    def _pad(self, s: Step, layer: Layer, x: list[str], q: list[int]) -> str:
        top, left, bottom, right = layer.sides
        sides = s.ints(0, 0, top, left, 0, 0, bottom, right)
        if layer.op == Op.PAD_BORDER and layer.mode != 3:
            return s("Pad", x[0], sides, mode=PAD_MODES[layer.mode])
        value = 0.0 if layer.constant is None else float(layer.constant.reshape(-1)[0])
        return s("Pad", x[0], sides, s.number(value))

    def _expand(self, s: Step, layer: Layer, x: list[str], q: list[int]) -> str:
        return s("Expand", x[0], s("Concat", s.ints(1, layer.channels), size_of(s, x[1]), axis=0))

    def _rearrange(self, s: Step, layer: Layer, x: list[str], q: list[int]) -> str:
        return rearranged(s, layer, x[0])

    def _multiple(self, s: Step, layer: Layer, x: list[str], q: list[int]) -> str:
        value = [] if layer.constant is None else [s.number(float(layer.constant.reshape(-1)[0]))]
        return padded_to_multiple(s, layer, x[0], value)

    def _plain(self, s: Step, layer: Layer, x: list[str]) -> str:
        """Operations whose ONNX counterpart says the rule."""
        window = layer.window
        match layer.op:
            case Op.RELU:
                return s("Max", x[0], s.number(0))  # onnxruntime fails to fuse Relu and Clip of doubles
            case Op.CLIP:
                assert layer.constant is not None
                low, high = layer.constant.tolist()
                return s("Clip", x[0], s.number(low), s.number(high))
            case Op.MAX_POOL:
                return s(
                    "MaxPool", x[0], kernel_shape=window.kernel, strides=window.strides, pads=window.pads
                )
            case Op.DEPTH_TO_SPACE:
                mode = "CRD" if layer.column_row_depth else "DCR"
                return s("DepthToSpace", x[0], blocksize=layer.block, mode=mode)
            case Op.SPACE_TO_DEPTH:
                return s("SpaceToDepth", x[0], blocksize=layer.block)
            case Op.RESIZE:
                return resized(s, layer.resampling, x[0])
            case Op.TILE:
                height, width, channels = layer.extent
                return s("Tile", x[0], s.ints(1, channels, height, width))
            case Op.CONSTANT:
                assert layer.constant is not None
                planes = layer.constant.astype(np.float64).reshape(layer.extent).transpose(2, 0, 1)
                return s.array(planes[None])
        raise ConfigError(f"layer '{layer.name}' ({layer.op.name.lower()}) has no integer rule")

    # ---- the whole

    def run(self) -> bytes:
        network, writer = self._network, self._writer
        model = Model(network.to_bytes(), allow_wrapping=True)
        names: list[str] = []
        for name, channels, quantizer in network.inputs:
            writer.declare(writer.inputs, name, channels)
            s = Step(writer, f"{name}:integers")
            scaled = s("Mul", s("Cast", name, to=_DOUBLE), s.number(2.0**quantizer))
            names.append(s("Clip", s("Round", scaled), s.number(-32768), s.number(32767)))
        for layer in network.layers:
            s, x = Step(writer, layer.name), [names[value] for value in layer.inputs]
            quantizers = [self._quantizers[value] for value in layer.inputs]
            handler = self._handlers.get(layer.op)
            names.append(handler(s, layer, x, quantizers) if handler else self._plain(s, layer, x))
        for (name, value), tensor in zip(network.outputs, model.outputs, strict=True):
            if name not in (given for given, _, _ in network.inputs):  # An input may be an output.
                s = Step(writer, f"{name}:numbers")
                real = s("Mul", names[value], s.number(2.0**-tensor.quantizer))
                writer.output(s("Cast", real, to=_FLOAT), name)
            writer.declare(writer.outputs, name, tensor.channels, f"{name}_")
        return writer.model(network.metadata | {EXACT_KEY: json.dumps(model.quantizers)})


def export_exact_onnx(network: Network) -> bytes:
    """Write an integer network as an ONNX file (NCHW, free spatial size, opset 20) that says rounding and saturation.

    Inputs and outputs are real numbers (integer / 2**q, the quantizers being in the metadata `inloop.exact`), as in the
    file of `export_onnx`; a runtime that computes as ONNX says gives our integers. The file is for runtimes and for
    checking, not for import. Raises `ConfigError` for a float network.
    """
    if network.is_float:
        raise ConfigError("a float network has no integers to be exact about")
    return _ExactExporter(network).run()
