# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""ONNX, SADL and the compact form into each other: the identity stays."""

from pathlib import Path

import numpy as np
import onnx
import pytest
from float_graphs import FloatGraph, compare
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sadl_bytes import very_low_complexity_model
from test_exactness import RandomNetwork
from test_onnx_ops import CASES

from inloop.convert import (
    Network,
    Op,
    export_onnx,
    export_sadl,
    import_compact,
    import_network,
    import_onnx,
    import_sadl,
)
from inloop.engine.model import Model
from inloop.errors import ModelError, UnsupportedError


def identity(network: Network) -> str:
    return Model(network.to_bytes(), allow_wrapping=True).sha256


@pytest.mark.parametrize("type_", ["int16", "float"])
def test_from_sadl_to_onnx_and_back(type_: str) -> None:
    network = import_sadl(very_low_complexity_model(type_)[0])
    data = export_onnx(network)
    onnx.checker.check_model(onnx.load_model_from_string(data))
    assert identity(import_onnx(data)) == identity(network)
    assert identity(import_sadl(export_sadl(import_onnx(data), 72, 72))) == identity(network)


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 2**32 - 1), operations=st.integers(1, 12))
def test_random_integer_networks(seed: int, operations: int) -> None:
    network = import_onnx(RandomNetwork(np.random.default_rng(seed), discontinuous=True).build(operations))
    assert identity(import_compact(network.to_bytes())) == identity(network)
    ops = {layer.op for layer in network.layers}
    if ops & {Op.TABLE, Op.REARRANGE}:
        with pytest.raises(UnsupportedError, match="no counterpart"):
            export_onnx(network)
    else:
        assert identity(import_onnx(export_onnx(network))) == identity(network)


@pytest.mark.parametrize("name", CASES)
def test_every_float_operation(name: str) -> None:
    g = FloatGraph()
    network = import_onnx(g.build(CASES[name](g, g.input("x", [1, 4, 6, 10]))))
    again = import_compact(network.to_bytes())
    assert again.to_bytes() == network.to_bytes()
    try:
        data = export_onnx(network)
    except UnsupportedError:
        assert {layer.op for layer in network.layers} & {
            Op.REARRANGE,
            Op.EXPAND,
            Op.COMPARE,
            Op.FUNCTION,
            Op.SELECT,
        }
        return
    assert identity(import_onnx(data)) == identity(network)


def test_exported_file_is_executed_by_others() -> None:
    g = FloatGraph(1)
    x = g.input("x", [1, 4, "h", "w"])
    y = g.node("ConvTranspose", x, g.random(4, 3, 4, 4), g.random(3), strides=[2, 2], pads=[1] * 4)
    y = g.node("Add", g.node("HardSwish", y), g.node("ReduceMean", y, g.ints(2, 3)))
    data = export_onnx(import_onnx(g.build(g.node("Clip", y, g.constant(-0.5), g.constant(1.5)))))
    compare(data, {"x": np.random.default_rng(2).normal(size=(1, 4, 6, 10)).astype(np.float32)})


def test_files_are_told_apart(tmp_path: Path) -> None:
    data, _ = very_low_complexity_model("int16")
    network = import_sadl(data)
    for form in (data, network.to_bytes(), export_onnx(network)):
        path = tmp_path / "network"
        path.write_bytes(form)
        assert identity(import_network(path)) == identity(import_network(form)) == identity(network)
    with pytest.raises(ModelError):
        import_network(network.to_bytes()[:-3])
