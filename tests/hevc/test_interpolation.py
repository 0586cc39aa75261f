# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Interpolation and weighting against integer arithmetic of clause 8.5.3.3, on every ISA."""

import numpy as np
import pytest
from kernel_data import DATA_MODES, Guarded, values

from inloop import _core
from need_testing import need_testing

t = need_testing()
ISAS = _core.supported_isas()
LUMA = [
    [0, 0, 0, 64, 0, 0, 0, 0],
    [-1, 4, -10, 58, 17, -5, 1, 0],
    [-1, 4, -11, 40, 40, -11, 4, -1],
    [0, 1, -5, 17, 58, -10, 4, -1],
]
CHROMA = [
    [0, 64, 0, 0],
    [-2, 58, 10, -2],
    [-4, 54, 16, -2],
    [-6, 46, 28, -4],
    [-4, 36, 36, -4],
    [-4, 28, 46, -6],
    [-2, 16, 54, -4],
    [-2, 10, 58, -2],
]
LUMA_SIZES = [(4, 8), (8, 4), (12, 16), (16, 12), (20, 4), (24, 32), (28, 12), (48, 64), (64, 64)]
CHROMA_SIZES = [(2, 4), (4, 2), (6, 8), (8, 6), (10, 2), (14, 4), (18, 16), (24, 32), (32, 32)]
OFFSET = 8192  # intermediates are stored minus this


def filter_axis(data, taps, axis):
    length = data.shape[axis] - len(taps) + 1
    return sum(tap * np.take(data, range(i, i + length), axis) for i, tap in enumerate(taps))


def intermediate(src, filters, fx, fy, bit_depth):
    """The exact 14-bit intermediates of a block; src has the margins of the filter on every side."""
    taps = len(filters[0])
    inner = slice(taps // 2 - 1, -(taps // 2))
    if not fx and not fy:
        return src[inner, inner] << (14 - bit_depth)
    if not fy:
        return filter_axis(src[inner], filters[fx], 1) >> (bit_depth - 8)
    if not fx:
        return filter_axis(src[:, inner], filters[fy], 0) >> (bit_depth - 8)
    return filter_axis(filter_axis(src, filters[fx], 1) >> (bit_depth - 8), filters[fy], 0) >> 6


def rounded(value, shift, bit_depth):
    return np.clip((value + (1 << (shift - 1))) >> shift, 0, (1 << bit_depth) - 1)


def check(isa, name, filters, src, fx, fy, bit_depth):
    taps = len(filters[0])
    exact = intermediate(src, filters, fx, fy, bit_depth)
    source = Guarded.of(src).block
    for kind, dtype, expected in [
        ("uni", np.uint16, rounded(exact, 14 - bit_depth, bit_depth)),
        ("bi", np.int16, exact - OFFSET),
    ]:
        dst = Guarded.of(np.zeros(exact.shape), dtype)
        getattr(t, f"{name}_{kind}")(isa, source, dst.block, fx, fy, bit_depth)
        dst.check()
        shape = (exact.shape[1], exact.shape[0])
        np.testing.assert_array_equal(dst.block, expected, err_msg=f"{kind} {shape} {fx=} {fy=} {taps=}")


@pytest.mark.parametrize("isa", ISAS)
@pytest.mark.parametrize("bit_depth", [8, 9, 10])
@pytest.mark.parametrize("mode", DATA_MODES)
@pytest.mark.parametrize(
    ("name", "filters", "sizes"),
    [("luma", LUMA, LUMA_SIZES), ("chroma", CHROMA, CHROMA_SIZES)],
    ids=["luma", "chroma"],
)
def test_interpolation(isa, name, filters, sizes, mode, bit_depth):
    rng = np.random.default_rng(bit_depth)
    taps = len(filters[0])
    for width, height in sizes:
        src = values(rng, mode, (height + taps - 1, width + taps - 1), 0, (1 << bit_depth) - 1)
        for fx in range(len(filters)):
            for fy in range(len(filters)):
                check(isa, name, filters, src, fx, fy, bit_depth)


@pytest.mark.parametrize("isa", ISAS)
@pytest.mark.parametrize("bit_depth", [8, 10])
@pytest.mark.parametrize("width", [8, 32])
def test_extreme_samples_fit(isa, bit_depth, width):
    """The sample patterns that drive two-dimensional filtering to its largest and smallest values."""
    peak = (1 << bit_depth) - 1
    for name, filters in [("luma", LUMA), ("chroma", CHROMA)]:
        taps = len(filters[0])
        for fx in range(1, len(filters)):
            for fy in range(1, len(filters)):
                positive = np.multiply.outer(np.array(filters[fy]) > 0, np.array(filters[fx]) > 0)
                negative = np.multiply.outer(np.array(filters[fy]) < 0, np.array(filters[fx]) < 0)
                pattern = np.tile(positive | negative, (3, 10)) * peak
                for src in (pattern, peak - pattern):
                    src = src[: 4 + taps - 1, : width + taps - 1]
                    if src.shape == (4 + taps - 1, width + taps - 1):
                        check(isa, name, filters, src, fx, fy, bit_depth)


@pytest.mark.parametrize("isa", ISAS)
@pytest.mark.parametrize("bit_depth", [8, 9, 10])
@pytest.mark.parametrize("mode", DATA_MODES)
def test_weighting(isa, mode, bit_depth):
    rng = np.random.default_rng(bit_depth)
    peak = (1 << bit_depth) - 1
    for width, height in LUMA_SIZES + CHROMA_SIZES:
        shape = (height, width)
        a, b = values(rng, mode, shape, -25100, 24960), values(rng, "random", shape, -25100, 24960)
        first, second = Guarded.of(a, np.int16).block, Guarded.of(b, np.int16).block
        a, b = a + OFFSET, b + OFFSET
        dst = Guarded.of(np.zeros(shape))

        t.average_bi(isa, first, second, dst.block, bit_depth)
        dst.check()
        np.testing.assert_array_equal(
            dst.block, rounded(a + b, 15 - bit_depth, bit_depth), err_msg=f"{shape}"
        )

        for denominator in (0, 7):
            log2_wd = denominator + 14 - bit_depth
            w0, w1 = (int(w) for w in rng.integers(-128, 256, 2))
            offset = int(rng.integers(-4 * peak, 4 * peak) // 4)
            t.weight_uni(isa, first, dst.block, w0, offset, log2_wd, bit_depth)
            dst.check()
            expected = np.clip(((a * w0 + (1 << (log2_wd - 1))) >> log2_wd) + offset, 0, peak)
            np.testing.assert_array_equal(dst.block, expected, err_msg=f"{shape} {w0=} {offset=}")

            t.weight_bi(isa, first, second, dst.block, w0, w1, offset, log2_wd, bit_depth)
            dst.check()
            expected = (a * w0 + b * w1 + ((offset + 1) << log2_wd)) >> (log2_wd + 1)
            message = f"{shape} {w0=} {w1=} {offset=}"
            np.testing.assert_array_equal(dst.block, np.clip(expected, 0, peak), err_msg=message)
