# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Kernels of the filter stage: every ISA equals the scalar one, at odd widths, and writes where it should only."""

import numpy as np
import pytest

from inloop import _core
from need_testing import need_testing

testing = need_testing()
GUARD = 24
ISAS = _core.supported_isas()
MODES = ("random", "low", "high")


def samples(rng, shape, bits, mode):
    low, high = {"random": (0, 1 << bits), "low": (0, 3), "high": ((1 << bits) - 3, 1 << bits)}[mode]
    return rng.integers(low, high, shape).astype(np.uint16)


def each_isa(run, shapes, dtype):
    """Outputs of every ISA; the guard behind them must be left alone."""
    results = []
    for isa in ISAS:
        outs = [np.full((rows, width + GUARD), 0x5A5A, dtype) for rows, width in shapes]
        run(isa, outs)
        for out, (_, width) in zip(outs, shapes, strict=True):
            assert (out[:, width:] == 0x5A5A).all(), isa
        results.append([out[:, :width] for out, (_, width) in zip(outs, shapes, strict=True)])
    for isa, result in zip(ISAS[1:], results[1:], strict=True):
        for got, expected in zip(result, results[0], strict=True):
            np.testing.assert_array_equal(got, expected, err_msg=isa)
    return results[0]


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("width", [1, 4, 7, 8, 12, 33, 72])
@pytest.mark.parametrize(("bits", "q"), [(8, 13), (10, 13), (10, 10), (8, 14), (9, 11)])
def test_pack_row(mode, width, bits, q):
    rng = np.random.default_rng([width, bits, q])
    top, bottom = samples(rng, (2, 2 * width), bits, mode)
    cb, cr = samples(rng, (2, width), bits, mode)

    def run(isa, outs):
        testing.filter_pack_row(isa, top, bottom, cb, cr, q - bits - 2, q - bits, outs[0][0])

    packed = each_isa(run, [(1, 6 * width)], np.int16)[0][0].reshape(width, 6)
    if q >= bits + 2:
        total = (top.astype(int) + bottom).reshape(width, 2).sum(1)
        np.testing.assert_array_equal(packed[:, 0], total << (q - bits - 2))
        np.testing.assert_array_equal(packed[:, 5], cr.astype(int) << (q - bits))


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("blocks", [2, 4, 6, 32])
@pytest.mark.parametrize("q", [4, 11, 14, 15, 17, 24])
def test_residual_row(mode, blocks, q):
    rng = np.random.default_rng([blocks, q])
    shapes = [(4, 4 * blocks), (2, 2 * blocks), (2, 2 * blocks)]
    limits = {"random": (-32767, 32768), "low": (-32767, -32760), "high": (32760, 32768)}[mode]
    for bits in (8, 10):
        rec = [samples(rng, shape, bits, "random") for shape in shapes]
        for halvings in (0, 6):
            k = (rng.integers(*limits, 24 * blocks) >> halvings).astype(np.int16)

            def run(isa, outs, k=k, rec=rec, bits=bits):
                testing.filter_residual_row(isa, k, q, 14 - bits, rec, outs)

            each_isa(run, shapes, np.uint16)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("width", [1, 4, 8, 13, 64, 131])
@pytest.mark.parametrize("bits", [8, 9, 10])
def test_blend_and_sums(mode, width, bits):
    rng = np.random.default_rng([width, bits])
    dbf, original = samples(rng, width, bits, mode), samples(rng, width, bits, "random")
    for signal_mode in MODES:
        signal = samples(rng, width, 14, signal_mode)
        for scale in (1, 20, 256, 320, 512):

            def run(isa, outs, signal=signal, scale=scale):
                testing.filter_blend_row(isa, dbf, signal, scale, bits, outs[0][0])

            each_isa(run, [(1, width)], np.uint16)
        sums = [testing.filter_sums_row(isa, dbf, signal, original, bits) for isa in ISAS]
        assert sums == sums[:1] * len(ISAS)


@pytest.mark.parametrize("isa", ISAS)
def test_packed_channels(isa):
    out = np.zeros(6, np.int16)
    top, bottom, cb, cr = (np.array(v, np.uint16) for v in ([9, 4], [2, 1], [5], [6]))
    testing.filter_pack_row(isa, top, bottom, cb, cr, 1, 3, out)
    assert out.tolist() == [32, 12, 20, 8, 40, 48]
