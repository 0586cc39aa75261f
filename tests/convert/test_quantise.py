# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""The quantiser: small errors, a file that other runtimes execute, and refusals."""

from pathlib import Path

import numpy as np
import pytest

from inloop.convert import import_onnx, onnx_to_compact, quantise, run_float
from inloop.errors import ConfigError
from inloop.model import Model


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
