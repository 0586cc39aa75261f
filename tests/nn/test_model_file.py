# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""The compact form: identity, round trip, and damaged files."""

import hashlib
import struct
from pathlib import Path

import numpy as np
import pytest
from nn_networks import GraphBuilder

from inloop.convert import onnx_to_compact
from inloop.convert.loading import load_model
from inloop.engine.model import Model
from inloop.errors import ConfigError, ModelError


def small_network(**metadata: str) -> bytes:
    rng = np.random.default_rng(1)
    g = GraphBuilder()
    a, b = g.input("a", 3), g.input("b", 2)
    x = g.node("Concat", [a, b], axis=1)
    w = g.constant(rng.integers(-500, 500, (7, 5, 3, 3)), 11)
    x = g.node("Conv", [x, w, g.constant(rng.integers(-500, 500, 7), 12)], kernel_shape=[3, 3], pads=[1] * 4)
    x = g.node("PRelu", [x, g.constant(np.array([8000]), 15)])
    cut = [g.raw(np.array(v)) for v in ([1, 1], [6, -1], [1, 2])]
    return g.build(g.node("Slice", [x, *cut]), metadata=metadata)


def test_identity_is_that_of_the_canonical_part(tmp_path: Path) -> None:
    onnx_path, compact_path = tmp_path / "n.onnx", tmp_path / "n.inl"
    onnx_path.write_bytes(small_network(**{"inloop.name": "one"}))
    model = load_model(onnx_path)
    model.save(compact_path)
    again = load_model(compact_path)
    data = compact_path.read_bytes()
    size = struct.unpack_from("<I", data, 12)[0]
    assert model.sha256 == again.sha256 == hashlib.sha256(data[16 : 16 + size]).hexdigest()
    assert again.metadata["inloop.name"] == "one"
    assert [(i.name, i.channels, i.quantizer) for i in again.inputs] == [("a", 3, 13), ("b", 2, 13)]
    assert [(o.channels, o.quantizer) for o in again.outputs] == [(5, 12)]
    assert again.session(8, 9).output_shapes == [(1, 6, 9, 5)]


def test_metadata_are_no_part_of_the_identity() -> None:
    first, second = (Model(onnx_to_compact(small_network(**{"inloop.name": n}))) for n in ("one", "two"))
    assert first.sha256 == second.sha256


def test_every_truncation_is_a_model_error() -> None:
    data = onnx_to_compact(small_network())
    for size in range(len(data)):
        with pytest.raises(ModelError):
            Model(data[:size])


def test_mutations_never_crash() -> None:
    """A mutated file is refused or is another network that runs."""
    data = onnx_to_compact(small_network())
    rng = np.random.default_rng(2)
    refused = 0
    for _ in range(3000):
        mutated = bytearray(data)
        for position in rng.integers(
            0, min(len(data), 400 if rng.random() < 0.7 else len(data)), int(rng.integers(1, 4))
        ):
            mutated[position] = rng.integers(256)
        try:
            model = Model(bytes(mutated))
            session = model.session(6, 5)
            session.run([np.zeros((1, 6, 5, info.channels), np.int16) for info in model.inputs])
        except (ModelError, ConfigError):
            refused += 1
    assert refused > 100


def test_accumulator_overflow_is_refused() -> None:
    g = GraphBuilder()
    w = np.full((2, 3, 1, 1), 10)
    w[1] = 22000
    y = g.node("Conv", [g.input("x", 3), g.constant(w, 10)], kernel_shape=[1, 1])
    with pytest.raises(ModelError, match="channel 1 can leave 32 bits"):
        Model(onnx_to_compact(g.build(y)))


def test_other_files_are_refused(tmp_path: Path) -> None:
    for content in (b"", b"INLOOPNN", b"nonsense", b"\x08\x07"):
        path = tmp_path / "x"
        path.write_bytes(content)
        with pytest.raises(ModelError):
            load_model(path)
    with pytest.raises(FileNotFoundError):
        load_model(tmp_path / "missing")


def test_inputs_are_checked() -> None:
    session = Model(onnx_to_compact(small_network())).session(8, 9)
    a, b = np.zeros((1, 8, 9, 3), np.int16), np.zeros((8, 9, 2), np.int16)
    assert session.run({"b": b, "a": a})[0].shape == (1, 6, 9, 5)
    for inputs in ([a], {"a": a}, [a, b.astype(np.int32)], [a, b[:7]], [b, a]):
        with pytest.raises(ConfigError):
            session.run(inputs)
    for height, width in ((0, 4), (2, 4), (70000, 4)):
        with pytest.raises(ConfigError):
            Model(onnx_to_compact(small_network())).session(height, width)
