# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Winograd's kernels for 3x3 convolutions equal the reference and the oracle, whatever the values are."""

import numpy as np
import pytest
from nn_networks import GraphBuilder
from oracle import Oracle
from test_exactness import STRIPES

import inloop
from inloop import _core
from inloop.convert import onnx_to_compact
from inloop.engine.model import Model
from need_testing import need_testing

ISAS = [isa for isa in _core.supported_isas() if isa in ("avx2", "avx512")]
SIZES = [(1, 1), (2, 2), (3, 5), (4, 27), (9, 50)]
LARGEST = 8191  # of values that the transform of the pixels may have


def conv(g: GraphBuilder, x: str, weights: np.ndarray, q: int = 11, bias: int = 9000) -> str:
    """A 3x3 convolution with a bias of up to that size."""
    rng = np.random.default_rng(3)
    w, b = g.constant(weights, q), g.constant(rng.integers(-bias, bias + 1, len(weights)), 12)
    return g.node("Conv", [x, w, b], kernel_shape=[3, 3], pads=[1] * 4)


def one_layer(weights: np.ndarray, q: int = 11) -> bytes:
    """Its result is an output before and after an addition and a PReLU."""
    g = GraphBuilder()
    y = conv(g, g.input("x", weights.shape[1]), weights, q)
    z = g.node("Add", [y, g.input("r", len(weights), 12)])
    slopes = np.random.default_rng(4).integers(-9000, 9000, (len(weights), 1, 1))
    return g.build(z, g.node("PRelu", [z, g.constant(slopes, 15)]))


def values(mode: str, largest: int, shape: tuple[int, ...]) -> np.ndarray:
    """Numbers of up to `largest`; signs are drawn, so that some tiles add up to four times as much."""
    rng = np.random.default_rng(len(mode))
    if mode == "random":
        return rng.integers(-largest, largest + 1, shape, np.int16)
    if mode in ("near_min", "near_max"):
        sign = -1 if mode == "near_min" else 1
        return (sign * rng.integers(largest - 3, largest + 1, shape)).astype(np.int16)
    array = (rng.choice([-1, 1], shape) * largest).astype(np.int16)
    if mode == "some_beyond":  # in a few tiles only
        array[rng.random(shape) < 0.0005] = -32768
    return array


def check(data: bytes, inputs: list[np.ndarray], *, allow_wrapping: bool = False) -> None:
    """All levels, passes and stripes give the oracle's integers."""
    model = Model(onnx_to_compact(data), allow_wrapping=allow_wrapping)
    height, width = inputs[0].shape[1:3]
    expected = Oracle(data).run({info.name: array for info, array in zip(model.inputs, inputs, strict=True)})
    cases = [(isa, {}) for isa in _core.supported_isas()]
    cases += [(isa, {"winograd": False}) for isa in ISAS] + [("", {"stripe_columns": n}) for n in STRIPES]
    for isa, options in cases:
        session = model.core.session(height, width, isa, options)
        session.run([np.full_like(array, 77) for array in inputs])
        for found, wanted in zip(session.run(inputs), expected, strict=True):
            np.testing.assert_array_equal(found[0], wanted, err_msg=f"{isa} {options} {height}x{width}")


@pytest.fixture(params=[True, False], ids=["vnni", "no vnni"])
def _vnni(request: pytest.FixtureRequest):
    used = inloop.avx_vnni()
    inloop.set_avx_vnni(request.param)
    yield
    inloop.set_avx_vnni(used)


@pytest.mark.usefixtures("_vnni")
@pytest.mark.parametrize("mode", ["random", "near_min", "near_max", "largest", "some_beyond"])
@pytest.mark.parametrize("largest", [LARGEST, LARGEST + 1, 32767])
def test_equals_the_oracle(mode: str, largest: int) -> None:
    rng = np.random.default_rng(1)
    data = one_layer(rng.integers(-200, 201, (64, 32, 3, 3)))
    for height, width in SIZES:
        check(data, [values(mode, largest, (1, height, width, c)) for c in (32, 64)])


@pytest.mark.parametrize("beyond", [0, 1])
def test_sums_at_their_limit(beyond: int) -> None:
    """Four times the largest sum is what int32 holds, and with the next larger value it is not.

    Loading refuses such weights, because other values could lead out of int32.
    """
    weights = np.full((32, 64, 3, 3), 225)
    weights[::2] *= -1
    limit = (2**31 - 1) // 4 // (225 * 9 * 64)
    data = one_layer(weights, 11)
    for sign in (1, -1):
        x = np.full((1, 4, 26, 64), sign * (limit + beyond), np.int16)
        check(data, [x, values("random", 32767, (1, 4, 26, 32))], allow_wrapping=True)


@pytest.mark.parametrize(("weight", "runs"), [(3640, True), (3641, False)])
@pytest.mark.parametrize("isa", ISAS)
def test_runs_where_the_transformed_weights_fit(isa: str, weight: int, runs: bool) -> None:
    """Nine times the weight is 32760 and 32769."""
    weights = np.zeros((32, 32, 3, 3), int)
    weights[5, 7] = weight
    data = one_layer(weights)
    check(data, [values("largest", LARGEST, (1, 4, 26, 32))] * 2)
    counted = need_testing().CountedSession(onnx_to_compact(data), 4, 26, isa)
    counted.run()
    assert (counted.winograd_calls() == 4) == runs
    assert (counted.winograd_calls() == 0) != runs


def test_weights_that_leave_little_room_run_directly() -> None:
    """Values could not exceed 227."""
    data = one_layer(np.full((32, 64, 3, 3), 1800), 4)
    inputs = [values("random", 200, (1, 4, 26, 64)), values("random", 32767, (1, 4, 26, 32))]
    check(data, inputs, allow_wrapping=True)


def test_chain_with_skips_and_concatenation() -> None:
    """Layers that make two rows at a time stand before and after others, and one is produced in a concatenation."""
    rng = np.random.default_rng(2)
    g = GraphBuilder()

    def drawn(x: str, inputs: int, outputs: int) -> str:
        y = conv(g, x, rng.integers(-150, 151, (outputs, inputs, 3, 3)))
        return g.node("PRelu", [y, g.constant(np.array([2000]), 15)])

    a = drawn(g.input("x", 32), 32, 64)
    b = drawn(a, 64, 64)
    c = drawn(g.node("Add", [b, a]), 64, 20)
    d = drawn(drawn(b, 64, 32), 32, 32)
    merged = g.node("Concat", [c, d], axis=1)
    w = g.constant(rng.integers(-150, 151, (32, 52, 1, 1)), 11)
    narrow = g.node("Conv", [merged, w], 12, kernel_shape=[1, 1], strides=[2, 2])
    data = g.build(narrow, drawn(narrow, 32, 32))
    for height, width in SIZES:
        check(data, [values("random", 4000, (1, height, width, 32))])
