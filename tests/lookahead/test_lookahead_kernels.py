# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""The kernels of the lookahead against numpy, on every ISA."""

from __future__ import annotations

import numpy as np
import pytest
from analysis_oracle import hadamard_sum, half_pel, halved

from inloop import _core
from need_testing import need_testing

t = need_testing()
ISAS = _core.supported_isas()
MODES = {"random": (0, 256), "near_min": (0, 4), "near_max": (252, 256)}


def guarded(data: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """A block inside a larger buffer of an odd row stride: (buffer, block)."""
    height, width = data.shape
    buffer = np.random.default_rng(7).integers(0, 256, (height + 10, width + 37)).astype(data.dtype)
    block = buffer[5 : 5 + height, 17 : 17 + width]
    block[...] = data
    return buffer, block


def blocks(rng: np.random.Generator, shape: tuple[int, int] = (8, 8)) -> list[np.ndarray]:
    random = [rng.integers(low, high, shape).astype(np.uint8) for low, high in MODES.values()]
    checker = (np.indices(shape).sum(0) % 2 * 255).astype(np.uint8)
    return [*random, checker, 255 - checker, np.zeros(shape, np.uint8), np.full(shape, 255, np.uint8)]


@pytest.mark.parametrize("isa", ISAS)
def test_distance(isa: str) -> None:
    rng = np.random.default_rng(1)
    for a in blocks(rng):
        for b in blocks(rng):
            first, second = guarded(a)[1], guarded(b)[1]
            difference = a.astype(int) - b
            assert t.sad8x8(isa, first, second) == np.abs(difference).sum()
            assert t.satd8x8(isa, first, second) == (hadamard_sum(difference) + 2) >> 2


@pytest.mark.parametrize("isa", ISAS)
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(("dtype", "shift"), [(np.uint8, 0), (np.uint16, 0), (np.uint16, 2)])
def test_halve(isa: str, mode: str, dtype: type, shift: int) -> None:
    rng = np.random.default_rng(2)
    low, high = (value << shift for value in MODES[mode])
    for width, height in [(1, 1), (7, 3), (8, 2), (15, 4), (16, 5), (33, 2), (104, 3)]:
        src = rng.integers(low, high, (2 * height, 2 * width)).astype(dtype)
        buffer, dst = guarded(np.zeros((height, width), np.uint8))
        before = buffer.copy()
        t.halve(isa, guarded(src)[1], dst, shift)
        np.testing.assert_array_equal(dst, halved(src, shift), err_msg=f"{width}x{height}")
        dst[...] = 0
        np.testing.assert_array_equal(buffer, before, err_msg=f"{width}x{height}: written outside")


@pytest.mark.parametrize("isa", ISAS)
def test_half_pel_and_average(isa: str) -> None:
    rng = np.random.default_rng(3)
    for src in blocks(rng, (9, 9)):
        for right, down in [(0, 0), (1, 0), (0, 1), (1, 1)]:
            flat = np.full(64 + 2 * 32, 77, np.uint8)
            dst = flat[32:96].reshape(8, 8)
            t.half_pel8x8(isa, guarded(src)[1], right, down, dst)
            np.testing.assert_array_equal(dst, half_pel(src, right, down))
            for other in blocks(rng):
                mean = np.empty((8, 8), np.uint8)
                t.average8x8(isa, dst, other, mean)
                np.testing.assert_array_equal(mean, (dst.astype(int) + other + 1) >> 1)
            assert (flat[:32] == 77).all()
            assert (flat[96:] == 77).all()
