# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Tensors made of parts: Concat and Pad."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, cast

import numpy as np

from inloop.convert.importer.broadcast import Operand, aligned, operand
from inloop.convert.importer.graph import GraphImporter
from inloop.convert.importer.layout import placed_with, with_dimension
from inloop.convert.importer.node import Node
from inloop.convert.importer.registry import handles
from inloop.convert.importer.sizes import Extent, fills_up, up_to_multiple
from inloop.convert.importer.slices import TO_END, cut_dimension
from inloop.convert.importer.values import (
    CHANNELS,
    HEIGHT,
    MAX_CHANNELS,
    WIDTH,
    Stored,
    Value,
    axes_of,
    length,
)
from inloop.convert.network import Constant, Layer, Op, to_integers

_JOINED = 3  # The engine joins no more at a time.
_WRAP = 4


def _stacked_outside(g: GraphImporter, node: Node, parts: list[Value], dim: int) -> Value | None:
    """Parts whose dimension is the outer part of the channels, or new: one after the other in the channels."""
    first = parts[0]
    inner = first.stored[CHANNELS][len(first.dims[dim]) :]
    for part in parts:
        outer, rest = part.dims[dim], part.stored[CHANNELS][len(part.dims[dim]) :]
        if part.stored[CHANNELS][: len(outer)] != outer or [a.size for a in rest] != [a.size for a in inner]:
            return None
        for i in range(first.rank):
            if i == dim or not part.dims[i]:
                continue
            if [(_place(part, a), a.size) for a in part.dims[i]] != [
                (_place(first, a), a.size) for a in first.dims[i]
            ]:
                return None
    total = sum(cast(int, length(part.dims[dim])) for part in parts)
    fresh = axes_of(total)
    quantizer = min(part.quantizer for part in parts)
    layer = Layer(Op.CONCAT, [part.number for part in parts], quantizer, node.outputs[0])
    stored: Stored = (first.stored[HEIGHT], first.stored[WIDTH], fresh + inner)
    return g.emit(layer, (*first.dims[:dim], fresh, *first.dims[dim + 1 :]), stored)


def _place(value: Value, axis: Any) -> int:
    return next(d for d, axes in enumerate(value.stored) if axis in axes)


def _assembled(g: GraphImporter, node: Node, parts: list[Value], dim: int, place: int) -> Value:
    """Along height or width: each part in a frame of zeros, added up; of free sizes, one joined to the other."""
    sizes = [length(part.dims[dim]) for part in parts]
    if not all(isinstance(size, int) for size in sizes):
        return _joined(g, node, parts, dim, place)
    known = [cast(int, size) for size in sizes]
    result, begin, fresh = parts[0], 0, axes_of(sum(known))
    for i, (part, size) in enumerate(zip(parts, known, strict=True)):
        rest = sum(known) - begin - size
        sides = (begin, 0, rest, 0) if place == HEIGHT else (0, begin, 0, rest)
        layer = Layer(Op.PAD, [part.number], part.quantizer, f"{node.outputs[0]}:frame{i}", sides=sides)
        framed = with_dimension(part, g.network.add(layer), dim, place, fresh)
        if i:
            quantizer = min(result.quantizer, framed.quantizer)
            total = Layer(Op.ADD, [result.number, framed.number], quantizer, f"{node.outputs[0]}:sum{i}")
            framed = g.emit(total, framed.dims, framed.stored)
        result, begin = framed, begin + size
    return result


def _joined(g: GraphImporter, node: Node, parts: list[Value], dim: int, place: int) -> Value:
    """Values of free sizes one behind the other, a few at a time."""
    while len(parts) > 1:
        few, rest = parts[:_JOINED], parts[_JOINED:]
        total: Extent = 0
        for part in few:
            total = total + length(part.dims[dim])
        layer = Layer(
            Op.JOIN, [part.number for part in few], min(part.quantizer for part in few),
            node.outputs[0] if not rest else f"{node.outputs[0]}:{len(rest)}", axes=1 << place,
        )  # fmt: skip
        joined = replace(few[0], number=g.network.add(layer), quantizer=layer.quantizer)
        parts = [with_dimension(joined, joined.number, dim, place, axes_of(total)), *rest]
    return parts[0]


def _wrapped(g: GraphImporter, node: Node) -> tuple[int, int] | None:
    """How much of its other end a tensor gets at either end, as exporters say a circular border; None otherwise."""
    if len(node.inputs) != 3:
        return None
    middle, axis, counts = node.inputs[1], node.integer("axis"), []
    for name, is_first in ((node.inputs[0], True), (node.inputs[2], False)):
        part = next((other for other in g.nodes if name in other.outputs), None)
        if (
            part is None
            or part.op != "Slice"
            or part.inputs[0] != middle
            or name == middle
            or not part.has(3)
        ):
            return None
        start, end, axes = (g.sizes(part, i) for i in (1, 2, 3))
        if axes != [axis] or (part.has(4) and g.integers(part, 4) != (1,)) or not start or not end:
            return None
        if (
            is_first
            and isinstance(start[0], int)
            and isinstance(end[0], int)
            and start[0] < 0
            and end[0] >= TO_END
        ):
            counts.append(-start[0])
        elif not is_first and start == [0] and isinstance(end[0], int) and 0 < end[0] < TO_END:
            counts.append(end[0])
        else:
            return None
    return counts[0], counts[1]


@handles("Concat")
def concat(g: GraphImporter, node: Node) -> None:
    """Along the channels; along height and width where the sizes are fixed."""
    operands: list[Operand] = [operand(g, node, i) for i in range(len(node.inputs))]
    values = [x for x in operands if isinstance(x, Value)]
    dim = node.integer("axis") % values[0].rank
    border = _wrapped(g, node)
    if border is not None and not isinstance(length(values[1].dims[dim]), int):
        g.put(node, _bordered(g, node, g.value(node, 1), {dim: border}, _WRAP, 0))
        return
    if any(x.rank != values[0].rank for x in values):
        raise node.broken("operands differ in their number of dimensions")
    if len(values) == len(operands) and (y := _stacked_outside(g, node, values, dim)) is not None:
        g.put(node, y)
        return
    place = (
        values[0].stored.index(values[0].dims[dim]) if values[0].dims[dim] in values[0].stored else CHANNELS
    )
    if place != CHANNELS and len(values) == len(operands):
        g.put(node, _assembled(g, node, aligned(g, node, operands, expand=False), dim, place))
        return
    parts = aligned(g, node, operands, channel_dim=dim, expand=False)
    layer = Layer(
        Op.CONCAT, [part.number for part in parts], min(part.quantizer for part in parts), node.outputs[0]
    )
    fresh = axes_of(sum(part.channels for part in parts))
    dims = (*parts[0].dims[:dim], fresh, *parts[0].dims[dim + 1 :])
    g.put(node, g.emit(layer, dims, (parts[0].stored[HEIGHT], parts[0].stored[WIDTH], fresh)))


def _zeros(g: GraphImporter, node: Node, x: Value, count: int) -> list[int]:
    """Channels of zeros as large as `x`, or none."""
    if not count:
        return []
    if count > MAX_CHANNELS:
        raise node.unsupported(f"adds {count} channels, at most {MAX_CHANNELS} are supported")
    numbers = g.own_numbers([0] * count)
    name = f"{node.outputs[0]}:zeros"
    constant = Layer(
        Op.CONSTANT, [], x.quantizer, name, channels=count, extent=(1, 1, count), constant_quantizer=x.quantizer,
        constant=numbers,
    )  # fmt: skip
    return [
        g.network.add(
            Layer(Op.EXPAND, [g.network.add(constant), x.number], x.quantizer, name, channels=count)
        )
    ]


def _zero_channels(g: GraphImporter, node: Node, x: Value, dim: int, counts: tuple[int, int]) -> Value:
    """Channels of zeros before and behind."""
    parts = [*_zeros(g, node, x, counts[0]), x.number, *_zeros(g, node, x, counts[1])]
    layer = Layer(Op.CONCAT, parts, x.quantizer, f"{node.outputs[0]}:channels")
    return with_dimension(x, g.network.add(layer), dim, CHANNELS, axes_of(x.channels + sum(counts)))


def _filled_up(g: GraphImporter, node: Node, x: Value, axes: Sequence[int], mode: int, value: float) -> bool:
    """Pad free height and width at their ends up to multiples, where the pads say that."""
    pads, roles = g.sizes(node, 1), x.roles()
    if pads is None or len(pads) != 2 * len(axes) or roles is None:
        return False
    behind = {axis: pads[i + len(axes)] for i, axis in enumerate(axes) if pads[i + len(axes)] != 0}
    multiples = {axis: fills_up(length(x.dims[axis]), pad) for axis, pad in behind.items()}
    places = {roles[axis]: multiple for axis, multiple in multiples.items()}
    if (
        mode == _WRAP
        or any(pad != 0 for pad in pads[: len(axes)])
        or not behind
        or None in multiples.values()
    ):
        return False
    if not set(places) <= {HEIGHT, WIDTH}:
        return False
    extent = (places.get(HEIGHT) or 1, places.get(WIDTH) or 1, 1)
    layer = Layer(Op.PAD_MULTIPLE, [x.number], x.quantizer, node.outputs[0], mode=mode, extent=extent)
    if mode == 3:
        layer.constant = _padding(g, node, x, value)
    number = g.network.add(layer)
    for axis, multiple in multiples.items():
        size = up_to_multiple(length(x.dims[axis]), cast(int, multiple))
        x = with_dimension(x, number, axis, cast(int, roles[axis]), axes_of(size))
    g.put(node, x)
    return True


def _padding(g: GraphImporter, node: Node, x: Value, value: float) -> Constant:
    """The number that pads."""
    number = np.array([value], np.float32)
    return number if g.is_float else to_integers(f"{node.outputs[0]} value", number, x.quantizer)


@handles("Pad")
def pad(g: GraphImporter, node: Node) -> None:
    """With zeros, another number, the edge or its reflection; negative pads cut."""
    x = g.value(node, 0)
    axes = g.integers(node, 3) or tuple(range(x.rank))
    fill = g.optional(node, 2)
    value = float(fill.reshape(-1)[0]) if fill is not None and fill.size else node.number("value", 0)
    mode = {"constant": 3, "edge": 1, "reflect": 2, "wrap": _WRAP}.get(node.text("mode", "constant"))
    if mode is None:
        raise node.unsupported(f"mode '{node.text('mode', '')}' is not supported")
    if _filled_up(g, node, x, [axis % x.rank for axis in axes], mode, value):
        return
    pads = g.integers(node, 1) or node.integers("pads")
    if len(pads) != 2 * len(axes):
        raise node.broken(f"has {len(pads)} pads for {len(axes)} dimensions")
    wanted = {axis % x.rank: (pads[i], pads[i + len(axes)]) for i, axis in enumerate(axes)}
    wanted = {dim: sides for dim, sides in wanted.items() if sides != (0, 0)}
    # Sides that differ make the declared size a multiple of something.
    g.needs_its_size = g.needs_its_size or any(before != behind for before, behind in wanted.values())
    for dim, sides in wanted.items():
        x = cut_dimension(
            g, node, x, dim, (max(-sides[0], 0), max(-sides[1], 0)), f"{node.outputs[0]}:cut{dim}"
        )
    added = {dim: (max(a, 0), max(b, 0)) for dim, (a, b) in wanted.items() if a > 0 or b > 0}
    g.put(node, x if wanted and not added else _bordered(g, node, x, added, mode, value))


def _bordered(
    g: GraphImporter, node: Node, x: Value, added: dict[int, tuple[int, int]], mode: int, value: float
) -> Value:
    x, roles = placed_with(g, node, x, added)
    sides = {role: added[dim] for dim, role in enumerate(roles) if role is not None and dim in added}
    if CHANNELS in sides:
        if mode != 3 or value:
            raise node.unsupported("channels are padded with zeros only")
        x = _zero_channels(g, node, x, roles.index(CHANNELS), sides.pop(CHANNELS))
    if added and not sides:
        return x
    (top, bottom), (left, right) = sides.get(HEIGHT, (0, 0)), sides.get(WIDTH, (0, 0))
    layer = Layer(Op.PAD, [x.number], x.quantizer, node.outputs[0], sides=(top, left, bottom, right))
    if mode != 3 or value:
        layer.op, layer.mode = Op.PAD_BORDER, mode
        if mode == 3:
            layer.constant = _padding(g, node, x, value)
    number_of_layer = g.network.add(layer)
    for role, (before, behind) in sides.items():
        dim = roles.index(role)
        x = with_dimension(x, number_of_layer, dim, role, axes_of(length(x.dims[dim]) + (before + behind)))
    return x
