# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""`Network` -> ONNX, by the convention in the docstring of `inloop.convert`: importing it gives the same network."""

from __future__ import annotations

import json
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from inloop.convert.fields import Comparison, Coordinates, Function, Interpolation
from inloop.convert.network import Layer, Network, Op
from inloop.convert.onnx_moves import PAD_MODES, cropped_to, flipped, padded_to_multiple, rearranged, size_of
from inloop.convert.onnx_writer import GraphWriter, Step
from inloop.engine.model import Model
from inloop.errors import UnsupportedError

_BINARY = {Op.ADD: "Add", Op.SUB: "Sub", Op.MUL: "Mul", Op.MAXIMUM: "Max", Op.MINIMUM: "Min"}
_COMPARISONS = {
    Comparison.LESS: "Less", Comparison.LESS_EQUAL: "LessOrEqual", Comparison.GREATER: "Greater",
    Comparison.GREATER_EQUAL: "GreaterOrEqual", Comparison.EQUAL: "Equal",
}  # fmt: skip
_FUNCTIONS = {
    Function.SIGMOID: "Sigmoid", Function.HARD_SWISH: "HardSwish", Function.TANH: "Tanh", Function.ERF: "Erf",
    Function.EXP: "Exp", Function.LOG: "Log", Function.SQRT: "Sqrt", Function.RECIPROCAL: "Reciprocal",
    Function.ABS: "Abs", Function.SOFTPLUS: "Softplus", Function.SOFTSIGN: "Softsign", Function.MISH: "Mish",
    Function.FLOOR: "Floor", Function.CEIL: "Ceil", Function.ROUND: "Round", Function.SIGN: "Sign",
    Function.SINE: "Sin", Function.COSINE: "Cos", Function.GELU: "Gelu",
}  # fmt: skip
# Operations that broadcast their operands in ONNX, so that no expand is written before them.
_BROADCASTING = frozenset([*_BINARY, Op.COMPARE, Op.SELECT])
_COORDINATES = {
    Coordinates.HALF_PIXEL: "half_pixel",
    Coordinates.ASYMMETRIC: "asymmetric",
    Coordinates.ALIGN_CORNERS: "align_corners",
}
_NEAREST = ("round_prefer_floor", "round_prefer_ceil", "floor", "ceil")


class _Exporter:
    def __init__(self, network: Network, any_move: bool) -> None:
        self._network = network
        self._any_move = any_move
        self._writer = GraphWriter(
            [name for name, _, _ in network.inputs] + [name for name, _ in network.outputs]
        )
        self._quantizers: dict[str, int] = {}
        self._names: list[str] = []  # Each value has a tensor of this name.
        # The truth values of a comparison have a tensor of their own.
        self._truths: dict[int, str] = {}
        self._handlers: dict[Op, Callable[[Layer, list[str]], str]] = {
            Op.CONV: self._conv, Op.BIAS_ADD: self._constant_operand, Op.MUL_CONSTANT: self._constant_operand,
            Op.PRELU: self._constant_operand, Op.RELU: lambda layer, x: self._node("Relu", layer, x),
            Op.CONCAT: lambda layer, x: self._node("Concat", layer, x, axis=1), Op.SLICE: self._slice,
            Op.CLIP: self._clip, Op.PAD: self._pad, Op.PAD_BORDER: self._pad, Op.MAX_POOL: self._pool,
            Op.AVERAGE_POOL: self._pool, Op.DEPTH_TO_SPACE: self._shuffle, Op.SPACE_TO_DEPTH: self._shuffle,
            Op.REDUCE_MEAN: self._mean, Op.RESIZE: self._resize, Op.FUNCTION: self._function, Op.TILE: self._tile,
            Op.COMPARE: self._compare, Op.SELECT: self._select, Op.EXPAND: self._expand, Op.CONSTANT: self._constant,
            Op.GRID_SAMPLE: self._grid_sample, Op.PAD_MULTIPLE: self._multiple, Op.RESIZE_TO: self._resize_to,
            Op.REARRANGE: self._rearrange,
            Op.JOIN: lambda layer, x: self._node("Concat", layer, x, axis=1 + layer.axes),
            Op.FLIP: lambda layer, x: flipped(Step(self._writer, layer.name), layer, x[0]),
            Op.CROP_TO: lambda layer, x: cropped_to(Step(self._writer, layer.name), layer, *x),
        }  # fmt: skip

    # ---- names, constants, nodes

    def _numbers(self, layer: Layer, array: NDArray[Any], suffix: str = "constant") -> str:
        """A layer's constant as real numbers, with its quantizer."""
        real = array.astype(np.float64) * 2.0**-layer.constant_quantizer
        name = self._writer.initializer(f"{layer.name}.{suffix}", real.astype(np.float32))
        if not self._network.is_float:
            self._quantizers[name] = layer.constant_quantizer
        return name

    def _ints(self, layer: Layer, *numbers: int) -> str:
        return self._writer.initializer(f"{layer.name}.numbers", np.array(numbers, np.int64))

    def _node(self, op: str, layer: Layer, inputs: list[str], **attributes: Any) -> str:
        return self._writer.node(op, layer.name, inputs, **attributes)

    def _free(self, name: str, layer: Layer) -> str:
        """Declare the quantizer of a result that may have any."""
        if not self._network.is_float:
            self._quantizers[name] = layer.quantizer
        return name

    def _missing(self, layer: Layer) -> UnsupportedError:
        return UnsupportedError(f"layer '{layer.name}' ({layer.op.name.lower()}) has no counterpart in ONNX")

    # ---- operations

    def _conv(self, layer: Layer, x: list[str]) -> str:
        assert layer.constant is not None
        window = layer.window
        weights = self._numbers(layer, layer.constant.transpose(0, 3, 1, 2), "weight")
        name = self._node(
            "Conv", layer, [*x, weights], kernel_shape=window.kernel, strides=window.strides, pads=window.pads,
            group=layer.groups,
        )  # fmt: skip
        return self._free(name, layer)

    def _constant_operand(self, layer: Layer, x: list[str]) -> str:
        assert layer.constant is not None
        array = layer.constant.reshape(-1, 1, 1) if layer.constant.size > 1 else layer.constant.reshape(-1)
        op = {Op.BIAS_ADD: "Add", Op.MUL_CONSTANT: "Mul", Op.PRELU: "PRelu"}[layer.op]
        name = self._node(op, layer, [*x, self._numbers(layer, array)])
        return self._free(name, layer) if op == "Mul" else name

    def _slice(self, layer: Layer, x: list[str]) -> str:
        top, left, bottom, right = layer.sides
        last = layer.channel_begin + layer.channels
        ends = [last, *(-cut or 2**31 - 1 for cut in (bottom, right))]
        starts = self._ints(layer, layer.channel_begin, top, left)
        return self._node("Slice", layer, [*x, starts, self._ints(layer, *ends), self._ints(layer, 1, 2, 3)])

    def _clip(self, layer: Layer, x: list[str]) -> str:
        assert layer.constant is not None
        limits = layer.constant.astype(np.float64) * 2.0 ** -(
            0 if self._network.is_float else layer.quantizer
        )
        names = [
            self._writer.initializer(f"{layer.name}.limit", np.array(limit, np.float32)) for limit in limits
        ]
        return self._node("Clip", layer, [*x, *names])

    def _pad(self, layer: Layer, x: list[str]) -> str:
        top, left, bottom, right = layer.sides
        inputs = [*x, self._ints(layer, 0, 0, top, left, 0, 0, bottom, right)]
        if layer.op == Op.PAD_BORDER:
            inputs += self._value(layer)
        return self._node("Pad", layer, inputs, mode=PAD_MODES[3 if layer.op == Op.PAD else layer.mode])

    def _value(self, layer: Layer) -> list[str]:
        """The number that pads, where there is one."""
        if layer.mode != 3:
            return []
        assert layer.constant is not None
        q = 0 if self._network.is_float else layer.quantizer
        value = np.array(float(layer.constant.reshape(-1)[0]) * 2.0**-q, np.float32)
        return [self._writer.initializer(f"{layer.name}.value", value)]

    def _multiple(self, layer: Layer, x: list[str]) -> str:
        return padded_to_multiple(Step(self._writer, layer.name), layer, x[0], self._value(layer))

    def _pool(self, layer: Layer, x: list[str]) -> str:
        window = layer.window
        attributes = {"kernel_shape": window.kernel, "strides": window.strides, "pads": window.pads}
        if layer.op == Op.MAX_POOL:
            return self._node("MaxPool", layer, x, **attributes)
        return self._node("AveragePool", layer, x, count_include_pad=int(layer.count_padding), **attributes)

    def _shuffle(self, layer: Layer, x: list[str]) -> str:
        if layer.op == Op.SPACE_TO_DEPTH:
            return self._node("SpaceToDepth", layer, x, blocksize=layer.block)
        mode = "CRD" if layer.column_row_depth else "DCR"
        return self._node("DepthToSpace", layer, x, blocksize=layer.block, mode=mode)

    def _mean(self, layer: Layer, x: list[str]) -> str:
        axes = [axis for d, axis in enumerate((2, 3, 1)) if layer.axes >> d & 1]
        return self._node("ReduceMean", layer, [*x, self._ints(layer, *axes)])

    def _resize(self, layer: Layer, x: list[str]) -> str:
        r = layer.resampling
        scales = np.array([1, 1, *(float(Fraction(*scale)) for scale in (r.y, r.x))], np.float32)
        return self._resized(layer, [*x, "", self._writer.initializer(f"{layer.name}.scales", scales)])

    def _resize_to(self, layer: Layer, x: list[str]) -> str:
        s = Step(self._writer, layer.name)
        whole = s("Slice", s("Shape", x[0]), s.ints(0), s.ints(2))
        return self._resized(layer, [x[0], "", "", s("Concat", whole, size_of(s, x[1]), axis=0)])

    def _resized(self, layer: Layer, inputs: list[str]) -> str:
        r = layer.resampling
        coordinates = "pytorch_half_pixel" if r.pytorch else _COORDINATES[r.coordinates]
        mode = {Interpolation.NEAREST: "nearest", Interpolation.BILINEAR: "linear"}.get(
            r.interpolation, "cubic"
        )
        more = {"cubic_coeff_a": -0.75 if r.interpolation == Interpolation.BICUBIC else -0.5}
        return self._node(
            "Resize", layer, inputs, mode=mode, coordinate_transformation_mode=coordinates,
            nearest_mode=_NEAREST[r.nearest], **(more if mode == "cubic" else {}),
        )  # fmt: skip

    def _grid_sample(self, layer: Layer, x: list[str]) -> str:
        grid = self._node(
            "Transpose", Layer(Op.REARRANGE, [], 0, f"{layer.name}.grid"), [x[1]], perm=[0, 2, 3, 1]
        )
        mode = "nearest" if layer.grid.interpolation == Interpolation.NEAREST else "linear"
        return self._node(
            "GridSample", layer, [x[0], grid], mode=mode, padding_mode=layer.grid.padding.name.lower(),
            align_corners=int(layer.grid.align_corners),
        )  # fmt: skip

    def _function(self, layer: Layer, x: list[str]) -> str:
        a, b = layer.parameters
        match layer.function:
            case Function.GELU_TANH:
                return self._node("Gelu", layer, x, approximate="tanh")
            case Function.HARD_SIGMOID:
                return self._node("HardSigmoid", layer, x, alpha=a, beta=b)
            case Function.ELU if b == 1:
                return self._node("Elu", layer, x, alpha=a)
            case Function.ELU:
                return self._node("Celu", layer, x, alpha=a)
            case Function.SWISH if a == 1:
                s = Step(self._writer, layer.name)
                return s("Mul", x[0], s("Sigmoid", x[0]))
            case function if function in _FUNCTIONS:
                return self._node(_FUNCTIONS[function], layer, x)
        raise self._missing(layer)

    def _tile(self, layer: Layer, x: list[str]) -> str:
        height, width, channels = layer.extent
        return self._node("Tile", layer, [*x, self._ints(layer, 1, channels, height, width)])

    def _compare(self, layer: Layer, x: list[str]) -> str:
        if layer.comparison not in _COMPARISONS:
            raise self._missing(layer)
        truth = self._node(_COMPARISONS[layer.comparison], layer, x)
        self._truths[len(self._names)] = truth
        return self._node("Cast", layer, [truth], to=1)

    def _select(self, layer: Layer, x: list[str]) -> str:
        truth = self._truths.get(layer.inputs[0])
        if truth is None:
            raise self._missing(layer)
        return self._node("Where", layer, [truth, *x[1:]])

    def _expand(self, layer: Layer, x: list[str]) -> str:
        value = len(self._names)
        readers = [other for other in self._network.layers if value in other.inputs]
        is_output = any(number == value for _, number in self._network.outputs)
        if is_output or any(reader.op not in _BROADCASTING for reader in readers):
            if not self._any_move:
                raise self._missing(layer)
            s = Step(self._writer, layer.name)
            return s("Expand", x[0], s("Concat", s.ints(1, layer.channels), size_of(s, x[1]), axis=0))
        return x[0]

    def _rearrange(self, layer: Layer, x: list[str]) -> str:
        if not self._any_move:
            raise self._missing(layer)
        return rearranged(Step(self._writer, layer.name), layer, x[0])

    def _constant(self, layer: Layer, x: list[str]) -> str:
        assert layer.constant is not None
        return self._numbers(layer, layer.constant.reshape(layer.extent).transpose(2, 0, 1)[None])

    # ---- the whole

    def run(self) -> bytes:
        network, writer = self._network, self._writer
        for name, channels, quantizer in network.inputs:
            self._names.append(name)
            writer.declare(writer.inputs, name, channels)
            if not network.is_float:
                self._quantizers[name] = quantizer
        for layer in network.layers:
            self._names.append(self._layer(layer, [self._names[value] for value in layer.inputs]))
        described = Model(network.to_bytes(), allow_wrapping=True).outputs
        for (name, value), tensor in zip(network.outputs, described, strict=True):
            if self._names[value] != name:  # An input may be an output.
                writer.output(self._names[value], name)
            writer.declare(writer.outputs, name, tensor.channels, f"{name}_")
        metadata = dict(network.metadata)
        if not network.is_float:
            metadata |= {"inloop.version": "1", "inloop.quantizers": json.dumps(self._quantizers)}
        return writer.model(metadata)

    def _layer(self, layer: Layer, inputs: list[str]) -> str:
        if layer.op in _BINARY:
            name = self._node(_BINARY[layer.op], layer, inputs)
            return self._free(name, layer) if layer.op == Op.MUL else name
        handler = self._handlers.get(layer.op)
        if handler is None:
            raise self._missing(layer)
        return handler(layer, inputs)


def export_onnx(network: Network, *, any_move: bool = False) -> bytes:
    """Write a network as an ONNX file (NCHW, free spatial size, opset 20) that any runtime executes.

    Importing it again gives the same network, with the same identity. Raises `UnsupportedError` for what ONNX has no
    operation for: tables, and rearrangements and expansions by themselves. With `any_move` these are said by several
    operations, from which another network may be imported that computes the same.
    """
    return _Exporter(network, any_move).run()
