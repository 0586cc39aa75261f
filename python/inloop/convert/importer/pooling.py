# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Pooling and means."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

from inloop.convert.fields import Window
from inloop.convert.importer.expansion import Expansion
from inloop.convert.importer.graph import GraphImporter
from inloop.convert.importer.layout import arranged, default_roles, stored_by
from inloop.convert.importer.node import Node
from inloop.convert.importer.registry import handles
from inloop.convert.importer.values import Axes, Stored, Value
from inloop.convert.importer.windows import image_of, moved_sides, padded, spatial, window_of, windowed_size
from inloop.convert.network import Layer, Op

_MAX_KERNEL = 31  # The engine's windows are no larger.


@handles("MaxPool")
def max_pool(g: GraphImporter, node: Node) -> None:
    """The border never wins."""
    if any(g.is_read(name) for name in node.outputs[1:] if name) or node.integers("dilations", (1, 1)) != (
        1,
        1,
    ):
        raise node.unsupported("indices and dilations are not supported")
    x = image_of(g, node, g.value(node, 0))
    kernel = node.integers("kernel_shape")
    window = window_of(node, x, (kernel[0], kernel[1]))
    if _is_all(g, node, x, window):
        Expansion(g, node).result("GlobalMaxPool", node.inputs[0])
        return
    layer = Layer(Op.MAX_POOL, [x.number], x.quantizer, window=window)
    g.put(node, g.image(node, x, layer, x.channels, windowed_size(x, window)))


@handles("AveragePool")
def average_pool(g: GraphImporter, node: Node) -> None:
    """With or without the border."""
    if node.integers("dilations", (1, 1)) != (1, 1):
        raise node.unsupported("dilations are not supported")
    x = image_of(g, node, g.value(node, 0))
    kernel = node.integers("kernel_shape")
    window = window_of(node, x, (kernel[0], kernel[1]))
    if _is_all(g, node, x, window):
        Expansion(g, node).result("GlobalAveragePool", node.inputs[0])
        return
    own = node.integers("pads", (0, 0, 0, 0))
    counts = bool(node.integer("count_include_pad", 0)) and any(window.pads)
    if counts and node.integer("ceil_mode", 0):
        # What makes room for the last window never counts, the file's own pads do: they become samples.
        x = moved_sides(g, node, x, (own[0], own[1], own[2], own[3]))
        top, left, bottom, right = (pad - zeros for pad, zeros in zip(window.pads, own, strict=True))
        window, counts = replace(window, pads=(top, left, bottom, right)), False
    if counts:
        x, window = padded(g, node, x, window)
    layer = Layer(Op.AVERAGE_POOL, [x.number], x.quantizer, window=window, count_padding=counts)
    g.put(node, g.image(node, x, layer, x.channels, windowed_size(x, window)))


def _is_all(g: GraphImporter, node: Node, x: Value, window: Window) -> bool:
    """Whether a window is as large as its operand, the exporter's form of pooling everything at the declared size.

    Windows that the engine has stay what they are.
    """
    sides = [kernel == size for kernel, size in zip(window.kernel, spatial(x), strict=True)]
    if any(window.pads) or not any(side and k > 1 for side, k in zip(sides, window.kernel, strict=True)):
        return False
    g.needs_its_size = True
    node.integer("count_include_pad", 0)  # There is no padding that could count.
    return all(sides) and max(window.kernel) > _MAX_KERNEL


def _mean(g: GraphImporter, node: Node, x: Value, dims: set[int]) -> Value:
    """The mean over some of the dimensions."""
    dims = {i for i in dims if x.dims[i]}
    wanted = {i: x.dims[i] for i in dims}
    if any(axes not in x.stored for axes in wanted.values()):
        roles = default_roles(x)
        if roles is None:
            raise node.unsupported("more than three dimensions take part")
        x = arranged(g, node.outputs[0], x, stored_by(x, roles))
    places = {x.stored.index(x.dims[i]) for i in dims}
    gone = {axes for i, axes in enumerate(x.dims) if i in dims}
    if places:
        stored = cast(Stored, tuple(() if d in places else axes for d, axes in enumerate(x.stored)))
        layer = Layer(
            Op.REDUCE_MEAN, [x.number], x.quantizer, node.outputs[0], axes=sum(1 << d for d in places)
        )
        emptied: tuple[Axes, ...] = tuple(() if axes in gone else axes for axes in x.dims)
        x = g.emit(layer, emptied, stored)
    return x


def _without(x: Value, dims: set[int]) -> tuple[Axes, ...]:
    return tuple(axes for i, axes in enumerate(x.dims) if i not in dims)


@handles("GlobalAveragePool")
def global_average_pool(g: GraphImporter, node: Node) -> None:
    """The mean over height and width."""
    x = g.value(node, 0)
    if x.rank != 4:
        raise node.unsupported("only two spatial dimensions are supported")
    g.put(node, _mean(g, node, x, {2, 3}))


@handles("ReduceMean")
def reduce_mean(g: GraphImporter, node: Node) -> None:
    """Axes as an attribute or, from opset 18 on, as an operand."""
    x = g.value(node, 0)
    given = g.integers(node, 1)
    axes = node.integers("axes") if given is None else given
    if not axes and node.integer("noop_with_empty_axes", 0):
        g.put(node, x)
        return
    dims = {axis % x.rank for axis in axes} or set(range(x.rank))
    y = _mean(g, node, x, dims)
    g.put(node, y if node.integer("keepdims", 1) else g.renamed(y, _without(y, dims)))
