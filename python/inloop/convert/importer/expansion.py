# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Operations said by simpler ones: norms, softmax, sums. The quantiser writes the simpler ones into its file."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from inloop.convert.importer.graph import GraphImporter
from inloop.convert.importer.layout import default_roles
from inloop.convert.importer.node import Attributes, Node
from inloop.convert.importer.values import CHANNELS, HEIGHT, WIDTH, Value


class Expansion:
    """Nodes that take the place of one; each is imported when it is added."""

    def __init__(self, g: GraphImporter, node: Node) -> None:
        self._g = g
        self._node = node
        node.parts = []

    def __call__(self, op: str, *inputs: str, to: str, **attributes: Any) -> str:
        """A node whose result is called the expanded node's and `to`; the result's name."""
        return self._add(op, inputs, f"{self._node.outputs[0]}:{to}", attributes)

    def result(self, op: str, *inputs: str, **attributes: Any) -> None:
        """The node whose result is that of the expanded one."""
        self._add(op, inputs, self._node.outputs[0], attributes)

    def _add(self, op: str, inputs: Iterable[str], output: str, attributes: dict[str, Any]) -> str:
        part = Node(op, self._node.name, list(inputs), [output], Attributes(attributes))
        assert self._node.parts is not None
        self._node.parts.append(part)
        self._g.take(part)
        return output

    def constant(self, to: str, array: Any, dtype: Any = np.float32) -> str:
        """A constant of the expansion's own."""
        name = f"{self._node.outputs[0]}:{to}"
        self._g.constants[name] = np.asarray(array, dtype)
        return name

    def value(self, name: str) -> Value:
        """What a name stands for so far."""
        return self._g.values[name]

    def reduced(self, op: str, x: str, axes: Iterable[int], to: str, *, keepdims: bool = True) -> str:
        """A reduction, in the words of the file's opset; `to` is "" for the result."""
        listed = sorted(axes)
        as_operand = self._g.opset >= (13 if op == "ReduceSum" else 18)
        operands = [x, self.constant(f"{to}:axes", listed, np.int64)] if as_operand else [x]
        attributes: dict[str, Any] = {"keepdims": int(keepdims)}
        if not as_operand:
            attributes["axes"] = listed
        if to:
            return self(op, *operands, to=to, **attributes)
        self.result(op, *operands, **attributes)
        return self._node.outputs[0]

    def squeezed(self, x: str, axes: Iterable[int]) -> None:
        """The result without dimensions of size 1."""
        listed = sorted(axes)
        if self._g.opset >= 13:
            self.result("Squeeze", x, self.constant("gone", listed, np.int64))
        else:
            self.result("Squeeze", x, axes=listed)


def image_order(node: Node, x: Value) -> list[int]:
    """The order of a value's dimensions in which it is NCHW."""
    roles = x.roles() or default_roles(x)
    if x.rank != 4 or roles is None:
        raise node.unsupported(f"an operand of {x.rank} dimensions is not supported here, four are")
    free = [dim for dim in range(4) if roles[dim] is None]
    order = [roles.index(role) if role in roles else -1 for role in (CHANNELS, HEIGHT, WIDTH)]
    order = [dim if dim >= 0 else free.pop() for dim in order[::-1]][::-1]
    return [*free, *order]
