# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Functions of float networks on every level: their errors, and equal bits of the vector levels at any place."""

from __future__ import annotations

import numpy as np
import pytest

from inloop import _core
from inloop.convert import Layer, Network, Op
from inloop.convert.fields import Function
from inloop.convert.tables import evaluate
from inloop.engine.model import Model

ERROR = 5e-7
PARAMETERS = {Function.SWISH: (1.3, 0.0), Function.ELU: (0.7, 1.2)}
VECTOR = [
    Function.EXP, Function.SIGMOID, Function.SWISH, Function.TANH, Function.ERF, Function.GELU, Function.GELU_TANH,
    Function.MISH, Function.ELU,
]  # fmt: skip


def function_of(function: Function, channels: int = 1) -> Network:
    network = Network(is_float=True, inputs=[("x", channels, 0)], outputs=[("y", 1)])
    parameters = PARAMETERS.get(function, (0.0, 0.0))
    network.add(Layer(Op.FUNCTION, [0], 0, "y", function=function, parameters=parameters))
    return network


def numbers() -> np.ndarray:
    """Near zero, where functions bend, and so large that they saturate."""
    rng = np.random.default_rng(1)
    sizes = np.concatenate(
        [10.0 ** rng.uniform(-30, 4, 2000), np.linspace(0, 12, 6000), np.linspace(12, 110, 997)]
    )
    return (sizes * rng.choice([-1, 1], len(sizes))).astype(np.float32)


def results(network: Network, x: np.ndarray) -> dict[str, np.ndarray]:
    model = Model(network.to_bytes())
    return {
        isa: np.asarray(model.session(x.shape[1], x.shape[2], isa).run([x])[0])
        for isa in _core.supported_isas()
    }


@pytest.mark.parametrize("function", VECTOR)
def test_errors_stay_within_what_is_stated(function: Function) -> None:
    x = numbers()
    found = results(function_of(function), x.reshape(1, 1, -1, 1))
    a, b = PARAMETERS.get(function, (0.0, 0.0))
    with np.errstate(over="ignore"):
        wanted = evaluate(function, (float(np.float32(a)), float(np.float32(b))), x.astype(np.float64))
    for isa, values in found.items():
        y = values.reshape(-1).astype(np.float64)
        finite = np.abs(wanted) < np.finfo(np.float32).max
        np.testing.assert_array_equal(y[~finite], np.copysign(np.inf, wanted[~finite]), err_msg=isa)
        size = np.maximum(1, np.maximum(np.abs(x), np.abs(wanted)))
        if function == Function.EXP:
            size = np.maximum(wanted, np.finfo(np.float32).tiny)
        error = np.abs(y[finite] - wanted[finite]) / size[finite]
        assert error.max() <= (1e-7 if isa == "scalar" else ERROR), isa


@pytest.mark.parametrize("function", VECTOR)
def test_vector_levels_agree_wherever_a_number_is(function: Function) -> None:
    x = numbers()[:1001]
    whole = results(function_of(function), x.reshape(1, 1, -1, 1))
    turned = results(function_of(function, 7), x.reshape(1, 11, 13, 7))
    vectors = [isa for isa in whole if isa != "scalar"]
    for isa in vectors:
        np.testing.assert_array_equal(whole[isa].reshape(-1), whole[vectors[0]].reshape(-1))
        np.testing.assert_array_equal(turned[isa].reshape(-1), whole[isa].reshape(-1))


@pytest.mark.parametrize("function", VECTOR)
def test_no_numbers_and_infinities(function: Function) -> None:
    x = np.array([np.nan, np.inf, 0.0, 1.0], np.float32).reshape(1, 1, -1, 1)
    for isa, values in results(function_of(function), x).items():
        y = values.reshape(-1)
        assert np.isnan(y[0]), isa
        limit = 1 if function in (Function.SIGMOID, Function.TANH, Function.ERF) else np.inf
        assert y[1] == limit, isa
        assert np.isfinite(y[2:]).all(), isa
