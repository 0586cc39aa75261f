# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""What importing a SADL file works with: the values and constants that its layers have made so far."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from inloop.convert.importer.layout import arranged, default_roles, stored_by
from inloop.convert.importer.node import Attributes, Node
from inloop.convert.importer.sink import Sink
from inloop.convert.importer.values import CHANNELS, HEIGHT, WIDTH, Stored, Value, axes_of
from inloop.convert.network import Layer
from inloop.convert.sadl_file import SadlFile, SadlLayer, SadlOp
from inloop.errors import ModelError, UnsupportedError

INT32 = 0


class SadlGraph(Sink):
    """Operands and results of layers, by their numbers in the file."""

    def __init__(self, file: SadlFile) -> None:
        super().__init__(file.type != 2)
        self.file = file
        self.values: dict[int, Value] = {}
        self.constants: dict[int, SadlLayer] = {}

    def value(self, number: int) -> Value:
        """A computed operand."""
        if number not in self.values:
            raise ModelError(
                f"SADL layer {number} is read before it exists, or is a constant where none may be"
            )
        return self.values[number]

    def operands(self, layer: SadlLayer, count: int) -> list[int]:
        """The layer's inputs, which must be that many."""
        if len(layer.inputs) != count:
            raise ModelError(f"SADL layer '{layer.name}' has {len(layer.inputs)} inputs, {count} expected")
        return layer.inputs

    def as_image(self, name: str, value: Value) -> Value:
        """The value stored as height, width, channels. Raises `UnsupportedError`, naming it, where it is none."""
        roles = (None, HEIGHT, WIDTH, CHANNELS) if value.rank == 4 else default_roles(value)
        if roles is None:
            raise UnsupportedError(f"SADL output '{name}' has more than three dimensions")
        return arranged(self, name, value, stored_by(value, roles))

    # ---- operations

    def pair(self, layer: SadlLayer) -> tuple[Value, Value]:
        """Two computed operands, stored alike."""
        a, b = (self.value(number) for number in self.operands(layer, 2))
        if a.rank != b.rank:
            raise UnsupportedError(
                f"SADL layer '{layer.name}': operands differ in their number of dimensions"
            )
        if a.roles() is None or a.roles() != b.roles():
            a, b = (self.as_image(layer.name, value) for value in (a, b))
        if a.shape != b.shape:
            raise UnsupportedError(
                f"SADL layer '{layer.name}': operands of different shapes are not supported"
            )
        return a, b

    def integers(self, layer: SadlLayer, number: int) -> tuple[int, ...]:
        """A constant of integers: a shape, a permutation, an axis."""
        constant = self.constants.get(number)
        if constant is None or constant.data is None:
            raise UnsupportedError(f"SADL layer '{layer.name}' needs a constant as operand {number}")
        if constant.data.dtype.kind == "f" and not np.array_equal(constant.data, np.rint(constant.data)):
            raise ModelError(f"SADL constant '{constant.name}' is not made of integers")
        return tuple(int(number) for number in constant.data.reshape(-1))

    def const(self, layer: SadlLayer, number: int) -> tuple[NDArray[Any], int]:
        """A constant in the network's type, and its quantizer."""
        constant = self.constants.get(number)
        if constant is None or constant.data is None:
            raise UnsupportedError(f"SADL layer '{layer.name}' needs a constant as operand {number}")
        if self.file.type == INT32 and constant.data.dtype.kind == "i":
            real = constant.data.astype(np.float64) * 2.0**-constant.quantizer
            return real.astype(np.float32), 0
        if constant.data.dtype != (np.float32 if self.is_float else np.int16):
            raise UnsupportedError(f"SADL constant '{constant.name}' has another type than the network")
        if not self.is_float and np.any(constant.data == -32768):
            raise UnsupportedError(f"SADL constant '{constant.name}' holds -32768, outside -32767..32767")
        return constant.data, 0 if self.is_float else constant.quantizer

    def put(self, layer: SadlLayer, value: Value) -> None:
        """The result of a layer."""
        self.values[layer.id] = value

    def put_same(self, source: SadlLayer, x: Value, layer: Layer) -> None:
        """A layer whose result is laid out like `x`."""
        self.put(source, self.emit(self._named(source, layer), x.dims, x.stored))

    def put_image(self, source: SadlLayer, layer: Layer, size: tuple[Any, Any], channels: int) -> None:
        """A layer whose result is [1, height, width, channels] in axes of its own."""
        stored: Stored = (axes_of(size[0]), axes_of(size[1]), axes_of(channels))
        self.put(source, self.emit(self._named(source, layer), ((), *stored), stored))

    def _named(self, source: SadlLayer, layer: Layer) -> Layer:
        layer.name = source.name
        if self.is_float:
            layer.quantizer = layer.constant_quantizer = 0
        return layer

    def picture(self, layer: SadlLayer, number: int) -> Value:
        """A computed operand that is [1, height, width, channels], stored so."""
        x = self.value(number)
        if x.rank != 4:
            raise UnsupportedError(f"SADL layer '{layer.name}' reads {x.rank} dimensions, 4 are supported")
        return arranged(self, layer.name, x, stored_by(x, (None, HEIGHT, WIDTH, CHANNELS)))

    @staticmethod
    def node(layer: SadlLayer, **attributes: Any) -> Node:
        """The layer in the words of the importer's shared parts."""
        return Node(SadlOp(layer.op).name, layer.name, [], [layer.name], Attributes(attributes))

    def require_float(self, layer: SadlLayer) -> None:
        """For operations whose integers the library makes by rules of its own."""
        if not self.is_float:
            name = SadlOp(layer.op).name
            raise UnsupportedError(f"SADL layer '{layer.name}': {name} is supported in float networks only")
