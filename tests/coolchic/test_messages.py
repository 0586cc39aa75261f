# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Messages of the encoder: against the slow writer, the decoder and vectors of the original coder."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from coolchic_twin import Picture
from coolchic_writer import encode, grid_message, random_picture, stream_bytes

from inloop import _core
from inloop.errors import BitstreamError, ConfigError
from need_testing import need_testing


def coder_of(picture: Picture) -> _core.CoolchicGridCoder:
    weights, biases = (integers.astype(np.int32) for integers in picture.parameters[:2])
    steps = picture.steps
    return _core.CoolchicGridCoder(
        picture.context_size,
        picture.hidden_layers,
        weights,
        steps[0] - 7,
        biases,
        steps[1] - 7,
        picture.latent_range,
    )


@pytest.mark.parametrize("context_size", [8, 16, 24, 32])
@pytest.mark.parametrize(("width", "height"), [(37, 21), (3, 9), (1, 1), (64, 2)])
def test_grids_as_the_slow_writer(context_size: int, width: int, height: int) -> None:
    random = np.random.default_rng(width)
    picture = random_picture(random, width, height, 3, context_size=context_size, maps=(1,), latent_range=30)
    (latents,) = picture.latents
    coder = coder_of(picture)
    message = coder.encode(latents.astype(np.int16))
    assert message == grid_message(picture, latents) or not latents.any()
    assert 0 <= 8 * len(message) - coder.bits(latents.astype(np.int16)) <= 40


def test_parameters_as_the_slow_writer() -> None:
    integers = np.array([3, -40, 0, 299, -300, 301, 7], np.int32)
    message = _core.coolchic_encode_integers(integers, 300, 20)
    assert message == encode(((value, 0, 1024) for value in integers.tolist()), 300)
    assert 0 <= 8 * len(message) - _core.coolchic_integer_bits(integers, 300, 20) <= 40
    assert _core.coolchic_integer_bits(np.zeros(4, np.int32), 1, 0) == pytest.approx(
        -4 * math.log2(1 - math.exp(-0.5 * 128 / 32)), abs=1e-4
    )


def test_integers_outside_of_the_range_are_refused() -> None:
    with pytest.raises(ConfigError, match="outside"):
        _core.coolchic_encode_integers(np.array([302], np.int32), 300, 20)
    picture = random_picture(np.random.default_rng(1), 8, 8, 3, maps=(1,))
    with pytest.raises(ConfigError, match="outside"):
        coder_of(picture).bits(np.full((2, 2), -21, np.int16))
    with pytest.raises(ConfigError, match="context model"):
        _core.CoolchicGridCoder(12, 2, np.zeros(8, np.int32), 0, np.zeros(2, np.int32), 0, 3)


def test_carries_and_vectors_of_the_original_coder(shared_dir: Path) -> None:
    """The words are those of the original coder, which now and then adds a zero that a decoder takes for granted."""
    testing = need_testing()
    path = shared_dir / "data" / "coolchic" / "reference" / "laplace_vectors.npz"
    if not path.exists():
        pytest.skip("no vectors here")
    vectors = np.load(path)
    for name in sorted({name.rsplit("_", 1)[0] for name in vectors.files}):
        words = vectors[f"{name}_words"].astype("<u4").tobytes()
        arguments = [vectors[f"{name}_{part}"].tolist() for part in ("o0", "s128")]
        range_ = int(vectors[f"{name}_ac"])
        symbols = vectors[f"{name}_symbols"].tolist()
        message = testing.coolchic_encode_symbols(symbols, range_, *arguments)
        assert words.startswith(message), name
        assert len(words) - len(message) in (0, 4), name
        assert testing.coolchic_decode_symbols(message, range_, *arguments) == symbols, name


def test_a_carry_runs_through_full_words() -> None:
    """The likely symbol is the highest, so that the lower end creeps up to a carry again and again."""
    testing = need_testing()
    random = np.random.default_rng(5)
    symbols = np.where(random.random(4000) < 0.001, random.integers(-2, 3, 4000), 3).tolist()
    locations, scales = [64 * 8] * 4000, [20] * 4000
    message = testing.coolchic_encode_symbols(symbols, 2, locations, scales)
    assert testing.coolchic_decode_symbols(message, 2, locations, scales) == symbols


@pytest.mark.parametrize("references", [0, 1, 2])
def test_one_picture_as_the_decoder_makes_it(references: int) -> None:
    random = np.random.default_rng(references)
    pictures = [
        (0, random_picture(random, 36, 20, 3)),
        (2, random_picture(random, 36, 20, 6)),
        (1, random_picture(random, 36, 20, 9)),
    ]
    stream = stream_bytes(pictures, p_period=2)
    header = stream[:9]
    whole = [
        tuple(plane.astype(np.uint16) for plane in planes)
        for planes in iter(_core.CoolchicDecoder(stream).next, None)
    ]
    index = (0, 2, 1)[references]
    data = stream_bytes([pictures[references]])[9:]
    planes = _core.coolchic_decode_picture(header, data, [whole[0], whole[2]][:references])
    for plane, expected in zip(planes, whole[index], strict=True):
        np.testing.assert_array_equal(plane, expected)
    parameters = _core.coolchic_picture_parameters(header, data, references)
    integers, steps = pictures[references][1].parameters, pictures[references][1].steps
    values = [
        part * 2.0 ** (step - bias)
        for part, step, bias in zip(integers, steps, (7, 7, 16, 16, 16), strict=True)
    ]
    np.testing.assert_array_equal(parameters, np.concatenate(values).astype(np.float32))


def test_one_picture_damaged() -> None:
    stream = stream_bytes([(0, random_picture(np.random.default_rng(1), 36, 20, 3))])
    with pytest.raises(BitstreamError):
        _core.coolchic_decode_picture(stream[:9], stream[9:40], [])
    with pytest.raises(BitstreamError, match="outputs"):
        _core.coolchic_picture_parameters(stream[:9], stream[9:], 1)
    with pytest.raises(ConfigError, match="planes of a reference"):
        wrong = tuple(np.zeros((4, 4), np.uint16) for _ in range(3))
        inter = stream_bytes([(0, random_picture(np.random.default_rng(1), 36, 20, 6))])
        _core.coolchic_decode_picture(inter[:9], inter[9:], [wrong])
