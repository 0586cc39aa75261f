# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""An imported network in memory, and the writer of the compact form (its layout: ``csrc/nn/graph/reader.h``)."""

from __future__ import annotations

import struct
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from inloop.convert.fields import Comparison, Function, GridSampling, Rearrangement, Resampling, Window
from inloop.errors import ModelError

SIZE_KEY = "inloop.size"  # in the metadata: WIDTHxHEIGHT that the network is for, ? where it is free

MULTIPLE_KEY = (
    "inloop.multiple"  # in the metadata: WIDTHxHEIGHT that the size of the inputs must be multiples of
)
EXACT_KEY = (
    "inloop.exact"  # in the metadata of a file that says an integer network's rules in ONNX's operations
)


class Op(IntEnum):
    """Operations of the engine; the numbers are those of the compact form."""

    CONV = 1
    BIAS_ADD = 2
    PRELU = 3
    RELU = 4
    ADD = 5
    CONCAT = 6
    SLICE = 7
    MUL = 8
    MUL_CONSTANT = 9
    CLIP = 10
    PAD = 11
    MAXIMUM = 12
    MINIMUM = 13
    MAX_POOL = 14
    DEPTH_TO_SPACE = 15
    SPACE_TO_DEPTH = 16
    SUB = 17
    AVERAGE_POOL = 18
    REDUCE_MEAN = 19
    RESIZE = 20
    GRID_SAMPLE = 21
    FUNCTION = 22
    TABLE = 23
    COMPARE = 24
    SELECT = 25
    EXPAND = 26
    TILE = 27
    REARRANGE = 28
    CONSTANT = 29
    PAD_BORDER = 30
    RESIZE_TO = 31
    CROP_TO = 32
    PAD_MULTIPLE = 33
    FLIP = 34
    JOIN = 35


Constant = NDArray[np.int16] | NDArray[np.float32]


@dataclass
class Layer:
    """One operation; its result is the value numbered inputs of the network + index of the layer.

    Attributes:
        op: The operation.
        inputs: Numbers of the values it reads.
        quantizer: Fractional bits of its result.
        name: Name of its result, for tables and messages.
        channels: Channels of the result of convolutions and slices.
        groups: Groups of a convolution.
        window: Kernel, strides and pads.
        sides: Of slice, pad and pad_border: rows and columns at the top, left, bottom and right.
        channel_begin: First channel of a slice.
        block: Side of the block of depth_to_space and space_to_depth.
        column_row_depth: Whether depth_to_space orders channels as column, row, depth (ONNX mode CRD).
        count_padding: Whether the border counts as zeros in an average.
        axes: Of a mean, crop_to, flip and join: 1 height, 2 width, 4 channels, added.
        shift: The knots of a table are 1 << shift apart.
        mode: Of pad_border and pad_multiple: 1 edge, 2 reflect, 3 value, and of pad_border 4 wrap.
        resampling, grid, function, parameters, comparison, rearrangement: Of the operations of these names.
        extent: Shape of a constant, repetitions of a tile, height and width whose multiples pad_multiple makes.
        constant_quantizer: Fractional bits of the constant.
        constant: Weights, slopes, knots or values; of a convolution ``[out][kh][kw][in / groups]``.
    """

    op: Op
    inputs: list[int]
    quantizer: int
    name: str = ""
    channels: int = 0
    groups: int = 1
    window: Window = field(default_factory=Window)
    sides: tuple[int, int, int, int] = (0, 0, 0, 0)
    channel_begin: int = 0
    block: int = 1
    column_row_depth: bool = False
    count_padding: bool = False
    axes: int = 0
    shift: int = 0
    mode: int = 0
    resampling: Resampling = field(default_factory=Resampling)
    grid: GridSampling = field(default_factory=GridSampling)
    function: Function = Function.SIGMOID
    parameters: tuple[float, float] = (0.0, 0.0)
    comparison: Comparison = Comparison.LESS
    extent: tuple[int, int, int] = (1, 1, 1)
    rearrangement: Rearrangement = field(default_factory=Rearrangement)
    constant_quantizer: int = 0
    constant: Constant | None = None

    def _pack_constant(self) -> bytes:
        data = np.zeros(0, np.int16) if self.constant is None else np.ascontiguousarray(self.constant)
        return struct.pack("<bI", self.constant_quantizer, data.size) + data.tobytes()

    def _pack_fields(self) -> bytes:
        match self.op:
            case Op.CONV:
                head = struct.pack("<HH", self.channels, self.groups)
                return head + self.window.pack() + self._pack_constant()
            case Op.BIAS_ADD | Op.PRELU | Op.MUL_CONSTANT | Op.CLIP:
                return self._pack_constant()
            case Op.SLICE:
                return struct.pack("<6H", self.channel_begin, self.channels, *self.sides)
            case Op.PAD:
                return struct.pack("<4H", *self.sides)
            case Op.MAX_POOL:
                return self.window.pack()
            case Op.DEPTH_TO_SPACE:
                return struct.pack("<BB", self.block, self.column_row_depth)
            case Op.SPACE_TO_DEPTH:
                return struct.pack("<B", self.block)
            case _:
                return self._pack_later_fields()

    def _pack_later_fields(self) -> bytes:
        match self.op:
            case Op.AVERAGE_POOL:
                return self.window.pack() + struct.pack("<B", self.count_padding)
            case Op.REDUCE_MEAN | Op.CROP_TO | Op.FLIP | Op.JOIN:
                return struct.pack("<B", self.axes)
            case Op.RESIZE | Op.RESIZE_TO:
                return self.resampling.pack()
            case Op.GRID_SAMPLE:
                return self.grid.pack()
            case Op.FUNCTION:
                return struct.pack("<B2f", self.function, *self.parameters)
            case Op.TABLE:
                return struct.pack("<B", self.shift) + self._pack_constant()
            case Op.COMPARE:
                return struct.pack("<B", self.comparison)
            case Op.EXPAND:
                return struct.pack("<H", self.channels)
            case Op.TILE:
                return struct.pack("<3H", *self.extent)
            case Op.REARRANGE:
                return self.rearrangement.pack()
            case Op.CONSTANT:
                return struct.pack("<3H", *self.extent) + self._pack_constant()
            case Op.PAD_MULTIPLE:
                return struct.pack("<B2H", self.mode, *self.extent[:2]) + self._pack_constant()
            case Op.PAD_BORDER:
                return struct.pack("<B4H", self.mode, *self.sides) + self._pack_constant()
            case _:
                return b""

    def pack(self) -> bytes:
        """The layer in the compact form."""
        head = struct.pack(
            f"<BB{len(self.inputs)}Hb", self.op, len(self.inputs), *self.inputs, self.quantizer
        )
        return head + self._pack_fields()


def _pack_name(name: str) -> bytes:
    data = name.encode("utf-8")
    if len(data) > 255:  # It is cut where a character begins.
        data = data[:255].decode("utf-8", "ignore").encode("utf-8")
    return struct.pack("<B", len(data)) + data


@dataclass
class Network:
    """A network in memory, from which the compact form is written.

    Attributes:
        is_float: Whether its values are float32 and not int16.
        inputs: (name, channels, quantizer) of each input.
        layers: The operations, each behind those it reads.
        outputs: (name, number of the value) of each output.
        metadata: What the file says besides, by key.
    """

    is_float: bool = False
    inputs: list[tuple[str, int, int]] = field(default_factory=list)
    layers: list[Layer] = field(default_factory=list)
    outputs: list[tuple[str, int]] = field(default_factory=list)
    metadata: dict[str, str] = field(default_factory=dict)

    def add(self, layer: Layer) -> int:
        """Append a layer and return the number of its result."""
        self.layers.append(layer)
        return len(self.inputs) + len(self.layers) - 1

    def prune(self) -> None:
        """Drop layers that no output depends on, so that they cannot change the network's identity."""
        first = len(self.inputs)
        needed = {value for _, value in self.outputs}
        for index in reversed(range(len(self.layers))):
            if first + index in needed:
                needed.update(self.layers[index].inputs)
        renumber = {value: value for value in range(first)}
        kept: list[Layer] = []
        for index, layer in enumerate(self.layers):
            if first + index in needed:
                renumber[first + index] = first + len(kept)
                layer.inputs = [renumber[value] for value in layer.inputs]
                kept.append(layer)
        self.layers = kept
        self.outputs = [(name, renumber[value]) for name, value in self.outputs]

    def _pack_canonical(self) -> bytes:
        parts = [struct.pack("<BH", self.is_float, len(self.inputs))]
        for name, channels, quantizer in self.inputs:
            parts.append(_pack_name(name) + struct.pack("<Hb", channels, quantizer))
        parts.append(struct.pack("<H", len(self.layers)))
        parts.extend(layer.pack() for layer in self.layers)
        parts.append(struct.pack("<H", len(self.outputs)))
        parts.extend(_pack_name(name) + struct.pack("<H", value) for name, value in self.outputs)
        return b"".join(parts)

    def is_same(self, other: Network) -> bool:
        """Whether another network computes the same by the same layers, whatever these are called."""
        try:
            return self._pack_canonical() == other._pack_canonical()
        except struct.error:  # A number fits no field; to_bytes() says so.
            return False

    def _pack_extra(self) -> bytes:
        parts = [struct.pack("<H", len(self.metadata))]
        for key, text in sorted(self.metadata.items()):
            key_bytes, text_bytes = key.encode("utf-8"), text.encode("utf-8")
            parts.append(struct.pack("<H", len(key_bytes)) + key_bytes)
            parts.append(struct.pack("<I", len(text_bytes)) + text_bytes)
        parts.extend(_pack_name(layer.name) for layer in self.layers)
        return b"".join(parts)

    def to_bytes(self) -> bytes:
        """Return the compact form of the network. Raises `ModelError` where a number does not fit its field."""
        try:
            canonical = self._pack_canonical()
            return b"INLOOPNN" + struct.pack("<HHI", 1, 0, len(canonical)) + canonical + self._pack_extra()
        except struct.error as error:
            raise ModelError(f"network does not fit the compact form: {error}") from error


def to_integers(name: str, values: NDArray[np.floating], quantizer: int) -> NDArray[np.int16]:
    """Return the integers of a constant.

    Args:
        name: What the message calls the constant.
        values: Its values, each an integer / 2**quantizer.
        quantizer: Fractional bits.

    Raises:
        ModelError: A value is off the grid, or its integer outside -32767..32767.
    """
    with np.errstate(invalid="ignore"):  # A damaged file may hold NaN.
        scaled = values.astype(np.float64) * 2.0**quantizer
        integers = np.rint(scaled)
    if not np.array_equal(scaled, integers):
        raise ModelError(f"constant '{name}' is not on the grid of its quantizer {quantizer}")
    if integers.size and np.abs(integers).max() > 32767:
        raise ModelError(f"constant '{name}' exceeds 16 bits at its quantizer {quantizer}")
    return integers.astype(np.int16)


def spread(values: Iterable[Any]) -> tuple[int, ...]:
    """Plain Python integers of an ONNX attribute or a constant."""
    return tuple(int(value) for value in values)
