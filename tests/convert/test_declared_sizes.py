# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Sizes that a file declares: binding where its graph depends on them, free where it does not."""

from collections.abc import Callable

import numpy as np
import pytest
from float_graphs import FloatGraph, compare, run_plainly

from inloop.convert import export_onnx, import_compact, import_onnx, quantise
from inloop.engine.model import Model
from inloop.errors import ConfigError, UnsupportedError

Build = Callable[[FloatGraph, str], str]


def circular(g: FloatGraph, x: str) -> str:
    """A row from the bottom above: as exporters write circular padding, with the row's number."""
    return g.node("Concat", g.node("Slice", x, g.ints(5), g.ints(6), g.ints(2)), x, axis=2)


def multiple_of_4(g: FloatGraph, x: str) -> str:
    """Padding to the next multiple, which is a number of the file."""
    y = g.node("Pad", x, g.ints(0, 0, 0, 0, 0, 0, 2, 0), mode="reflect")
    y = g.node("AveragePool", y, kernel_shape=[4, 4], strides=[4, 4])
    return g.node("Resize", y, "", g.constant([1, 1, 4, 4]), mode="nearest")


BAKED: dict[str, Build] = {
    "circular": circular,
    "multiple": multiple_of_4,
    "cropped": lambda g, x: g.node("Slice", x, g.ints(0), g.ints(5), g.ints(2)),
    "resized": lambda g, x: g.node("Resize", x, "", "", g.ints(1, 3, 12, 16), mode="nearest"),
    "flattened": lambda g, x: g.node("ReduceMean", g.node("Reshape", x, g.ints(1, 3, 48)), g.ints(2)),
    "windows": lambda g, x: g.node(
        "Reshape", g.node("Transpose", g.node("Reshape", x, g.ints(1, 3, 2, 3, 8)), perm=[0, 1, 3, 2, 4]),
        g.ints(1, 3, 6, 8),
    ),
    "pooled": lambda g, x: g.node("AveragePool", x, kernel_shape=[6, 8]),
    "same": lambda g, x: g.node(
        "Conv", x, g.random(2, 3, 3, 3), strides=[2, 2], auto_pad="SAME_UPPER"
    ),
}  # fmt: skip
FREE: dict[str, Build] = {
    "conv": lambda g, x: g.node("Conv", x, g.random(2, 3, 3, 3), pads=[1] * 4),
    "shuffle": lambda g, x: g.node("DepthToSpace", g.node("SpaceToDepth", x, blocksize=2), blocksize=2),
    "edges": lambda g, x: g.node("Pad", x, g.ints(0, 0, 1, 1, 0, 0, 1, 1), mode="edge"),
    "gate": lambda g, x: g.node("Mul", x, g.node("GlobalAveragePool", x)),
}


def image(height: int, width: int) -> dict[str, np.ndarray]:
    return {"x": np.random.default_rng(0).normal(size=(1, 3, height, width)).astype(np.float32)}


@pytest.mark.parametrize("name", BAKED)
def test_sizes_that_matter_are_binding(name: str) -> None:
    g = FloatGraph()
    data = g.build(BAKED[name](g, g.input("x", [1, 3, 6, 8])))
    model = compare(data, image(6, 8))
    assert model.metadata["inloop.size"] == "8x6"
    assert model.declared_size == (6, 8)
    again = Model(import_compact(model.to_bytes()).to_bytes())
    for other in (model, again):
        for height, width in ((12, 16), (6, 9), (8, 6)):
            with pytest.raises(ConfigError, match=rf"made for inputs of 8x6, not of {width}x{height}"):
                other.session(height, width)
            with pytest.raises(ConfigError, match="made for inputs of 8x6"):
                other.run([np.zeros((2, height, width, 3), np.float32)])
    assert "x".join(map(str, model.layers(6, 8)[-1]["shape"])) in model.summary()
    with pytest.raises(ConfigError, match="made for inputs of 8x6"):
        quantise(data, [{"x": np.zeros((1, 8, 8, 3))}])


@pytest.mark.parametrize("name", FREE)
def test_sizes_that_do_not_matter_are_free(name: str) -> None:
    g = FloatGraph()
    data = g.build(FREE[name](g, g.input("x", [1, 3, 6, 8])))
    model = compare(data, image(6, 8))
    assert "inloop.size" not in model.metadata
    free = FloatGraph()
    twin = free.build(FREE[name](free, free.input("x", [1, 3, "h", "w"])))
    (wanted,) = run_plainly(twin).run(None, image(10, 14))
    x = np.ascontiguousarray(image(10, 14)["x"].transpose(0, 2, 3, 1))
    np.testing.assert_allclose(model.run([x])[0], wanted.transpose(0, 2, 3, 1), atol=1e-5)


def test_one_dimension_may_be_free() -> None:
    g = FloatGraph()
    x = g.input("x", [1, 3, 6, "w"])
    model = Model(import_onnx(g.build(circular(g, x))).to_bytes())
    assert model.metadata["inloop.size"] == "?x6"
    assert model.session(6, 11).output_shapes == [(1, 7, 11, 3)]
    with pytest.raises(ConfigError, match=r"made for inputs of \?x6, not of 11x7"):
        model.session(7, 11)


def test_the_size_is_no_part_of_the_identity_and_survives_conversion() -> None:
    g = FloatGraph()
    network = import_onnx(g.build(circular(g, g.input("x", [1, 3, 6, 8]))))
    again = import_onnx(export_onnx(network))
    assert again.metadata["inloop.size"] == "8x6"
    assert Model(again.to_bytes()).sha256 == Model(network.to_bytes()).sha256


def test_inputs_of_different_sizes_are_refused() -> None:
    g = FloatGraph()
    x, y = g.input("x", [1, 3, 6, 8]), g.input("y", [1, 3, 5, 8])
    with pytest.raises(UnsupportedError, match=r"different height are not supported: \[5, 6\]"):
        import_onnx(g.build(g.node("Relu", x), g.node("Relu", y)))


@pytest.mark.parametrize("op", ["MaxPool", "AveragePool"])
def test_a_window_larger_than_the_engine_has_is_a_global_one(op: str) -> None:
    g = FloatGraph()
    x = g.input("x", [1, 3, 48, 40])
    model = compare(g.build(g.node("Mul", x, g.node(op, x, kernel_shape=[48, 40]))), image(48, 40))
    assert model.declared_size == (48, 40)
