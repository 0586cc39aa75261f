# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""The fusing pass: values that others read before the layer which could be fused."""

import numpy as np
import pytest
from nn_networks import GraphBuilder, random_inputs

from inloop import _core
from inloop.convert import onnx_to_compact
from inloop.engine.model import Model


@pytest.mark.parametrize("isa", _core.supported_isas())
@pytest.mark.parametrize("activation_first", [True, False])
def test_a_value_read_before_its_activation(isa: str, activation_first: bool) -> None:
    rng = np.random.default_rng(11)
    g = GraphBuilder()
    x = g.input("x", 16, 12)

    def weights() -> str:
        return g.constant(rng.integers(-300, 300, (16, 16, 1, 1)), 12)

    y = g.node("Conv", [x, weights()], 12, kernel_shape=[1, 1])
    branches = [
        lambda: g.node("Relu", [y]),
        lambda: g.node("Conv", [y, weights()], 12, kernel_shape=[1, 1]),
    ]
    results = [make() for make in (branches if activation_first else reversed(branches))]
    model = Model(onnx_to_compact(g.build(g.node("Add", results), results[0])))
    inputs = random_inputs(model, 7, 9)
    expected = model.session(7, 9).run(inputs, reference=True)
    for passes in ({}, {"fuse": False}):
        found = model.core.session(7, 9, isa, passes).run(inputs)
        for a, b in zip(found, expected, strict=True):
            np.testing.assert_array_equal(a, b)
