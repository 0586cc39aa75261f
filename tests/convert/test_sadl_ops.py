# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""SADL files of every type with the operations beyond the filters' own, built from the layout of the format."""

import struct

import numpy as np
import pytest
from sadl_bytes import SadlBuilder, counted, ints, very_low_complexity_model

from inloop import _core
from inloop.convert import export_sadl, import_sadl
from inloop.engine.model import Model
from inloop.errors import ModelError, UnsupportedError


def run(data: bytes, x: np.ndarray) -> np.ndarray:
    """The first output on every ISA, equal (or close) to the reference."""
    model = Model(import_sadl(data).to_bytes())
    dtype = np.float32 if model.core.is_float else np.int16
    array = np.ascontiguousarray(x.astype(dtype))[None]
    reference = model.session(*x.shape[:2], "scalar").run([array], reference=True)[0]
    for isa in _core.supported_isas():
        found = model.session(*x.shape[:2], isa).run([array])[0]
        np.testing.assert_allclose(found, reference, rtol=0, atol=1e-4 if dtype == np.float32 else 0)
    return reference[0]


def identity(data: bytes) -> str:
    return Model(import_sadl(data).to_bytes(), allow_wrapping=True).sha256


@pytest.mark.parametrize("type_", ["int16", "float"])
def test_complete_very_low_complexity_model(type_: str) -> None:
    data, builder = very_low_complexity_model(type_)
    assert len(builder.layers) == 245
    assert builder.constants == 67959
    network = import_sadl(data)
    model = Model(network.to_bytes())
    assert model.macs(72, 72) / (128 * 128 * 1000) == pytest.approx(4.98, abs=0.01)
    assert identity(export_sadl(network, 72, 72)) == model.sha256
    rng = np.random.default_rng(1)
    inputs = [rng.integers(-4000, 4000, (1, 16, 20, info.channels)) for info in model.inputs]
    inputs = [x.astype(np.int16) if type_ == "int16" else (x / 8192).astype(np.float32) for x in inputs]
    reference = model.session(16, 20, "scalar").run(inputs, reference=True)[0]
    assert reference.shape == (1, 4, 6, 24)
    assert np.abs(reference).max() > 0
    for isa in _core.supported_isas():
        found = model.session(16, 20, isa).run(inputs)[0]
        limit = 0 if type_ == "int16" else 1e-4 * np.abs(reference).max()
        np.testing.assert_allclose(found, reference, rtol=0, atol=limit)


def test_int32_networks_become_float_ones() -> None:
    b = SadlBuilder("int32")
    x = b.input(4, 5, 2, 10)
    weights = b.rng.integers(-90000, 90000, (1, 1, 2, 3))
    y = b.put(9, [x, b.const(weights, 16)], counted(1, 1, 1, 1) + counted(0, 0, 0, 0) + ints(1, 0))
    y = b.put(4, [y, b.const(np.array([70000, -3, 5]), 16)])
    values = b.rng.normal(size=(4, 5, 2))
    expected = values @ (weights[0, 0] / 2.0**16) + np.array([70000, -3, 5]) / 2.0**16
    np.testing.assert_allclose(run(b.build(y), values), expected, atol=1e-5)


@pytest.mark.parametrize("packing", [1, 4, 8])
def test_sparse_matrices(packing: int) -> None:
    rng = np.random.default_rng(packing)
    matrix = rng.integers(-900, 900, (24, 10))
    matrix[np.repeat(rng.random((24 // packing, 10)) < 0.6, packing, axis=0)] = 0
    matrix[:, 3] = 0
    files = []
    for sparse in (False, True):
        b = SadlBuilder()
        x = b.input(3, 5, 24, 12)
        weights = b.sparse_const(matrix, 12, packing) if sparse else b.const(matrix, 12)
        files.append(b.build(b.put(6, [x, weights], ints(1))))
    assert identity(files[1]) == identity(files[0])
    run(files[1], rng.integers(-4000, 4000, (3, 5, 24)))


def test_damaged_sparse_matrices() -> None:
    b = SadlBuilder()
    matrix = np.eye(8, dtype=np.int16)
    data = b.build(b.put(6, [b.input(3, 5, 8, 12), b.sparse_const(matrix, 12, 2)], ints(1)))
    numbers = data.index(struct.pack("<BihB", 1, 16, 2, 0))
    for damaged, message in (
        (struct.pack("<BihB", 1, 15, 2, 0), "no sparse matrix"),
        (struct.pack("<BihB", 1, 16, 0, 0), "no sparse matrix"),
        (struct.pack("<BihB", 1, 2**30, 2, 0), "truncated"),
    ):
        with pytest.raises(ModelError, match=message):
            import_sadl(data[:numbers] + damaged + data[numbers + len(damaged) :])
    b = SadlBuilder()
    data = b.build(b.put(6, [b.input(3, 5, 8, 12), b.sparse_const(matrix, 12, 2, padding=3)], ints(1)))
    with pytest.raises(UnsupportedError, match="padded"):
        import_sadl(data)


@pytest.mark.parametrize("version", [4, 5])
def test_matrix_product_and_shapes(version: int) -> None:
    """Flatten, MatMul, Reshape, Transpose, Shape, Expand."""
    b = SadlBuilder("int16", version)
    x = b.input(2, 3, 4, 9)
    flat = b.put(16, [x], ints(1))
    w = b.numbers(900, 24, 12)
    y = b.put(6, [flat, b.const(w, 12)], ints(1))
    y = b.put(7, [y, b.const(np.array([1, 2, 3, 2]), 0, "int32")])
    y = b.put(15, [y, b.const(np.array([0, 2, 1, 3]), 0, "int32")])
    values = b.rng.integers(-9000, 9000, (2, 3, 4))
    expected = np.clip((values.reshape(-1) @ w) >> 13, -32767, 32767).reshape(2, 3, 2).transpose(1, 0, 2)
    np.testing.assert_array_equal(run(b.build(y), values), expected)


def test_transposed_convolution() -> None:
    """Stride 2, kernel 3, pads 1, output padding 1: twice the size."""
    b = SadlBuilder()
    x = b.input(3, 4, 2, 9)
    w = b.numbers(900, 3, 3, 5, 2)
    y = b.put(19, [x, b.const(w, 11)], counted(1, 2, 2, 1) + counted(1, 1, 1, 1) + counted(1, 1) + ints(1))
    values = b.rng.integers(-9000, 9000, (3, 4, 2))
    full = np.zeros((8, 10, 5), np.int64)
    for i in range(3):
        for j in range(3):
            full[i : i + 6 : 2, j : j + 8 : 2] += values @ w[i, j].T
    expected = np.clip(full[1:7, 1:9] >> 12, -32767, 32767)
    np.testing.assert_array_equal(run(b.build(y), values), expected)


def test_moves_and_choices_survive_a_round_trip() -> None:
    """Pads of all modes, tiles, nearest resizing, comparison and choice, in integers."""
    b = SadlBuilder()
    x = b.input(4, 5, 3, 10)
    y = b.put(31, [x, b.const(np.zeros(1), 10)], ints(0, 1, 0, 0, 2))
    y = b.put(31, [y], ints(1, 1, 1, 1, 1))
    y = b.put(31, [y], ints(2, 0, 1, 2, 0))
    y = b.put(30, [y, b.const(np.array([1, 2, 1, 2]), 0, "int32")])
    y = b.put(24, [y, b.const(np.array([1, 1, 2, 2]), 0, "int32")], ints(2, 1, 1, 0))
    z = b.put(8, [y])
    y = b.put(26, [b.put(25, [y, z], ints(0)), z, y])
    data = b.build(y)
    values = b.rng.integers(-9000, 9000, (4, 5, 3))
    expected = np.pad(values, ((1, 0), (0, 2), (0, 0)))
    expected = np.pad(np.pad(expected, ((1, 1), (1, 1), (0, 0)), "reflect"), ((0, 2), (1, 0), (0, 0)), "edge")
    expected = np.tile(expected, (2, 1, 2)).repeat(2, 0).repeat(2, 1)
    np.testing.assert_array_equal(run(data, values), np.maximum(expected, 0))
    assert identity(export_sadl(import_sadl(data), 4, 5)) == identity(data)


def test_float_pooling_means_and_resizing() -> None:
    b = SadlBuilder("float")
    x = b.input(4, 6, 2)
    y = b.put(28, [x], counted(1, 2, 2, 1) + counted(1, 2, 2, 1) + counted(0, 0, 0, 0))
    mean = b.put(29, [y], counted(1, 2) + b"\1")
    resized = b.put(24, [y, b.const(np.array([1, 1, 2, 2]), 0, "int32")], ints(2, 0, 0, 0))
    values = b.rng.normal(size=(4, 6, 2))
    pooled = values.reshape(2, 2, 3, 2, 2).mean((1, 3))
    np.testing.assert_allclose(run(b.build(mean), values), pooled.mean((0, 1), keepdims=True), atol=1e-6)
    up = run(b.build(resized), values)
    assert up.shape == (4, 6, 2)
    expected = 0.5625 * pooled[0, 0] + 0.1875 * (pooled[0, 1] + pooled[1, 0]) + 0.0625 * pooled[1, 1]
    np.testing.assert_allclose(up[1, 1], expected, atol=1e-6)


@pytest.mark.parametrize(
    ("op", "payload"), [(28, counted(1, 2, 2, 1) * 2 + counted(0, 0, 0, 0)), (29, counted(1) + b"\1")]
)
def test_integers_by_other_rules_are_refused(op: int, payload: bytes) -> None:
    b = SadlBuilder()
    data = b.build(b.put(op, [b.input(4, 4, 2)], payload))
    with pytest.raises(UnsupportedError, match=r"layer1.*float networks only"):
        import_sadl(data)


@pytest.mark.parametrize("op", [22, 23])
def test_operations_without_counterpart_are_named(op: int) -> None:
    b = SadlBuilder()
    with pytest.raises(UnsupportedError, match="layer1"):
        import_sadl(b.build(b.put(op, [b.input(4, 4, 2)], ints(0, 0, 0))))


def test_damaged_shapes_are_model_errors() -> None:
    b = SadlBuilder()
    x = b.input(2, 3, 4)
    with pytest.raises(ModelError, match="permutation"):
        import_sadl(b.build(b.put(15, [x, b.const(np.array([0, 1, 1, 3]), 0, "int32")])))
    b = SadlBuilder()
    with pytest.raises(ModelError, match="flattens"):
        import_sadl(b.build(b.put(16, [b.input(2, 3, 4)], ints(9))))
