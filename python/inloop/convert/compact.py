# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""The compact form -> `Network`; its layout is in ``csrc/nn/graph/reader.h``."""

import struct
from typing import Any

import numpy as np

from inloop.convert.fields import (
    Comparison,
    Coordinates,
    Function,
    GridPadding,
    GridSampling,
    Interpolation,
    NearestMode,
    Rearrangement,
    Resampling,
    Window,
)
from inloop.convert.network import Layer, Network, Op
from inloop.engine.model import Model


class _Reader:
    def __init__(self, data: bytes, is_float: bool = False) -> None:
        self._data = data
        self._at = 0
        self.is_float = is_float

    def take(self, code: str) -> Any:
        """One number, or a tuple of several."""
        values = struct.unpack_from("<" + code, self._data, self._at)
        self._at += struct.calcsize("<" + code)
        return values[0] if len(values) == 1 else values

    def name(self, code: str = "B") -> str:
        size = self.take(code)
        self._at += size
        return self._data[self._at - size : self._at].decode("utf-8")

    def window(self) -> Window:
        numbers = self.take("8B")
        return Window(numbers[:2], numbers[2:4], numbers[4:])

    def constant(self, layer: Layer, shape: tuple[int, ...] = (-1,)) -> None:
        layer.constant_quantizer, count = self.take("bI")
        dtype = np.dtype("<f4" if self.is_float else "<i2")
        array = np.frombuffer(self._data, dtype, count, self._at)
        self._at += array.nbytes
        layer.constant = array.reshape(shape) if count else None

    def rearrangement(self) -> Rearrangement:
        axes = tuple(self.take("BH") for _ in range(self.take("B")))
        target = [tuple(self.take("B") for _ in range(self.take("B"))) for _ in range(3)]
        return Rearrangement(axes, (target[0], target[1], target[2]))

    def resampling(self) -> Resampling:
        interpolation, coordinates, nearest, pytorch, *scales = self.take("4B4H")
        return Resampling(
            Interpolation(interpolation), Coordinates(coordinates), NearestMode(nearest), bool(pytorch),
            (scales[0], scales[1]), (scales[2], scales[3]),
        )  # fmt: skip

    def fields(self, layer: Layer) -> None:
        """The fields of an operation that NNLF filters use."""
        match layer.op:
            case Op.CONV:
                layer.channels, layer.groups = self.take("HH")
                layer.window = self.window()
                self.constant(layer, (layer.channels, *layer.window.kernel, -1))
            case Op.BIAS_ADD | Op.PRELU | Op.MUL_CONSTANT | Op.CLIP:
                self.constant(layer)
            case Op.SLICE:
                layer.channel_begin, layer.channels, *sides = self.take("6H")
                layer.sides = (sides[0], sides[1], sides[2], sides[3])
            case Op.PAD:
                layer.sides = self.take("4H")
            case Op.MAX_POOL:
                layer.window = self.window()
            case Op.DEPTH_TO_SPACE:
                layer.block, mode = self.take("BB")
                layer.column_row_depth = bool(mode)
            case Op.SPACE_TO_DEPTH:
                layer.block = self.take("B")
            case _:
                self._later_fields(layer)

    def _later_fields(self, layer: Layer) -> None:
        match layer.op:
            case Op.AVERAGE_POOL:
                layer.window = self.window()
                layer.count_padding = bool(self.take("B"))
            case Op.REDUCE_MEAN | Op.CROP_TO | Op.FLIP | Op.JOIN:
                layer.axes = self.take("B")
            case Op.RESIZE | Op.RESIZE_TO:
                layer.resampling = self.resampling()
            case Op.GRID_SAMPLE:
                interpolation, padding, align = self.take("3B")
                layer.grid = GridSampling(Interpolation(interpolation), GridPadding(padding), bool(align))
            case Op.FUNCTION:
                function, a, b = self.take("B2f")
                layer.function, layer.parameters = Function(function), (a, b)
            case Op.TABLE:
                layer.shift = self.take("B")
                self.constant(layer)
            case Op.COMPARE:
                layer.comparison = Comparison(self.take("B"))
            case Op.EXPAND:
                layer.channels = self.take("H")
            case Op.TILE:
                layer.extent = self.take("3H")
            case Op.REARRANGE:
                layer.rearrangement = self.rearrangement()
            case Op.CONSTANT:
                layer.extent = self.take("3H")
                layer.channels = layer.extent[2]
                self.constant(layer)
            case Op.PAD_MULTIPLE:
                layer.mode, height, width = self.take("B2H")
                layer.extent = (height, width, 1)
                self.constant(layer)
            case Op.PAD_BORDER:
                layer.mode, *sides = self.take("B4H")
                layer.sides = (sides[0], sides[1], sides[2], sides[3])
                self.constant(layer)


def import_compact(data: bytes) -> Network:
    """The network in a compact file's content; `ModelError` where it is damaged, as `Model` has it."""
    Model(data, allow_wrapping=True)  # The core checks everything.
    size = struct.unpack_from("<I", data, 12)[0]
    reader = _Reader(data[16 : 16 + size])
    network = Network(is_float=bool(reader.take("B")))
    reader.is_float = network.is_float
    for _ in range(reader.take("H")):
        network.inputs.append((reader.name(), *reader.take("Hb")))
    for _ in range(reader.take("H")):
        op, count = reader.take("BB")
        inputs = [reader.take("H") for _ in range(count)]
        layer = Layer(Op(op), inputs, reader.take("b"))
        reader.fields(layer)
        network.layers.append(layer)
    network.outputs = [(reader.name(), reader.take("H")) for _ in range(reader.take("H"))]
    extra = _Reader(data[16 + size :])
    for _ in range(extra.take("H")):
        key = extra.name("H")
        network.metadata[key] = extra.name("I")
    for layer in network.layers:
        layer.name = extra.name()
    return network
