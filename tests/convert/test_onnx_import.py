# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""ONNX import: layouts, old and new forms of operations, and what is refused."""

from pathlib import Path

import numpy as np
import pytest
from nn_networks import GraphBuilder, random_inputs
from onnx import helper

from inloop.convert import onnx_to_compact
from inloop.convert.onnx_import import supported_operations
from inloop.engine.model import Model
from inloop.errors import ModelError, UnsupportedError


def convolution(g: GraphBuilder, x: str, channels: int, out: int = 4) -> str:
    rng = np.random.default_rng(1)
    w = g.constant(rng.integers(-200, 200, (out, channels, 1, 1)), 10)
    return g.node("Conv", [x, w, g.constant(rng.integers(-200, 200, out), 12)], kernel_shape=[1, 1])


def nchw() -> bytes:
    g = GraphBuilder()
    return g.build(g.node("Relu", [convolution(g, g.input("x", 3), 3)]))


def test_nhwc_network_is_the_same_network() -> None:
    g = GraphBuilder()
    g.inputs.append(helper.make_tensor_value_info("x", 1, [1, "h", "w", 3]))
    g.quantizers["x"] = 13
    x = g.node("Transpose", ["x"], perm=[0, 3, 1, 2])
    data = g.build(g.node("Transpose", [g.node("Relu", [convolution(g, x, 3)])], perm=[0, 2, 3, 1]))
    a, b = Model(onnx_to_compact(nchw())), Model(onnx_to_compact(data))
    inputs = random_inputs(a, 4, 5)
    np.testing.assert_array_equal(a.session(4, 5).run(inputs)[0], b.session(4, 5).run(inputs)[0])


def test_unused_layers_do_not_change_the_identity() -> None:
    g = GraphBuilder()
    x = g.input("x", 3)
    y = g.node("Relu", [convolution(g, x, 3)])
    g.node("Relu", [y])
    name = Model(onnx_to_compact(nchw())).outputs[0].name
    data = g.build(y)
    assert Model(onnx_to_compact(data)).outputs[0].name == name
    assert Model(onnx_to_compact(data)).sha256 == Model(onnx_to_compact(nchw())).sha256


def test_split_equals_slices() -> None:
    rng = np.random.default_rng(2)
    g = GraphBuilder()
    y = convolution(g, g.input("x", 3), 3, 6)
    g.nodes.append(helper.make_node("Split", [y, g.raw(np.array([2, 4]))], ["a", "b"], axis=1))
    model = Model(onnx_to_compact(g.build("a", "b")))
    x = rng.integers(-9000, 9000, (1, 3, 4, 3), dtype=np.int16)
    g = GraphBuilder()
    whole = Model(onnx_to_compact(g.build(convolution(g, g.input("x", 3), 3, 6)))).session(3, 4).run([x])[0]
    a, b = model.session(3, 4).run([x])
    np.testing.assert_array_equal(np.concatenate([a, b], axis=3), whole)


def test_dilation_is_a_larger_kernel() -> None:
    rng = np.random.default_rng(3)
    weights = rng.integers(-200, 200, (2, 3, 3, 3))
    spread = np.zeros((2, 3, 5, 5), np.int64)
    spread[:, :, ::2, ::2] = weights
    results = []
    for kernel, dilation in ((weights, 2), (spread, 1)):
        g = GraphBuilder()
        w = g.constant(kernel, 10)
        y = g.node(
            "Conv",
            [g.input("x", 3), w],
            12,
            kernel_shape=list(kernel.shape[2:]),
            dilations=[dilation] * 2,
            pads=[2] * 4,
        )
        model = Model(onnx_to_compact(g.build(y)))
        results.append(model.session(7, 6).run(random_inputs(model, 7, 6))[0])
    np.testing.assert_array_equal(*results)


def test_unsupported_node_is_named() -> None:
    g = GraphBuilder()
    g.nodes.append(helper.make_node("LSTM", [g.input("x", 3)], ["y"], name="memory"))
    with pytest.raises(UnsupportedError, match=r"memory.*LSTM"):
        onnx_to_compact(g.build("y"))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"x": None}, "lacks the input 'x'"),
        ({"x": 99}, "outside -8..24"),
        ({"t1": None}, "lacks constant 't1'"),
        ({"t1": 2}, "not on the grid"),
        ({"t1": 24}, "exceeds 16 bits"),
        ({"t3": 7}, "disagrees"),
    ],
)
def test_broken_conventions_are_named(change: dict[str, int | None], message: str) -> None:
    g = GraphBuilder()
    y = convolution(g, g.input("x", 3), 3)
    for name, q in change.items():
        if q is None:
            del g.quantizers[name]
        else:
            g.quantizers[name] = q
    with pytest.raises(ModelError, match=message):
        Model(onnx_to_compact(g.build(y)))


def test_documented_operations_are_the_supported_ones(repo_dir: Path) -> None:
    rows = [
        line.split("|")[1]
        for line in (repo_dir / "docs" / "reference" / "onnx.md").read_text().splitlines()
        if "|" in line
    ]
    documented = {name.strip() for row in rows[2:] for name in row.split(",")}
    assert documented == set(supported_operations())
