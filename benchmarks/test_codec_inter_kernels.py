# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Time of interpolation, weighting, deblocking and SAO kernels per ISA level; see test_codec_kernels.py."""

import numpy as np
import pytest

from inloop import _core

t = _core._testing
LEVELS = _core.isa_levels()
REPEAT = 1000
SIZES = [8, 16, 32, 64]


def samples(height, width, bit_depth):
    return np.random.default_rng(1).integers(0, 1 << bit_depth, (height, width)).astype(np.uint16)


def intermediates(n, seed):
    return np.random.default_rng(seed).integers(-8192, 8192, (n, n)).astype(np.int16)


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("bit_depth", [8, 10])
@pytest.mark.parametrize("n", SIZES)
@pytest.mark.parametrize(("fx", "fy"), [(2, 0), (0, 2), (2, 2)])
@pytest.mark.parametrize("kernel", ["luma_uni", "luma_bi"])
def test_luma(benchmark, kernel, fx, fy, n, bit_depth, level):
    benchmark.group = f"{kernel} ({fx}, {fy}) {n}x{n} {bit_depth} bit"
    dst = np.zeros((n, n), np.uint16 if kernel == "luma_uni" else np.int16)
    benchmark(getattr(t, kernel), level, samples(n + 7, n + 7, bit_depth), dst, fx, fy, bit_depth, REPEAT)


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("n", [2, 4, 8, 16, 32])
@pytest.mark.parametrize("kernel", ["chroma_uni", "chroma_bi"])
def test_chroma(benchmark, kernel, n, level):
    benchmark.group = f"{kernel} (3, 3) {n}x{n}"
    dst = np.zeros((n, n), np.uint16 if kernel == "chroma_uni" else np.int16)
    benchmark(getattr(t, kernel), level, samples(n + 3, n + 3, 8), dst, 3, 3, 8, REPEAT)


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("n", SIZES)
def test_average_bi(benchmark, n, level):
    benchmark.group = f"average_bi {n}x{n}"
    dst = np.zeros((n, n), np.uint16)
    benchmark(t.average_bi, level, intermediates(n, 1), intermediates(n, 2), dst, 8, REPEAT)


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("n", SIZES)
def test_weight_bi(benchmark, n, level):
    benchmark.group = f"weight_bi {n}x{n}"
    dst = np.zeros((n, n), np.uint16)
    benchmark(t.weight_bi, level, intermediates(n, 1), intermediates(n, 2), dst, 60, 70, 3, 12, 8, REPEAT)


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("vertical", [True, False])
@pytest.mark.parametrize("kind", ["strong", "weak"])
def test_deblock_luma(benchmark, kind, vertical, level):
    benchmark.group = f"deblock_luma {kind} {'vertical' if vertical else 'horizontal'}"
    line = (
        [100, 100, 100, 101, 103, 103, 103, 103]
        if kind == "strong"
        else [100, 102, 101, 102, 109, 107, 110, 108]
    )
    block = np.tile(np.array(line, np.uint16), (4, 1))
    benchmark(
        t.deblock_luma, level, block if vertical else block.T.copy(), vertical, 60, 5, False, False, 8, REPEAT
    )


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("n", [31, 32, 64])
@pytest.mark.parametrize("kernel", ["sao_edge", "sao_band"])
def test_sao(benchmark, kernel, n, level):
    benchmark.group = f"{kernel} {n}x{n}"
    margin = 2 if kernel == "sao_edge" else 0
    src, dst = samples(n + margin, n + margin, 8), np.zeros((n, n), np.uint16)
    benchmark(getattr(t, kernel), level, src, dst, 2, [1, 2, -1, -2], 8, REPEAT)
