# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Normalisations by what is computed from the tensor itself, and softmax, said by means, products and functions."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from inloop.convert.importer.expansion import Expansion
from inloop.convert.importer.graph import GraphImporter
from inloop.convert.importer.node import Node
from inloop.convert.importer.registry import handles
from inloop.convert.importer.values import Value


def _normalised(
    e: Expansion, node: Node, x: str, mean: str, variance_of: tuple[list[int], NDArray[np.float32] | None]
) -> str:
    """(x - mean) / sqrt(variance + epsilon); the variance is a mean over axes, then over groups where there are any."""
    axes, groups = variance_of
    centred = e("Sub", x, mean, to="centred")
    variance = e.reduced("ReduceMean", e("Mul", centred, centred, to="squares"), axes, "variance")
    if groups is not None:
        variance = e("Conv", variance, e.constant("groups2", groups), to="group_variance")
    raised = e("Add", variance, e.constant("epsilon", [node.number("epsilon", 1e-5)]), to="raised")
    factor = e("Pow", raised, e.constant("exponent", [-0.5]), to="factor")
    return e("Mul", centred, factor, to="normalised")


def _affine(
    g: GraphImporter, node: Node, e: Expansion, x: str, shape: tuple[int, ...] | None, repeat: int = 1
) -> str:
    """Scale and offset, operands 1 and 2; with the name of the last but one result where nothing is done."""
    for index, op, to in ((1, "Mul", "scaled"), (2, "Add", "shifted")):
        array = g.optional(node, index)
        if array is None or (np.all(array == 1) if op == "Mul" else not np.any(array)):
            continue
        array = np.repeat(array, repeat) if repeat > 1 else array
        x = e(op, x, e.constant(f"{to}_by", array if shape is None else array.reshape(shape)), to=to)
    return x


@handles("LayerNormalization")
def layer_normalization(g: GraphImporter, node: Node) -> None:
    """Over the last dimensions."""
    x = g.value(node, 0)
    node.integer("stash_type", 1)  # The precision is ours anyway.
    if any(name and g.is_read(name) for name in node.outputs[1:]):
        raise node.unsupported("its mean and deviation as results are not supported")
    axis = node.integer("axis", -1)
    axes = list(range(axis % x.rank, x.rank))
    e = Expansion(g, node)
    mean = e.reduced("ReduceMean", node.inputs[0], axes, "mean")
    y = _normalised(e, node, node.inputs[0], mean, (axes, None))
    e.result("Identity", _affine(g, node, e, y, None))


def _groups(channels: int, count: int) -> NDArray[np.float32]:
    """Weights of the 1x1 convolution that gives every channel the mean of its group's."""
    each = channels // count
    group = np.arange(channels) // each
    return np.asarray((group[:, None] == group)[:, :, None, None] / each, np.float32)


def _grouped(
    g: GraphImporter, node: Node, e: Expansion, x: str, channels: int, count: int, repeat: int
) -> str:
    """An image whose groups of channels are normalised."""
    if count < 1 or channels % count:
        raise node.broken(f"{channels} channels in {count} groups")
    weights = None if count == channels else _groups(channels, count)
    mean = e.reduced("ReduceMean", x, [2, 3], "mean")
    if weights is not None:
        mean = e("Conv", mean, e.constant("groups", weights), to="group_mean")
    y = _normalised(e, node, x, mean, ([2, 3], weights))
    return _affine(g, node, e, y, (-1, 1, 1), repeat)


@handles("InstanceNormalization")
def instance_normalization(g: GraphImporter, node: Node) -> None:
    """Each channel by itself; or each group, where an exporter reshapes groups to channels."""
    x, e = g.value(node, 0), Expansion(g, node)
    if x.rank == 4:
        e.result("Identity", _grouped(g, node, e, node.inputs[0], x.channels, x.channels, 1))
        return
    reshape = next((other for other in g.nodes if node.inputs[0] in other.outputs), None)
    source = None if reshape is None else g.values.get(reshape.inputs[0])
    if reshape is None or source is None or not _splits_channels(reshape, source, x):
        raise node.unsupported("only two spatial dimensions, or groups of an image's channels, are supported")
    groups = x.shape[1]
    assert isinstance(groups, int)
    y = _grouped(g, node, e, reshape.inputs[0], source.channels, groups, source.channels // groups)
    e.result("Reshape", y, reshape.inputs[1])


def _splits_channels(reshape: Node, source: Value, x: Value) -> bool:
    """Whether a reshape makes [1, groups, everything else] of an image [1, channels, height, width]."""
    return (
        reshape.op == "Reshape"
        and len(reshape.inputs) > 1
        and source.rank == 4
        and source.number == x.number
        and x.rank == 3
        and source.shape[1] == source.channels
        and isinstance(x.shape[1], int)
    )


@handles("GroupNormalization")
def group_normalization(g: GraphImporter, node: Node) -> None:
    """Scales are one a group before opset 21, one a channel from it on."""
    x, count = g.value(node, 0), node.integer("num_groups")
    node.integer("stash_type", 1)
    if x.rank != 4:
        raise node.unsupported("only two spatial dimensions are supported")
    repeat = x.channels // max(count, 1) if g.opset < 21 else 1
    e = Expansion(g, node)
    e.result("Identity", _grouped(g, node, e, node.inputs[0], x.channels, count, repeat))


@handles("Softmax", "LogSoftmax")
def softmax(g: GraphImporter, node: Node) -> None:
    """Along one dimension, the largest number taken off first."""
    x, name = g.value(node, 0), node.inputs[0]
    axis = node.integer("axis", -1 if g.opset >= 13 else 1) % x.rank
    if g.opset < 13 and any(x.dims[axis + 1 :]):
        raise node.unsupported("before opset 13 it runs over all dimensions behind its axis: export it anew")
    e = Expansion(g, node)
    lower = e("Sub", name, e.reduced("ReduceMax", name, [axis], "largest"), to="lower")
    powers = e("Exp", lower, to="powers")
    total = e.reduced("ReduceSum", powers, [axis], "total")
    if node.op == "Softmax":
        e.result("Div", powers, total)
    else:
        e.result("Sub", lower, e("Log", total, to="logarithm"))


@handles("Selu")
def selu(g: GraphImporter, node: Node) -> None:
    """Gamma times an Elu."""
    alpha = node.number("alpha", 1.67326319217681884765625)
    gamma = node.number("gamma", 1.05070102214813232421875)
    e = Expansion(g, node)
    e.result("Mul", e("Elu", node.inputs[0], to="elu", alpha=alpha), e.constant("gamma", [gamma]))
