# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Operands of different shapes: constants a channel, and values brought to one layout and one size."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from inloop.convert.importer.graph import GraphImporter
from inloop.convert.importer.layout import Roles, arranged, default_roles, simple_roles, stored_by
from inloop.convert.importer.node import Node
from inloop.convert.importer.sizes import Extent
from inloop.convert.importer.values import CHANNELS, HEIGHT, WIDTH, Axes, Axis, Stored, Value, axes_of, length
from inloop.convert.network import Layer, Op

Array = NDArray[Any]
# Numbers of a constant that only repeats itself: more would blow a network up for nothing.
_LARGEST_PLANE = 1 << 22


@dataclass(frozen=True)
class Named:
    """A constant operand."""

    name: str
    array: Array


Operand = Value | Named


def operand(g: GraphImporter, node: Node, index: int) -> Operand:
    """An operand that may be a constant."""
    if g.is_constant(node, index):
        return Named(node.inputs[index], g.constants[node.inputs[index]])
    return g.value(node, index)


def _known(axis: Axis) -> int:
    assert isinstance(axis.size, int)  # Axes of the channels have a known size.
    return axis.size


def per_channel(array: Array, x: Value) -> Array | None:
    """A constant operand of `x` as one number or one a channel, None where it is neither."""
    if array.size == 1:
        return array.reshape(-1)
    if array.ndim > x.rank:
        return None
    sizes = (1,) * (x.rank - array.ndim) + array.shape
    used = [i for i, size in enumerate(sizes) if size != 1]
    axes = [axis for i in used for axis in x.dims[i]]
    stored = x.stored[CHANNELS]
    if any(sizes[i] != length(x.dims[i]) for i in used) or not set(axes) <= set(stored):
        return None
    spread = array.reshape([_known(axis) for axis in axes])
    order = sorted(range(len(axes)), key=lambda i: stored.index(axes[i]))
    kept = [_known(axis) if axis in axes else 1 for axis in stored]
    whole = np.broadcast_to(spread.transpose(order).reshape(kept), [_known(axis) for axis in stored])
    return np.ascontiguousarray(whole).reshape(-1)


def constant_value(g: GraphImporter, node: Node, constant: Named, roles: Roles) -> Value:
    """A constant as a value whose dimensions have these roles."""
    array, rank = constant.array, len(roles)
    if array.ndim > rank:
        raise node.unsupported(f"constant '{constant.name}' has more dimensions than the other operands")
    array = array.reshape((1,) * (rank - array.ndim) + array.shape)
    dims = tuple(axes_of(size) for size in array.shape)
    spare = Value(0, 0, dims, ((), (), ()))
    stored = stored_by(spare, roles)
    position = {role: i for i, role in enumerate(roles) if role is not None}
    order = [position[role] for role in (HEIGHT, WIDTH, CHANNELS) if role in position]
    rest = [i for i in range(rank) if i not in order]
    extent = [1, 1, 1]
    for role, i in position.items():
        extent[role] = array.shape[i]
    if max(extent) > 65535:
        raise node.unsupported(f"constant '{constant.name}' is too large")
    numbers, quantizer = g.numbers(node, constant.name, array)
    flat = numbers.transpose(*rest, *order).reshape(-1)
    layer = Layer(
        Op.CONSTANT, [], quantizer, constant.name, channels=extent[2], extent=(extent[0], extent[1], extent[2]),
        constant_quantizer=quantizer, constant=flat,
    )  # fmt: skip
    return g.emit(layer, dims, stored)


def _signature(value: Value) -> list[list[tuple[int, int]]]:
    """Where each axis of each dimension is stored: values of the same signature are laid out alike."""
    place = {axis: (d, i) for d, axes in enumerate(value.stored) for i, axis in enumerate(axes)}
    return [[place[axis] for axis in axes] for axes in value.dims]


def _complete(node: Node, roles: list[int | None], operands: list[Operand], channel_dim: int | None) -> None:
    """Give a role to the dimensions that only other operands, or only a constant, have."""
    rank = len(roles)
    free = [role for role in (CHANNELS, WIDTH, HEIGHT) if role not in roles]
    wanted = [
        i
        for i in reversed(range(rank))
        if roles[i] is None
        and (i == channel_dim or any(_size(operand, i, rank) != 1 for operand in operands))
    ]
    wanted.sort(key=lambda i: i != channel_dim)
    for i in wanted:
        if not free or (i == channel_dim and CHANNELS not in free):
            raise node.unsupported("more than three dimensions, or a reshaped one, take part")
        roles[i] = free.pop(0)


def _size(operand: Operand, i: int, rank: int) -> Any:
    if isinstance(operand, Value):
        return length(operand.dims[i])
    i -= rank - operand.array.ndim
    return operand.array.shape[i] if i >= 0 else 1


def aligned(
    g: GraphImporter,
    node: Node,
    operands: list[Operand],
    *,
    channel_dim: int | None = None,
    expand: bool = True,
) -> list[Value]:
    """All operands in one layout and, with `expand`, of one size; the first result's dims and stored are the result's.

    `channel_dim` is a dimension that must be stored as the channels.
    """
    values = [x for x in operands if isinstance(x, Value)]
    rank = max([v.rank for v in values] + [c.array.ndim for c in operands if isinstance(c, Named)])
    operands = [x.promoted(rank).with_own_axes() if isinstance(x, Value) else x for x in operands]
    values = [x for x in operands if isinstance(x, Value)]
    if len(values) == len(operands) and channel_dim is None:
        first = _signature(values[0])
        if all(_signature(v) == first and v.channels == values[0].channels for v in values[1:]):
            return values
    roles = simple_roles(values) or default_roles(max(values, key=lambda v: sum(map(bool, v.dims))))
    if roles is None:
        raise node.unsupported("operands have more than three dimensions and different layouts")
    _complete(node, roles, operands, channel_dim)
    if channel_dim is not None and roles[channel_dim] != CHANNELS:
        raise node.unsupported("this dimension is stored as height or width")
    out: list[Value] = []
    for x in operands:
        if isinstance(x, Value):
            out.append(arranged(g, node.outputs[0], x, stored_by(x, roles)))
        else:
            out.append(constant_value(g, node, x, roles))
    return _expanded(g, node, out) if expand else out


def as_large(g: GraphImporter, height: Extent | None, width: Extent | None) -> Value | None:
    """Any value with this height and width (None: any), None where there is none."""
    for value in g.values.values():
        size = length(value.stored[HEIGHT]), length(value.stored[WIDTH])
        if height in (None, size[0]) and width in (None, size[1]):
            return value
    return None


def plane(g: GraphImporter, node: Node, height: Axes, width: Axes) -> Value:
    """A value with the height and the width of a result that no operand has both of."""
    size = length(height), length(width)
    if (found := as_large(g, *size)) is not None:
        return found
    if not isinstance(size[0], int) or not isinstance(size[1], int) or size[0] * size[1] > _LARGEST_PLANE:
        raise node.unsupported("no operand has both the height and the width of the result")
    layer = Layer(
        Op.CONSTANT, [], 0, f"{node.outputs[0]}:plane", channels=1, extent=(size[0], size[1], 1),
        constant=g.own_numbers([0]).repeat(size[0] * size[1]),
    )  # fmt: skip
    return g.emit(layer, (height, width), (height, width, ()))


def _expanded(g: GraphImporter, node: Node, values: list[Value]) -> list[Value]:
    """Values of one layout with every dimension of size 1 repeated where another value has more."""
    full: list[Axes] = [next((v.stored[d] for v in values if v.stored[d]), ()) for d in range(3)]
    like = next((v for v in values if all(bool(v.stored[d]) == bool(full[d]) for d in (HEIGHT, WIDTH))), None)
    channels = length(full[CHANNELS])
    assert isinstance(channels, int)
    dims = tuple(next((v.dims[i] for v in values if v.dims[i]), ()) for i in range(values[0].rank))
    out = []
    for v in values:
        if v.channels not in (1, channels):
            raise node.broken(f"operands have {v.channels} and {channels} channels")
        short = any(full[d] and not v.stored[d] for d in (HEIGHT, WIDTH))
        if not short and v.channels == channels:
            out.append(v)
            continue
        if short and like is None:
            like = plane(g, node, full[HEIGHT], full[WIDTH])
        source = like if short and like is not None else v
        layer = Layer(
            Op.EXPAND, [v.number, source.number], v.quantizer, f"{node.outputs[0]}:expand", channels=channels
        )
        out.append(g.emit(layer, dims, (full[0], full[1], full[2])))
    result: Stored = (full[0], full[1], full[2])
    return [Value(v.number, v.quantizer, dims, result) for v in out]
