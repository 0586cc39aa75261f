# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""ONNX graphs of QDQ pairs with power-of-two scales are integer networks."""

import numpy as np
import pytest
from float_graphs import FloatGraph, run_plainly

from inloop.convert import import_onnx
from inloop.engine.model import Model
from inloop.errors import UnsupportedError


class QdqGraph(FloatGraph):
    """Adds pairs: every activation is quantised to int8 or int16, weights to int8, biases to int32."""

    def __init__(self, seed: int, dtype: type) -> None:
        super().__init__(seed, 21)
        self.dtype = dtype

    def pair(self, x: str, q: int) -> str:
        scale, zero = self.constant(2.0**-q), self.constant(0, self.dtype)
        return self.node("DequantizeLinear", self.node("QuantizeLinear", x, scale, zero), scale, zero)

    def weights(self, *shape: int, q: int = 6) -> str:
        numbers = self.constant(self.rng.integers(-40, 40, shape), np.int8)
        return self.node("DequantizeLinear", numbers, self.constant(2.0**-q), self.constant(0, np.int8))

    def bias(self, count: int, q: int) -> str:
        numbers = self.constant(self.rng.integers(-3000, 3000, count), np.int32)
        return self.node("DequantizeLinear", numbers, self.constant(2.0**-q))


def network(dtype: type) -> bytes:
    g = QdqGraph(3, dtype)
    q = 4 if dtype is np.int8 else 9
    x = g.pair(g.input("x", [1, 3, "h", "w"]), q)
    y = g.node("Conv", x, g.weights(6, 3, 3, 3), g.bias(6, q + 6), pads=[1] * 4)
    y = g.pair(g.node("Relu", y), q - 1)
    z = g.pair(g.node("Conv", y, g.weights(6, 6, 1, 1)), q - 2)
    y = g.pair(g.node("Add", y, z), q - 2)
    y = g.pair(g.node("MaxPool", y, kernel_shape=[2, 2], strides=[2, 2]), q - 2)
    y = g.node("MatMul", g.node("Transpose", y, perm=[0, 2, 3, 1]), g.weights(6, 5))
    return g.build(g.node("Transpose", g.pair(y, q - 3), perm=[0, 3, 1, 2]))


@pytest.mark.parametrize("dtype", [np.int8, np.int16])
def test_pairs_become_quantizers(dtype: type) -> None:
    """Within a few units of what onnxruntime gives: it rounds where the engine floors."""
    data = network(dtype)
    model = Model(import_onnx(data).to_bytes())
    q = 4 if dtype is np.int8 else 9
    assert not model.core.is_float
    assert model.inputs[0].quantizer == q
    assert model.outputs[0].quantizer == q - 3
    limit = 120 if dtype is np.int8 else 2000
    x = np.random.default_rng(1).integers(-limit, limit, (1, 10, 14, 3), dtype=np.int16)
    found = model.session(10, 14).run([x])[0]
    session = run_plainly(data)
    (other,) = session.run(None, {"x": (x / 2.0**q).transpose(0, 3, 1, 2).astype(np.float32)})
    wanted = other.transpose(0, 2, 3, 1) * 2.0 ** (q - 3)
    np.testing.assert_allclose(found, wanted, atol=8)
    assert np.abs(wanted).max() > 30
    if dtype is np.int8:
        assert found.min() >= -128
        assert found.max() <= 127


def test_weights_a_channel_share_the_finest_grid() -> None:
    g = QdqGraph(1, np.int16)
    x = g.pair(g.input("x", [1, 2, "h", "w"]), 8)
    scales = g.constant([2.0**-4, 2.0**-6, 2.0**-5])
    numbers = np.array([[3, -5], [7, 9], [-2, 1]]).reshape(3, 2, 1, 1)
    w = g.node("DequantizeLinear", g.constant(numbers, np.int8), scales, axis=0)
    network = import_onnx(g.build(g.pair(g.node("Conv", x, w), 8)))
    layer = network.layers[0]
    assert layer.constant_quantizer == 6
    assert layer.constant is not None
    np.testing.assert_array_equal(layer.constant.reshape(3, 2), [[12, -20], [7, 9], [-4, 2]])


@pytest.mark.parametrize(
    ("scale", "zero", "reason"),
    [(0.3, 0, "no power of two"), (0.25, 3, "is not 0"), (2.0**-40, 0, "no power of two")],
)
def test_other_scales_are_refused(scale: float, zero: int, reason: str) -> None:
    g = FloatGraph(0, 21)
    x = g.input("x", [1, 2, "h", "w"])
    y = g.node("QuantizeLinear", x, g.constant(scale), g.constant(zero, np.int8))
    with pytest.raises(UnsupportedError, match=rf"QuantizeLinear.*{reason}"):
        import_onnx(g.build(g.node("DequantizeLinear", y, g.constant(scale), g.constant(zero, np.int8))))
