# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Sample adaptive offset kernels against clause 8.7.3 in numpy, on every ISA."""

import numpy as np
import pytest
from kernel_data import DATA_MODES, Guarded, values

from inloop import _core
from need_testing import need_testing

t = need_testing()
ISAS = _core.supported_isas()
SIZES = [
    (1, 1),
    (2, 3),
    (3, 2),
    (4, 4),
    (7, 5),
    (8, 8),
    (11, 3),
    (13, 2),
    (15, 16),
    (16, 16),
    (17, 3),
    (31, 5),
]
SIZES += [(32, 32), (40, 2), (63, 7), (64, 64)]
STEPS = [(0, -1), (-1, 0), (-1, -1), (-1, 1)]  # (dy, dx) of one neighbour; the other lies opposite


def edge_shape(src, eo_class):
    """2 + sign + sign of every sample but the margin: 0 and 4 are valleys and peaks, 2 is no edge."""
    height, width = src.shape
    dy, dx = STEPS[eo_class]

    def shifted(sign):
        y, x = 1 + sign * dy, 1 + sign * dx
        return src[y : y + height - 2, x : x + width - 2]

    centre = src[1:-1, 1:-1]
    return 2 + np.sign(centre - shifted(1)) + np.sign(centre - shifted(-1))


def edge_oracle(src, eo_class, offset, peak):
    change = np.array([offset[0], offset[1], 0, offset[2], offset[3]])[edge_shape(src, eo_class)]
    return np.clip(src[1:-1, 1:-1] + change, 0, peak)


def band_oracle(src, position, offset, bit_depth):
    table = np.zeros(32, int)
    for k in range(4):
        table[(position + k) % 32] = offset[k]
    return np.clip(src + table[src >> (bit_depth - 5)], 0, (1 << bit_depth) - 1)


@pytest.mark.parametrize("isa", ISAS)
@pytest.mark.parametrize("bit_depth", [8, 10])
@pytest.mark.parametrize("mode", DATA_MODES)
def test_edge(isa, mode, bit_depth):
    rng = np.random.default_rng(3)
    peak = (1 << bit_depth) - 1
    for width, height in SIZES:
        src = values(rng, mode, (height + 2, width + 2), 0, peak)
        source = Guarded.of(src).block
        for eo_class in range(4):
            offset = [int(v) for v in rng.integers(-31, 32, 4)]
            dst = Guarded.of(np.zeros((height, width)))
            t.sao_edge(isa, source, dst.block, eo_class, offset, bit_depth)
            dst.check()
            expected = edge_oracle(src, eo_class, offset, peak)
            np.testing.assert_array_equal(
                dst.block, expected, err_msg=f"{width}x{height} {eo_class=} {offset=}"
            )


@pytest.mark.parametrize("isa", ISAS)
@pytest.mark.parametrize("bit_depth", [8, 10])
@pytest.mark.parametrize("mode", DATA_MODES)
def test_band(isa, mode, bit_depth):
    rng = np.random.default_rng(4)
    for width, height in SIZES:
        src = values(rng, mode, (height, width), 0, (1 << bit_depth) - 1)
        for position in (0, 1, 14, 28, 29, 31):
            offset = [int(v) for v in rng.integers(-31, 32, 4)]
            dst = Guarded.of(np.zeros((height, width)))
            t.sao_band(isa, Guarded.of(src).block, dst.block, position, offset, bit_depth)
            dst.check()
            expected = band_oracle(src, position, offset, bit_depth)
            np.testing.assert_array_equal(
                dst.block, expected, err_msg=f"{width}x{height} {position=} {offset=}"
            )


@pytest.mark.parametrize("isa", ISAS)
@pytest.mark.parametrize("bit_depth", [8, 10])
@pytest.mark.parametrize("mode", DATA_MODES)
def test_statistics(isa, mode, bit_depth):
    rng = np.random.default_rng(5)
    peak = (1 << bit_depth) - 1
    for width, height in SIZES:
        rec = values(rng, mode, (height + 2, width + 2), 0, peak)
        source = values(rng, "near_min" if mode == "near_max" else mode, (height, width), 0, peak)
        inner = rec[1:-1, 1:-1]
        operands = Guarded.of(rec).block, Guarded.of(source).block
        for eo_class in range(4):
            shape = edge_shape(rec, eo_class)
            count, error = t.sao_edge_statistics(isa, *operands, eo_class)
            members = [shape == k for k in (0, 1, 3, 4)]
            assert count == [m.sum() for m in members], (width, height, eo_class)
            assert error == [(source - inner)[m].sum() for m in members], (width, height, eo_class)
        count, error = t.sao_band_statistics(isa, operands[0][1:-1, 1:-1], operands[1], bit_depth)
        band = inner >> (bit_depth - 5)
        assert count == [(band == k).sum() for k in range(32)], (width, height)
        assert error == [(source - inner)[band == k].sum() for k in range(32)], (width, height)
