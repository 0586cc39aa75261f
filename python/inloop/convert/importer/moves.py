# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Operations that only rename dimensions: they cost nothing until an operation needs another order."""

from __future__ import annotations

from typing import Any

import numpy as np

from inloop.convert.importer.graph import GraphImporter
from inloop.convert.importer.node import Node
from inloop.convert.importer.registry import handles
from inloop.convert.importer.sizes import Size
from inloop.convert.importer.values import Axes, Value, reshaped


@handles("Identity", "Dropout")
def identity(g: GraphImporter, node: Node) -> None:
    """The same tensor; Dropout outside of training."""
    training, ratio = g.optional(node, 2), g.optional(node, 1)
    drops = ratio is None or np.any(ratio)
    if training is not None and np.any(training) and drops:
        raise node.unsupported("training mode is not supported: export the network in evaluation mode")
    if len(node.outputs) > 1 and g.is_read(node.outputs[1]):
        raise node.unsupported("its mask is not supported")
    g.quantizers.aliases[node.outputs[0]] = node.inputs[0]
    g.put(node, g.value(node, 0))


@handles("Transpose")
def transpose(g: GraphImporter, node: Node) -> None:
    """Another order of the dimensions."""
    x = g.value(node, 0)
    order = node.integers("perm", tuple(reversed(range(x.rank))))
    if sorted(order) != list(range(x.rank)):
        raise node.broken(f"perm {list(order)} is no permutation of {x.rank} dimensions")
    g.put(node, g.renamed(x, tuple(x.dims[i] for i in order)))


def _sizes(node: Node, shape: Any, x: Value) -> list[Any]:
    sizes: list[Any] = []
    zero_copies = not node.integer("allowzero", 0)
    for i, size in enumerate(shape.reshape(-1)):
        if isinstance(size, Size):
            sizes.append(size)
        elif int(size) == 0 and zero_copies:
            if i >= x.rank:
                raise node.broken("copies a dimension that its operand lacks")
            sizes.append(x.shape[i])
        else:
            sizes.append(int(size))
    if sizes.count(-1) > 1 or any(isinstance(size, int) and size < -1 for size in sizes):
        raise node.broken(f"shape {sizes} is not valid")
    return sizes


def _reshape(g: GraphImporter, node: Node, x: Value, sizes: list[Any]) -> None:
    y = reshaped(x, sizes)
    if y is None:
        texts = [", ".join(map(str, shape)) for shape in (x.shape, sizes)]
        raise node.unsupported(f"cannot tell how [{texts[0]}] becomes [{texts[1]}]")
    g.put(node, y)


@handles("Reshape")
def reshape(g: GraphImporter, node: Node) -> None:
    """Splits and merges dimensions."""
    x = g.value(node, 0)
    _reshape(g, node, x, _sizes(node, g.constant(node, 1), x))


@handles("Flatten")
def flatten(g: GraphImporter, node: Node) -> None:
    """Two dimensions: what is before an axis and what is behind."""
    x = g.value(node, 0)
    axis = node.integer("axis", 1)
    axis = axis + x.rank if axis < 0 else axis
    before, behind = x.dims[:axis], x.dims[axis:]

    def merged(dims: tuple[Axes, ...]) -> Axes:
        return tuple(single for axes in dims for single in axes)

    g.put(node, g.renamed(x, (merged(before), merged(behind))))


@handles("Squeeze")
def squeeze(g: GraphImporter, node: Node) -> None:
    """Drops dimensions of size 1."""
    x = g.value(node, 0)
    given = g.integers(node, 1)
    axes = node.integers("axes") if given is None else given
    gone = {axis % x.rank for axis in axes} or {i for i, dim in enumerate(x.dims) if not dim}
    if any(x.dims[i] for i in gone):
        raise node.broken("drops a dimension whose size is not 1")
    g.put(node, g.renamed(x, tuple(dim for i, dim in enumerate(x.dims) if i not in gone)))


@handles("Unsqueeze")
def unsqueeze(g: GraphImporter, node: Node) -> None:
    """Adds dimensions of size 1."""
    x = g.value(node, 0)
    given = g.integers(node, 1)
    axes = node.integers("axes") if given is None else given
    rank = x.rank + len(axes)
    fresh = {axis % rank for axis in axes}
    if len(fresh) != len(axes):
        raise node.broken(f"adds the dimensions {list(axes)}, one of them twice")
    kept = iter(x.dims)
    g.put(node, g.renamed(x, tuple(() if i in fresh else next(kept) for i in range(rank))))
