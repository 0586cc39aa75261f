# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Compact files that hold every operation, damaged or not to be run: refused, or other networks, in bounded time."""

import numpy as np
import pytest
from float_graphs import FloatGraph
from nn_networks import GraphBuilder
from test_onnx_ops import CASES

from inloop.convert import Layer, Network, Op, import_onnx, quantise
from inloop.engine.model import Model
from inloop.errors import ConfigError, ModelError, UnsupportedError

NAMES = [
    "transposed 2x2 stride 2", "Sub tensors", "AveragePool [1, 1, 1, 1] 1", "ReduceMean [2, 3] 1", "Add mean",
    "Resize linear half_pixel 2.0 floor", "Sigmoid", "Where", "Tile", "Pixel unshuffle by Reshape", "Pad edge",
    "MaxPool [0, 1, 2, 0] 2", "Max channels", "Pad channels", "Transpose rows and columns",
]  # fmt: skip


def file_of(name: str, is_float: bool) -> bytes:
    g = FloatGraph()
    data = g.build(CASES[name](g, g.input("x", [1, 4, 6, 10])))
    if not is_float:
        data = quantise(data, [{"x": np.ones((1, 6, 10, 4))}]).onnx
    return import_onnx(data).to_bytes()


@pytest.mark.parametrize("is_float", [False, True])
def test_truncations_and_mutations(is_float: bool) -> None:
    rng = np.random.default_rng(is_float)
    refused = runs = 0
    names = [*NAMES, "GridSample linear border 0"] if is_float else NAMES
    for name in names:
        data = file_of(name, is_float)
        for size in rng.integers(0, len(data), 40):
            with pytest.raises(ModelError):
                Model(data[:size])
        for _ in range(150):
            mutated = bytearray(data)
            for position in rng.integers(16, min(len(data), 160), int(rng.integers(1, 4))):
                mutated[position] = rng.integers(256)
            try:
                model = Model(bytes(mutated))
                if model.core.is_float != is_float:
                    continue
                session = model.session(6, 10)
                if sum(np.prod(shape) for shape in session.output_shapes) < 1e5:
                    dtype = np.float32 if is_float else np.int16
                    session.run([np.zeros((1, 6, 10, info.channels), dtype) for info in model.inputs])
                    runs += 1
            except (ModelError, ConfigError, UnsupportedError):
                refused += 1
    assert refused > 100
    assert runs > 100


@pytest.mark.parametrize("op", [Op.FUNCTION, Op.GRID_SAMPLE])
def test_operations_without_integer_rule_are_refused_when_loaded(op: Op) -> None:
    network = Network(inputs=[("x", 2, 10)])
    inputs = [0, 0] if op == Op.GRID_SAMPLE else [0]
    network.outputs = [("y", network.add(Layer(op, inputs, 10, "squash")))]
    with pytest.raises(UnsupportedError, match=rf"squash.*{op.name.lower()}.*no integer rule"):
        Model(network.to_bytes())


def test_overflow_of_transposed_convolutions_and_products_is_refused() -> None:
    """They become convolutions, whose sums are proven."""
    for op, shape in (("ConvTranspose", (3, 2, 2, 2)), ("MatMul", (3, 2))):
        g = GraphBuilder()
        x = g.input("x", 3)
        if op == "MatMul":
            x = g.node("Transpose", [x], perm=[0, 2, 3, 1])
        attributes = {"strides": [2, 2]} if op == "ConvTranspose" else {}
        y = g.node(op, [x, g.constant(np.full(shape, 22000), 10)], **attributes)
        with pytest.raises(ModelError, match=rf"layer '{y}'.*channel 0 can leave 32 bits"):
            Model(import_onnx(g.build(y)).to_bytes())
