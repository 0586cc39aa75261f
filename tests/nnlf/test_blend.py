# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
import numpy as np
import pytest
from nnlf_oracle import blend, grid, random_picture, signal_of

from inloop import ConfigError, _core
from need_testing import need_testing


@pytest.mark.parametrize("size", [(8, 8), (136, 264)])
@pytest.mark.parametrize("bit_depth", [8, 10])
@pytest.mark.parametrize("q", [11, 14, 17])
@pytest.mark.parametrize("margin", [0, 2])
def test_residual_equals_oracle(size, bit_depth, q, margin):
    t = need_testing()
    rng = np.random.default_rng([*size, bit_depth, q, margin])
    coded = random_picture(rng, *size, bit_depth)
    for index, block in enumerate(grid(*size)):
        x, y, width, height = block
        shape = (height // 4 + 2 * margin, width // 4 + 2 * margin, 24)
        output = rng.integers(-32767, 32768, shape).astype(np.int16) >> rng.integers(0, 12, shape)
        got = t.filter_add_residual(coded, index, output.astype(np.int16), margin, q)
        for c, expected in enumerate(signal_of(coded, block, output, margin, q)):
            s = 1 if c else 0
            area = got[c][y >> s : (y + height) >> s, x >> s : (x + width) >> s]
            np.testing.assert_array_equal(area, expected)


@pytest.mark.parametrize("bit_depth", [8, 10])
@pytest.mark.parametrize("block_size", [128, 256])
def test_blending_equals_oracle(bit_depth, block_size):
    rng = np.random.default_rng(bit_depth)
    height, width = 136 * block_size // 128, 264 * block_size // 128
    coded = random_picture(rng, height, width, bit_depth)
    sizes = [p.shape for p in coded.rec]
    signals = [tuple(rng.integers(0, 1 << 14, s).astype(np.uint16) for s in sizes) for _ in range(2)]
    parameters = _core.FilterParameters()
    parameters.candidates = 2
    parameters.block_size = block_size
    parameters.per_block = True
    parameters.block_choice = [0, 1, 2, 2, 1, 0]
    parameters.scale_code = [31, 0, 7]
    got = need_testing().filter_blend(coded, parameters, signals)
    for (x, y, w, h), choice in zip(grid(height, width, block_size), parameters.block_choice, strict=True):
        for c, code in enumerate(parameters.scale_code):
            s = 1 if c else 0
            area = np.s_[y >> s : (y + h) >> s, x >> s : (x + w) >> s]
            scale = _core.filter_scale_of_code(code)
            expected = coded.dbf[c][area]
            if choice and scale:
                expected = blend(coded.dbf[c][area], signals[choice - 1][c][area], scale, bit_depth)
            np.testing.assert_array_equal(got[c][area], expected)


@pytest.mark.parametrize("block_size", [128, 256])
def test_statistics_equal_oracle(block_size):
    rng = np.random.default_rng(9)
    coded = random_picture(rng, 136, 264)
    sizes = [p.shape for p in coded.rec]
    signal = tuple(rng.integers(0, 1 << 14, s).astype(np.uint16) for s in sizes)
    original = tuple(rng.integers(0, 256, s).astype(np.uint16) for s in sizes)
    got = need_testing().filter_sums(coded, signal, original, block_size)
    assert got.shape == (len(grid(136, 264, block_size)), 3, 3)
    for i, (x, y, w, h) in enumerate(grid(136, 264, block_size)):
        for c in range(3):
            s = 1 if c else 0
            area = np.s_[y >> s : (y + h) >> s, x >> s : (x + w) >> s]
            base = coded.dbf[c][area].astype(np.int64) << 6
            d, e = signal[c][area] - base, (original[c][area].astype(np.int64) << 6) - base
            assert got[i, c].tolist() == [np.sum(e * e), np.sum(d * e), np.sum(d * d)]


def test_pictures_of_a_wrong_shape_are_refused():
    rng = np.random.default_rng(1)
    coded = random_picture(rng, 16, 24)
    with pytest.raises(ConfigError, match="signal"):
        need_testing().filter_sums(coded, coded.rec[::-1], coded.rec)
    with pytest.raises(ConfigError, match="block_size"):
        need_testing().filter_sums(coded, coded.rec, coded.rec, 64)
