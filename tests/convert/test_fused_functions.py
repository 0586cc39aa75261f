# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""GELU, SiLU and Mish as exporters write them are one function each; what only looks like them stays what it is."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from float_graphs import FloatGraph, compare

from inloop.convert import Op, export_onnx, import_onnx, quantise
from inloop.convert.fields import Function

ROOT = 1.4142135381698608


def gate(g: FloatGraph, x: str, *, divided: bool = True, one: float = 1.0) -> str:
    """1 + erf(x / sqrt(2))"""
    scaled = g.node("Div", x, g.constant(ROOT)) if divided else g.node("Mul", x, g.constant(1 / ROOT))
    return str(g.node("Add", g.node("Erf", scaled), g.constant(one)))


def mul(g: FloatGraph, a: str, b: str) -> str:
    return str(g.node("Mul", a, b))


Build = Callable[[FloatGraph, str], str]
FUSED: dict[str, tuple[Build, Function]] = {
    "legacy GELU": (lambda g, x: mul(g, mul(g, x, gate(g, x)), g.constant(0.5)), Function.GELU),
    "halved first": (lambda g, x: mul(g, mul(g, x, g.constant([0.5])), gate(g, x)), Function.GELU),
    "halved gate": (
        lambda g, x: mul(g, x, mul(g, gate(g, x, divided=False), g.constant(0.5))),
        Function.GELU,
    ),
    "SiLU": (lambda g, x: mul(g, x, g.node("Sigmoid", x)), Function.SWISH),
    "Mish": (lambda g, x: mul(g, x, g.node("Tanh", g.node("Softplus", x))), Function.MISH),
    "gate first": (lambda g, x: mul(g, g.node("Sigmoid", x), x), Function.SWISH),
}
OTHERS: dict[str, Build] = {
    "another one": lambda g, x: mul(g, mul(g, x, gate(g, x, one=2.0)), g.constant(0.5)),
    "another half": lambda g, x: mul(g, mul(g, x, gate(g, x)), g.constant(0.25)),
    "another x": lambda g, x: mul(g, mul(g, g.node("Abs", x), gate(g, x)), g.constant(0.5)),
    "another gate": lambda g, x: mul(g, x, g.node("Sigmoid", g.node("Neg", x))),
}


def built(build: Build) -> bytes:
    g = FloatGraph()
    x = g.node("Conv", g.input("x", [1, 4, "h", "w"]), g.random(5, 4, 3, 3), pads=[1, 1, 1, 1])
    return g.build(build(g, x))


def picture() -> np.ndarray:
    return np.random.default_rng(3).normal(size=(1, 4, 9, 11)).astype(np.float32)


@pytest.mark.parametrize("name", FUSED)
def test_they_are_one_function(name: str) -> None:
    build, function = FUSED[name]
    data = built(build)
    compare(data, {"x": picture()})
    network = import_onnx(data)
    assert [layer.op for layer in network.layers] == [Op.CONV, Op.FUNCTION]
    assert network.layers[-1].function == function
    assert import_onnx(export_onnx(network)).is_same(network)
    result = quantise(data, [{"x": picture().transpose(0, 2, 3, 1)}])
    assert result.errors[-1].signal_to_noise_db > 45


@pytest.mark.parametrize("name", OTHERS)
def test_others_stay_what_they_are(name: str) -> None:
    data = built(OTHERS[name])
    compare(data, {"x": picture()})
    found = {layer.function for layer in import_onnx(data).layers if layer.op == Op.FUNCTION}
    assert found.isdisjoint((Function.GELU, Function.SWISH))
