# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""The layers of a SADL model file as they are stored: versions 0002 to 0005 read, 0005 written."""

import struct
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from inloop.errors import ModelError, UnsupportedError

_DTYPES: dict[int, np.dtype[Any]] = {0: np.dtype("<i4"), 1: np.dtype("<f4"), 2: np.dtype("<i2")}
_MAX_DIMENSIONS = 8
# A sparse matrix of more numbers could fill the memory from a file of a few bytes.
_MAX_SPARSE = 1 << 24


class SadlOp(IntEnum):
    """Operation numbers of the file format."""

    CONST = 1
    PLACEHOLDER = 2
    IDENTITY = 3
    BIAS_ADD = 4
    MAX_POOL = 5
    MAT_MUL = 6
    RESHAPE = 7
    RELU = 8
    CONV2D = 9
    ADD = 10
    CONCAT = 11
    MUL = 12
    MAXIMUM = 13
    LEAKY_RELU = 14
    TRANSPOSE = 15
    FLATTEN = 16
    SHAPE = 17
    EXPAND = 18
    CONV2D_TRANSPOSE = 19
    SLICE = 20
    PRELU = 21
    SCATTER_ND = 22
    GRID_SAMPLE = 23
    RESIZE = 24
    COMPARE = 25
    WHERE = 26
    MINIMUM = 27
    AVERAGE_POOL = 28
    REDUCE_MEAN = 29
    TILE = 30
    PAD = 31


@dataclass
class SadlLayer:
    """One stored layer; the fields that its operation has are set."""

    id: int
    op: int
    name: str = ""
    inputs: list[int] = field(default_factory=list)
    quantizer: int = 0  # placeholder, const: its own; conv, mul: the m of the integer rules
    dims: tuple[int, ...] = ()
    strides: tuple[int, ...] = ()
    pads: tuple[int, ...] = ()
    kernel: tuple[int, ...] = ()
    groups: int = 1
    output_pads: tuple[int, ...] = ()  # conv2d_transpose
    limits: tuple[int, ...] = ()  # slice: start, end of H, W, C; reduce_mean: axes; resize: its four numbers
    mode: int = 0  # pad, compare; flatten: axis; reduce_mean: whether dimensions are kept
    data: NDArray[Any] | None = None


@dataclass
class SadlFile:
    """A whole file."""

    type: int  # 0 int32, 1 float, 2 int16
    inputs: list[int]
    outputs: list[int]
    layers: list[SadlLayer]
    version: int = 5
    info: bytes = b""


class _Reader:
    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def take(self, size: int) -> bytes:
        if size < 0 or size > len(self._data) - self._at:
            raise ModelError("SADL file is truncated")
        self._at += size
        return self._data[self._at - size : self._at]

    def number(self, code: str = "i") -> int:
        value: int = struct.unpack("<" + code, self.take(struct.calcsize("<" + code)))[0]
        return value

    def numbers(self, count: int | None = None) -> tuple[int, ...]:
        """Integers preceded by their count, or `count` of them."""
        count = self.number() if count is None else count
        if not 0 <= count <= len(self._data) // 4:
            raise ModelError(f"SADL file has a list of {count} numbers")
        return struct.unpack(f"<{count}i", self.take(4 * count))

    def dims(self) -> tuple[int, ...]:
        dims = self.numbers()
        if len(dims) > _MAX_DIMENSIONS or any(dim < 0 for dim in dims):
            raise ModelError(f"SADL file has a tensor of shape {dims}")
        return dims

    @property
    def left(self) -> int:
        return len(self._data) - self._at


def _read_sparse(
    reader: _Reader, layer: SadlLayer, dtype: np.dtype[Any], size: int, packing: int
) -> NDArray[Any]:
    """A matrix of (inputs, outputs) of which a file holds, output by output, runs of `packing` numbers.

    Numbers an output, then the first input of every run, then the numbers.
    """
    wrong = ModelError(f"SADL constant '{layer.name}' is no sparse matrix")
    if len(layer.dims) != 2 or size < 1 or packing < 1 or size % packing:
        raise wrong
    inputs, outputs = layer.dims
    if inputs * outputs > _MAX_SPARSE:
        raise ModelError(f"SADL constant '{layer.name}' is too large a sparse matrix")
    counts = np.frombuffer(reader.take(2 * outputs), "<u2").astype(np.int64)
    first = np.frombuffer(reader.take(2 * (size // packing)), "<u2").astype(np.int64)
    runs = np.frombuffer(reader.take(size * dtype.itemsize), dtype).reshape(-1, packing)
    if counts.sum() != size:
        raise UnsupportedError(f"SADL constant '{layer.name}' is sparse and padded for one machine")
    if (counts % packing).any() or first.max() + packing > inputs:
        raise wrong
    dense = np.zeros((inputs, outputs), dtype)
    output = np.repeat(np.arange(outputs), counts // packing)
    dense[first[:, None] + np.arange(packing), output[:, None]] = runs
    return dense


def _read_const(reader: _Reader, layer: SadlLayer, version: int) -> None:
    layer.dims = reader.dims()
    sparse = transposed = 0
    size = packing = 0
    if version >= 5:
        sparse = reader.number("B")
        if sparse:
            size, packing = reader.number(), reader.number("h")
        transposed = reader.number("B")
    dtype = _DTYPES.get(reader.number())
    if dtype is None:
        raise ModelError(f"SADL constant '{layer.name}' has an unknown type")
    if dtype.kind != "f":
        layer.quantizer = reader.number()
    if sparse:
        layer.data = _read_sparse(reader, layer, dtype, size, packing)
        return
    if transposed:
        raise UnsupportedError(f"SADL constant '{layer.name}' is transposed")
    count = 1
    for dim in layer.dims:
        count *= dim
    layer.data = np.frombuffer(reader.take(count * dtype.itemsize), dtype).reshape(layer.dims)


def _read_payload(reader: _Reader, layer: SadlLayer, version: int) -> None:
    match layer.op:
        case SadlOp.PLACEHOLDER:
            layer.dims = reader.dims()
            layer.quantizer = reader.number()
        case SadlOp.CONST:
            _read_const(reader, layer, version)
        case SadlOp.CONV2D:
            layer.strides, layer.pads = reader.numbers(), reader.numbers()
            layer.groups = reader.number() if version >= 3 else 1
            layer.quantizer = reader.number()
        case SadlOp.CONV2D_TRANSPOSE:
            layer.strides, layer.pads, layer.output_pads = (
                reader.numbers(),
                reader.numbers(),
                reader.numbers(),
            )
            layer.quantizer = reader.number()
        case SadlOp.MAX_POOL | SadlOp.AVERAGE_POOL:
            layer.strides, layer.kernel, layer.pads = reader.numbers(), reader.numbers(), reader.numbers()
        case SadlOp.REDUCE_MEAN:
            layer.limits, layer.mode = reader.numbers(), reader.number("B")
        case SadlOp.RESIZE:
            layer.limits = reader.numbers(4)
        case SadlOp.FLATTEN | SadlOp.COMPARE:
            layer.mode = reader.number()
        case SadlOp.MUL | SadlOp.MAT_MUL:
            layer.quantizer = reader.number()
        case SadlOp.SLICE:
            whole = (0, 2**31 - 1) * 2
            layer.limits = reader.numbers(6) if version >= 4 else (*whole, *reader.numbers(2))
        case SadlOp.PAD:
            layer.mode, layer.pads = reader.number(), reader.numbers(4)
        case (
            SadlOp.IDENTITY | SadlOp.BIAS_ADD | SadlOp.RELU | SadlOp.ADD | SadlOp.CONCAT | SadlOp.MAXIMUM
            | SadlOp.MINIMUM | SadlOp.LEAKY_RELU | SadlOp.PRELU | SadlOp.RESHAPE | SadlOp.TRANSPOSE | SadlOp.SHAPE
            | SadlOp.EXPAND | SadlOp.WHERE | SadlOp.TILE
        ):  # fmt: skip
            pass
        case _:
            known = layer.op in list(SadlOp)
            name = SadlOp(layer.op).name if known else f"operation {layer.op}"
            raise UnsupportedError(f"SADL layer '{layer.name}': {name} is not supported")


def read_sadl(data: bytes) -> SadlFile:
    """Parse a file; `ModelError` where it is damaged, `UnsupportedError` for operations the engine lacks."""
    if data[:4] != b"SADL" or data[4:8] not in (b"0002", b"0003", b"0004", b"0005"):
        raise ModelError("not a SADL file of version 0002 to 0005")
    version = int(data[4:8])
    reader = _Reader(data[8:])
    file = SadlFile(reader.number(), [], [], [], version)
    if version >= 5:
        file.info = reader.take(reader.number("h"))
    count = reader.number()
    file.inputs, file.outputs = list(reader.numbers()), list(reader.numbers())
    if version >= 5:
        reader.take(1)  # It tells whether any constant is sparse; each says so itself.
    for _ in range(count):
        layer = SadlLayer(reader.number(), reader.number())
        layer.name = reader.take(reader.number()).decode("utf-8", "replace")
        layer.inputs = list(reader.numbers())
        _read_payload(reader, layer, version)
        file.layers.append(layer)
    if reader.left:
        raise ModelError("SADL file has bytes that belong to nothing")
    return file


def _pack(numbers: Sequence[int]) -> bytes:
    return struct.pack(f"<{len(numbers) + 1}i", len(numbers), *numbers)


def _pack_payload(layer: SadlLayer) -> bytes:
    match layer.op:
        case SadlOp.PLACEHOLDER:
            return _pack(layer.dims) + struct.pack("<i", layer.quantizer)
        case SadlOp.CONST:
            assert layer.data is not None
            code = next(code for code, dtype in _DTYPES.items() if dtype == layer.data.dtype)
            quantizer = b"" if layer.data.dtype.kind == "f" else struct.pack("<i", layer.quantizer)
            return _pack(layer.dims) + struct.pack("<BBi", 0, 0, code) + quantizer + layer.data.tobytes()
        case SadlOp.CONV2D:
            return (
                _pack(layer.strides) + _pack(layer.pads) + struct.pack("<ii", layer.groups, layer.quantizer)
            )
        case SadlOp.MAX_POOL | SadlOp.AVERAGE_POOL:
            return _pack(layer.strides) + _pack(layer.kernel) + _pack(layer.pads)
        case SadlOp.REDUCE_MEAN:
            return _pack(layer.limits) + struct.pack("<B", layer.mode)
        case SadlOp.RESIZE:
            return struct.pack("<4i", *layer.limits)
        case SadlOp.COMPARE:
            return struct.pack("<i", layer.mode)
        case SadlOp.MUL:
            return struct.pack("<i", layer.quantizer)
        case SadlOp.SLICE:
            return struct.pack("<6i", *layer.limits)
        case SadlOp.PAD:
            return struct.pack("<5i", layer.mode, *layer.pads)
        case _:
            return b""


def write_sadl(file: SadlFile) -> bytes:
    """The file in version 0005."""
    parts = [b"SADL0005", struct.pack("<ih", file.type, len(file.info)), file.info]
    parts.append(struct.pack("<i", len(file.layers)) + _pack(file.inputs) + _pack(file.outputs) + b"\0")
    for layer in file.layers:
        name = layer.name.encode("utf-8")
        parts.append(struct.pack("<3i", layer.id, layer.op, len(name)) + name + _pack(layer.inputs))
        parts.append(_pack_payload(layer))
    return b"".join(parts)
