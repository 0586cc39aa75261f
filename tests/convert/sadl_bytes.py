# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""SADL files built byte by byte from the layout of the format, independently of the package's writer."""

import struct

import numpy as np

TYPES = {"int32": 0, "float": 1, "int16": 2}
WHOLE = 2**31 - 1


def ints(*numbers: int) -> bytes:
    return struct.pack(f"<{len(numbers)}i", *numbers)


def counted(*numbers: int) -> bytes:
    return ints(len(numbers), *numbers)


def layer(number: int, op: int, inputs: list[int], payload: bytes) -> bytes:
    name = f"layer{number}".encode()
    return ints(number, op, len(name)) + name + counted(*inputs) + payload


class SadlBuilder:
    """Appends layers; a value is the number of its layer."""

    def __init__(self, type_: str = "int16", version: int = 5, seed: int = 0) -> None:
        self.type, self.version = type_, version
        self.rng = np.random.default_rng(seed)
        self.layers: list[bytes] = []
        self.inputs: list[int] = []
        self.constants = 0

    def put(self, op: int, inputs: list[int], payload: bytes = b"") -> int:
        self.layers.append(layer(len(self.layers), op, inputs, payload))
        return len(self.layers) - 1

    def input(self, height: int, width: int, channels: int, q: int = 13) -> int:
        self.inputs.append(self.put(2, [], counted(1, height, width, channels) + ints(q)))
        return self.inputs[-1]

    def const(self, array: np.ndarray, q: int = 0, type_: str = "") -> int:
        """Integers (or real numbers in a float file) in the file's type or another one."""
        name = type_ or self.type
        data = np.asarray(array).astype({"int32": "<i4", "float": "<f4", "int16": "<i2"}[name])
        flags = b"\0\0" if self.version >= 5 else b""
        quantizer = b"" if name == "float" else ints(q)
        self.constants += data.size
        return self.put(1, [], counted(*data.shape) + flags + ints(TYPES[name]) + quantizer + data.tobytes())

    def sparse_const(self, array: np.ndarray, q: int, packing: int = 1, padding: int = 0) -> int:
        """A matrix (inputs, outputs): of every output the runs of `packing` inputs that are not all zero."""
        kept = array.reshape(-1, packing, array.shape[1]).any(1).T
        first = [packing * np.flatnonzero(runs) for runs in kept]
        values = np.concatenate(
            [array[(at[:, None] + np.arange(packing)).ravel(), output] for output, at in enumerate(first)]
        )
        values = np.append(values, np.zeros(padding * packing))
        indices = np.append(np.concatenate(first), np.zeros(padding))
        payload = counted(*array.shape) + struct.pack("<BihB", 1, values.size, packing, 0)
        payload += ints(TYPES[self.type]) + ints(q) + (packing * kept.sum(1)).astype("<u2").tobytes()
        return self.put(1, [], payload + indices.astype("<u2").tobytes() + values.astype("<i2").tobytes())

    def numbers(self, limit: int, *shape: int) -> np.ndarray:
        values = self.rng.integers(-limit, limit, shape, endpoint=True)
        return values / 2.0**11 if self.type == "float" else values

    def conv(
        self,
        x: int,
        channels: int,
        out: int,
        kernel: tuple[int, int] = (1, 1),
        *,
        depthwise: bool = False,
        strides: tuple[int, int] = (1, 1),
        valid: bool = False,
    ) -> int:
        """Convolution and bias with random weights at q = 11; the result is at q = 11."""
        fan_in = kernel[0] * kernel[1] * (1 if depthwise else channels)
        weights = self.numbers(max(1, min(2000, 30000 // fan_in)), *kernel, 1 if depthwise else channels, out)
        pads = (0, 0) if valid else ((kernel[0] - 1) // 2, (kernel[1] - 1) // 2)
        groups = ints(channels if depthwise else 1) if self.version >= 3 else b""
        payload = counted(1, *strides, 1) + counted(*pads, *pads) + groups
        y = self.put(9, [x, self.const(weights, 11)], payload + ints(0))
        return self.put(4, [y, self.const(self.numbers(500, out), 11)])

    def prelu(self, x: int) -> int:
        slope = np.array([self.rng.uniform(-0.5, 0.5)])
        return self.put(21, [x, self.const(slope if self.type == "float" else np.rint(slope * 2**14), 14)])

    def slice(self, x: int, *limits: int) -> int:
        """Start and end of height, width and channels."""
        return self.put(20, [x], ints(*limits))

    def concat(self, *parts: int) -> int:
        return self.put(11, [*parts, self.const(np.array([3]), 0, "int32")])

    def build(self, *outputs: int) -> bytes:
        info = struct.pack("<h", 3) + b"abc" if self.version >= 5 else b""
        sparsity = b"\0" if self.version >= 5 else b""
        head = f"SADL{self.version:04}".encode() + ints(TYPES[self.type]) + info + ints(len(self.layers))
        return head + counted(*self.inputs) + counted(*outputs) + sparsity + b"".join(self.layers)


def _block(b: SadlBuilder, x: int, channels: int, middle: int, *, valid: bool = False) -> int:
    """PReLU, reduce, separable 3x3, expand, plus what came in; valid ones crop that by one pixel a side."""
    y = b.conv(b.prelu(x), channels, middle)
    y = b.conv(y, middle, middle, (3, 1), depthwise=True, valid=valid)
    y = b.conv(y, middle, middle, (1, 3), depthwise=True, valid=valid)
    y = b.conv(y, middle, channels)
    if valid:
        x = b.slice(x, 1, -1, 0, WHOLE, 0, WHOLE)
        x = b.slice(x, 0, WHOLE, 1, -1, 0, WHOLE)
    return b.put(10, [y, x])


def very_low_complexity_model(type_: str, size: int = 72, seed: int = 0) -> tuple[bytes, SadlBuilder]:
    """The complete structure of the 2025 very-low-complexity filter (245 layers, 67,959 constants), random weights."""
    b = SadlBuilder(type_, 5, seed)
    rec, pred, bs, qp_base, qp_block, ipb = (b.input(size, size, channels) for channels in (6, 6, 3, 1, 1, 1))
    head = [b.conv(rec, 6, 8, (3, 3)), b.conv(pred, 6, 4, (3, 3)), b.conv(bs, 3, 2)]
    head += [b.conv(plane, 1, 1) for plane in (qp_base, qp_block, ipb)]
    x = b.prelu(b.conv(b.concat(*head), 17, 64))
    x = b.conv(x, 64, 64, (3, 1), depthwise=True, strides=(2, 1))
    x = b.conv(x, 64, 64, (1, 3), depthwise=True, strides=(1, 2))
    x = b.prelu(b.conv(x, 64, 48))
    luma = b.slice(x, 0, WHOLE, 0, WHOLE, 0, 32)
    chroma = b.slice(x, 0, WHOLE, 0, WHOLE, 32, 48)
    luma = b.conv(luma, 32, 112)
    for index in range(6):
        luma = _block(b, luma, 112, 32, valid=index in (1, 2))
    luma = b.conv(luma, 112, 32)
    luma = b.conv(luma, 32, 32, (3, 1), depthwise=True)
    luma = b.conv(luma, 32, 32, (1, 3), depthwise=True)
    luma = b.conv(b.prelu(b.conv(luma, 32, 32)), 32, 16, (3, 3))
    chroma = _block(b, b.conv(chroma, 16, 32), 32, 16)
    chroma = b.conv(chroma, 32, 16)
    chroma = b.conv(chroma, 16, 16, (3, 1), depthwise=True, valid=True)
    chroma = b.conv(chroma, 16, 16, (1, 3), depthwise=True, valid=True)
    chroma = b.conv(b.prelu(b.conv(chroma, 16, 16)), 16, 8, (3, 3), valid=True)
    return b.build(b.concat(luma, chroma)), b
