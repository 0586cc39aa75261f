# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
import numpy as np
import pytest

pytest.importorskip("torch")

import torch

from inloop.convert import onnx_to_compact
from inloop.engine.model import Model
from inloop.nnlf.features import INPUT_Q
from inloop.train.export import to_onnx
from inloop.train.networks import INPUTS, NETWORKS, GraphNet, lop
from inloop.train.quantize import LIMIT, quantize

SMALL = {
    "head_rec": 6,
    "head_pred": 4,
    "head_bs": 2,
    "stem": 12,
    "luma": 10,
    "chroma": 6,
    "width": 20,
    "mid": 9,
    "blocks": 2,
    "chroma_width": 10,
    "chroma_mid": 5,
}


def random_inputs(seed, side=24):
    rng = np.random.default_rng(seed)
    peak = 1 << INPUT_Q
    signed = {"rec": [0, 1, 1, 1, 0, 0], "pred": [0, 1, 1, 1, 0, 0]}
    inputs = {}
    for name, channels in INPUTS.items():
        values = rng.integers(0, peak, (1, channels, side, side)).astype(np.float32)
        if name in signed:
            values -= (np.array(signed[name]) * peak // 2)[:, None, None]
        inputs[name] = torch.from_numpy(values)
    return inputs


@pytest.fixture(scope="module")
def network():
    torch.manual_seed(3)
    net = GraphNet(lop(**SMALL))
    with torch.no_grad():
        for name, parameter in net.named_parameters():
            if "_out." in name:
                parameter.normal_(0, 0.02)
    calibration = [{k: v / 2**INPUT_Q for k, v in random_inputs(seed).items()} for seed in range(4)]
    return net, quantize(net, calibration)


def test_accumulators_cannot_overflow(network):
    _, integer = network
    for name, weight in integer.constants.items():
        if name.endswith(".weight"):
            assert np.abs(weight).sum((1, 2, 3)).max() * LIMIT < 2**31
        assert np.abs(weight).max() <= LIMIT


def test_engine_equals_simulation(network):
    _, integer = network
    model = Model(onnx_to_compact(to_onnx(integer, "small")))
    session = model.session(24, 24)
    for seed in (11, 12):
        inputs = random_inputs(seed)
        arrays = {k: v.permute(0, 2, 3, 1).numpy().astype(np.int16) for k, v in inputs.items()}
        expected = integer.run(inputs).permute(0, 2, 3, 1).numpy()
        np.testing.assert_array_equal(session.run(arrays)[0], expected)
        np.testing.assert_array_equal(session.run(arrays, reference=True)[0], expected)


def test_integer_network_is_close_to_the_float_one(network):
    net, integer = network
    inputs = random_inputs(13)
    with torch.no_grad():
        exact = net({k: v / 2**INPUT_Q for k, v in inputs.items()})
    result = integer.run(inputs) / 2.0 ** integer.q["out"]
    assert float((result - exact).square().mean().sqrt()) < 0.01 * float(exact.square().mean().sqrt())


def test_onnxruntime_agrees(network):
    runtime = pytest.importorskip("onnxruntime")
    _, integer = network
    inputs = random_inputs(14)
    session = runtime.InferenceSession(to_onnx(integer, "small"))
    real = session.run(None, {k: (v / 2**INPUT_Q).numpy() for k, v in inputs.items()})[0]
    exact = integer.run(inputs).numpy()
    difference = real * 2.0 ** integer.q["out"] - exact
    assert np.abs(difference).max() < 0.005 * np.abs(exact).max()  # its floor shifts


@pytest.mark.parametrize(("name", "low", "high"), [("lop", 16, 17.7), ("vlop", 4, 5)])
def test_complexity(name, low, high):
    graph = NETWORKS[name]()
    assert low <= graph.kmac_per_px() <= high
    net = GraphNet(graph)
    assert sum(p.numel() for p in net.parameters()) == graph.parameters()
    with torch.no_grad():
        out = net({k: torch.rand(1, c, 16, 24) for k, c in INPUTS.items()})
    assert out.shape == (1, 24, 8, 12)
    assert not out.any()  # starts as the identity
