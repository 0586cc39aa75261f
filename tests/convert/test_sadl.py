# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""SADL files: the field's own vectors, files built from the layout, round trips, damaged files."""

import struct
from pathlib import Path

import numpy as np
import pytest
from sadl_bytes import counted, ints, layer

from inloop import _core
from inloop.convert import export_sadl, import_sadl
from inloop.convert.loading import load_model
from inloop.engine.model import Model
from inloop.errors import InloopError, ModelError, UnsupportedError

DATA = Path(__file__).parent / "data"


@pytest.mark.parametrize("isa", _core.supported_isas())
@pytest.mark.parametrize(
    ("file", "vectors"), [("i16", "uniform"), ("mixed_i16", "mixed"), ("mixed_i16", "loud")]
)
def test_vectors_of_the_reference_library(isa: str, file: str, vectors: str) -> None:
    arrays = np.load(DATA / "vlop_like_vectors.npz")
    # The mixed file's weights are so fine that only its data, not its bounds, keep the sums in 32 bits.
    model = load_model(DATA / f"vlop_like_{file}.sadl", allow_wrapping=file == "mixed_i16")
    inputs = {info.name: arrays[f"{vectors}_in_{info.name}"] for info in model.inputs}
    assert model.outputs[0].quantizer == arrays[f"{vectors}_out_q"]
    np.testing.assert_array_equal(model.session(72, 72, isa).run(inputs)[0], arrays[f"{vectors}_out"])


def test_float_vectors_of_the_reference_library(shared_dir: Path) -> None:
    folder = shared_dir / "models" / "sadl"
    arrays = np.load(folder / "vlop_like_vectors.npz")
    model = load_model(folder / "vlop_like_f32.sadl")
    inputs = {info.name: arrays[f"float_in_{info.name}"] for info in model.inputs}
    expected = arrays["float_out"]
    found = model.session(72, 72).run(inputs)[0]
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-5 * np.abs(expected).max())


@pytest.mark.parametrize("file", ["i16", "mixed_i16", "f32"])
def test_round_trip_keeps_the_identity(shared_dir: Path, file: str) -> None:
    network = import_sadl(shared_dir / "models" / "sadl" / f"vlop_like_{file}.sadl")
    again = import_sadl(export_sadl(network, 72, 72))
    identities = [Model(n.to_bytes(), allow_wrapping=True).sha256 for n in (network, again)]
    assert identities[0] == identities[1]


def small_file(version: int) -> bytes:
    """x (5x6x2, q 10) -> conv 3x3 (q 9, m 1) + bias (q 11: a left shift) -> PReLU (q 12) -> crop, channels 1 and 2."""
    rng = np.random.default_rng(version)
    weights = rng.integers(-900, 900, (3, 3, 2, 3), dtype=np.int16)
    bias = np.array([30000, -4, -30000], np.int16)
    slope = np.array([-3000], np.int16)

    def const(array: np.ndarray, q: int) -> bytes:
        flags = b"\0\0" if version >= 5 else b""
        return counted(*array.shape) + flags + ints(2, q) + array.tobytes()

    groups = ints(1) if version >= 3 else b""
    whole = 2**31 - 1
    limits = ints(1, -1, 0, whole, 1, whole) if version >= 4 else ints(1, whole)
    layers = [
        layer(0, 2, [], counted(1, 5, 6, 2) + ints(10)),
        layer(1, 1, [], const(weights, 9)),
        layer(2, 9, [0, 1], counted(1, 1, 1, 1) + counted(1, 1, 1, 1) + groups + ints(1)),
        layer(3, 1, [], const(bias, 11)),
        layer(4, 4, [2, 3], b""),
        layer(5, 1, [], const(slope, 12)),
        layer(6, 21, [4, 5], b""),
        layer(7, 20, [6], limits),
    ]
    info = struct.pack("<h", 3) + b"abc" if version >= 5 else b""
    sparsity = b"\0" if version >= 5 else b""
    head = (
        f"SADL{version:04}".encode() + ints(2) + info + ints(len(layers)) + counted(0) + counted(7) + sparsity
    )
    return head + b"".join(layers)


def expected_of_small_file(version: int, x: np.ndarray) -> np.ndarray:
    rng = np.random.default_rng(version)
    weights = rng.integers(-900, 900, (3, 3, 2, 3), dtype=np.int16).astype(np.int64)
    padded = np.pad(x.astype(np.int64), ((1, 1), (1, 1), (0, 0)))
    total = sum(padded[i : i + 5, j : j + 6] @ weights[i, j] for i in range(3) for j in range(3))
    y = np.clip(total >> 10, -32767, 32767)
    y = np.clip((y << 2) + np.array([30000, -4, -30000]), -32767, 32767)
    y = np.where(y < 0, np.clip((y * -3000) >> 12, -32767, 32767), y)
    return y[1:-1, :, 1:] if version >= 4 else y[:, :, 1:]


@pytest.mark.parametrize("version", [2, 3, 4, 5])
def test_every_version_is_read(tmp_path: Path, version: int) -> None:
    path = tmp_path / "small.sadl"
    path.write_bytes(small_file(version))
    model = load_model(path)
    x = np.random.default_rng(1).integers(-20000, 20000, (1, 5, 6, 2), dtype=np.int16)
    for isa in _core.supported_isas():
        found = model.session(5, 6, isa).run([x])[0]
        np.testing.assert_array_equal(found[0], expected_of_small_file(version, x[0]))


def test_truncations_and_mutations_are_errors_or_networks() -> None:
    data = small_file(5)
    for size in range(len(data)):
        with pytest.raises(ModelError):
            import_sadl(data[:size])
    rng = np.random.default_rng(3)
    for _ in range(1500):
        mutated = bytearray(data)
        mutated[rng.integers(8, len(data))] = rng.integers(256)
        try:
            Model(import_sadl(bytes(mutated)).to_bytes()).session(5, 6)
        except InloopError:
            continue


def test_what_is_missing_is_named() -> None:
    data = small_file(5).replace(ints(7, 20), ints(7, 22))
    with pytest.raises(UnsupportedError, match="layer7"):
        import_sadl(data)
    with pytest.raises(ModelError, match="0002 to 0005"):
        import_sadl(b"SADL0009" + data[8:])
