# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Sums, extremes and lengths over dimensions, by convolutions, means and pooling."""

from __future__ import annotations

import numpy as np

from inloop.convert.importer.expansion import Expansion, image_order
from inloop.convert.importer.graph import GraphImporter
from inloop.convert.importer.node import Node
from inloop.convert.importer.registry import handles
from inloop.convert.importer.values import Value, length

_STEP = 8  # A whole picture is pooled by windows of this side and stride.
_STAGES = 6  # So many of them, one after another, make one row of 65536.


def _dims(g: GraphImporter, node: Node, x: Value) -> set[int] | None:
    """Dimensions that a reduction removes; None where it does nothing."""
    given = g.integers(node, 1)
    axes = node.integers("axes") if given is None else given
    node.integer("keepdims", 1)
    if not axes and node.integer("noop_with_empty_axes", 0):
        return None
    return {axis % x.rank for axis in axes} or set(range(x.rank))


def _pooled(e: Expansion, op: str, x: str, sides: tuple[int, int], name: str) -> str:
    """Pool a picture's height, width or both by windows: the last stage leaves one sample, whatever the size."""
    kernel = [_STEP if side else 1 for side in sides]
    for stage in range(_STAGES):
        options = {"count_include_pad": 1} if op == "AveragePool" else {}
        x = e(
            op, x, to=f"{name}{stage}", kernel_shape=kernel, strides=kernel,
            pads=[0, 0, kernel[0] - 1, kernel[1] - 1], **options,
        )  # fmt: skip
    return x


def _largest_channel(e: Expansion, x: str, channels: int) -> str:
    """The largest channel, by halves."""
    count = channels
    while count > 1:
        half = (count + 1) // 2
        bounds = [e.constant(f"at{at}", [at], np.int64) for at in (0, half, count - half, count, 1)]
        first = e("Slice", x, bounds[0], bounds[1], bounds[4], to=f"first{count}")
        second = e("Slice", x, bounds[2], bounds[3], bounds[4], to=f"second{count}")
        x, count = e("Max", first, second, to=f"largest{count}"), half
    return x


class _Image:
    """A reduction's operand as NCHW, whatever the order of its dimensions."""

    def __init__(self, g: GraphImporter, node: Node, e: Expansion, dims: set[int]) -> None:
        x = g.value(node, 0)
        self.order = image_order(node, x)
        self._e, self._dims, self._node = e, dims, node
        self.name = node.inputs[0]
        if self.order != [0, 1, 2, 3]:
            self.name = e("Transpose", self.name, to="image", perm=self.order)
        places = {self.order.index(dim) for dim in dims}
        self.channels, self.rows, self.columns = (place in places for place in (1, 2, 3))
        self.count = x.channels

    def finish(self, y: str) -> None:
        """The result in the operand's order of dimensions, or without those that were removed."""
        if self.order != [0, 1, 2, 3]:
            y = self._e("Transpose", y, to="ordered", perm=[self.order.index(dim) for dim in range(4)])
        if self._node.integer("keepdims", 1):
            self._e.result("Identity", y)
        else:
            self._e.squeezed(y, self._dims)


@handles("ReduceSum")
def reduce_sum(g: GraphImporter, node: Node) -> None:
    """Over channels by a convolution with ones; over a picture by means of powers of two, or a mean times its count."""
    x = g.value(node, 0)
    dims = _dims(g, node, x)
    e = Expansion(g, node)
    if dims is None:
        e.result("Identity", node.inputs[0])
        return
    dims = {dim for dim in dims if x.dims[dim]} or dims
    sizes = [length(x.dims[dim]) for dim in dims]
    if x.rank != 4 or (g.for_integers and len(dims) > 1):
        if not all(isinstance(size, int) for size in sizes):
            raise node.unsupported("a sum over dimensions of free size is not supported here")
        _mean_times_count(g, node, e, dims)
        return
    image = _Image(g, node, e, dims)
    y = image.name
    if image.channels:
        y = e("Conv", y, e.constant("ones", np.ones((1, image.count, 1, 1))), to="channels")
    if image.rows or image.columns:
        if g.for_integers:
            if not all(isinstance(size, int) for size in sizes):
                raise node.unsupported("a sum over a free size has no integer rule")
            _mean_times_count(g, node, e, dims)
            return
        y = _pooled(e, "AveragePool", y, (image.rows, image.columns), "pooled")
        factor = float(_STEP) ** (_STAGES * (image.rows + image.columns))
        y = e("Mul", y, e.constant("count", [factor]), to="sum")
    image.finish(y)


def _mean_times_count(g: GraphImporter, node: Node, e: Expansion, dims: set[int]) -> None:
    x, keepdims = g.value(node, 0), bool(node.integer("keepdims", 1))
    count = 1
    for dim in dims:
        size = length(x.dims[dim])
        assert isinstance(size, int)
        count *= size
    y = e.reduced("ReduceMean", node.inputs[0], dims, "mean", keepdims=keepdims)
    e.result("Mul", y, e.constant("count", [float(count)]))


def _extreme(g: GraphImporter, node: Node, dims: set[int], *, smallest: bool = False) -> None:
    e = Expansion(g, node)
    image = _Image(g, node, e, dims)
    y = e("Neg", image.name, to="negative") if smallest else image.name
    if image.rows or image.columns:
        y = _pooled(e, "MaxPool", y, (image.rows, image.columns), "pooled")
    if image.channels:
        y = _largest_channel(e, y, image.count)
    image.finish(e("Neg", y, to="smallest") if smallest else y)


@handles("ReduceMax", "ReduceMin")
def reduce_extreme(g: GraphImporter, node: Node) -> None:
    """Over a picture by pooling until one sample is left, over channels by halves."""
    dims = _dims(g, node, g.value(node, 0))
    if dims is None:
        Expansion(g, node).result("Identity", node.inputs[0])
    else:
        _extreme(g, node, dims, smallest=node.op == "ReduceMin")


@handles("GlobalMaxPool")
def global_max_pool(g: GraphImporter, node: Node) -> None:
    """The largest sample of every channel."""
    _extreme(g, node, {2, 3})


@handles("ReduceLogSum", "ReduceLogSumExp")
def reduce_logarithm(g: GraphImporter, node: Node) -> None:
    """The logarithm of a sum; of powers, the largest number is taken off first."""
    x, e = node.inputs[0], Expansion(g, node)
    dims, keepdims = _dims(g, node, g.value(node, 0)), bool(node.integer("keepdims", 1))
    if dims is None:
        e.result("Log" if node.op == "ReduceLogSum" else "Identity", x)
        return
    if node.op == "ReduceLogSum":
        e.result("Log", e.reduced("ReduceSum", x, dims, "sum", keepdims=keepdims))
        return
    largest = e.reduced("ReduceMax", x, dims, "largest")
    powers = e("Exp", e("Sub", x, largest, to="lower"), to="powers")
    y = e("Log", e.reduced("ReduceSum", powers, dims, "sum"), to="logarithm")
    if keepdims:
        e.result("Add", y, largest)
    else:
        e.squeezed(e("Add", y, largest, to="whole"), dims)


@handles("ReduceL1", "ReduceL2", "ReduceSumSquare")
def reduce_length(g: GraphImporter, node: Node) -> None:
    """Sums of magnitudes or squares, and the root."""
    x, e = node.inputs[0], Expansion(g, node)
    dims, keepdims = _dims(g, node, g.value(node, 0)), bool(node.integer("keepdims", 1))
    y = e("Abs", x, to="terms") if node.op == "ReduceL1" else e("Mul", x, x, to="terms")
    if dims is not None and node.op != "ReduceL2":
        e.reduced("ReduceSum", y, dims, "", keepdims=keepdims)
        return
    y = y if dims is None else e.reduced("ReduceSum", y, dims, "sum", keepdims=keepdims)
    e.result("Sqrt" if node.op == "ReduceL2" else "Identity", y)
