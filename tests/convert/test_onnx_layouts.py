# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""ONNX graphs as exporters write them: NHWC, every opset, free sizes; and what is refused, by name."""

from collections.abc import Callable

import numpy as np
import onnx
import pytest
from float_graphs import FloatGraph, compare
from onnx import helper

from inloop.convert import import_onnx
from inloop.engine.model import Model
from inloop.errors import ModelError, UnsupportedError


def image(height: int = 8, width: int = 12, channels: int = 3) -> np.ndarray:
    return np.random.default_rng(7).normal(0, 1, (1, channels, height, width)).astype(np.float32)


def to_nchw(g: FloatGraph, x: str) -> str:
    return g.node("Transpose", x, perm=[0, 3, 1, 2])


def to_nhwc(g: FloatGraph, x: str) -> str:
    return g.node("Transpose", x, perm=[0, 2, 3, 1])


@pytest.mark.parametrize("size", [(8, 12), ("h", "w")])
def test_channels_last_graph(size: tuple[int | str, int | str]) -> None:
    """The form of Keras and TensorFlow: arithmetic on NHWC, convolutions between transpositions."""
    g = FloatGraph()
    x = g.input("x", [1, *size, 3])
    y = g.node("Mul", g.node("Sub", x, g.constant([0.1, 0.2, 0.3])), g.constant(1.5))
    y = to_nhwc(g, g.node("Conv", to_nchw(g, y), g.random(8, 3, 3, 3), pads=[1] * 4))
    y = g.node("Relu", g.node("Add", y, g.random(8)))
    pooled = to_nhwc(g, g.node("MaxPool", to_nchw(g, y), kernel_shape=[2, 2], strides=[2, 2]))
    up = to_nhwc(g, g.node("Resize", to_nchw(g, pooled), "", g.constant([1, 1, 2, 2]), mode="linear"))
    y = g.node("Concat", up, y, x, axis=3)
    gate = g.node("ReduceMean", y, g.ints(1, 2), keepdims=1)
    y = g.node("Mul", y, g.node("Sigmoid", g.node("MatMul", gate, g.random(19, 19, scale=0.2))))
    y = to_nhwc(g, g.node("DepthToSpace", to_nchw(g, g.node("MatMul", y, g.random(19, 12))), blocksize=2))
    model = compare(g.build(y), {"x": image().transpose(0, 2, 3, 1)}, is_nhwc=True)
    assert all(layer["op"] != "rearrange" for layer in model.layers(8, 12))


def test_layout_costs_nothing_until_it_must() -> None:
    """A pixel shuffle written with Reshape and Transpose is a depth_to_space and nothing else."""
    g = FloatGraph()
    x = g.input("x", [1, 12, "h", "w"])
    shape = g.node("Shape", x)
    sizes = [g.node("Gather", shape, g.ints(i)) for i in (2, 3)]
    split = g.node("Concat", g.ints(1, 3, 2, 2), *sizes, axis=0)
    y = g.node("Transpose", g.node("Reshape", x, split), perm=[0, 1, 4, 2, 5, 3])
    twice = [g.node("Mul", size, g.ints(2)) for size in sizes]
    y = g.node("Reshape", y, g.node("Concat", g.ints(1, 3), *twice, axis=0))
    model = compare(g.build(y), {"x": image(5, 7, 12)})
    assert [layer["op"] for layer in model.layers(5, 7)] == ["depth_to_space"]


def test_window_of_a_free_size_is_resized_to_another_tensor() -> None:
    """The exported form of interpolate(size=other.shape[2:])."""
    g = FloatGraph()
    x = g.input("x", [1, 3, "h", "w"])
    down = g.node("SpaceToDepth", x, blocksize=2)
    sizes = g.node("Slice", g.node("Shape", x), g.ints(2), g.ints(4))
    kept = g.node("Slice", g.node("Shape", down), g.ints(0), g.ints(2))
    up = g.node("Resize", down, "", "", g.node("Concat", kept, sizes, axis=0), mode="nearest")
    compare(g.build(g.node("Concat", up, x, axis=1)), {"x": image()})


@pytest.mark.parametrize(
    "opset", [11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, onnx.defs.onnx_opset_version()]
)
def test_every_opset(opset: int) -> None:
    """Operations whose operands and attributes moved between opsets."""
    g = FloatGraph(1, opset)
    x = g.input("x", [1, 4, "h", "w"])
    y = g.node("Conv", x, g.random(4, 4, 3, 3), pads=[1] * 4)
    mean = g.node("ReduceMean", y, g.ints(2, 3)) if opset >= 18 else g.node("ReduceMean", y, axes=[2, 3])
    if opset >= 13:
        flat = g.node("Squeeze", mean, g.ints(2, 3))
        mean = g.node("Unsqueeze", flat, g.ints(2, 3))
        parts = g.node("Split", y, g.ints(1, 3), outputs=2, axis=1)
    else:
        mean = g.node("Unsqueeze", g.node("Squeeze", mean, axes=[2, 3]), axes=[2, 3])
        parts = g.node("Split", y, outputs=2, axis=1, split=[1, 3])
    y = g.node("Add", g.node("Concat", *parts[::-1], axis=1), mean)
    y = g.node("Clip", g.node("Pad", y, g.ints(0, 0, 1, 0, 0, 0, 0, 1)), g.constant(-1.0), g.constant(2.0))
    y = g.node("Resize", y, g.constant([]), g.constant([1, 1, 2, 2]), mode="linear")
    data = g.build(g.node("Slice", y, g.ints(1), g.ints(2**31 - 1), g.ints(2)))
    if opset <= 22:
        compare(data, {"x": image(6, 10, 4)})
    else:
        assert Model(import_onnx(data).to_bytes()).session(6, 10).output_shapes


REFUSED: dict[str, tuple[Callable[[FloatGraph, str], str], str]] = {
    "LSTM": (lambda g, x: g.node("LSTM", x, x, x), "operation is not supported"),
    "If": (lambda g, x: g.node("Loop", x), "operation is not supported"),
    "computed weights": (lambda g, x: g.node("Conv", x, g.node("Relu", x)), "must be a constant"),
    "3-D convolution": (lambda g, x: g.node("Conv", x, g.random(2, 4, 3, 3, 3)), "two spatial dimensions"),
    "cubic with another kernel": (
        lambda g, x: g.node("Resize", x, "", g.constant([1, 1, 2, 2]), mode="cubic", cubic_coeff_a=-1.0),
        "cubic_coeff_a",
    ),
    "crop and resize": (
        lambda g, x: g.node(
            "Resize", x, "", g.constant([1, 1, 2, 2]), coordinate_transformation_mode="tf_crop_and_resize"
        ),
        "tf_crop_and_resize",
    ),
    "cubic grid": (lambda g, x: g.node("GridSample", x, g.random(1, 3, 3, 2), mode="cubic"), "'cubic'"),
    "wrapped channels": (
        lambda g, x: g.node("Pad", x, g.ints(0, 1, 0, 0, 0, 1, 0, 0), mode="wrap"),
        "channels are padded with zeros",
    ),
    "two tensors": (lambda g, x: g.node("MatMul", x, x), "two computed tensors"),
    "ceil mode with a large stride": (
        lambda g, x: g.node("MaxPool", x, kernel_shape=[2, 2], strides=[3, 3], ceil_mode=1),
        "ceil_mode",
    ),
    "several indices": (
        lambda g, x: g.node("Gather", x, g.constant([[0, 1], [2, 3]], np.int64), axis=1),
        "more than one dimension",
    ),
    "dilated pooling": (
        lambda g, x: g.node("MaxPool", x, kernel_shape=[2, 2], dilations=[2, 2]),
        "dilations",
    ),
    "output shape": (
        lambda g, x: g.node("ConvTranspose", x, g.random(4, 2, 2, 2), strides=[2, 2], output_shape=[9, 9]),
        "output_shape",
    ),
    "computed Pad": (lambda g, x: g.node("Pad", x, g.node("Cast", x, to=7)), "must be a constant"),
    "negative step": (
        lambda g, x: g.node("Slice", x, g.ints(-1), g.ints(-9), g.ints(2), g.ints(-1)),
        "a negative step along a free size",
    ),
    "small type": (lambda g, x: g.node("Cast", x, to=3), "range is smaller"),
    "impossible Reshape": (lambda g, x: g.node("Reshape", x, g.ints(1, 3, -1, 7)), "cannot tell how"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refusals_name_node_operation_and_reason(name: str) -> None:
    build, reason = REFUSED[name]
    g = FloatGraph()
    y = build(g, g.input("x", [1, 4, "h", "w"]))
    op = g.nodes[-1].op_type
    with pytest.raises(UnsupportedError, match=rf"node '{y}' \({op}\):.*{reason}"):
        import_onnx(g.build(y))


@pytest.mark.parametrize(
    ("build", "reason"),
    [
        (lambda g, x: g.node("Conv", x, g.random(2, 5, 1, 1)), "weights are for 5 channels"),
        (lambda g, x: g.node("DepthToSpace", x, blocksize=3), "no multiple of 9"),
        (lambda g, x: g.node("Transpose", x, perm=[0, 1, 2, 2]), "no permutation"),
        (lambda g, x: g.node("Relu", "nothing"), "which nothing produces"),
        (lambda g, x: g.node("Split", x, g.ints(1, 2), outputs=2, axis=1), "splits 4 into"),
        (lambda g, x: g.node("Slice", x, g.ints(3), g.ints(3), g.ints(1)), "keeps nothing"),
        (lambda g, x: g.node("Squeeze", x, g.ints(1)), "size is not 1"),
    ],
)
def test_broken_graphs_are_model_errors(build: Callable[[FloatGraph, str], str], reason: str) -> None:
    g = FloatGraph()
    y = build(g, g.input("x", [1, 4, "h", "w"]))
    y = y[0] if isinstance(y, list) else y
    with pytest.raises(ModelError, match=reason):
        import_onnx(g.build(y))


def test_inputs_of_other_ranks_are_refused() -> None:
    for shape, reason in (
        ([3, 4, 5], "3 dimensions"),
        ([1, "c", 4, "w"], "number of channels"),
    ):
        g = FloatGraph()
        x = g.input("x", shape)
        with pytest.raises(UnsupportedError, match=reason):
            import_onnx(g.build(g.node("Relu", x)))


def test_other_domains_are_refused() -> None:
    g = FloatGraph()
    x = g.input("x", [1, 4, "h", "w"])
    g.nodes.append(helper.make_node("Relu", [x], ["y"], name="mine", domain="com.example"))
    with pytest.raises(UnsupportedError, match=r"mine.*com\.example"):
        import_onnx(g.build("y"))
