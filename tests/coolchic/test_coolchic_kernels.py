# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Kernels of every ISA against the scalar ones, on random, small and hostile data, of any width."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

import inloop
from need_testing import need_testing

testing = need_testing()
ISAS = inloop.supported_isas()[1:] or [pytest.param("", marks=pytest.mark.skip("scalar only"))]
WIDTHS = [1, 2, 7, 16, 33, 64, 131]
UNCERTAIN = 0xFFFFFFFF

pytestmark = pytest.mark.parametrize("isa", ISAS)


def values(random: np.random.Generator, kind: str, *shape: int) -> npt.NDArray[np.float32]:
    data = random.normal(0, 3, shape).astype(np.float32)
    if kind == "tiny":
        data *= np.float32(1e-38)
    if kind == "hostile":
        special = np.array([np.inf, -np.inf, np.nan, 3e38, -3e38, 0], np.float32)
        data = np.where(random.random(shape) < 0.1, random.choice(special, shape), data)
    return data


@pytest.mark.parametrize("kind", ["random", "tiny", "hostile"])
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("slope", [0, 0.01, 1])
def test_dense_row(isa: str, kind: str, width: int, slope: float) -> None:
    random = np.random.default_rng(width)
    for inputs, outputs, residual in (
        (0, 9, False),
        (7, 9, False),
        (9, 7, False),
        (27, 3, True),
        (5, 1, False),
    ):
        data = values(random, kind, inputs, width)
        arguments = (
            data,
            values(random, "random", outputs, inputs),
            values(random, kind, outputs),
            slope,
            residual,
        )
        actual = testing.coolchic_dense_row(isa, *arguments)
        expected = testing.coolchic_dense_row("scalar", *arguments)
        np.testing.assert_array_equal(np.stack(actual), np.stack(expected))


@pytest.mark.parametrize("kind", ["random", "tiny", "hostile"])
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("taps", [1, 2, 3, 4, 8])
def test_upsample_row(isa: str, kind: str, width: int, taps: int) -> None:
    random = np.random.default_rng(width)
    data = values(random, kind, taps, width // 2 + 40)
    weights = values(random, "random", 2, taps * taps)
    first = (taps - 1) // 2, taps // 2
    arguments = (data, *weights, *first, width)
    actual = testing.coolchic_upsample_row(isa, *arguments)
    np.testing.assert_array_equal(actual, testing.coolchic_upsample_row("scalar", *arguments))


@pytest.mark.parametrize("kind", ["random", "tiny", "hostile"])
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("shift", [0, 1])
def test_compose_row(isa: str, kind: str, width: int, shift: int) -> None:
    random = np.random.default_rng(width)
    for peak, dtype, compose in (
        (255, np.uint8, testing.coolchic_compose_row_u8),
        (1023, np.uint16, testing.coolchic_compose_row_u16),
    ):
        references = random.integers(0, peak + 1, (2 * 11, width)).astype(dtype)
        for count in (0, 1, 2):
            channels = values(random, kind, 7, width)
            for gain, y in ((1, 0), (32, 10 << shift)):
                arguments = (channels, references, count, gain, shift, y, peak)
                actual = compose(isa, *arguments)
                np.testing.assert_array_equal(actual, compose("scalar", *arguments))
                assert actual.max() <= peak


@pytest.mark.parametrize("reach", [1, 20, 102, 32766])
def test_central_intervals(isa: str, reach: int) -> None:
    random = np.random.default_rng(reach)
    count = 20_003
    location = np.rint(random.laplace(0, 64 * min(reach, 200), count)).astype(int)
    location[::9] = 32 + 64 * random.integers(-3, 3, len(location[::9]))  # half-way between symbols
    location[:2] = 1 << 25, -(1 << 25)
    log_scale = random.integers(-700, 950, count)
    arguments = (location.tolist(), log_scale.tolist(), reach)
    actual = testing.coolchic_central_intervals(isa, *arguments)
    expected = testing.coolchic_central_intervals("scalar", *arguments)
    for mine, wanted in zip(actual, expected, strict=True):
        np.testing.assert_array_equal(mine, wanted)
    scale, symbol, low, high = expected
    certain = low != UNCERTAIN
    assert np.count_nonzero(~certain) < count / 500
    for i in np.flatnonzero(certain)[::7]:
        exact = [
            testing.coolchic_lower_count(reach, location[i], scale[i], symbol[i] + edge) for edge in (0, 1)
        ]
        assert [low[i], high[i]] == exact
