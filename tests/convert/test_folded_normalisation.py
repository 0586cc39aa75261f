# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""BatchNormalization is folded into a convolution that nothing else reads, under whatever name."""

from collections.abc import Callable

import numpy as np
import onnx
import pytest
from float_graphs import FLOAT, FloatGraph, compare

from inloop.convert import import_onnx, quantise

Alias = Callable[[FloatGraph, str], str]

ALIASES: dict[str, Alias] = {
    "none": lambda g, x: x,
    "Identity": lambda g, x: g.node("Identity", x),
    "Dropout": lambda g, x: g.node("Dropout", x),
    "Cast": lambda g, x: g.node("Cast", x, to=FLOAT),
    "Reshape": lambda g, x: g.node("Reshape", x, g.ints(1, 4, 6, 7)),
    "Squeeze": lambda g, x: g.node("Unsqueeze", g.node("Squeeze", x, g.ints(0)), g.ints(0)),
    "chain": lambda g, x: g.node("Identity", g.node("Dropout", g.node("Identity", x))),
}


def convolution(g: FloatGraph, bias: bool) -> str:
    x = g.input("x", [1, 3, 6, 7])
    operands = [g.random(4, 3, 3, 3), *([g.random(4)] if bias else [])]
    return g.node("Conv", x, *operands, pads=[1, 1, 1, 1])


def normalised(g: FloatGraph, x: str) -> str:
    constants = [g.random(4) for _ in range(3)]
    return g.node("BatchNormalization", x, *constants, g.constant([0.5, 1, 2, 3]))


def sample() -> dict[str, np.ndarray]:
    return {"x": np.random.default_rng(1).normal(size=(1, 3, 6, 7)).astype(np.float32)}


def operations(data: bytes) -> list[str]:
    return [layer.op.name for layer in import_onnx(data).layers]


@pytest.mark.parametrize("bias", [False, True])
@pytest.mark.parametrize("alias", ALIASES)
@pytest.mark.parametrize("reader", ["before", "behind", "output"])
def test_another_reader_sees_the_convolution(alias: str, bias: bool, reader: str) -> None:
    g = FloatGraph()
    a = convolution(g, bias)
    c = normalised(g, ALIASES[alias](g, a))
    read = ALIASES[alias](g, a) if reader == "behind" else a
    outputs = [c, a] if reader == "output" else [g.node("Add", c, read)]
    data = g.build(*outputs)
    if reader == "output":  # plain onnxruntime needs the type of a tensor that is an output and read as well
        data = onnx.shape_inference.infer_shapes(onnx.load_model_from_string(data)).SerializeToString()
    compare(data, sample())
    assert "MUL_CONSTANT" in operations(data)


@pytest.mark.parametrize("bias", [False, True])
@pytest.mark.parametrize("alias", ALIASES)
def test_a_convolution_with_one_reader_is_folded(alias: str, bias: bool) -> None:
    g = FloatGraph()
    a = convolution(g, bias)
    g.node("Shape", a)  # asks for no number of it
    data = g.build(normalised(g, ALIASES[alias](g, a)))
    compare(data, sample())
    assert operations(data) == ["CONV", "BIAS_ADD"]


def test_two_normalisations_in_a_row() -> None:
    g = FloatGraph()
    data = g.build(normalised(g, g.node("Identity", normalised(g, convolution(g, False)))))
    compare(data, sample())
    assert operations(data) == ["CONV", "BIAS_ADD"]


@pytest.mark.parametrize("alias", ALIASES)
def test_quantised_networks_keep_the_other_reader(alias: str) -> None:
    g = FloatGraph()
    a = convolution(g, True)
    data = g.build(g.node("Add", normalised(g, ALIASES[alias](g, a)), a))
    result = quantise(data, [{"x": sample()["x"].transpose(0, 2, 3, 1)}])
    assert result.errors[-1].signal_to_noise_db > 50
