# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Files for a fixed batch: their network runs block by block, and what mixes blocks is refused."""

from __future__ import annotations

import numpy as np
import pytest
from float_graphs import FloatGraph, run_plainly

from inloop.convert import import_onnx, quantise
from inloop.engine.model import Model
from inloop.errors import UnsupportedError


def shuffled(blocks: int = 4) -> bytes:
    """Channels split into groups by a constant shape that has the batch in it, and a gate expanded to a shape."""
    g = FloatGraph()
    x = g.node("Conv", g.input("x", [blocks, 4, 6, 10]), g.random(8, 4, 3, 3), pads=[1, 1, 1, 1])
    y = g.node("Reshape", x, g.ints(blocks, 2, 4, 6, 10))
    y = g.node("Reshape", g.node("Transpose", y, perm=[0, 2, 1, 3, 4]), g.ints(blocks, 8, 6, 10))
    gate = g.node("Expand", g.node("Sigmoid", g.node("GlobalAveragePool", y)), g.ints(blocks, 8, 6, 10))
    windows = g.node("Reshape", g.node("Mul", y, gate), g.ints(blocks * 8, 6, 10))
    y = g.node("Reshape", windows, g.ints(-1, 8, 6, 10))
    return g.build(g.node("Concat", y, x, axis=1))


def run_by_onnxruntime(data: bytes, x: np.ndarray) -> np.ndarray:
    (wanted,) = run_plainly(data).run(None, {"x": x.transpose(0, 3, 1, 2)})
    return np.asarray(wanted.transpose(0, 2, 3, 1))


def test_a_fixed_batch_runs_block_by_block() -> None:
    data = shuffled()
    model = Model(import_onnx(data).to_bytes())
    x = np.random.default_rng(1).normal(size=(4, 6, 10, 4)).astype(np.float32)
    np.testing.assert_allclose(model.run([x])[0], run_by_onnxruntime(data, x), atol=1e-5)
    assert model.run([x[:3]])[0].shape == (3, 6, 10, 16)


def test_it_is_quantised() -> None:
    result = quantise(shuffled(), [{"x": np.random.default_rng(2).random((1, 6, 10, 4))}])
    assert result.errors[-1].signal_to_noise_db > 45
    assert not import_onnx(result.onnx).is_float


@pytest.mark.parametrize(
    ("operation", "build"),
    [
        ("Concat", lambda g, x: g.node("Concat", x, x, axis=0)),
        ("ReduceMean", lambda g, x: g.node("ReduceMean", x, g.ints(0))),
        ("ReduceSum", lambda g, x: g.node("ReduceSum", x)),
        ("Softmax", lambda g, x: g.node("Softmax", x, axis=-4)),
        ("Slice", lambda g, x: g.node("Slice", x, g.ints(0), g.ints(1), g.ints(0))),
        ("Gather", lambda g, x: g.node("Gather", x, g.ints(1))),
        ("Transpose", lambda g, x: g.node("Transpose", x, perm=[1, 0, 2, 3])),
        ("Reshape", lambda g, x: g.node("Reshape", x, g.ints(2, 8, 6, 10))),
        ("Pad", lambda g, x: g.node("Pad", x, g.ints(1, 0, 0, 0, 0, 0, 0, 0))),
        ("Tile", lambda g, x: g.node("Tile", x, g.ints(2, 1, 1, 1))),
    ],
)
def test_what_mixes_blocks_is_refused(operation: str, build: object) -> None:
    g = FloatGraph()
    x = g.node("Relu", g.input("x", [4, 4, 6, 10]))
    with pytest.raises(
        UnsupportedError, match=rf"\({operation}\): works along the first dimension, .* of 4 blocks"
    ):
        import_onnx(g.build(g.node("Relu", build(g, x))))  # type: ignore[operator]


def test_inputs_of_different_batches_are_refused() -> None:
    g = FloatGraph()
    y = g.node("Add", g.input("x", [4, 4, 6, 10]), g.input("z", [1, 4, 6, 10]))
    with pytest.raises(UnsupportedError, match=r"inputs of different batches are not supported: \[1, 4\]"):
        import_onnx(g.build(y))
