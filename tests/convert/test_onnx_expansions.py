# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Operations that are said by simpler ones: right in float at fixed and free sizes, close and exact in integers."""

from collections.abc import Callable

import numpy as np
import pytest
from float_graphs import FloatGraph, compare
from test_exact_export import assert_same_integers

from inloop.convert import import_onnx, quantise
from inloop.errors import UnsupportedError

Build = Callable[[FloatGraph, str], str]

CASES: dict[str, Build] = {
    "Div": lambda g, x: g.node("Div", x, g.node("Add", g.node("Abs", x), g.constant([0.5]))),
    "Div broadcast": lambda g, x: g.node("Div", x, g.node("Exp", g.node("GlobalAveragePool", x))),
    "Div of a constant": lambda g, x: g.node("Div", g.random(4, 1, 1), g.node("Exp", x)),
    "Sum": lambda g, x: g.node("Sum", x, g.node("Relu", x), g.constant([0.5]), g.node("Tanh", x)),
    "Sum of one": lambda g, x: g.node("Relu", g.node("Sum", x)),
    "Mean": lambda g, x: g.node("Mean", x, g.node("Relu", x), g.node("Tanh", x)),
    "Selu": lambda g, x: g.node("Selu", x),
    "Selu with parameters": lambda g, x: g.node("Selu", x, alpha=1.5, gamma=0.7),
    "GlobalMaxPool": lambda g, x: g.node("Mul", x, g.node("GlobalMaxPool", x)),
    "Softmax of channels": lambda g, x: g.node("Softmax", x, axis=1),
    "Softmax of columns": lambda g, x: g.node("Softmax", x),
    "LogSoftmax": lambda g, x: g.node("LogSoftmax", x, axis=1),
    "LayerNormalization of channels": lambda g, x: g.node(
        "Transpose",
        g.node("LayerNormalization", g.node("Transpose", x, perm=[0, 2, 3, 1]), g.random(4), g.random(4)),
        perm=[0, 3, 1, 2],
    ),
    "LayerNormalization of everything": lambda g, x: g.node("LayerNormalization", x, g.random(4, 1, 1), axis=1),
    "InstanceNormalization": lambda g, x: g.node("InstanceNormalization", x, g.random(4), g.random(4)),
    "GroupNormalization": lambda g, x: g.node("GroupNormalization", x, g.random(2), g.random(2), num_groups=2),
    "GroupNormalization of one": lambda g, x: g.node(
        "GroupNormalization", x, g.random(1), g.random(1), num_groups=1, epsilon=0.01
    ),
    "groups as channels": lambda g, x: g.node(
        "Mul",
        g.node(
            "Reshape",
            g.node(
                "InstanceNormalization", g.node("Reshape", x, g.ints(0, 2, -1)), g.constant([1, 1]), g.constant([0, 0])
            ),
            g.node("Shape", x),
        ),
        g.random(4, 1, 1),
    ),
    "LayerNorm2d by hand": lambda g, x: g.node(
        "Div",
        (c := g.node("Sub", x, g.node("ReduceMean", x, axes=[1]))),
        g.node(
            "Sqrt",
            g.node("Add", g.node("ReduceMean", g.node("Pow", c, g.constant(2.0)), axes=[1]), g.constant(1e-3)),
        ),
    ),
    "Gather channels": lambda g, x: g.node("Gather", x, g.ints(2, 3, 0, 0, -1), axis=1),
    "flip of channels": lambda g, x: g.node("Slice", x, g.ints(-1), g.ints(-(2**31)), g.ints(1), g.ints(-1)),
    "ceil_mode": lambda g, x: g.node("MaxPool", x, kernel_shape=[2, 2], strides=[2, 2], ceil_mode=1),
    "ceil_mode 3": lambda g, x: g.node(
        "MaxPool", x, kernel_shape=[3, 3], strides=[2, 2], pads=[0, 0, 1, 0], ceil_mode=1
    ),
    "ceil_mode mean": lambda g, x: g.node("AveragePool", x, kernel_shape=[3, 3], strides=[3, 2], ceil_mode=1),
    "Dropout with an unused mask": lambda g, x: g.node("Relu", g.node("Dropout", x, outputs=2)[0]),
}  # fmt: skip


def reduced(g: FloatGraph, x: str, op: str, axes: list[int], keepdims: int = 1) -> str:
    """In the words of opset 17, where sums alone have their axes as an operand."""
    if op == "ReduceSum":
        return g.node(op, x, g.ints(*axes), keepdims=keepdims)
    return g.node(op, x, axes=axes, keepdims=keepdims)


for _op in ("ReduceMax", "ReduceMin", "ReduceSum", "ReduceL1", "ReduceL2", "ReduceSumSquare"):
    for _axes in ([1], [2, 3], [2], [3], [1, 2, 3]):
        for _keep in (0, 1):
            # Reduced dimensions come back, so that the result is an image.
            CASES[f"{_op} {_axes} {_keep}"] = lambda g, x, op=_op, a=_axes, k=_keep: g.node(
                "Add", x, reduced(g, x, op, a) if k else g.node("Unsqueeze", reduced(g, x, op, a, 0), g.ints(*a))
            )  # fmt: skip


def image(height: int, width: int) -> dict[str, np.ndarray]:
    return {"x": np.random.default_rng(3).normal(size=(1, 4, height, width)).astype(np.float32)}


def graph(name: str, free: bool) -> bytes:
    g = FloatGraph(1, opset=18 if name.startswith("Group") else 17)
    x = g.input("x", [1, 4, "h", "w"] if free else [1, 4, 7, 10])
    return g.build(CASES[name](g, x))


@pytest.mark.parametrize("free", [False, True])
@pytest.mark.parametrize("name", CASES)
def test_float(name: str, free: bool) -> None:
    model = compare(graph(name, free), image(7, 10), 1e-4)
    if free or model.declared_size == (None, None):
        compare(graph(name, True), image(19, 33), 1e-4)


@pytest.mark.parametrize("name", CASES)
def test_integers(name: str) -> None:
    samples = [{"x": image(7, 10)["x"].transpose(0, 2, 3, 1) / 2} for _ in range(2)]
    result = quantise(graph(name, False), samples)
    worst = result.errors[-1].signal_to_noise_db
    assert worst > 45 or any("less than 45 dB" in warning for warning in result.warnings)
    assert worst > 25
    network = import_onnx(result.onnx)
    assert_same_integers(network, 7, 10, limit=12000)


def test_nhwc_and_older_opsets() -> None:
    for opset in (13, 18):
        g = FloatGraph(1, opset=opset)
        x = g.input("x", [1, 7, 10, 4])
        axes = {"axes": [3]} if opset < 18 else {}
        y = g.node("ReduceMax", g.node("HardSigmoid", x), *([] if axes else [g.ints(3)]), **axes)
        y = g.node("Mul", g.node("Softmax", x, axis=3), y)
        y = g.node("Transpose", g.node("Relu", g.node("Transpose", y, perm=[0, 3, 1, 2])), perm=[0, 2, 3, 1])
        compare(g.build(y), {"x": image(7, 10)["x"].transpose(0, 2, 3, 1)}, 1e-4, is_nhwc=True)


def test_softmax_over_everything_behind_its_axis_is_refused() -> None:
    g = FloatGraph(opset=11)
    with pytest.raises(UnsupportedError, match="before opset 13"):
        import_onnx(g.build(g.node("Softmax", g.input("x", [1, 4, 7, 10]), axis=1)))
