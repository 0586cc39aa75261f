# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""SADL model files -> `Network`, and back. The rules of both are the same: integers are reproduced exactly."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from inloop.convert.fields import Window
from inloop.convert.network import Layer, Network, Op
from inloop.convert.sadl_file import SadlFile, SadlLayer, SadlOp, read_sadl, write_sadl
from inloop.errors import ModelError, UnsupportedError

_TO_END = 2**31 - 1


@dataclass(frozen=True)
class _Value:
    number: int
    height: int
    width: int
    channels: int
    quantizer: int


class _Importer:
    def __init__(self, file: SadlFile) -> None:
        if file.type == 0:
            raise UnsupportedError("SADL file holds an int32 network; int16 and float are supported")
        self._file = file
        self._network = Network(is_float=file.type == 1)
        self._values: dict[int, _Value] = {}
        self._constants: dict[int, SadlLayer] = {}
        self._handlers: dict[int, Callable[[SadlLayer], None]] = {
            SadlOp.CONST: self._constant, SadlOp.IDENTITY: self._identity, SadlOp.CONV2D: self._conv,
            SadlOp.BIAS_ADD: self._bias, SadlOp.RELU: self._relu, SadlOp.PRELU: self._prelu,
            SadlOp.LEAKY_RELU: self._prelu, SadlOp.ADD: self._add, SadlOp.MUL: self._mul,
            SadlOp.CONCAT: self._concat, SadlOp.SLICE: self._slice, SadlOp.MAXIMUM: self._extreme,
            SadlOp.MINIMUM: self._extreme, SadlOp.PAD: self._pad, SadlOp.MAX_POOL: self._max_pool,
        }  # fmt: skip

    def run(self) -> Network:
        by_id = {layer.id: layer for layer in self._file.layers}
        for number in self._file.inputs:
            layer = by_id.get(number)
            if layer is None or layer.op != SadlOp.PLACEHOLDER or len(layer.dims) != 4:
                raise ModelError(f"SADL input {number} is no placeholder of four dimensions")
            value = _Value(len(self._network.inputs), *layer.dims[1:], layer.quantizer)
            self._network.inputs.append(
                (layer.name, value.channels, 0 if self._network.is_float else layer.quantizer)
            )
            self._values[number] = value
        for layer in self._file.layers:
            if layer.op != SadlOp.PLACEHOLDER:
                self._handlers[layer.op](layer)
        for index, number in enumerate(self._file.outputs):
            name = "out" if len(self._file.outputs) == 1 else f"out{index}"
            self._network.outputs.append((name, self._value_of(number).number))
        self._network.prune()
        return self._network

    def _value_of(self, number: int) -> _Value:
        if number not in self._values:
            raise ModelError(
                f"SADL layer {number} is read before it exists, or is a constant where none may be"
            )
        return self._values[number]

    def _operands(self, layer: SadlLayer, count: int) -> list[int]:
        if len(layer.inputs) != count:
            raise ModelError(f"SADL layer '{layer.name}' has {len(layer.inputs)} inputs, {count} expected")
        return layer.inputs

    def _const(self, layer: SadlLayer, number: int) -> tuple[NDArray[Any], int]:
        constant = self._constants.get(number)
        if constant is None or constant.data is None:
            raise UnsupportedError(f"SADL layer '{layer.name}' needs a constant as operand {number}")
        if constant.data.dtype != (np.float32 if self._network.is_float else np.int16):
            raise UnsupportedError(f"SADL constant '{constant.name}' has another type than the network")
        if not self._network.is_float and np.any(constant.data == -32768):
            raise UnsupportedError(f"SADL constant '{constant.name}' holds -32768, outside -32767..32767")
        return constant.data, constant.quantizer

    def _emit(self, source: SadlLayer, layer: Layer, height: int, width: int, channels: int) -> None:
        layer.name = source.name
        if self._network.is_float:
            layer.quantizer = layer.constant_quantizer = 0
        number = self._network.add(layer)
        self._values[source.id] = _Value(number, height, width, channels, layer.quantizer)

    def _same(self, source: SadlLayer, x: _Value, layer: Layer) -> None:
        self._emit(source, layer, x.height, x.width, x.channels)

    def _constant(self, layer: SadlLayer) -> None:
        self._constants[layer.id] = layer

    def _identity(self, layer: SadlLayer) -> None:
        self._values[layer.id] = self._value_of(self._operands(layer, 1)[0])

    @staticmethod
    def _two(layer: SadlLayer, numbers: tuple[int, ...]) -> tuple[int, int]:
        spatial = numbers[1:3] if len(numbers) == 4 else numbers
        if len(spatial) != 2:
            raise UnsupportedError(f"SADL layer '{layer.name}' has strides or kernel {numbers}")
        return spatial[0], spatial[1]

    def _window(self, layer: SadlLayer, kernel: tuple[int, int]) -> Window:
        if len(layer.pads) != 4:
            raise UnsupportedError(f"SADL layer '{layer.name}' has {len(layer.pads)} pads, 4 expected")
        top, left, bottom, right = layer.pads
        return Window(kernel, self._two(layer, layer.strides), (top, left, bottom, right))

    @staticmethod
    def _output_size(x: _Value, window: Window) -> tuple[int, int]:
        top, left, bottom, right = window.pads
        height = (x.height + top + bottom - window.kernel[0]) // max(window.strides[0], 1) + 1
        return height, (x.width + left + right - window.kernel[1]) // max(window.strides[1], 1) + 1

    def _conv(self, layer: SadlLayer) -> None:
        data, weights = self._operands(layer, 2)
        x = self._value_of(data)
        numbers, quantizer = self._const(layer, weights)
        if numbers.ndim != 4:
            raise ModelError(f"SADL layer '{layer.name}' has weights of {numbers.ndim} dimensions")
        kh, kw, per_group, channels = numbers.shape
        if per_group * layer.groups != x.channels:
            raise ModelError(f"SADL layer '{layer.name}': weights do not fit its input")
        window = self._window(layer, (kh, kw))
        result = Layer(
            Op.CONV, [x.number], x.quantizer - layer.quantizer, channels=channels, groups=layer.groups, window=window,
            constant_quantizer=quantizer, constant=numbers.transpose(3, 0, 1, 2),
        )  # fmt: skip
        self._emit(layer, result, *self._output_size(x, window), channels)

    def _per_channel(self, layer: SadlLayer, number: int, x: _Value) -> tuple[NDArray[Any], int]:
        numbers, quantizer = self._const(layer, number)
        if numbers.size not in (1, x.channels) or numbers.shape[-1] != numbers.size:
            raise UnsupportedError(
                f"SADL layer '{layer.name}': constant is neither one number nor one a channel"
            )
        return numbers.reshape(-1), quantizer

    def _bias(self, layer: SadlLayer) -> None:
        data, bias = self._operands(layer, 2)
        x = self._value_of(data)
        numbers, quantizer = self._per_channel(layer, bias, x)
        self._same(
            layer,
            x,
            Layer(Op.BIAS_ADD, [x.number], quantizer, constant_quantizer=quantizer, constant=numbers),
        )

    def _relu(self, layer: SadlLayer) -> None:
        x = self._value_of(self._operands(layer, 1)[0])
        self._same(layer, x, Layer(Op.RELU, [x.number], x.quantizer))

    def _prelu(self, layer: SadlLayer) -> None:
        data, slope = self._operands(layer, 2)
        x = self._value_of(data)
        numbers, quantizer = self._per_channel(layer, slope, x)
        self._same(
            layer, x, Layer(Op.PRELU, [x.number], x.quantizer, constant_quantizer=quantizer, constant=numbers)
        )

    def _add(self, layer: SadlLayer) -> None:
        first, second = self._operands(layer, 2)
        if second in self._constants:
            self._add_constant(layer, self._value_of(first), second)
            return
        a, b = self._value_of(first), self._value_of(second)
        self._same(layer, a, Layer(Op.ADD, [a.number, b.number], min(a.quantizer, b.quantizer)))

    def _add_constant(self, layer: SadlLayer, x: _Value, number: int) -> None:
        """Here the lower quantizer wins, unlike in a bias: shift the constant first where it has the larger one."""
        numbers, quantizer = self._per_channel(layer, number, x)
        if not self._network.is_float and quantizer > x.quantizer:
            numbers, quantizer = numbers >> min(quantizer - x.quantizer, 15), x.quantizer
        self._same(
            layer,
            x,
            Layer(Op.BIAS_ADD, [x.number], quantizer, constant_quantizer=quantizer, constant=numbers),
        )

    def _mul(self, layer: SadlLayer) -> None:
        first, second = self._operands(layer, 2)
        x = self._value_of(first)
        quantizer = x.quantizer - layer.quantizer
        if second not in self._constants:
            self._same(layer, x, Layer(Op.MUL, [x.number, self._value_of(second).number], quantizer))
            return
        numbers, own = self._per_channel(layer, second, x)
        self._same(
            layer, x, Layer(Op.MUL_CONSTANT, [x.number], quantizer, constant_quantizer=own, constant=numbers)
        )

    def _concat(self, layer: SadlLayer) -> None:
        if len(layer.inputs) < 2 or layer.inputs[-1] not in self._constants:
            raise ModelError(f"SADL layer '{layer.name}': the last input must be the axis")
        axis = self._constants[layer.inputs[-1]].data
        if axis is None or axis.size != 1 or int(axis.reshape(-1)[0]) not in (3, -1):
            raise UnsupportedError(f"SADL layer '{layer.name}': only concatenation of channels is supported")
        parts = [self._value_of(number) for number in layer.inputs[:-1]]
        result = Layer(Op.CONCAT, [part.number for part in parts], min(part.quantizer for part in parts))
        self._emit(layer, result, parts[0].height, parts[0].width, sum(part.channels for part in parts))

    def _slice(self, layer: SadlLayer) -> None:
        x = self._value_of(self._operands(layer, 1)[0])
        cuts = []
        for axis, size in enumerate((x.height, x.width, x.channels)):
            start, end = layer.limits[2 * axis : 2 * axis + 2]
            stop = size if end == _TO_END else end + size if end < 0 else end
            if not 0 <= start < stop <= size:
                raise ModelError(f"SADL layer '{layer.name}' keeps {start} to {stop} of {size}")
            cuts.append((start, size - stop))
        (top, bottom), (left, right), (begin, end) = cuts
        result = Layer(
            Op.SLICE, [x.number], x.quantizer, channels=x.channels - begin - end, channel_begin=begin,
            sides=(top, left, bottom, right),
        )  # fmt: skip
        self._emit(layer, result, x.height - top - bottom, x.width - left - right, result.channels)

    def _extreme(self, layer: SadlLayer) -> None:
        a, b = (self._value_of(number) for number in self._operands(layer, 2))
        op = Op.MAXIMUM if layer.op == SadlOp.MAXIMUM else Op.MINIMUM
        self._same(layer, a, Layer(op, [a.number, b.number], max(a.quantizer, b.quantizer)))

    def _pad(self, layer: SadlLayer) -> None:
        x = self._value_of(self._operands(layer, 1)[0])
        top, left, bottom, right = layer.pads
        if layer.mode or min(layer.pads) < 0:
            raise UnsupportedError(f"SADL layer '{layer.name}': only padding with zeros is supported")
        result = Layer(Op.PAD, [x.number], x.quantizer, sides=(top, left, bottom, right))
        self._emit(layer, result, x.height + top + bottom, x.width + left + right, x.channels)

    def _max_pool(self, layer: SadlLayer) -> None:
        x = self._value_of(self._operands(layer, 1)[0])
        window = self._window(layer, self._two(layer, layer.kernel))
        result = Layer(Op.MAX_POOL, [x.number], x.quantizer, window=window)
        self._emit(layer, result, *self._output_size(x, window), x.channels)


def import_sadl(source: str | Path | bytes) -> Network:
    """Import a SADL file (0002 to 0005; int16 or float), given by path or content.

    Raises `ModelError` for a damaged file, `UnsupportedError` for what the engine does not have.
    """
    data = source if isinstance(source, bytes) else Path(source).read_bytes()
    return _Importer(read_sadl(data)).run()


class _Exporter:
    def __init__(self, network: Network, height: int, width: int) -> None:
        self._network = network
        self._file = SadlFile(1 if network.is_float else 2, [], [], [])
        self._ids: list[int] = []  # of the network's values
        self._quantizers: list[int] = []
        for name, channels, quantizer in network.inputs:
            self._file.inputs.append(
                self._put(SadlOp.PLACEHOLDER, name, [], quantizer, dims=(1, height, width, channels))
            )
            self._ids.append(self._file.inputs[-1])
            self._quantizers.append(quantizer)

    def _put(self, op: SadlOp, name: str, inputs: list[int], quantizer: int = 0, **fields: Any) -> int:
        number = len(self._file.layers)
        self._file.layers.append(SadlLayer(number, op, name, inputs, quantizer, **fields))
        return number

    def _constant(self, layer: Layer, data: NDArray[Any]) -> int:
        stored = np.ascontiguousarray(data, "<f4" if self._network.is_float else "<i2")
        return self._put(
            SadlOp.CONST,
            f"{layer.name}:constant",
            [],
            layer.constant_quantizer,
            dims=stored.shape,
            data=stored,
        )

    def run(self) -> bytes:
        for layer in self._network.layers:
            self._ids.append(self._layer(layer, [self._ids[value] for value in layer.inputs]))
            self._quantizers.append(layer.quantizer)
        self._file.outputs = [self._ids[value] for _, value in self._network.outputs]
        return write_sadl(self._file)

    def _layer(self, layer: Layer, inputs: list[int]) -> int:
        name, m = layer.name, self._quantizers[layer.inputs[0]] - layer.quantizer
        constant = layer.constant
        match layer.op:
            case Op.CONV:
                assert constant is not None
                weights = self._constant(layer, constant.transpose(1, 2, 3, 0))
                strides, pads = (1, *layer.window.strides, 1), layer.window.pads
                return self._put(
                    SadlOp.CONV2D,
                    name,
                    [*inputs, weights],
                    m,
                    strides=strides,
                    pads=pads,
                    groups=layer.groups,
                )
            case Op.BIAS_ADD | Op.PRELU | Op.MUL_CONSTANT:
                assert constant is not None
                op = {Op.BIAS_ADD: SadlOp.BIAS_ADD, Op.PRELU: SadlOp.PRELU, Op.MUL_CONSTANT: SadlOp.MUL}[
                    layer.op
                ]
                return self._put(
                    op, name, [*inputs, self._constant(layer, constant)], m if op == SadlOp.MUL else 0
                )
            case Op.MUL:
                return self._put(SadlOp.MUL, name, inputs, m)
            case Op.CONCAT:
                axis = self._put(SadlOp.CONST, f"{name}:axis", [], dims=(1,), data=np.array([3], "<i4"))
                return self._put(SadlOp.CONCAT, name, [*inputs, axis])
            case Op.SLICE:
                top, left, bottom, right = layer.sides
                limits = (top, -bottom or _TO_END, left, -right or _TO_END)
                channels = (layer.channel_begin, layer.channel_begin + layer.channels)
                return self._put(SadlOp.SLICE, name, inputs, limits=(*limits, *channels))
            case Op.PAD:
                return self._put(SadlOp.PAD, name, inputs, pads=layer.sides)
            case Op.MAX_POOL:
                strides, kernel = (1, *layer.window.strides, 1), (1, *layer.window.kernel, 1)
                return self._put(
                    SadlOp.MAX_POOL, name, inputs, strides=strides, kernel=kernel, pads=layer.window.pads
                )
            case Op.RELU | Op.ADD | Op.MAXIMUM | Op.MINIMUM:
                return self._put(SadlOp[layer.op.name], name, inputs)
            case _:
                raise UnsupportedError(f"layer '{name}' ({layer.op.name}) has no counterpart in a SADL file")


def export_sadl(network: Network, height: int, width: int) -> bytes:
    """Write a network as SADL 0005 for inputs of height x width; importing it again gives the same integers.

    Raises `UnsupportedError` for an operation that the format, or the engine's reader of it, lacks.
    """
    return _Exporter(network, height, width).run()
