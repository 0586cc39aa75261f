# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""SADL model files -> `Network`. The rules of both are the same: integers are reproduced exactly.

An int32 network (no rule of the engine's covers it) becomes a float network of the real values.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from inloop.convert.fields import Window
from inloop.convert.importer.products import contracted
from inloop.convert.importer.transposed import transposed_convolution
from inloop.convert.importer.values import CHANNELS, Stored, Value, axes_of
from inloop.convert.importer.windows import windowed_size
from inloop.convert.network import Constant, Layer, Network, Op
from inloop.convert.sadl_file import SadlFile, SadlLayer, SadlOp, read_sadl
from inloop.convert.sadl_graph import SadlGraph
from inloop.convert.sadl_moves import MOVES
from inloop.errors import ModelError, UnsupportedError


class SadlImporter(SadlGraph):
    """The walk over a file's layers."""

    def __init__(self, file: SadlFile) -> None:
        super().__init__(file)
        self._handlers: dict[int, Callable[[SadlLayer], None]] = {
            SadlOp.CONST: self._constant, SadlOp.CONV2D: self._conv, SadlOp.CONV2D_TRANSPOSE: self._conv_transpose,
            SadlOp.MAT_MUL: self._mat_mul, SadlOp.BIAS_ADD: self._bias, SadlOp.RELU: self._relu,
            SadlOp.PRELU: self._prelu, SadlOp.LEAKY_RELU: self._prelu, SadlOp.ADD: self._add, SadlOp.MUL: self._mul,
            SadlOp.CONCAT: self._concat, SadlOp.MAXIMUM: self._extreme, SadlOp.MINIMUM: self._extreme,
            SadlOp.MAX_POOL: self._pool, SadlOp.AVERAGE_POOL: self._pool,
        }  # fmt: skip

    def run(self) -> Network:
        """Import everything.

        Raises:
            ModelError: The file contradicts itself.
            UnsupportedError: It has a layer that the engine lacks.
        """
        by_id = {layer.id: layer for layer in self.file.layers}
        for number in self.file.inputs:
            layer = by_id.get(number)
            if layer is None or layer.op != SadlOp.PLACEHOLDER or len(layer.dims) != 4 or 0 in layer.dims:
                raise ModelError(f"SADL input {number} is no placeholder of four dimensions")
            quantizer = 0 if self.is_float else layer.quantizer
            axes = [axes_of(size) for size in layer.dims]
            stored: Stored = (axes[1], axes[2], axes[3])
            self.values[number] = Value(len(self.network.inputs), quantizer, ((), *stored), stored)
            self.network.inputs.append((layer.name, layer.dims[3], quantizer))
        for layer in self.file.layers:
            if layer.op == SadlOp.PLACEHOLDER:
                continue
            if layer.op in MOVES:
                MOVES[layer.op](self, layer)
            else:
                self._handlers[layer.op](layer)
        for index, number in enumerate(self.file.outputs):
            name = "out" if len(self.file.outputs) == 1 else f"out{index}"
            self.network.outputs.append((name, self.as_image(name, self.value(number)).number))
        self.network.prune()
        return self.network

    def _constant(self, layer: SadlLayer) -> None:
        self.constants[layer.id] = layer

    @staticmethod
    def two(layer: SadlLayer, numbers: tuple[int, ...]) -> tuple[int, int]:
        """Return height and width of a list of four numbers or of two.

        Args:
            layer: The layer that has them, for the message.
            numbers: Strides or a kernel as the file has them.

        Raises:
            UnsupportedError: They concern batches or channels.
        """
        both = numbers[1:3] if len(numbers) == 4 else numbers
        if len(both) != 2 or min(both) < 1:
            raise UnsupportedError(f"SADL layer '{layer.name}' has strides or kernel {numbers}")
        return both[0], both[1]

    def _window(self, layer: SadlLayer, kernel: tuple[int, int]) -> Window:
        if len(layer.pads) != 4:
            raise UnsupportedError(f"SADL layer '{layer.name}' has {len(layer.pads)} pads, 4 expected")
        top, left, bottom, right = layer.pads
        return Window(kernel, self.two(layer, layer.strides), (top, left, bottom, right))

    def _conv(self, layer: SadlLayer) -> None:
        data, weights = self.operands(layer, 2)
        x = self.picture(layer, data)
        numbers, quantizer = self.const(layer, weights)
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
        self.put_image(layer, result, windowed_size(x, window), channels)

    def _conv_transpose(self, layer: SadlLayer) -> None:
        """Weights (height, width, output channels, input channels)."""
        data, weights = self.operands(layer, 2)
        x = self.picture(layer, data)
        numbers, quantizer = self.const(layer, weights)
        if numbers.ndim != 4 or numbers.shape[3] != x.channels or len(layer.pads) != 4:
            raise ModelError(f"SADL layer '{layer.name}': weights or pads do not fit its input")
        template = Layer(
            Op.CONV, [], 0 if self.is_float else x.quantizer - layer.quantizer, constant_quantizer=quantizer,
            constant=numbers.transpose(2, 3, 0, 1),
        )  # fmt: skip
        extra = layer.output_pads[1:3] if len(layer.output_pads) == 4 else layer.output_pads or (0, 0)
        strides = self.two(layer, layer.strides)
        node = self.node(layer, strides=strides, pads=layer.pads, output_padding=extra)
        y = transposed_convolution(self, node, x, template)
        self.put(layer, Value(y.number, y.quantizer, ((), *y.stored), y.stored))

    def _mat_mul(self, layer: SadlLayer) -> None:
        data, weights = self.operands(layer, 2)
        x = self.value(data)
        numbers, quantizer = self.const(layer, weights)
        while numbers.ndim > 2 and numbers.shape[0] == 1:
            numbers = numbers[0]
        if numbers.ndim != 2 or x.rank < 2 or x.shape[-1] != numbers.shape[0]:
            raise UnsupportedError(
                f"SADL layer '{layer.name}': only products with a matrix that fits are supported"
            )
        result = 0 if self.is_float else x.quantizer - layer.quantizer
        matrix: Constant = numbers.T
        self.put(layer, contracted(self, self.node(layer), x, x.rank - 1, matrix, (quantizer, result)))

    def _per_channel(self, layer: SadlLayer, number: int, x: Value) -> tuple[NDArray[Any], int]:
        numbers, quantizer = self.const(layer, number)
        alone = x.dims and x.dims[-1] == x.stored[CHANNELS]
        if numbers.size != 1 and (
            numbers.size != x.channels or numbers.shape[-1] != numbers.size or not alone
        ):
            raise UnsupportedError(
                f"SADL layer '{layer.name}': constant is neither one number nor one a channel"
            )
        return numbers.reshape(-1), quantizer

    def _bias(self, layer: SadlLayer) -> None:
        data, bias = self.operands(layer, 2)
        x = self.value(data)
        numbers, quantizer = self._per_channel(layer, bias, x)
        result = Layer(Op.BIAS_ADD, [x.number], quantizer, constant_quantizer=quantizer, constant=numbers)
        self.put_same(layer, x, result)

    def _relu(self, layer: SadlLayer) -> None:
        x = self.value(self.operands(layer, 1)[0])
        self.put_same(layer, x, Layer(Op.RELU, [x.number], x.quantizer))

    def _prelu(self, layer: SadlLayer) -> None:
        data, slope = self.operands(layer, 2)
        x = self.value(data)
        numbers, quantizer = self._per_channel(layer, slope, x)
        result = Layer(Op.PRELU, [x.number], x.quantizer, constant_quantizer=quantizer, constant=numbers)
        self.put_same(layer, x, result)

    def _add(self, layer: SadlLayer) -> None:
        first, second = self.operands(layer, 2)
        if second in self.constants:
            self._add_constant(layer, self.value(first), second)
            return
        a, b = self.pair(layer)
        self.put_same(layer, a, Layer(Op.ADD, [a.number, b.number], min(a.quantizer, b.quantizer)))

    def _add_constant(self, layer: SadlLayer, x: Value, number: int) -> None:
        """Here the lower quantizer wins, unlike in a bias: shift the constant first where it has the larger one."""
        numbers, quantizer = self._per_channel(layer, number, x)
        if not self.is_float and quantizer > x.quantizer:
            numbers, quantizer = numbers >> min(quantizer - x.quantizer, 15), x.quantizer
        result = Layer(Op.BIAS_ADD, [x.number], quantizer, constant_quantizer=quantizer, constant=numbers)
        self.put_same(layer, x, result)

    def _mul(self, layer: SadlLayer) -> None:
        first, second = self.operands(layer, 2)
        x = self.value(first)
        if second not in self.constants:
            a, b = self.pair(layer)
            result = Layer(Op.MUL, [a.number, b.number], a.quantizer - layer.quantizer)
            self.put_same(layer, a, result)
            return
        numbers, own = self._per_channel(layer, second, x)
        quantizer = x.quantizer - layer.quantizer
        result = Layer(Op.MUL_CONSTANT, [x.number], quantizer, constant_quantizer=own, constant=numbers)
        self.put_same(layer, x, result)

    def _concat(self, layer: SadlLayer) -> None:
        if len(layer.inputs) < 2 or layer.inputs[-1] not in self.constants:
            raise ModelError(f"SADL layer '{layer.name}': the last input must be the axis")
        if self.integers(layer, layer.inputs[-1]) not in ((3,), (-1,)):
            raise UnsupportedError(f"SADL layer '{layer.name}': only concatenation of channels is supported")
        parts = [self.picture(layer, number) for number in layer.inputs[:-1]]
        result = Layer(Op.CONCAT, [part.number for part in parts], min(part.quantizer for part in parts))
        size = (parts[0].shape[1], parts[0].shape[2])
        self.put_image(layer, result, size, sum(part.channels for part in parts))

    def _extreme(self, layer: SadlLayer) -> None:
        a, b = self.pair(layer)
        op = Op.MAXIMUM if layer.op == SadlOp.MAXIMUM else Op.MINIMUM
        self.put_same(layer, a, Layer(op, [a.number, b.number], max(a.quantizer, b.quantizer)))

    def _pool(self, layer: SadlLayer) -> None:
        x = self.picture(layer, self.operands(layer, 1)[0])
        window = self._window(layer, self.two(layer, layer.kernel))
        op = Op.MAX_POOL if layer.op == SadlOp.MAX_POOL else Op.AVERAGE_POOL
        if op == Op.AVERAGE_POOL:
            self.require_float(layer)
        self.put_image(
            layer, Layer(op, [x.number], x.quantizer, window=window), windowed_size(x, window), x.channels
        )


def import_sadl(source: str | Path | bytes) -> Network:
    """Import a SADL file (0002 to 0005; int16, float, or int32 as its real values), given by path or content.

    Raises `ModelError` for a damaged file, `UnsupportedError` for what the engine does not have.
    """
    data = source if isinstance(source, bytes) else Path(source).read_bytes()
    return SadlImporter(read_sadl(data)).run()
