# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Windows of convolutions and pooling: kernels, strides, pads of any kind."""

from __future__ import annotations

from dataclasses import replace

from inloop.convert.fields import Window
from inloop.convert.importer.layout import arranged, stored_by
from inloop.convert.importer.node import Node
from inloop.convert.importer.sink import Sink
from inloop.convert.importer.sizes import Extent, windowed
from inloop.convert.importer.values import Value, axes_of, length
from inloop.convert.network import Layer, Op

Sides = tuple[int, int, int, int]


def image_of(g: Sink, node: Node, x: Value) -> Value:
    """The operand of an operation that ONNX defines for NCHW, stored so."""
    if x.rank != 4:
        raise node.unsupported(f"input has {x.rank} dimensions, only two spatial ones are supported")
    return arranged(g, node.outputs[0], x, stored_by(x, (None, 2, 0, 1)))


def spatial(x: Value) -> tuple[Extent, Extent]:
    """Height and width as stored."""
    return length(x.stored[0]), length(x.stored[1])


def _same_pads(
    node: Node, x: Value, kernel: tuple[int, int], strides: tuple[int, int], upper: bool
) -> tuple[int, ...]:
    begin, end = [], []
    for size, k, stride in zip(spatial(x), kernel, strides, strict=True):
        if stride == 1:
            total = k - 1
        elif isinstance(size, int):
            total = max((-(-size // stride) - 1) * stride + k - size, 0)
        else:
            raise node.unsupported("auto_pad with strides needs a fixed spatial size")
        begin.append(total // 2 if upper else total - total // 2)
        end.append(total - begin[-1])
    return (*begin, *end)


def _ceiled(
    node: Node, pads: tuple[int, ...], kernel: tuple[int, int], strides: tuple[int, ...]
) -> tuple[int, ...]:
    """Pads that make room for the last window of a ceiled size, which begins inside the operand."""
    ends = [pads[d + 2] + strides[d] - 1 for d in (0, 1)]
    if any(end >= k for end, k in zip(ends, kernel, strict=True)):
        raise node.unsupported("ceil_mode with strides or pads this large is not supported")
    return (*pads[:2], *ends)


def window_of(node: Node, x: Value, kernel: tuple[int, int]) -> Window:
    """Kernel, strides and pads of a node; the pads may be negative or larger than the kernel."""
    strides = node.integers("strides", (1, 1))
    pads = node.integers("pads", (0, 0, 0, 0))
    if len(strides) != 2 or len(pads) != 4:
        raise node.unsupported("only two spatial dimensions are supported")
    mode = node.text("auto_pad", "NOTSET")
    if mode in ("SAME_UPPER", "SAME_LOWER"):
        pads = _same_pads(node, x, kernel, (strides[0], strides[1]), mode == "SAME_UPPER")
    elif mode == "VALID":
        pads = (0, 0, 0, 0)
    elif mode != "NOTSET":
        raise node.unsupported(f"auto_pad {mode} is not supported")
    if node.integer("ceil_mode", 0):
        pads = _ceiled(node, pads, kernel, strides)
    return Window(kernel, (strides[0], strides[1]), (pads[0], pads[1], pads[2], pads[3]))


def windowed_size(x: Value, window: Window) -> tuple[Extent, Extent]:
    """Height and width of the result."""
    top, left, bottom, right = window.pads
    height, width = spatial(x)
    return (
        windowed(height, top + bottom, window.kernel[0], window.strides[0]),
        windowed(width, left + right, window.kernel[1], window.strides[1]),
    )


def moved_sides(g: Sink, node: Node, x: Value, sides: Sides) -> Value:
    """Rows and columns of zeros added (or, where negative, cut) at top, left, bottom and right of a stored value."""
    height, width = spatial(x)
    for op, each in (
        (Op.SLICE, [max(-side, 0) for side in sides]),
        (Op.PAD, [max(side, 0) for side in sides]),
    ):
        if not any(each):
            continue
        layer = Layer(
            op, [x.number], x.quantizer, f"{node.outputs[0]}:{op.name.lower()}", channels=x.channels,
            sides=(each[0], each[1], each[2], each[3]),
        )  # fmt: skip
        sign = 1 if op == Op.PAD else -1
        height, width = height + sign * (each[0] + each[2]), width + sign * (each[1] + each[3])
        stored = (axes_of(height), axes_of(width), x.stored[2])
        x = replace(x, number=g.network.add(layer), stored=stored, dims=((), stored[2], stored[0], stored[1]))
    return x


def padded(g: Sink, node: Node, x: Value, window: Window) -> tuple[Value, Window]:
    """Pads that the engine's windows lack (negative, or not smaller than the kernel) as layers of their own."""
    limits = (window.kernel[0], window.kernel[1]) * 2
    if all(0 <= pad < limit for pad, limit in zip(window.pads, limits, strict=True)):
        return x, window
    inside = [max(0, min(pad, limit - 1)) for pad, limit in zip(window.pads, limits, strict=True)]
    rest = [pad - kept for pad, kept in zip(window.pads, inside, strict=True)]
    x = moved_sides(g, node, x, (rest[0], rest[1], rest[2], rest[3]))
    return x, replace(window, pads=(inside[0], inside[1], inside[2], inside[3]))
