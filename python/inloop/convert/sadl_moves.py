# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""SADL operations on shapes: slices, reshapes, pads, repetitions, resizing; and choices between tensors."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from typing import cast

import numpy as np

from inloop.convert.fields import Comparison, Coordinates, Interpolation, NearestMode, Resampling
from inloop.convert.importer.layout import arranged, place_of, stored_by
from inloop.convert.importer.sizes import scaled
from inloop.convert.importer.values import CHANNELS, HEIGHT, WIDTH, Axes, Stored, Value, reshaped
from inloop.convert.network import Layer, Op
from inloop.convert.sadl_file import SadlLayer, SadlOp
from inloop.convert.sadl_graph import SadlGraph
from inloop.errors import ModelError, UnsupportedError

_TO_END = 2**31 - 1
_ROLES = (None, HEIGHT, WIDTH, CHANNELS)


def _identity(g: SadlGraph, layer: SadlLayer) -> None:
    g.put(layer, g.value(g.operands(layer, 1)[0]))


def _slice(g: SadlGraph, layer: SadlLayer) -> None:
    x = g.picture(layer, g.operands(layer, 1)[0])
    cuts = []
    for axis, extent in enumerate(x.shape[1:]):
        size = cast(int, extent)
        start, end = layer.limits[2 * axis : 2 * axis + 2]
        stop = size if end == _TO_END else end + size if end < 0 else end
        if not 0 <= start < stop <= size:
            raise ModelError(f"SADL layer '{layer.name}' keeps {start} to {stop} of {size}")
        cuts.append((start, size - stop))
    (top, bottom), (left, right), (begin, end) = cuts
    height, width = (cast(int, size) for size in x.shape[1:3])
    channels = x.channels - begin - end
    result = Layer(
        Op.SLICE,
        [x.number],
        x.quantizer,
        channels=channels,
        channel_begin=begin,
        sides=(top, left, bottom, right),
    )
    g.put_image(layer, result, (height - top - bottom, width - left - right), channels)


def _shape(g: SadlGraph, layer: SadlLayer) -> None:
    """The shape becomes a constant."""
    data = np.array(g.value(g.operands(layer, 1)[0]).shape, np.int32)
    g.constants[layer.id] = SadlLayer(layer.id, SadlOp.CONST, layer.name, dims=data.shape, data=data)


def _reshape(g: SadlGraph, layer: SadlLayer) -> None:
    data, shape = g.operands(layer, 2)
    x, sizes = g.value(data), g.integers(layer, shape)
    y = reshaped(x, list(sizes)) if sizes.count(-1) < 2 and all(n == -1 or n > 0 for n in sizes) else None
    if y is None:
        raise UnsupportedError(f"SADL layer '{layer.name}': cannot tell how {x.shape} becomes {sizes}")
    g.put(layer, y)


def _flatten(g: SadlGraph, layer: SadlLayer) -> None:
    """The dimensions from an axis on become one."""
    x = g.value(g.operands(layer, 1)[0])
    if not 0 <= layer.mode < x.rank:
        raise ModelError(f"SADL layer '{layer.name}' flattens from axis {layer.mode} of {x.rank}")
    merged: Axes = tuple(axis for dim in x.dims[layer.mode :] for axis in dim)
    g.put(layer, replace(x, dims=(*x.dims[: layer.mode], merged)))


def _transpose(g: SadlGraph, layer: SadlLayer) -> None:
    data, order = g.operands(layer, 2)
    x, permutation = g.value(data), g.integers(layer, order)
    if sorted(permutation) != list(range(x.rank)):
        raise ModelError(f"SADL layer '{layer.name}': {permutation} is no permutation of {x.rank} dimensions")
    g.put(layer, replace(x, dims=tuple(x.dims[i] for i in permutation)))


def _repeated(g: SadlGraph, layer: SadlLayer, x: Value, counts: tuple[int, ...]) -> None:
    if len(counts) != 4 or x.rank != 4 or min(counts) < 1 or max(counts) > 65535 or counts[0] != 1:
        raise UnsupportedError(f"SADL layer '{layer.name}': repeating {counts} times is not supported")
    x = arranged(g, layer.name, x, stored_by(x, _ROLES))
    extent = (counts[1], counts[2], counts[3])
    result = Layer(Op.TILE, [x.number], x.quantizer, channels=x.channels * extent[2], extent=extent)
    height, width = (cast(int, size) for size in x.shape[1:3])
    g.put_image(layer, result, (height * extent[0], width * extent[1]), result.channels)


def _tile(g: SadlGraph, layer: SadlLayer) -> None:
    data, counts = g.operands(layer, 2)
    _repeated(g, layer, g.value(data), g.integers(layer, counts))


def _expand(g: SadlGraph, layer: SadlLayer) -> None:
    data, shape = g.operands(layer, 2)
    x, sizes = g.value(data), g.integers(layer, shape)
    own = cast(tuple[int, ...], x.shape)
    if len(sizes) != len(own) or any(a not in (1, b) or b < 1 for a, b in zip(own, sizes, strict=True)):
        raise UnsupportedError(f"SADL layer '{layer.name}': cannot expand {own} to {sizes}")
    counts = tuple(b // a for a, b in zip(own, sizes, strict=True))
    if max(counts) == 1:
        g.put(layer, x)
    else:
        _repeated(g, layer, x, counts)


def _pad(g: SadlGraph, layer: SadlLayer) -> None:
    """Mode 0 a number, which is a second operand, 1 reflection, 2 edge."""
    if len(layer.inputs) not in (1, 2) or layer.mode not in (0, 1, 2) or min(layer.pads) < 0:
        raise UnsupportedError(f"SADL layer '{layer.name}': this kind of padding is not supported")
    x = g.picture(layer, layer.inputs[0])
    if len(layer.inputs) == 2 and np.any(g.const(layer, layer.inputs[1])[0]):
        raise UnsupportedError(f"SADL layer '{layer.name}': only padding with zeros is supported")
    top, left, bottom, right = layer.pads
    result = Layer(Op.PAD, [x.number], x.quantizer, sides=(top, left, bottom, right))
    if layer.mode:
        result.op, result.mode = Op.PAD_BORDER, 3 - layer.mode
    height, width = (cast(int, size) for size in x.shape[1:3])
    g.put_image(layer, result, (height + top + bottom, width + left + right), x.channels)


def _reduce_mean(g: SadlGraph, layer: SadlLayer) -> None:
    g.require_float(layer)
    x = g.value(g.operands(layer, 1)[0])
    if not layer.mode or any(not 0 <= axis < x.rank for axis in layer.limits):
        raise UnsupportedError(
            f"SADL layer '{layer.name}': only means that keep their dimensions are supported"
        )
    for axis in sorted(set(layer.limits)):
        if x.dims[axis]:
            x, place = place_of(g, g.node(layer), x, axis)
            stored = cast(Stored, tuple(() if d == place else axes for d, axes in enumerate(x.stored)))
            result = Layer(Op.REDUCE_MEAN, [x.number], 0, f"{layer.name}:{axis}", axes=1 << place)
            x = g.emit(result, (*x.dims[:axis], (), *x.dims[axis + 1 :]), stored)
    g.put(layer, x)


def _resize(g: SadlGraph, layer: SadlLayer) -> None:
    """Payload: 1 sizes or 2 scales; 0 half pixel or 1 asymmetric; 0 linear, 1 nearest; 0 floor or 1 prefer ceil."""
    data, given = g.operands(layer, 2)
    x = g.picture(layer, data)
    kind, coordinates, mode, nearest = layer.limits
    numbers = g.integers(layer, given)
    if kind not in (1, 2) or coordinates not in (0, 1) or mode not in (0, 1) or nearest not in (0, 1):
        raise UnsupportedError(f"SADL layer '{layer.name}': this kind of resizing is not supported")
    if mode == 0:
        g.require_float(layer)
    if len(numbers) != 4 or min(numbers) < 1:
        raise ModelError(f"SADL layer '{layer.name}' resizes by {numbers}")
    height, width = (cast(int, size) for size in x.shape[1:3])
    # The numbers stand for batch, channels, height, width.
    scales = [
        Fraction(n, 1 if kind == 2 else size) for n, size in zip(numbers[2:], (height, width), strict=True)
    ]
    resampling = Resampling(
        Interpolation.BILINEAR if mode == 0 else Interpolation.NEAREST,
        Coordinates.ASYMMETRIC if coordinates else Coordinates.HALF_PIXEL,
        NearestMode.PREFER_FLOOR if mode == 0 else NearestMode.PREFER_CEIL if nearest else NearestMode.FLOOR,
        y=(scales[0].numerator, scales[0].denominator),
        x=(scales[1].numerator, scales[1].denominator),
    )
    result = Layer(Op.RESIZE, [x.number], x.quantizer, resampling=resampling)
    g.put_image(layer, result, (scaled(height, scales[0]), scaled(width, scales[1])), x.channels)


def _same_quantizers(g: SadlGraph, layer: SadlLayer, values: list[Value]) -> None:
    if len({value.quantizer for value in values}) > 1:
        raise UnsupportedError(f"SADL layer '{layer.name}': its operands must have the same quantizer")


def _compare(g: SadlGraph, layer: SadlLayer) -> None:
    a, b = g.pair(layer)
    _same_quantizers(g, layer, [a, b])
    modes = (Comparison.LESS, Comparison.GREATER, Comparison.EQUAL)
    if not 0 <= layer.mode < len(modes):
        raise ModelError(f"SADL layer '{layer.name}' has the unknown mode {layer.mode}")
    g.put_same(layer, a, Layer(Op.COMPARE, [a.number, b.number], 0, comparison=modes[layer.mode]))


def _where(g: SadlGraph, layer: SadlLayer) -> None:
    c, a, b = (g.picture(layer, number) for number in g.operands(layer, 3))
    _same_quantizers(g, layer, [a, b])
    if not c.shape == a.shape == b.shape:
        raise UnsupportedError(f"SADL layer '{layer.name}': operands of different shapes are not supported")
    g.put_same(layer, a, Layer(Op.SELECT, [c.number, a.number, b.number], a.quantizer))


MOVES: dict[int, Callable[[SadlGraph, SadlLayer], None]] = {
    SadlOp.IDENTITY: _identity,
    SadlOp.SLICE: _slice,
    SadlOp.SHAPE: _shape,
    SadlOp.RESHAPE: _reshape,
    SadlOp.FLATTEN: _flatten,
    SadlOp.TRANSPOSE: _transpose,
    SadlOp.TILE: _tile,
    SadlOp.EXPAND: _expand,
    SadlOp.PAD: _pad,
    SadlOp.REDUCE_MEAN: _reduce_mean,
    SadlOp.RESIZE: _resize,
    SadlOp.COMPARE: _compare,
    SadlOp.WHERE: _where,
}
