# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""The exact ONNX form of integer networks: onnxruntime gives the engine's integers, optimised or not."""

from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
from float_graphs import FloatGraph, run_plainly
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sadl_bytes import very_low_complexity_model
from test_exactness import RandomNetwork
from test_onnx_ops import CASES

from inloop.convert import Layer, Network, Op, Window, export_exact_onnx, import_onnx, import_sadl, quantise
from inloop.convert.fields import Coordinates, Interpolation, NearestMode, Resampling
from inloop.engine.model import Model
from inloop.errors import ConfigError, ModelError, UnsupportedError


def assert_same_integers(
    network: Network, height: int, width: int, *, limit: int = 32767, seed: int = 0
) -> None:
    model = Model(network.to_bytes(), allow_wrapping=True)
    rng = np.random.default_rng(seed)
    arrays = [
        rng.integers(-limit - 1, limit, (1, height, width, info.channels), endpoint=True).astype(np.int16)
        for info in model.inputs
    ]
    wanted = model.session(height, width).run(arrays, reference=True)
    data = export_exact_onnx(network)
    onnx.checker.check_model(onnx.load_model_from_string(data))
    optimised = onnxruntime.InferenceSession(data, providers=["CPUExecutionProvider"])
    feeds = {
        info.name: (array / 2.0**info.quantizer).transpose(0, 3, 1, 2).astype(np.float32)
        for info, array in zip(model.inputs, arrays, strict=True)
    }
    for session in (optimised, run_plainly(data)):
        given_names = {i.name for i in session.get_inputs()}
        results = session.run(None, {name: array for name, array in feeds.items() if name in given_names})
        for info, found, integers in zip(model.outputs, results, wanted, strict=True):
            scaled = found.astype(np.float64).transpose(0, 2, 3, 1) * 2.0**info.quantizer
            np.testing.assert_array_equal(scaled, integers, err_msg=info.name)


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 2**32 - 1), operations=st.integers(1, 12))
def test_random_networks(seed: int, operations: int) -> None:
    network = import_onnx(RandomNetwork(np.random.default_rng(seed), discontinuous=True).build(operations))
    try:
        Model(network.to_bytes()).session(21, 18)
    except ConfigError:  # a size that does not divide
        return
    assert_same_integers(network, 21, 18, seed=seed)


@pytest.mark.parametrize("name", CASES)
def test_every_operation_with_an_integer_rule(name: str) -> None:
    g = FloatGraph()
    samples = [{"x": np.random.default_rng(1).normal(size=(1, 6, 10, 4))}]
    try:
        data = quantise(g.build(CASES[name](g, g.input("x", [1, 4, 6, 10]))), samples).onnx
    except UnsupportedError:
        return
    assert_same_integers(import_onnx(data), 6, 10)


@pytest.mark.parametrize("interpolation", Interpolation)
@pytest.mark.parametrize("coordinates", Coordinates)
@pytest.mark.parametrize("scales", [((2, 1), (3, 2)), ((1, 2), (2, 3)), ((7, 5), (1, 7))])
def test_resize(
    interpolation: Interpolation, coordinates: Coordinates, scales: tuple[tuple[int, int], ...]
) -> None:
    modes = NearestMode if interpolation == Interpolation.NEAREST else [NearestMode.PREFER_FLOOR]
    for mode in modes:
        for pytorch in (False, True):
            resampling = Resampling(interpolation, coordinates, mode, pytorch, *scales)
            network = Network(inputs=[("x", 3, 9)], outputs=[("y", 1)])
            network.add(Layer(Op.RESIZE, [0], 9, "y", resampling=resampling))
            for size in ((9, 13), (5, 7)):
                assert_same_integers(network, *size)


@pytest.mark.parametrize("interpolation", Interpolation)
@pytest.mark.parametrize("coordinates", Coordinates)
def test_resize_to_the_size_of_another_tensor(interpolation: Interpolation, coordinates: Coordinates) -> None:
    for pytorch in (False, True):
        network = Network(inputs=[("x", 3, 9)], outputs=[("y", 2)])
        network.add(Layer(Op.MAX_POOL, [0], 9, "low", window=Window((3, 2), (3, 2), (0, 0, 2, 1))))
        resampling = Resampling(interpolation, coordinates, NearestMode.PREFER_CEIL, pytorch)
        network.add(Layer(Op.RESIZE_TO, [1, 0], 9, "y", resampling=resampling))
        for size in ((9, 13), (1, 7)):
            assert_same_integers(network, *size)


def test_flips_joins_and_borders_that_wrap() -> None:
    network = Network(inputs=[("x", 3, 9), ("z", 3, 7)], outputs=[("y", 5)])
    network.add(Layer(Op.FLIP, [0], 9, "flipped", axes=3))
    network.add(Layer(Op.JOIN, [2, 1, 0], 7, "joined", axes=1))
    network.add(Layer(Op.JOIN, [3, 3], 7, "wide", axes=2))
    network.add(Layer(Op.PAD_BORDER, [4], 7, "wrapped", sides=(2, 1, 0, 3), mode=4))
    assert_same_integers(network, 6, 5)


@pytest.mark.parametrize("largest", [1, 200, 9000, 32767])
@pytest.mark.parametrize("kernel", [(1, 1), (3, 3), (7, 5)])
def test_convolutions_of_any_sum(largest: int, kernel: tuple[int, int]) -> None:
    """Sums that single precision holds, that need several digits, and that wrap."""
    rng = np.random.default_rng(largest)
    weights = rng.integers(-largest, largest, (6, *kernel, 20), endpoint=True).astype(np.int16)
    network = Network(inputs=[("x", 20, 9)], outputs=[("y", 1)])
    network.add(
        Layer(
            Op.CONV, [0], 5, "y", channels=6, window=Window(kernel, (1, 1), (kernel[0] - 1, 0, 0, kernel[1] - 1)),
            constant_quantizer=14, constant=weights,
        )
    )  # fmt: skip
    assert_same_integers(network, 8, 9)


def test_a_whole_filter() -> None:
    assert_same_integers(import_sadl(very_low_complexity_model("int16")[0]), 72, 72, limit=8192)


def test_the_exact_form_is_no_network_to_import() -> None:
    network = Network(inputs=[("x", 3, 9)], outputs=[("y", 1)])
    network.add(Layer(Op.RELU, [0], 9, "y"))
    with pytest.raises(ModelError, match=r"export_exact_onnx.*import the network that it was made from"):
        import_onnx(export_exact_onnx(network))


def test_float_networks_are_refused(tmp_path: Path) -> None:
    g = FloatGraph()
    with pytest.raises(ConfigError, match="no integers"):
        export_exact_onnx(import_onnx(g.build(g.node("Relu", g.input("x", [1, 1, "h", "w"])))))
