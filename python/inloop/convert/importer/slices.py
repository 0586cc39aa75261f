# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Parts of tensors: Slice, Split and Gather."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, cast

import numpy as np

from inloop.convert.fields import Window
from inloop.convert.importer.broadcast import as_large
from inloop.convert.importer.expansion import Expansion
from inloop.convert.importer.graph import GraphImporter
from inloop.convert.importer.layout import place_of, with_dimension
from inloop.convert.importer.node import Node
from inloop.convert.importer.registry import handles
from inloop.convert.importer.sizes import Extent, Size, settled
from inloop.convert.importer.values import CHANNELS, HEIGHT, WIDTH, Stored, Value, axes_of, length
from inloop.convert.network import Layer, Op

TO_END = 2**31 - 1
"""An end that is none, or beyond."""

_MOST_CUT = 1 << 16


def _cut_channels(g: GraphImporter, node: Node, x: Value, begin: int, count: int, name: str) -> int:
    layer = Layer(Op.SLICE, [x.number], x.quantizer, name, channels=count, channel_begin=begin)
    return g.network.add(layer)


def cut_dimension(g: GraphImporter, node: Node, x: Value, dim: int, cut: tuple[int, int], name: str) -> Value:
    """Without cut[0] elements at the begin and cut[1] at the end of a dimension."""
    size = length(x.dims[dim])
    remaining = size + -(cut[0] + cut[1])
    if isinstance(remaining, int) and remaining < 1:
        raise node.broken("keeps nothing of its operand")
    if cut == (0, 0):
        return x
    inner = x.stored[CHANNELS][len(x.dims[dim]) :]
    if inner and x.stored[CHANNELS][: len(x.dims[dim])] == x.dims[dim] and isinstance(remaining, int):
        each = cast(int, length(inner))  # the outer part of the channels
        number = _cut_channels(g, node, x, cut[0] * each, remaining * each, name)
        fresh = axes_of(remaining)
        stored: Stored = (x.stored[HEIGHT], x.stored[WIDTH], fresh + inner)
        return replace(x, number=number, stored=stored, dims=(*x.dims[:dim], fresh, *x.dims[dim + 1 :]))
    x, place = place_of(g, node, x, dim)
    if place == CHANNELS:
        assert isinstance(remaining, int)
        return with_dimension(
            x, _cut_channels(g, node, x, cut[0], remaining, name), dim, place, axes_of(remaining)
        )
    sides = (cut[0], 0, cut[1], 0) if place == HEIGHT else (0, cut[0], 0, cut[1])
    layer = Layer(Op.SLICE, [x.number], x.quantizer, name, channels=x.channels, sides=sides)
    return with_dimension(x, g.network.add(layer), dim, place, axes_of(remaining))


def _strided(g: GraphImporter, node: Node, x: Value, dim: int, step: int) -> Value:
    """Every step-th row or column, as a window of one sample."""
    if step == 1 or not x.dims[dim]:
        return x
    x, place = place_of(g, node, x, dim)
    if place == CHANNELS or not 1 < step <= 8:
        raise node.unsupported("only steps of 1 to 8 along height and width are supported")
    window = Window((1, 1), (step, 1) if place == HEIGHT else (1, step))
    layer = Layer(Op.MAX_POOL, [x.number], x.quantizer, f"{node.outputs[0]}:step{place}", window=window)
    size = (length(x.dims[dim]) + (step - 1)) // step
    return with_dimension(x, g.network.add(layer), dim, place, axes_of(size))


def _range(g: GraphImporter, node: Node, size: Extent, start: Any, end: Any) -> tuple[int, int]:
    """Elements cut off at the begin and at the end of an axis."""
    if isinstance(size, int) and not isinstance(start, Size) and not isinstance(end, Size):
        begin = min(max(start + size if start < 0 else start, 0), size)
        return begin, size - min(max(end + size if end < 0 else end, 0), size)
    start = g.settle(node, start)
    if start < 0:
        raise node.unsupported("a start counted from the end needs a fixed spatial size")
    if isinstance(end, Size):
        return start, max(g.settle(node, size - end), 0)
    if 0 <= end < TO_END:
        raise node.unsupported("an end counted from the begin needs a fixed spatial size")
    return start, 0 if end >= TO_END else -end


def _cropped(
    g: GraphImporter,
    node: Node,
    x: Value,
    axes: list[int],
    starts: list[Extent],
    ends: list[Extent],
    steps: Sequence[int],
) -> bool:
    """Cut height and width to the size of another value, where the cut is not the same for all sizes."""
    roles = x.roles()
    cut = {axis: end for axis, end in zip(axes, ends, strict=True) if isinstance(end, Size)}
    others = [end for end in ends if not isinstance(end, Size)]
    if roles is None or not cut or any(end < TO_END for end in others) or any(s != 0 for s in starts):
        return False
    if set(steps) != {1} or not {roles[axis] for axis in cut} <= {HEIGHT, WIDTH}:
        return False
    rests = [length(x.dims[axis]) - end for axis, end in cut.items()]
    found = [settled(rest.at) if isinstance(rest, Size) else (rest, 1) for rest in rests]
    if all(each is not None and each[1] == 1 for each in found):
        return False
    size = {cast(int, roles[axis]): end for axis, end in cut.items()}
    like = as_large(g, size.get(HEIGHT), size.get(WIDTH))
    if like is None:
        return False
    layer = Layer(
        Op.CROP_TO, [x.number, like.number], x.quantizer, node.outputs[0], channels=x.channels,
        axes=sum(1 << place for place in size),
    )  # fmt: skip
    number = g.network.add(layer)
    for axis, end in cut.items():
        g.multiple = math.lcm(g.multiple, end.assumed)
        x = with_dimension(x, number, axis, cast(int, roles[axis]), axes_of(end))
    g.put(node, x)
    return True


def _is_far(size: Extent, start: Extent, end: Extent) -> bool:
    """Whether a begin is counted from the end of a free size, or an end from its begin: that is no cut."""
    if not isinstance(size, Size):
        return False
    return isinstance(start, Size) or start < 0 or (isinstance(end, int) and 0 < end < TO_END)


def _one_by_one(
    g: GraphImporter,
    node: Node,
    starts: list[Extent],
    ends: list[Extent],
    axes: list[int],
    steps: Sequence[int],
) -> None:
    """A slice along several dimensions as one along each."""
    e, name = Expansion(g, node), node.inputs[0]
    for i, limits in enumerate(zip(starts, ends, axes, steps, strict=True)):
        operands = []
        for what, number in zip(("start", "end", "axis", "step"), limits, strict=True):
            dtype = object if isinstance(number, Size) else np.int64
            operands.append(e.constant(f"{what}{i}", np.array([number], dtype), dtype))
        if i + 1 == len(axes):
            e.result("Slice", name, *operands)
        else:
            name = e("Slice", name, *operands, to=f"along{i}")


def _flipped(g: GraphImporter, node: Node, x: Value, dim: int, suffix: str) -> Value | None:
    """Height or width in the opposite order; None where the dimension is stored as channels."""
    x, place = place_of(g, node, x, dim)
    if place == CHANNELS:
        return None
    layer = Layer(Op.FLIP, [x.number], x.quantizer, f"{node.outputs[0]}{suffix}", axes=1 << place)
    return with_dimension(x, g.network.add(layer), dim, place, axes_of(length(x.dims[dim])))


def _backwards(
    g: GraphImporter, node: Node, x: Value, dim: int, start: Extent, end: Extent, step: int
) -> None:
    """A negative step: height and width are flipped first, other dimensions are put together anew."""
    size = length(x.dims[dim])
    if isinstance(start, Size) or isinstance(end, Size):
        raise node.unsupported("a negative step between computed limits is not supported")
    if isinstance(size, int):
        places = range(size)[start:end:step]
        if not places:
            raise node.broken("keeps nothing of its operand")
        cut = size - 1 - places[0], places[-1]
    elif (start < 0 or start >= TO_END) and end <= -TO_END:
        cut = 0 if start >= TO_END else -1 - start, 0
    else:
        raise node.unsupported("a negative step along a free size is supported down to its begin only")
    flipped = (
        _flipped(g, node, x, dim, "" if cut == (0, 0) and step == -1 else ":flipped") if x.dims[dim] else x
    )
    if flipped is None:
        assert isinstance(size, int)  # Channels have a known number.
        _picked(g, node, dim, list(places))
        return
    g.put(
        node,
        _strided(g, node, cut_dimension(g, node, flipped, dim, cut, f"{node.outputs[0]}:part"), dim, -step),
    )


def _first_part(g: GraphImporter, node: Node, x: Value, dim: int, count: int, suffix: str) -> Value:
    """So many rows or columns from the begin."""
    if count > _MOST_CUT:
        raise node.unsupported(f"keeps {count} rows or columns, at most {_MOST_CUT} are supported")
    x, place = place_of(g, node, x, dim)
    extent = (count, 1, 1) if place == HEIGHT else (1, count, 1)
    plane = Layer(
        Op.CONSTANT, [], 0, f"{node.outputs[0]}{suffix}:size", channels=1, extent=extent,
        constant=g.own_numbers([0] * count),
    )  # fmt: skip
    layer = Layer(
        Op.CROP_TO, [x.number, g.network.add(plane)], x.quantizer, f"{node.outputs[0]}{suffix}", channels=x.channels,
        axes=1 << place,
    )  # fmt: skip
    return with_dimension(x, g.network.add(layer), dim, place, axes_of(count))


def _far_part(g: GraphImporter, node: Node, x: Value, dim: int, start: Extent, end: Extent) -> Value | None:
    """A part of a free height or width that is no cut at its ends: the last rows, or rows up to a number."""
    size = length(x.dims[dim])
    if isinstance(size, int):
        return None
    start, end = _from_end(size, start), _from_end(size, end)
    if isinstance(start, Size) or isinstance(end, Size):
        return None
    if start < 0:
        behind = 0 if end >= TO_END else -end
        if behind < 0 or behind >= -start:
            return None
        x = cut_dimension(g, node, x, dim, (0, behind), f"{node.outputs[0]}:begin")
        backwards = _flipped(g, node, x, dim, ":backwards")
        assert backwards is not None  # Channels have a known number.
        return _flipped(g, node, _first_part(g, node, backwards, dim, -start - behind, ":last"), dim, "")
    if start < end < TO_END:
        first = _first_part(g, node, x, dim, end, ":first")
        return cut_dimension(g, node, first, dim, (start, 0), node.outputs[0])
    return None


def _from_end(size: Size, limit: Extent) -> Extent:
    """A computed limit as a distance from the end, where it is one at every size."""
    if not isinstance(limit, Size):
        return limit
    rest = size - limit
    return limit if isinstance(rest, Size) or rest < 0 else -rest or TO_END


@handles("Slice")
def slice_(g: GraphImporter, node: Node) -> None:
    """Limits as operands or, in old files, as attributes."""
    x = g.value(node, 0)
    starts = g.sizes(node, 1) or list(node.integers("starts"))
    ends = g.sizes(node, 2) or list(node.integers("ends"))
    axes = g.integers(node, 3) or node.integers("axes", tuple(range(len(starts))))
    steps = g.integers(node, 4) or (1,) * len(starts)
    if not len(starts) == len(ends) == len(axes) == len(steps):
        raise node.broken("its limits differ in number")
    sizes = [length(x.dims[axis]) for axis in axes]
    if len(steps) > 1 and (min(steps) < 0 or any(map(_is_far, sizes, starts, ends))):
        _one_by_one(g, node, starts, ends, [axis % x.rank for axis in axes], steps)
        return
    if len(steps) == 1 and steps[0] < 0:
        _backwards(g, node, x, axes[0] % x.rank, starts[0], ends[0], steps[0])
        return
    if len(steps) == 1:
        part = _far_part(g, node, x, axes[0] % x.rank, starts[0], ends[0])
        if part is not None:
            g.put(node, _strided(g, node, part, axes[0] % x.rank, steps[0]))
            return
    if _cropped(g, node, x, [axis % x.rank for axis in axes], starts, ends, steps):
        return
    cuts: dict[int, tuple[tuple[int, int], int]] = {}
    for start, end, axis, step in zip(starts, ends, axes, steps, strict=True):
        cuts[axis % x.rank] = (_range(g, node, length(x.dims[axis % x.rank]), start, end), step)
    g.put(node, _sliced(g, node, x, cuts))


def _sliced(g: GraphImporter, node: Node, x: Value, cuts: dict[int, tuple[tuple[int, int], int]]) -> Value:
    """All cuts as one layer where the value is stored plainly, else one by one."""
    cuts = {dim: cut for dim, cut in cuts.items() if x.dims[dim] or cut != ((0, 0), 1)}
    places = {dim: x.stored.index(x.dims[dim]) for dim in cuts if x.dims[dim] and x.dims[dim] in x.stored}
    whole = {dim: cut for dim, (cut, _) in cuts.items()}
    if len(places) == sum(bool(x.dims[dim]) for dim in cuts) and len(places) == len(whole):
        by_place = {places[dim]: cut for dim, cut in whole.items()}
        (top, bottom), (left, right) = by_place.get(HEIGHT, (0, 0)), by_place.get(WIDTH, (0, 0))
        begin, end = by_place.get(CHANNELS, (0, 0))
        channels = x.channels - begin - end
        sizes = {dim: length(x.dims[dim]) + -(cut[0] + cut[1]) for dim, cut in whole.items()}
        if any(isinstance(size, int) and size < 1 for size in sizes.values()):
            raise node.broken("keeps nothing of its operand")
        layer = Layer(
            Op.SLICE, [x.number], x.quantizer, node.outputs[0], channels=channels, channel_begin=begin,
            sides=(top, left, bottom, right),
        )  # fmt: skip
        number = g.network.add(layer)
        for dim, size in sizes.items():
            x = with_dimension(x, number, dim, places[dim], axes_of(size))
    else:
        for dim, cut in whole.items():
            x = cut_dimension(g, node, x, dim, cut, f"{node.outputs[0]}:{dim}")
    for dim, (_, step) in cuts.items():
        x = _strided(g, node, x, dim, step)
    return x


@handles("Split")
def split(g: GraphImporter, node: Node) -> None:
    """Along any dimension of a known size."""
    x = g.value(node, 0)
    dim = node.integer("axis", 0) % x.rank
    size = length(x.dims[dim])
    if not isinstance(size, int):
        raise node.unsupported("splitting a dimension needs its size")
    parts = g.integers(node, 1) or node.integers("split")
    if node.integer("num_outputs", len(node.outputs)) != len(node.outputs):
        raise node.broken(f"has {len(node.outputs)} outputs, num_outputs says otherwise")
    if not parts:
        if size % len(node.outputs) and g.opset < 18:
            raise node.broken(f"splits {size} into {len(node.outputs)} equal parts")
        each = -(-size // len(node.outputs))
        parts = (*([each] * (len(node.outputs) - 1)), size - each * (len(node.outputs) - 1))
    if sum(parts) != size or len(parts) != len(node.outputs) or min(parts) < 1:
        raise node.broken(f"splits {size} into {list(parts)}")
    begin = 0
    for output, part in enumerate(parts):
        cut = (begin, size - begin - part)
        # Each part of a layer becomes a layer of its own, since a slice costs nothing.
        g.put(node, _cut_always(g, node, x, dim, cut, node.outputs[output]), output)
        begin += part


def _cut_always(g: GraphImporter, node: Node, x: Value, dim: int, cut: tuple[int, int], name: str) -> Value:
    """The part, as a slice even where it is everything: the form that older importers wrote."""
    if cut != (0, 0) or not x.dims[dim] or x.dims[dim] not in x.stored:
        return cut_dimension(g, node, x, dim, cut, name)
    layer = Layer(Op.SLICE, [x.number], x.quantizer, name, channels=x.channels)
    return replace(x, number=g.network.add(layer))


_MAX_PARTS = 256  # A tensor is put together anew from no more parts.


def _picked(g: GraphImporter, node: Node, axis: int, indices: list[int]) -> None:
    """Elements of a dimension in any order: slices of those that follow each other, joined."""
    runs: list[list[int]] = []
    for index in indices:
        if runs and index == runs[-1][-1] + 1:
            runs[-1].append(index)
        else:
            runs.append([index])
    if not runs or len(runs) > _MAX_PARTS:
        raise node.unsupported(f"{len(runs)} separate parts, 1 to {_MAX_PARTS} are supported")
    e, parts = Expansion(g, node), []
    axes = e.constant("axes", [axis], np.int64)
    for i, run in enumerate(runs):
        begin, end = (
            e.constant(f"{i}{to}", [at], np.int64) for to, at in (("begin", run[0]), ("end", run[-1] + 1))
        )
        parts.append(e("Slice", node.inputs[0], begin, end, axes, to=f"part{i}"))
    e.result("Concat", *parts, axis=axis)


@handles("Gather")
def gather(g: GraphImporter, node: Node) -> None:
    """Constant indices: one is a slice, several are slices that are joined."""
    x, index = g.value(node, 0), g.integers(node, 1)
    dim = node.integer("axis", 0) % x.rank
    size = length(x.dims[dim])
    shape = g.constants[node.inputs[1]].shape if index else ()
    if isinstance(size, Size) and index and min(index) >= 0 and len(shape) == 1:
        _picked(g, node, dim, list(index))
        return
    if index is None or not index or not isinstance(size, int):
        raise node.unsupported("only constant indices of a dimension of fixed size are supported")
    if len(index) > 1:
        if len(shape) > 1:
            raise node.unsupported("indices of more than one dimension are not supported")
        _picked(g, node, dim, [at % size for at in index])
        return
    if len(shape) > 1:
        raise node.unsupported("indices of more than one dimension are not supported")
    at = index[0] % size
    y = cut_dimension(g, node, x, dim, (at, size - at - 1), node.outputs[0])
    if not shape:
        y = g.renamed(y, (*y.dims[:dim], *y.dims[dim + 1 :]))
    g.put(node, y)
