# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Functions of one number: sigmoids and their relatives. Integer networks get a table of integers."""

from __future__ import annotations

from inloop.convert.fields import Function
from inloop.convert.importer.graph import GraphImporter
from inloop.convert.importer.node import Node
from inloop.convert.importer.registry import handles
from inloop.convert.importer.values import Value
from inloop.convert.network import Layer, Op
from inloop.convert.tables import make_table

_PLAIN = {
    "Sigmoid": Function.SIGMOID, "HardSwish": Function.HARD_SWISH, "Tanh": Function.TANH, "Erf": Function.ERF,
    "Exp": Function.EXP, "Log": Function.LOG, "Sqrt": Function.SQRT, "Reciprocal": Function.RECIPROCAL,
    "Abs": Function.ABS, "Softplus": Function.SOFTPLUS, "Softsign": Function.SOFTSIGN, "Mish": Function.MISH,
    "Floor": Function.FLOOR, "Ceil": Function.CEIL, "Round": Function.ROUND, "Sign": Function.SIGN,
    "Sin": Function.SINE, "Cos": Function.COSINE,
}  # fmt: skip


# The result of these comes from a table in an integer network, and has a quantizer of its own.
FUNCTION_OPERATIONS = frozenset([*_PLAIN, "HardSigmoid", "Gelu", "Swish", "Elu", "Celu"])


def apply_function(
    g: GraphImporter, node: Node, x: Value, function: Function, a: float = 0.0, b: float = 0.0
) -> Value:
    """A function's layer: itself in float networks, its table at the result's quantizer in integer ones."""
    if g.is_float:
        return g.same(node, x, Layer(Op.FUNCTION, [x.number], 0, function=function, parameters=(a, b)))
    quantizer = g.free_quantizer(node, x)
    shift, knots = make_table(function, (a, b), x.quantizer, quantizer)
    return g.same(node, x, Layer(Op.TABLE, [x.number], quantizer, shift=shift, constant=knots))


@handles(*_PLAIN)
def plain(g: GraphImporter, node: Node) -> None:
    """Functions without parameters."""
    g.put(node, apply_function(g, node, g.value(node, 0), _PLAIN[node.op]))


@handles("HardSigmoid")
def hard_sigmoid(g: GraphImporter, node: Node) -> None:
    """A line, alpha x + beta, between 0 and 1."""
    a, b = node.number("alpha", 0.2), node.number("beta", 0.5)
    g.put(node, apply_function(g, node, g.value(node, 0), Function.HARD_SIGMOID, a, b))


@handles("Gelu")
def gelu(g: GraphImporter, node: Node) -> None:
    """With erf, or its approximation with tanh."""
    approximate = node.text("approximate", "none")
    if approximate not in ("none", "tanh"):
        raise node.unsupported(f"approximate '{approximate}' is not supported")
    function = Function.GELU if approximate == "none" else Function.GELU_TANH
    g.put(node, apply_function(g, node, g.value(node, 0), function))


@handles("Swish")
def swish(g: GraphImporter, node: Node) -> None:
    """A product with the sigmoid, x sigmoid(alpha x)."""
    g.put(node, apply_function(g, node, g.value(node, 0), Function.SWISH, node.number("alpha", 1.0)))


@handles("Elu", "Celu")
def elu(g: GraphImporter, node: Node) -> None:
    """Below 0: alpha (exp(x) - 1), or alpha (exp(x / alpha) - 1) for Celu."""
    alpha = node.number("alpha", 1.0)
    if alpha == 0:
        raise node.unsupported("alpha is 0")
    b = 1.0 if node.op == "Elu" else 1 / alpha
    g.put(node, apply_function(g, node, g.value(node, 0), Function.ELU, alpha, b))
