# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Bringing a value's axes into the order that an operation needs: nothing, a pixel shuffle, or a rearrangement."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import cast

from inloop.convert.fields import Rearrangement
from inloop.convert.importer.node import Node
from inloop.convert.importer.sink import Sink
from inloop.convert.importer.values import CHANNELS, HEIGHT, WIDTH, Axes, Axis, Stored, Value, length
from inloop.convert.network import Layer, Op
from inloop.errors import UnsupportedError

Roles = Sequence[int | None]


def stored_by(value: Value, roles: Roles) -> Stored:
    """How a value would be stored whose dimensions have these roles (several may share one, outermost first)."""
    stored: list[Axes] = [(), (), ()]
    for axes, role in zip(value.dims, roles, strict=True):
        if role is None:
            if axes:
                raise UnsupportedError("a batch of more than one is not supported")
        else:
            stored[role] = stored[role] + axes
    return stored[0], stored[1], stored[2]


def default_roles(value: Value) -> list[int | None] | None:
    """Roles where nothing else tells them: NCHW for four dimensions, else channels last. None: too many dimensions."""
    if value.rank == 4 and not value.dims[0]:
        return [None, 2, 0, 1]
    used = [i for i, axes in enumerate(value.dims) if axes]
    if len(used) > 3:
        return None
    roles: list[int | None] = [None] * value.rank
    for role, i in zip((2, 1, 0), reversed(used), strict=False):
        roles[i] = role
    return roles


def _chains(source: Stored, target: Stored) -> list[Axes]:
    """Runs of axes that stay neighbours, in the source's order."""
    following: dict[Axis, Axis] = {}
    for axes in target:
        following.update(pairwise(axes))
    runs: list[Axes] = []
    for axes in source:
        for i, axis in enumerate(axes):
            if i and following.get(axes[i - 1]) is axis:
                runs[-1] = (*runs[-1], axis)
            else:
                runs.append((axis,))
    return runs


def _rearrangement(source: Stored, target: Stored, name: str) -> Rearrangement:
    runs = _chains(source, target)
    dimension = {axis: d for d, axes in enumerate(source) for axis in axes}
    axes: list[tuple[int, int]] = []
    open_dimensions: set[int] = {CHANNELS}
    # A dimension leaves the axis whose size is not known, or else its outermost one.
    known = {run: length(run) for run in runs}
    for run in runs:
        d, size = dimension[run[0]], known[run]
        siblings = [r for r in runs if dimension[r[0]] == d]
        symbolic = [r for r in siblings if not isinstance(known[r], int)]
        stays = run[0] not in target[CHANNELS]
        is_open = stays and d not in open_dimensions and run is (symbolic or siblings)[0]
        if is_open:
            open_dimensions.add(d)
        elif not isinstance(size, int):
            raise UnsupportedError(f"'{name}': a reshape or transposition needs a fixed spatial size here")
        elif size > 65535:
            raise UnsupportedError(f"'{name}': a reshape or transposition with an axis of size {size}")
        axes.append((d, 0 if is_open else int(size) if isinstance(size, int) else 0))
    first = {run[0]: i for i, run in enumerate(runs)}
    placed = tuple(tuple(first[axis] for axis in dim if axis in first) for dim in target)
    return Rearrangement(tuple(axes), (placed[0], placed[1], placed[2]))


def _as_shuffle(rearrangement: Rearrangement) -> dict[str, int | bool] | None:
    """Fields of the depth_to_space or space_to_depth that does the same, if one does."""
    axes, target = rearrangement.axes, rearrangement.target
    sources, sizes = [source for source, _ in axes], [size for _, size in axes]
    if sources[:3] == [0, 1, 2] and len(axes) in (4, 5) and sizes[:2] == [0, 0]:
        for order, crd in (((2, 3, 4), False), ((3, 4, 2), True)):
            b1, b2, c = order
            kept = (c,) if len(axes) == 5 else ()
            if (
                max(b1, b2) < len(axes)
                and target == ((0, b1), (1, b2), kept)
                and sizes[b1] == sizes[b2] <= 16
            ):
                return {"block": sizes[b1], "column_row_depth": crd, "deep": True}
    if sources[:4] == [0, 0, 1, 1] and len(axes) in (4, 5) and (sizes[0], sizes[2]) == (0, 0):
        kept = (4,) if len(axes) == 5 else ()
        if target == ((0,), (2,), (1, 3, *kept)) and sizes[1] == sizes[3] <= 16:
            return {"block": sizes[1], "column_row_depth": False, "deep": False}
    return None


def arranged(g: Sink, name: str, value: Value, target: Stored) -> Value:
    """The value stored with these axes in height, width and channels."""
    if value.stored == target:
        return value
    channels = length(target[CHANNELS])
    if not isinstance(channels, int):
        raise UnsupportedError(
            f"'{name}': a spatial size would become a number of channels; it must be fixed"
        )
    rearrangement = _rearrangement(value.stored, target, name)
    layer = Layer(Op.REARRANGE, [value.number], value.quantizer, f"{name}:layout", channels=channels)
    shuffle = _as_shuffle(rearrangement)
    if shuffle is None:
        layer.rearrangement = rearrangement
    else:
        layer.op = Op.DEPTH_TO_SPACE if shuffle["deep"] else Op.SPACE_TO_DEPTH
        layer.block, layer.column_row_depth = int(shuffle["block"]), bool(shuffle["column_row_depth"])
    return replace(value, number=g.network.add(layer), stored=target)


def simple_roles(values: Sequence[Value]) -> list[int | None] | None:
    """Roles by which the first of the values with the most dimensions is stored already; the values have one rank."""
    for value in sorted(values, key=lambda v: -sum(map(bool, v.dims))):
        roles = value.roles()
        if roles is not None:
            return roles
    return None


def placed_with(g: Sink, node: Node, x: Value, dims: Iterable[int]) -> tuple[Value, list[int | None]]:
    """The value so laid out that each dimension is stored by itself, and the roles; `dims` have one even at size 1."""
    found = x.roles() or default_roles(x)
    if found is None:
        raise node.unsupported("more than three dimensions take part")
    roles = list(found)
    for dim in dims:
        free = [role for role in (CHANNELS, WIDTH, HEIGHT) if role not in roles]
        if roles[dim] is None and not free:
            raise node.unsupported("more than three dimensions take part")
        roles[dim] = free[0] if roles[dim] is None else roles[dim]
    return arranged(g, node.outputs[0], x, stored_by(x, roles)), roles


def place_of(g: Sink, node: Node, x: Value, dim: int) -> tuple[Value, int]:
    """The value so laid out that a dimension is height, width or channels by itself, and which one."""
    if x.dims[dim] not in x.stored:
        roles = default_roles(x)
        if roles is None:
            raise node.unsupported("more than three dimensions take part")
        x = arranged(g, node.outputs[0], x, stored_by(x, roles))
    return x, x.stored.index(x.dims[dim])


def with_dimension(x: Value, number: int, dim: int, place: int, axes: Axes) -> Value:
    """The value `number`, which differs from `x` in one dimension."""
    stored = cast(Stored, tuple(axes if d == place else old for d, old in enumerate(x.stored)))
    return replace(x, number=number, dims=(*x.dims[:dim], axes, *x.dims[dim + 1 :]), stored=stored)
