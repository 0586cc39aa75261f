# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Tile and Expand."""

from __future__ import annotations

import math
from typing import cast

from inloop.convert.importer.broadcast import plane
from inloop.convert.importer.graph import GraphImporter
from inloop.convert.importer.layout import placed_with, with_dimension
from inloop.convert.importer.node import Node
from inloop.convert.importer.registry import handles
from inloop.convert.importer.sizes import Extent, Size
from inloop.convert.importer.values import CHANNELS, HEIGHT, WIDTH, Value, axes_of, length
from inloop.convert.network import Layer, Op


def _repeated(g: GraphImporter, node: Node, x: Value, counts: dict[int, int]) -> Value:
    """The value `counts[dim]` times along each dimension."""
    if not counts:
        return x
    if all(not x.dims[dim] for dim in counts) and sum(map(bool, x.dims)) + len(counts) > 3:
        return _repeated_as_channels(g, node, x, counts)
    x, roles = placed_with(g, node, x, counts)
    extent = [1, 1, 1]
    for dim, count in counts.items():
        extent[cast(int, roles[dim])] = count
    if max(extent) > 65535:
        raise node.unsupported("repeats too often")
    layer = Layer(
        Op.TILE, [x.number], x.quantizer, node.outputs[0], channels=x.channels * extent[CHANNELS],
        extent=(extent[0], extent[1], extent[2]),
    )  # fmt: skip
    number = g.network.add(layer)
    for dim, count in counts.items():
        x = with_dimension(x, number, dim, cast(int, roles[dim]), axes_of(length(x.dims[dim]) * count))
    return x


def _repeated_as_channels(g: GraphImporter, node: Node, x: Value, counts: dict[int, int]) -> Value:
    """Dimensions of size 1 repeated where each of three has its place already: the new axes go before the channels'."""
    fresh = {dim: axes_of(count) for dim, count in counts.items()}
    channels = tuple(axis for axes in fresh.values() for axis in axes) + x.stored[CHANNELS]
    times = math.prod(counts.values())
    layer = Layer(
        Op.TILE, [x.number], x.quantizer, node.outputs[0], channels=x.channels * times, extent=(1, 1, times)
    )
    dims = tuple(fresh.get(dim, axes) for dim, axes in enumerate(x.dims))
    return g.emit(layer, dims, (x.stored[HEIGHT], x.stored[WIDTH], channels))


def _spread(g: GraphImporter, node: Node, x: Value, sizes: dict[int, Size]) -> Value:
    """Dimensions of size 1 as large as those of another value."""
    # The width comes last, so that it is placed last.
    x, roles = placed_with(g, node, x, sorted(sizes, reverse=True))
    target = list(x.stored)
    for dim, size in sizes.items():
        target[cast(int, roles[dim])] = axes_of(size)
        g.multiple = math.lcm(g.multiple, size.assumed)
    if any(cast(int, roles[dim]) == CHANNELS for dim in sizes):
        raise node.unsupported("expands channels to a size that is not fixed")
    like = plane(g, node, target[HEIGHT], target[WIDTH])
    layer = Layer(Op.EXPAND, [x.number, like.number], x.quantizer, node.outputs[0], channels=x.channels)
    dims = tuple(target[cast(int, roles[dim])] if dim in sizes else axes for dim, axes in enumerate(x.dims))
    return g.emit(layer, dims, (target[0], target[1], target[2]))


@handles("Tile")
def tile(g: GraphImporter, node: Node) -> None:
    """Constant repetitions."""
    x, counts = g.value(node, 0), g.integers(node, 1)
    if counts is None or len(counts) != x.rank or min(counts) < 1:
        raise node.broken("repetitions must be one positive number a dimension")
    g.put(node, _repeated(g, node, x, {dim: count for dim, count in enumerate(counts) if count != 1}))


@handles("Expand")
def expand(g: GraphImporter, node: Node) -> None:
    """Dimensions of size 1 repeated up to a shape."""
    x, shape = g.value(node, 0), g.sizes(node, 1)
    if shape is None:
        raise node.broken("lacks its shape")
    x = x.promoted(max(x.rank, len(shape)))
    shape = [*[1] * (x.rank - len(shape)), *shape]
    counts: dict[int, Extent] = {}
    for dim, size in enumerate(shape):
        if size == 1 or size == length(x.dims[dim]):
            continue
        if x.dims[dim]:
            raise node.broken(f"expands {length(x.dims[dim])} to {size}")
        counts[dim] = size
    free = {dim: size for dim, size in counts.items() if isinstance(size, Size)}
    known = {dim: size for dim, size in counts.items() if isinstance(size, int)}
    x = _repeated(g, node, x, known)
    g.put(node, _spread(g, node, x, free) if free else x)
