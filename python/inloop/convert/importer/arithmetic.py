# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Sums, products, extremes, comparisons and choices, of tensors and with constants."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from inloop.convert.fields import Comparison, Function
from inloop.convert.importer.broadcast import Named, aligned, operand, per_channel
from inloop.convert.importer.expansion import Expansion
from inloop.convert.importer.functions import apply_function
from inloop.convert.importer.fused_functions import fused_function
from inloop.convert.importer.graph import GraphImporter
from inloop.convert.importer.node import Node
from inloop.convert.importer.registry import handles
from inloop.convert.importer.types import BOOL, FLOATS, INT64
from inloop.convert.importer.values import Value
from inloop.convert.network import Constant, Layer, Op, to_integers

Array = NDArray[Any]

_COMPARISONS = {
    "Less": Comparison.LESS,
    "LessOrEqual": Comparison.LESS_EQUAL,
    "Greater": Comparison.GREATER,
    "GreaterOrEqual": Comparison.GREATER_EQUAL,
    "Equal": Comparison.EQUAL,
    "Xor": Comparison.NOT_EQUAL,
}


def _with_constant(g: GraphImporter, node: Node) -> tuple[Value, str, Array, int] | None:
    """The computed operand, name and numbers of the other where these are one or one a channel, and its index."""
    if len(node.inputs) != 2:
        raise node.broken(f"has {len(node.inputs)} operands, 2 are expected")
    for index in (0, 1):
        if g.is_constant(node, index) and not g.is_constant(node, 1 - index):
            x, name = g.value(node, 1 - index), node.inputs[index]
            flat = per_channel(g.constants[name], x)
            return None if flat is None or g.constants[name].ndim > x.rank else (x, name, flat, index)
    return None


def _pair(g: GraphImporter, node: Node) -> list[Value]:
    return aligned(g, node, [operand(g, node, 0), operand(g, node, 1)])


def biased(
    g: GraphImporter, node: Node, x: Value, numbers: Constant, quantizer: int, suffix: str = ""
) -> Value:
    """X + constants; the constants' quantizer wins."""
    layer = Layer(Op.BIAS_ADD, [x.number], quantizer, constant_quantizer=quantizer, constant=numbers)
    return g.same(node, x, layer, suffix)


def scaled(
    g: GraphImporter, node: Node, x: Value, numbers: Constant, quantizer: int, result: int, suffix: str = ""
) -> Value:
    """X * constants, at the quantizer `result`."""
    layer = Layer(Op.MUL_CONSTANT, [x.number], result, constant_quantizer=quantizer, constant=numbers)
    return g.same(node, x, layer, suffix)


def negated(g: GraphImporter, node: Node, x: Value) -> Value:
    """-x, exact in integers too."""
    return scaled(g, node, x, g.own_numbers([-1]), 0, x.quantizer, ":negated")


@handles("Add")
def add(g: GraphImporter, node: Node) -> None:
    """A bias, or the sum of two tensors at the smaller quantizer."""
    if found := _with_constant(g, node):
        x, name, array, _ = found
        g.put(node, biased(g, node, x, *g.numbers(node, name, array)))
        return
    a, b = _pair(g, node)
    g.put(node, g.same(node, a, Layer(Op.ADD, [a.number, b.number], min(a.quantizer, b.quantizer))))


@handles("Sub")
def sub(g: GraphImporter, node: Node) -> None:
    """With a constant: a bias of the other sign, or a bias of the negated tensor."""
    if found := _with_constant(g, node):
        x, name, array, index = found
        numbers, quantizer = g.numbers(node, name, array)
        if index == 1:
            g.put(node, biased(g, node, x, -numbers, quantizer))
        else:
            g.put(node, biased(g, node, negated(g, node, x), numbers, quantizer))
        return
    a, b = _pair(g, node)
    g.put(node, g.same(node, a, Layer(Op.SUB, [a.number, b.number], min(a.quantizer, b.quantizer))))


@handles("Neg")
def neg(g: GraphImporter, node: Node) -> None:
    """A product with -1."""
    g.put(node, negated(g, node, g.value(node, 0)))


@handles("Mul")
def mul(g: GraphImporter, node: Node) -> None:
    """A factor or one a channel, or the product of two tensors, or the last one of a function."""
    if g.is_float and not g.for_integers and (fused := fused_function(g, node)) is not None:
        name, function = fused
        if name in g.values:
            alpha = 1.0 if function == Function.SWISH else 0.0
            g.put(node, apply_function(g, node, g.values[name], function, alpha))
            return
    if found := _with_constant(g, node):
        x, name, array, _ = found
        numbers, quantizer = g.numbers(node, name, array)
        g.put(node, scaled(g, node, x, numbers, quantizer, g.free_quantizer(node, x)))
        return
    a, b = _pair(g, node)
    g.put(node, g.same(node, a, Layer(Op.MUL, [a.number, b.number], g.free_quantizer(node, a))))


@handles("Div")
def div(g: GraphImporter, node: Node) -> None:
    """By constants, in integer networks by powers of two; by tensors as a product with the reciprocal."""
    found = _with_constant(g, node)
    if found is None or found[3] == 0:
        e = Expansion(g, node)
        reciprocal = e("Reciprocal", node.inputs[1], to="reciprocal")
        e.result("Mul", node.inputs[0], reciprocal)
        return
    x, name, array, _ = found
    if not np.all(array):
        raise node.broken(f"divides by '{name}', which holds zeros")
    if g.is_float:
        g.put(node, scaled(g, node, x, (1 / array).astype(np.float32), 0, 0))
        return
    mantissas, exponents = np.frexp(array.astype(np.float64))
    if np.any(np.abs(mantissas) != 0.5):
        raise node.unsupported("integer networks divide by powers of two only")
    quantizer = max(int(exponents.max()) - 1, 0)
    numbers = to_integers(name, 1 / array.astype(np.float64), quantizer)
    g.put(node, scaled(g, node, x, numbers, quantizer, g.free_quantizer(node, x)))


def clipped(g: GraphImporter, node: Node, x: Value, low: float, high: float, suffix: str = "") -> Value:
    """X between limits, which are on the grid of its quantizer or beyond 16 bits."""
    limits = np.array([low, high], np.float64)
    if g.is_float:
        finite = np.finfo(np.float32)
        constant: Constant = np.clip(limits, finite.min, finite.max).astype(np.float32)
    else:
        scaled_limits = np.clip(limits * 2.0**x.quantizer, -32767, 32767)
        if g.quantizers.from_pairs:
            scaled_limits = np.rint(scaled_limits)
        constant = to_integers(f"{node.outputs[0]} limits", scaled_limits, 0)
    return g.same(node, x, Layer(Op.CLIP, [x.number], x.quantizer, constant=constant), suffix)


@handles("Clip")
def clip(g: GraphImporter, node: Node) -> None:
    """Limits as operands or attributes."""
    x = g.value(node, 0)
    limits = []
    for index, key, beyond in ((1, "min", -math.inf), (2, "max", math.inf)):
        given = g.optional(node, index)
        if given is not None and given.size != 1:
            raise node.broken("limits must be single numbers")
        limits.append(node.number(key, beyond) if given is None else float(given.reshape(-1)[0]))
    g.put(node, clipped(g, node, x, limits[0], limits[1]))


@handles("Relu")
def relu(g: GraphImporter, node: Node) -> None:
    """Negative numbers become 0."""
    x = g.value(node, 0)
    g.put(node, g.same(node, x, Layer(Op.RELU, [x.number], x.quantizer)))


def _sloped(g: GraphImporter, node: Node, x: Value, numbers: Constant, quantizer: int) -> None:
    layer = Layer(Op.PRELU, [x.number], x.quantizer, constant_quantizer=quantizer, constant=numbers)
    g.put(node, g.same(node, x, layer))


@handles("PRelu")
def prelu(g: GraphImporter, node: Node) -> None:
    """One slope or one a channel."""
    x, slope = g.value(node, 0), g.constant(node, 1)
    flat = per_channel(slope, x)
    if flat is None:
        raise node.unsupported(
            f"slope '{node.inputs[1]}' of shape {list(slope.shape)} is neither one number nor one a channel"
        )
    _sloped(g, node, x, *g.numbers(node, node.inputs[1], flat))


@handles("LeakyRelu")
def leaky_relu(g: GraphImporter, node: Node) -> None:
    """The slope is an attribute; its quantizer's key is the output's name and ":alpha"."""
    alpha = np.array([node.number("alpha", 0.01)], np.float64)
    _sloped(g, node, g.value(node, 0), *g.numbers(node, f"{node.outputs[0]}:alpha", alpha))


def _limit(g: GraphImporter, constant: Named, x: Value) -> float | None:
    """A constant that an extreme can treat as a limit of a clip."""
    if constant.array.size != 1:
        return None
    declared = None if g.is_float else g.quantizers.of(constant.name)
    return float(constant.array.reshape(-1)[0]) if declared is None or declared <= x.quantizer else None


@handles("Max", "Min")
def extreme(g: GraphImporter, node: Node) -> None:
    """Of any number of tensors and constants, pair by pair; a single number makes a clip."""
    op = Op.MAXIMUM if node.op == "Max" else Op.MINIMUM
    operands = [operand(g, node, i) for i in range(len(node.inputs))]
    operands.sort(key=lambda x: isinstance(x, Named))
    x = operands[0]
    assert isinstance(x, Value)  # Two constants would have been folded.
    for i, other in enumerate(operands[1:]):
        suffix = "" if i == len(operands) - 2 else f":{i}"
        limit = _limit(g, other, x) if isinstance(other, Named) else None
        if limit is not None:
            low, high = (limit, math.inf) if op == Op.MAXIMUM else (-math.inf, limit)
            x = clipped(g, node, x, low, high, suffix)
        else:
            a, b = aligned(g, node, [x, other])
            x = g.same(node, a, Layer(op, [a.number, b.number], max(a.quantizer, b.quantizer)), suffix)
    g.put(node, x)


def _compared(g: GraphImporter, node: Node, comparison: Comparison, operands: list[Value | Named]) -> None:
    a, b = aligned(g, node, operands)
    g.put(node, g.same(node, a, Layer(Op.COMPARE, [a.number, b.number], 0, comparison=comparison)))


@handles(*_COMPARISONS)
def compare(g: GraphImporter, node: Node) -> None:
    """1 where it holds, else 0."""
    _compared(g, node, _COMPARISONS[node.op], [operand(g, node, 0), operand(g, node, 1)])


@handles("And", "Or")
def logical(g: GraphImporter, node: Node) -> None:
    """Of truth values, which are 1 and 0."""
    a, b = _pair(g, node)
    op = Op.MINIMUM if node.op == "And" else Op.MAXIMUM
    g.put(node, g.same(node, a, Layer(op, [a.number, b.number], max(a.quantizer, b.quantizer))))


@handles("Not")
def logical_not(g: GraphImporter, node: Node) -> None:
    """Truth exchanged with falsehood: 1 - x."""
    g.put(node, biased(g, node, negated(g, node, g.value(node, 0)), g.own_numbers([1]), 0))


@handles("Where")
def where(g: GraphImporter, node: Node) -> None:
    """The second operand where the first one is not 0, else the third; the smaller quantizer of both."""
    operands = [operand(g, node, i) for i in range(3)]
    if isinstance(operands[0], Named):
        raise node.unsupported("a constant condition over computed tensors is not supported")
    c, a, b = aligned(g, node, operands)
    layer = Layer(Op.SELECT, [c.number, a.number, b.number], min(a.quantizer, b.quantizer))
    g.put(node, g.same(node, c, layer))


@handles("Cast")
def cast(g: GraphImporter, node: Node) -> None:
    """Between the types that carry our numbers; to integers by truncation, in float networks."""
    x, to = g.value(node, 0), node.integer("to")
    kind = g.types.of(node.inputs[0])
    if to in FLOATS or to == kind or (kind == BOOL and to != BOOL):
        g.put(node, x)
    elif to == BOOL:
        zero = Named(f"{node.outputs[0]}:zero", np.zeros(1, np.float32))
        g.quantizers.declared[zero.name] = x.quantizer
        _compared(g, node, Comparison.NOT_EQUAL, [x, zero])
    elif to in (6, INT64):  # int32, int64
        whole = kind not in FLOATS or not (g.is_float or x.quantizer > 0)
        g.put(node, x if whole else apply_function(g, node, x, Function.TRUNCATE))
    else:
        raise node.unsupported("a cast to a type whose range is smaller is not supported")


@handles("Sum", "Mean")
def total(g: GraphImporter, node: Node) -> None:
    """Of any number of operands, one after the other."""
    e, y = Expansion(g, node), node.inputs[0]
    for i, name in enumerate(node.inputs[1:], 1):
        y = e("Add", y, name, to=f"sum{i}")
    if node.op == "Mean":
        y = e("Mul", y, e.constant("share", [1 / len(node.inputs)]), to="mean")
    e.result("Identity", y)


@handles("Pow")
def power(g: GraphImporter, node: Node) -> None:
    """A square is a product, other constant exponents are functions."""
    x, exponent = g.value(node, 0), g.constant(node, 1)
    if exponent.size != 1:
        raise node.unsupported("the exponent must be one number")
    value = float(exponent.reshape(-1)[0])
    if value == 2:
        g.put(node, g.same(node, x, Layer(Op.MUL, [x.number, x.number], g.free_quantizer(node, x))))
    else:
        g.put(node, apply_function(g, node, x, Function.POWER, value))
