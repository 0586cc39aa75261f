# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Block distances, subtraction and reconstruction against numpy, on every ISA."""

import numpy as np
import pytest
from kernel_data import DATA_MODES, Guarded, values

from inloop import _core
from need_testing import need_testing

t = need_testing()
ISAS = _core.supported_isas()
# (width, height): every square and rectangular block of HEVC, with AMP, and odd multiples of 4.
SIZES = [(4, 4), (8, 4), (4, 8), (8, 8), (4, 16), (12, 16), (16, 12), (16, 4), (16, 8), (8, 16), (16, 16)]
SIZES += [(24, 32), (32, 24), (20, 12), (32, 8), (8, 32), (32, 32), (28, 20), (48, 64), (64, 16), (64, 64)]


def sse(a, b):
    return int(((a - b) ** 2).sum())


def sad(a, b):
    return int(np.abs(a - b).sum())


def hadamard(n):
    matrix = np.array([[1]])
    while len(matrix) < n:
        matrix = np.block([[matrix, matrix], [matrix, -matrix]])
    return matrix


def satd(a, b):
    height, width = a.shape
    n = 8 if width % 8 == 0 and height % 8 == 0 else 4
    matrix = hadamard(n)
    total = 0
    for y in range(0, height, n):
        for x in range(0, width, n):
            tile = matrix @ (a - b)[y : y + n, x : x + n] @ matrix
            total += (int(np.abs(tile).sum()) + n // 4) >> (n // 4)
    return total


@pytest.mark.parametrize("isa", ISAS)
@pytest.mark.parametrize("bit_depth", [8, 10])
@pytest.mark.parametrize("oracle", [sse, sad, satd], ids=lambda f: f.__name__)
def test_distance(isa, bit_depth, oracle):
    rng = np.random.default_rng(bit_depth)
    kernel = getattr(t, oracle.__name__)
    peak = (1 << bit_depth) - 1
    for width, height in SIZES:
        for mode_a in DATA_MODES:
            for mode_b in DATA_MODES:
                a = values(rng, mode_a, (height, width), 0, peak)
                b = values(rng, mode_b, (height, width), 0, peak)
                result = kernel(isa, Guarded.of(a).block, Guarded.of(b).block)
                assert result == oracle(a, b), (width, height, mode_a, mode_b)


@pytest.mark.parametrize("isa", ISAS)
@pytest.mark.parametrize("bit_depth", [8, 10])
def test_distance_of_opposite_extremes(isa, bit_depth):
    peak = (1 << bit_depth) - 1
    for width, height in SIZES:
        a, b = np.zeros((height, width), int), np.full((height, width), peak)
        checker = np.indices((height, width)).sum(0) % 2 * peak
        for first, second in [(a, b), (b, a), (checker, peak - checker)]:
            for oracle in (sse, sad, satd):
                kernel = getattr(t, oracle.__name__)
                result = kernel(isa, first.astype(np.uint16), second.astype(np.uint16))
                assert result == oracle(first, second), (oracle.__name__, width, height)


@pytest.mark.parametrize("isa", ISAS)
@pytest.mark.parametrize("mode", DATA_MODES)
def test_subtract(isa, mode):
    rng = np.random.default_rng(2)
    for width, height in SIZES:
        a, b = values(rng, mode, (height, width), 0, 1023), values(rng, "random", (height, width), 0, 1023)
        out = Guarded.of(np.zeros((height, width)), np.int16)
        t.subtract(isa, out.block, Guarded.of(a).block, Guarded.of(b).block)
        out.check()
        np.testing.assert_array_equal(out.block, a - b, err_msg=f"{width}x{height}")


@pytest.mark.parametrize("isa", ISAS)
@pytest.mark.parametrize("mode", DATA_MODES)
@pytest.mark.parametrize("bit_depth", [8, 10])
def test_add_residual(isa, mode, bit_depth):
    rng = np.random.default_rng(3)
    peak = (1 << bit_depth) - 1
    for width, height in SIZES:
        for low, high in [(-peak, peak), (-32768, 32767)]:
            residual = values(rng, mode, (height, width), low, high)
            prediction = values(rng, "random", (height, width), 0, peak)
            dst = Guarded.of(prediction)
            t.add_residual(isa, dst.block, Guarded.of(residual, np.int16).block, bit_depth)
            dst.check()
            expected = np.clip(prediction + residual, 0, peak)
            np.testing.assert_array_equal(dst.block, expected, err_msg=f"{width}x{height}")
