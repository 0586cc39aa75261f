# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""ConvTranspose as convolutions, one a phase of its stride, interleaved: the same sums, hence the same integers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from inloop.convert.fields import Rearrangement, Window
from inloop.convert.importer.node import Node
from inloop.convert.importer.sink import Sink
from inloop.convert.importer.sizes import Extent
from inloop.convert.importer.values import Value
from inloop.convert.importer.windows import moved_sides, padded, spatial, windowed_size
from inloop.convert.network import Constant, Layer, Op


def _pads(node: Node, kernel: tuple[int, int], strides: tuple[int, int]) -> list[tuple[int, int, int]]:
    """For height and width: rows cut at begin and end of the full result, and rows added at its end."""
    pads, extra = node.integers("pads", (0, 0, 0, 0)), node.integers("output_padding", (0, 0))
    mode = node.text("auto_pad", "NOTSET")
    if "output_shape" in node.attributes:
        raise node.unsupported("output_shape is not supported")
    if len(strides) != 2 or len(pads) != 4 or len(extra) != 2:
        raise node.unsupported("only two spatial dimensions are supported")
    if mode in ("SAME_UPPER", "SAME_LOWER"):
        # The result has size * stride rows.
        totals = [k - s for k, s in zip(kernel, strides, strict=True)]
        if min(totals) < 0:
            raise node.unsupported(f"auto_pad {mode} with a kernel smaller than the stride is not supported")
        less = [total // 2 for total in totals]
        more = [total - half for total, half in zip(totals, less, strict=True)]
        begin, end = (less, more) if mode == "SAME_UPPER" else (more, less)
        pads = (*begin, *end)
    elif mode not in ("NOTSET", "VALID"):
        raise node.unsupported(f"auto_pad {mode} is not supported")
    return [(pads[d], pads[d + 2], extra[d]) for d in (0, 1)]


def _phase(kernel: int, stride: int, begin: int, excess: int, phase: int) -> tuple[list[int], int, int]:
    """Taps of the kernel, in the order of the input, and the pads of one phase.

    Row stride * j + phase of the result is row r = stride * j + phase + begin of the full one, which sums
    x[r // stride - t] * w[r % stride + stride * t]. There are size + excess rows j.
    """
    first, base = (phase + begin) % stride, (phase + begin) // stride
    taps = list(range(first, kernel, stride))[::-1] or [-1]
    before = len(taps) - 1 - base
    return taps, before, excess - before + len(taps) - 1


def _sub_kernel(weights: Constant, rows: list[int], columns: list[int]) -> Constant:
    if rows == [-1] or columns == [-1]:
        return np.zeros((*weights.shape[:2], len(rows), len(columns)), weights.dtype)
    return weights[:, :, rows][:, :, :, columns]


def _interleaved(g: Sink, node: Node, x: Value, strides: tuple[int, int], channels: int) -> Value:
    """Channels [phase y][phase x][channels] spread over strides[0] x strides[1] pixels."""
    if strides == (1, 1):
        return x
    height, width = (size * stride for size, stride in zip(spatial(x), strides, strict=True))
    layer = Layer(
        Op.DEPTH_TO_SPACE, [x.number], x.quantizer, f"{node.outputs[0]}:interleave", channels=channels,
        block=strides[0],
    )  # fmt: skip
    if strides[0] != strides[1]:
        layer.op = Op.REARRANGE
        axes = [(0, 0), (1, 0), *((2, size) for size in (*strides, channels))]
        layer.rearrangement = Rearrangement(tuple(axes), ((0, 2), (1, 3), (4,)))
    return g.image(node, x, layer, channels, (height, width))


def transposed_convolution(g: Sink, node: Node, x: Value, layer: Layer) -> Value:
    """`layer` has quantizers, groups and the weights [out][in / groups][height][width]."""
    weights = layer.constant
    assert weights is not None
    channels, kernel = weights.shape[0], (weights.shape[2], weights.shape[3])
    given = node.integers("strides", (1, 1))
    if len(given) != 2 or max(given) > 16:
        raise node.unsupported("strides of 1 to 16 in two dimensions are supported")
    strides = (given[0], given[1])
    cuts = _pads(node, kernel, strides)
    # The result may reach beyond stride * size rows; a phase then has that many more.
    beyond = [
        k - s - begin - end + extra for k, s, (begin, end, extra) in zip(kernel, strides, cuts, strict=True)
    ]
    excess = [-(-rows // stride) for rows, stride in zip(beyond, strides, strict=True)]
    parts: list[Value] = []
    for y_phase in range(strides[0]):
        rows, top, bottom = _phase(kernel[0], strides[0], cuts[0][0], excess[0], y_phase)
        for x_phase in range(strides[1]):
            columns, left, right = _phase(kernel[1], strides[1], cuts[1][0], excess[1], x_phase)
            window = Window((len(rows), len(columns)), (1, 1), (top, left, bottom, right))
            source, window = padded(g, node, x, window)
            part = replace(
                layer, inputs=[source.number], channels=channels, window=window, name=node.outputs[0]
            )
            part.constant = _sub_kernel(weights, rows, columns).transpose(0, 2, 3, 1)
            parts.append(g.image(node, x, part, channels, windowed_size(source, window)))
    whole = parts[0]
    if len(parts) > 1:
        size: tuple[Extent, Extent] = spatial(whole)
        joined = Layer(
            Op.CONCAT, [part.number for part in parts], whole.quantizer, f"{node.outputs[0]}:phases"
        )
        whole = g.image(node, x, joined, channels * len(parts), size)
    whole = _interleaved(g, node, whole, strides, channels)
    surplus = [e * s - rows for e, s, rows in zip(excess, strides, beyond, strict=True)]
    whole = moved_sides(g, node, whole, (0, 0, -surplus[0], -surplus[1]))
    return replace(whole, dims=((), whole.stored[2], whole.stored[0], whole.stored[1]))
