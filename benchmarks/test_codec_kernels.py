# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Time of each codec kernel per ISA: `pytest benchmarks/test_codec_kernels.py --benchmark-group-by=group`.

Each call runs a kernel REPEAT times, so that the binding costs nothing; divide by it for the time of one.
"""

import numpy as np
import pytest

from inloop import _core

t = pytest.importorskip("inloop._testing", reason="inloop was built without INLOOP_TESTING")
ISAS = _core.supported_isas()
REPEAT = 1000
SIZES = [4, 8, 16, 32, 64]


def samples(n, seed):
    return np.random.default_rng(seed).integers(0, 256, (n, n)).astype(np.uint16)


def residuals(n):
    return np.random.default_rng(n).integers(-60, 60, (n, n)).astype(np.int16)


@pytest.mark.parametrize("isa", ISAS)
@pytest.mark.parametrize("n", SIZES)
@pytest.mark.parametrize("kernel", ["sad", "satd", "sse"])
def test_distance(benchmark, kernel, n, isa):
    benchmark.group = f"{kernel} {n}x{n}"
    benchmark(getattr(t, kernel), isa, samples(n, 1), samples(n, 2), REPEAT)


@pytest.mark.parametrize("isa", ISAS)
@pytest.mark.parametrize("n", SIZES)
def test_subtract(benchmark, n, isa):
    benchmark.group = f"subtract {n}x{n}"
    benchmark(t.subtract, isa, residuals(n), samples(n, 1), samples(n, 2), REPEAT)


@pytest.mark.parametrize("isa", ISAS)
@pytest.mark.parametrize("n", SIZES)
def test_add_residual(benchmark, n, isa):
    benchmark.group = f"add_residual {n}x{n}"
    benchmark(t.add_residual, isa, samples(n, 1), residuals(n), 8, REPEAT)


@pytest.mark.parametrize("isa", ISAS)
@pytest.mark.parametrize("last", [0, 3, 31])
@pytest.mark.parametrize(("kind", "n"), [("dst4", 4), ("dct", 4), ("dct", 8), ("dct", 16), ("dct", 32)])
def test_inverse_transform(benchmark, kind, n, last, isa):
    last = min(last, n - 1)
    benchmark.group = f"inverse {kind} {n}x{n}, coefficients to {last}"
    coeffs = np.zeros((n, n), np.int16)
    coeffs[: last + 1, : last + 1] = residuals(last + 1)
    benchmark(t.inverse_transform, isa, kind, coeffs, np.zeros_like(coeffs), 8, last, last, REPEAT)


@pytest.mark.parametrize("isa", ISAS)
@pytest.mark.parametrize(("kind", "n"), [("dst4", 4), ("dct", 4), ("dct", 8), ("dct", 16), ("dct", 32)])
def test_forward_transform(benchmark, kind, n, isa):
    benchmark.group = f"forward {kind} {n}x{n}"
    benchmark(t.forward_transform, isa, kind, residuals(n), np.zeros((n, n), np.int16), 8, REPEAT)


@pytest.mark.parametrize("isa", ISAS)
@pytest.mark.parametrize("n", SIZES[:-1])
def test_quantize(benchmark, n, isa):
    benchmark.group = f"quantize {n}x{n}"
    benchmark(t.quantize, isa, residuals(n) * 4, np.zeros((n, n), np.int16), 16384, 171 << 12, 21, REPEAT)


@pytest.mark.parametrize("isa", ISAS)
@pytest.mark.parametrize("n", SIZES[:-1])
def test_dequantize(benchmark, n, isa):
    benchmark.group = f"dequantize {n}x{n}"
    benchmark(t.dequantize, isa, residuals(n), np.zeros((n, n), np.int16), 32, 8, REPEAT)


@pytest.mark.parametrize("isa", ISAS)
@pytest.mark.parametrize("n", SIZES[:-1])
@pytest.mark.parametrize("mode", [0, 1, 2, 5, 10, 14, 20, 26, 30])
def test_predict_intra(benchmark, mode, n, isa):
    benchmark.group = f"intra mode {mode} {n}x{n}"
    line = samples(12, 3).reshape(1, -1)[:, : 4 * n + 1]
    benchmark(t.predict_intra, isa, line, 0, mode, 8, True, np.zeros((n, n), np.uint16), REPEAT)


@pytest.mark.parametrize("isa", ISAS)
@pytest.mark.parametrize("kind", ["edge", "band"])
def test_sao_statistics(benchmark, kind, isa):
    benchmark.group = f"sao {kind} statistics 64x64"
    rec = samples(66, 1)
    if kind == "edge":
        benchmark(t.sao_edge_statistics, isa, rec, samples(64, 2), 2, REPEAT)
    else:
        benchmark(t.sao_band_statistics, isa, rec[1:-1, 1:-1], samples(64, 2), 8, REPEAT)
