# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Functions that exporters write as products of others, recognised at the last product: one pass instead of several."""

from __future__ import annotations

import math

from inloop.convert.fields import Function
from inloop.convert.importer.graph import GraphImporter
from inloop.convert.importer.node import Node

_PRODUCTS = 3  # Products inside each other, at most.


class _Products:
    """Looks for the nodes before a product."""

    def __init__(self, g: GraphImporter) -> None:
        self._g = g

    def node(self, name: str, op: str) -> Node | None:
        """The node that produces a tensor, if it is of this operation."""
        found = self._g.producers.get(name)
        return found if found is not None and found.op == op else None

    def number(self, name: str) -> float | None:
        """A constant of one number."""
        array = self._g.constants.get(name)
        return (
            float(array.reshape(-1)[0]) if array is not None and array.size == 1 and array.ndim < 2 else None
        )

    def factors(self, node: Node, depth: int = _PRODUCTS) -> list[str]:
        """What is multiplied, through products of products."""
        found: list[str] = []
        for name in node.inputs:
            inner = self.node(name, "Mul") if depth > 1 else None
            found += [name] if inner is None else self.factors(inner, depth - 1)
        return found

    def gelu(self, factors: list[str]) -> str | None:
        """The x of x * 0.5 * (1 + erf(x / sqrt(2)))."""
        if len(factors) != 3 or not any(self.number(name) == 0.5 for name in factors):
            return None
        for name in factors:
            total = self.node(name, "Add")
            if total is None or not any(self.number(operand) == 1 for operand in total.inputs):
                continue
            error = next((e for e in (self.node(operand, "Erf") for operand in total.inputs) if e), None)
            x = None if error is None else self._over_root(error.inputs[0])
            if x is not None and x in factors and x != name:
                return x
        return None

    def _over_root(self, name: str) -> str | None:
        """The x of x / sqrt(2)."""
        for op, factor in (("Div", math.sqrt(2)), ("Mul", math.sqrt(0.5))):
            scaled = self.node(name, op)
            number = None if scaled is None else self.number(scaled.inputs[1])
            if scaled is not None and number is not None and abs(number - factor) < 1e-6:
                return scaled.inputs[0]
        return None

    def swish(self, factors: list[str]) -> str | None:
        """The x of x * sigmoid(x)."""
        if len(factors) == 2:
            for x, other in (factors, factors[::-1]):
                sigmoid = self.node(other, "Sigmoid")
                if sigmoid is not None and sigmoid.inputs[0] == x:
                    return x
        return None

    def mish(self, factors: list[str]) -> str | None:
        """The x of x * tanh(softplus(x))."""
        if len(factors) == 2:
            for x, other in (factors, factors[::-1]):
                tangent = self.node(other, "Tanh")
                softplus = None if tangent is None else self.node(tangent.inputs[0], "Softplus")
                if softplus is not None and softplus.inputs[0] == x:
                    return x
        return None


def fused_function(g: GraphImporter, node: Node) -> tuple[str, Function] | None:
    """A product's name of x and its function, where it is one; float networks only, whose files may keep several."""
    products = _Products(g)
    if (x := products.swish(list(node.inputs))) is not None:
        return x, Function.SWISH
    if (x := products.mish(list(node.inputs))) is not None:
        return x, Function.MISH
    x = products.gelu(products.factors(node))
    return None if x is None else (x, Function.GELU)
