# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Deblocking of edge segments against clause 8.7.2.5 written out sample by sample, on every ISA."""

import numpy as np
import pytest
from kernel_data import DATA_MODES, Guarded, values

from inloop import _core
from need_testing import need_testing

t = need_testing()
ISAS = _core.supported_isas()


def clip3(low, high, value):
    return max(low, min(high, value))


def luma_oracle(lines, beta, tc, no_p, no_q, peak):
    """lines: 4 x 8 samples p3 p2 p1 p0 q0 q1 q2 q3. Returns the new lines and the decision taken."""
    lines = [[int(v) for v in line] for line in lines]
    p = [line[3::-1] for line in lines]
    q = [line[4:] for line in lines]
    dp = [abs(p[k][2] - 2 * p[k][1] + p[k][0]) for k in range(4)]
    dq = [abs(q[k][2] - 2 * q[k][1] + q[k][0]) for k in range(4)]
    if dp[0] + dp[3] + dq[0] + dq[3] >= beta:
        return lines, "none"
    strong = all(
        2 * (dp[k] + dq[k]) < (beta >> 2)
        and abs(p[k][3] - p[k][0]) + abs(q[k][0] - q[k][3]) < (beta >> 3)
        and abs(p[k][0] - q[k][0]) < ((5 * tc + 1) >> 1)
        for k in (0, 3)
    )
    side = (beta + (beta >> 1)) >> 3
    new = []
    for k in range(4):
        (p0, p1, p2, p3), (q0, q1, q2, q3) = p[k], q[k]
        np_, nq = list(p[k]), list(q[k])
        if strong:
            np_[0] = clip3(p0 - 2 * tc, p0 + 2 * tc, (p2 + 2 * p1 + 2 * p0 + 2 * q0 + q1 + 4) >> 3)
            np_[1] = clip3(p1 - 2 * tc, p1 + 2 * tc, (p2 + p1 + p0 + q0 + 2) >> 2)
            np_[2] = clip3(p2 - 2 * tc, p2 + 2 * tc, (2 * p3 + 3 * p2 + p1 + p0 + q0 + 4) >> 3)
            nq[0] = clip3(q0 - 2 * tc, q0 + 2 * tc, (p1 + 2 * p0 + 2 * q0 + 2 * q1 + q2 + 4) >> 3)
            nq[1] = clip3(q1 - 2 * tc, q1 + 2 * tc, (p0 + q0 + q1 + q2 + 2) >> 2)
            nq[2] = clip3(q2 - 2 * tc, q2 + 2 * tc, (p0 + q0 + q1 + 3 * q2 + 2 * q3 + 4) >> 3)
        else:
            delta = (9 * (q0 - p0) - 3 * (q1 - p1) + 8) >> 4
            if abs(delta) < tc * 10:
                delta = clip3(-tc, tc, delta)
                np_[0], nq[0] = clip3(0, peak, p0 + delta), clip3(0, peak, q0 - delta)
                if dp[0] + dp[3] < side:
                    change = clip3(-(tc >> 1), tc >> 1, (((p2 + p0 + 1) >> 1) - p1 + delta) >> 1)
                    np_[1] = clip3(0, peak, p1 + change)
                if dq[0] + dq[3] < side:
                    change = clip3(-(tc >> 1), tc >> 1, (((q2 + q0 + 1) >> 1) - q1 - delta) >> 1)
                    nq[1] = clip3(0, peak, q1 + change)
        new.append((p[k] if no_p else np_)[::-1] + (q[k] if no_q else nq))
    return new, "strong" if strong else "weak"


def chroma_oracle(lines, tc, no_p, no_q, peak):
    new = []
    for p1, p0, q0, q1 in [[int(v) for v in line] for line in lines]:
        delta = clip3(-tc, tc, (((q0 - p0) << 2) + p1 - q1 + 4) >> 3)
        new.append(
            [p1, p0 if no_p else clip3(0, peak, p0 + delta), q0 if no_q else clip3(0, peak, q0 - delta), q1]
        )
    return new


def smooth_lines(rng, mode, lines, count, peak):
    """Gentle slopes with a jump at the edge: what deblocking is made for."""
    base = values(rng, mode, (lines, 1), 0, peak)
    slope = np.arange(count) * rng.integers(-2, 3, (lines, 1))
    jump = (np.arange(count) >= count // 2) * rng.integers(-14, 15, (lines, 1))
    return np.clip(base + slope + jump + rng.integers(-1, 2, (lines, count)), 0, peak)


@pytest.mark.parametrize("isa", ISAS)
@pytest.mark.parametrize("bit_depth", [8, 10])
@pytest.mark.parametrize("mode", DATA_MODES)
@pytest.mark.parametrize("vertical", [True, False])
def test_luma(isa, vertical, mode, bit_depth):
    rng = np.random.default_rng(1)
    peak, scale = (1 << bit_depth) - 1, 1 << (bit_depth - 8)
    seen = set()
    for i in range(600):
        data = values(rng, mode, (4, 8), 0, peak) if i % 4 == 0 else smooth_lines(rng, mode, 4, 8, peak)
        if i % 3 == 0:
            data[:] = data[0]  # decisions look at lines 0 and 3 only
        beta, tc = int(rng.integers(1, 65)) * scale, int(rng.integers(1, 25)) * scale
        no_p, no_q = bool(i % 5 == 1), bool(i % 7 == 1)
        expected, decision = luma_oracle(data, beta, tc, no_p, no_q, peak)
        seen.add(decision)
        block = Guarded.of(data if vertical else data.T)
        t.deblock_luma(isa, block.block, vertical, beta, tc, no_p, no_q, bit_depth)
        block.check()
        result = block.block if vertical else block.block.T
        message = f"{decision} {beta=} {tc=} {no_p=} {no_q=}\n{data}"
        np.testing.assert_array_equal(result, expected, err_msg=message)
    assert {"strong", "weak"} <= seen


@pytest.mark.parametrize("isa", ISAS)
@pytest.mark.parametrize("bit_depth", [8, 10])
@pytest.mark.parametrize("mode", DATA_MODES)
@pytest.mark.parametrize("vertical", [True, False])
def test_chroma(isa, vertical, mode, bit_depth):
    rng = np.random.default_rng(2)
    peak, scale = (1 << bit_depth) - 1, 1 << (bit_depth - 8)
    for i in range(200):
        lines = (1, 2, 4, 7, 8, 16)[i % 6]
        data = values(rng, mode, (lines, 4), 0, peak) if i % 2 else smooth_lines(rng, mode, lines, 4, peak)
        tc = int(rng.integers(1, 25)) * scale
        no_p, no_q = bool(i % 5 == 1), bool(i % 7 == 1)
        block = Guarded.of(data if vertical else data.T)
        t.deblock_chroma(isa, block.block, vertical, tc, no_p, no_q, bit_depth)
        block.check()
        result = block.block if vertical else block.block.T
        expected = chroma_oracle(data, tc, no_p, no_q, peak)
        np.testing.assert_array_equal(result, expected, err_msg=f"{lines=} {tc=} {no_p=} {no_q=}")
