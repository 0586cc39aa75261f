# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""The quantiser: small errors, a file that other runtimes execute, and refusals."""

from pathlib import Path

import numpy as np
import pytest
from float_graphs import FloatGraph

from inloop.convert import import_onnx, onnx_to_compact, quantise, run_float
from inloop.engine.model import Model
from inloop.errors import ConfigError, ModelError


def samples_of(path: Path, size: int) -> list[dict[str, np.ndarray]]:
    rng = np.random.default_rng(0)
    inputs = import_onnx(path).inputs
    return [{name: rng.random((1, size, size, channels)) for name, channels, _ in inputs} for _ in range(2)]


@pytest.mark.parametrize("name", ["lop_like", "vlop_like", "enhance_like"])
def test_quantised_network_is_close_and_executable(shared_dir: Path, name: str) -> None:
    onnxruntime = pytest.importorskip("onnxruntime")
    path = shared_dir / "models" / f"{name}.onnx"
    samples = samples_of(path, 24)
    result = quantise(path, samples)
    assert result.errors[-1].signal_to_noise_db > 25
    assert all(error.rms_error < error.largest for error in result.errors if error.largest > 0)
    model = Model(onnx_to_compact(result.onnx))
    assert not model.core.is_float
    size = 144 if name == "enhance_like" else 72
    sample = samples_of(path, size)[0]
    session = onnxruntime.InferenceSession(result.onnx, providers=["CPUExecutionProvider"])
    feeds = {key: array.transpose(0, 3, 1, 2).astype(np.float32) for key, array in sample.items()}
    (other,) = session.run(None, feeds)
    network = import_onnx(result.onnx)
    (output,) = network.outputs
    own = run_float(network, sample)[output[1]]
    np.testing.assert_allclose(other[0].transpose(1, 2, 0), own, atol=2e-3 * np.abs(own).max())


def test_needs_samples_and_a_float_network(shared_dir: Path) -> None:
    path = shared_dir / "models" / "vlop_like.onnx"
    with pytest.raises(ConfigError, match="at least one"):
        quantise(path, [])
    once = quantise(path, samples_of(path, 8)[:1])
    with pytest.raises(ConfigError, match="already"):
        quantise(once.onnx, samples_of(path, 8)[:1])


def many_operations(g: FloatGraph) -> str:
    """A network with every kind of operation that a quantizer has a rule for."""
    x = g.input("x", [1, 3, "h", "w"])

    def conv(x: str, channels: int, out: int, **attributes: object) -> str:
        w = g.random(out, channels, 3, 3, scale=0.3)
        return g.node("Conv", x, w, g.random(out, scale=0.1), pads=[1] * 4, **attributes)

    scale, mean, variance = g.constant([1.5, 0.5, 1, 2]), g.random(4, scale=0.1), g.constant([0.5, 1, 2, 1])
    y = g.node("BatchNormalization", conv(x, 3, 4), scale, mean, mean, variance)
    y = g.node("HardSwish", y)
    gate = g.node("GlobalAveragePool", y)
    gate = g.node("Sigmoid", g.node("Conv", gate, g.random(4, 4, 1, 1), g.random(4)))
    y = g.node("Mul", y, gate)
    down = g.node("AveragePool", y, kernel_shape=[2, 2], strides=[2, 2])
    up = g.node(
        "ConvTranspose", down, g.random(4, 4, 2, 2, scale=0.3), g.random(4, scale=0.1), strides=[2, 2]
    )
    resized = g.node("Resize", down, "", g.constant([1, 1, 2, 2]), mode="linear")
    y = g.node(
        "Add", g.node("Sub", up, resized), g.node("Div", y, g.constant([[[3.0]], [[1.5]], [[2]], [[5]]]))
    )
    y = g.node("Where", g.node("Greater", y, g.constant([0.1])), y, g.node("Tanh", y))
    y = g.node("Max", g.node("Clip", y, g.constant(-1.03), g.constant(2.7)), g.random(4, 1, 1, scale=0.2))
    y = g.node("BatchNormalization", y, scale, mean, mean, variance)
    y = g.node("MatMul", g.node("Transpose", y, perm=[0, 2, 3, 1]), g.random(4, 5, scale=0.4))
    y = g.node("LeakyRelu", g.node("Transpose", y, perm=[0, 3, 1, 2]), alpha=0.13)
    return g.node("Concat", y, g.node("Min", x, g.constant([0.7]), g.node("Neg", x)), axis=1)


def test_every_operation_is_quantised(tmp_path: Path) -> None:
    onnxruntime = pytest.importorskip("onnxruntime")
    g = FloatGraph(3)
    data = g.build(many_operations(g))
    rng = np.random.default_rng(5)
    samples = [{"x": rng.normal(0, 0.6, (1, 12, 10, 3))} for _ in range(3)]
    result = quantise(data, samples, input_quantizers={"x": 12})
    assert result.errors[-1].signal_to_noise_db > 40
    assert {"table", "resize", "mul", "select"} <= {error.op for error in result.errors}
    model = Model(onnx_to_compact(result.onnx))
    path = tmp_path / "n.inl"
    path.write_bytes(onnx_to_compact(result.onnx))
    assert Model(path.read_bytes()).sha256 == model.sha256
    x = np.rint(samples[0]["x"] * 4096)
    found = model.session(12, 10).run([x.astype(np.int16)])[0] / 2.0 ** model.outputs[0].quantizer
    session = onnxruntime.InferenceSession(result.onnx, providers=["CPUExecutionProvider"])
    (other,) = session.run(None, {"x": (x / 4096).transpose(0, 3, 1, 2).astype(np.float32)})
    np.testing.assert_allclose(found, other.transpose(0, 2, 3, 1), atol=0.02)
    network = import_onnx(result.onnx)
    own = run_float(network, {"x": x / 4096})[network.outputs[0][1]]
    np.testing.assert_allclose(own, other[0].transpose(1, 2, 0), atol=2e-3)


def test_sums_that_cannot_fit_name_weights_and_channel() -> None:
    g = FloatGraph()
    w = np.ones((2, 3, 1, 1))
    w[1] = 30000
    x = g.input("x", [1, 3, "h", "w"])
    data = g.build(g.node("Conv", x, g.constant(w)))
    with pytest.raises(ModelError, match=r"weights 't1'.*output channel 1"):
        quantise(data, [{"x": np.ones((1, 2, 2, 3))}])
