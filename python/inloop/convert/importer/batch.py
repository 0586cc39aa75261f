# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Files for several blocks at once: the network of one block, where all operations treat the blocks alike.

The first dimension of whatever depends on an input is that of the blocks, or has them outermost. It has one block from
here on, and an operation that does something along it is refused.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from inloop.convert.importer.graph import Array, GraphImporter
from inloop.convert.importer.node import Node

_AXIS = frozenset(
    [
        "ArgMax",
        "ArgMin",
        "Concat",
        "CumSum",
        "Gather",
        "GatherElements",
        "Hardmax",
        "LogSoftmax",
        "Softmax",
        "Split",
    ]
)
# The operand that holds the axes, where it is no attribute.
_AXES = {"Slice": 3, "Squeeze": 1, "Unsqueeze": 1} | {
    f"Reduce{kind}": 1
    for kind in ("L1", "L2", "LogSum", "LogSumExp", "Max", "Mean", "Min", "Prod", "Sum", "SumSquare")
}
# The operand that holds a shape.
_SHAPES = {"Reshape": 1, "Expand": 1, "Resize": 3}
_RANK = 4


class _Batch:
    def __init__(self, g: GraphImporter, blocks: int) -> None:
        self._g, self._blocks = g, blocks
        self._constants = dict(g.constants)

    def _numbers(self, node: Node, index: int) -> Array | None:
        return self._constants.get(node.inputs[index]) if node.has(index) else None

    def _mixes(self, node: Node) -> Exception:
        return node.unsupported(
            f"works along the first dimension, which has a batch of {self._blocks} blocks: export it with batch 1 and "
            "give `Model.run` many blocks"
        )

    def run(self) -> None:
        """Follow what depends on an input through the graph."""
        batched = {tensor.name for tensor in self._g.graph.input} - self._constants.keys()
        for node in self._g.nodes:
            if node.op == "Constant" and "value" in node.attributes:
                from onnx import numpy_helper

                self._constants[node.outputs[0]] = numpy_helper.to_array(node.attributes["value"])
            if batched.isdisjoint(node.inputs) or node.op in ("Shape", "Size"):
                continue
            self._check(node)
            self._one_block(node)
            batched.update(node.outputs)

    def _refuse(self, node: Node, axes: Iterable[int]) -> None:
        if any(axis == 0 or axis <= -_RANK for axis in axes):
            raise self._mixes(node)

    def _check(self, node: Node) -> None:
        if node.op in _AXIS and "axis" in node.attributes:
            self._refuse(node, [node.attributes["axis"]])
        elif node.op in _AXIS and node.op not in ("LogSoftmax", "Softmax"):
            raise self._mixes(node)  # Their axis is 0 unless it is said.
        elif node.op in _AXES:
            given = self._numbers(node, _AXES[node.op])
            axes = node.attributes.get("axes", ()) if given is None else given.reshape(-1).tolist()
            if not axes and node.op.startswith(("Reduce", "Slice")):
                raise self._mixes(node)
            self._refuse(node, axes)
        elif node.op == "Transpose" and next(iter(node.attributes.get("perm", (1,)))) != 0:
            raise self._mixes(node)
        elif node.op in ("Tile", "Pad"):
            numbers = self._numbers(node, 1)
            first: list[float] = [] if numbers is None or node.has(3) else numbers.reshape(-1).tolist()
            at_ends = [0, len(first) // 2] if node.op == "Pad" else [0]
            if first and any(first[i] != (node.op == "Tile") for i in at_ends):
                raise self._mixes(node)

    def _one_block(self, node: Node) -> None:
        """Let a constant shape say what one block has."""
        index = _SHAPES.get(node.op)
        shape = None if index is None else self._numbers(node, index)
        if index is None or shape is None or not shape.size:
            return
        first = int(shape.reshape(-1)[0])
        if first <= 0 or (first == 1 and node.op == "Expand"):
            return
        if first % self._blocks:
            raise self._mixes(node)
        changed = np.array(shape).reshape(-1)
        changed[0] = first // self._blocks
        name = f"{node.outputs[0]}:one block"
        self._g.constants[name] = changed
        node.inputs[index] = name


def with_one_block(g: GraphImporter, blocks: int) -> None:
    """Change the nodes of a graph for a batch of `blocks` into those for one block."""
    _Batch(g, blocks).run()
