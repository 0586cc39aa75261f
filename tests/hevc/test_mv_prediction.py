# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Partitionings and motion vector scaling; merge and AMVP as a whole are proven by the conformance streams."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from need_testing import need_testing

t = need_testing()


@pytest.mark.parametrize("size", [8, 16, 32, 64])
@pytest.mark.parametrize("mode", range(8))
def test_partitions_cover_the_cu_once(size, mode):
    covered = set()
    for x, y, width, height in t.partitions(size, mode):
        block = {(u, v) for u in range(x, x + width) for v in range(y, y + height)}
        assert not covered & block
        covered |= block
    assert covered == {(u, v) for u in range(size) for v in range(size)}


def test_asymmetric_partitions():
    assert t.partitions(16, 4) == [[0, 0, 16, 4], [0, 4, 16, 12]]  # 2NxnU
    assert t.partitions(16, 5) == [[0, 0, 16, 12], [0, 12, 16, 4]]  # 2NxnD
    assert t.partitions(16, 6) == [[0, 0, 4, 16], [4, 0, 12, 16]]  # nLx2N
    assert t.partitions(16, 7) == [[0, 0, 12, 16], [12, 0, 4, 16]]  # nRx2N


def scaled(component, td, tb):
    td, tb = max(-128, min(127, td)), max(-128, min(127, tb))
    tx = int((16384 + abs(td) // 2) / td)
    factor = max(-4096, min(4095, (tb * tx + 32) >> 6))
    product = factor * component
    result = (abs(product) + 127) >> 8
    return max(-32768, min(32767, result if product >= 0 else -result))


component = st.integers(-32768, 32767)
distance = st.integers(-200, 200).filter(bool)


@given(component, component, distance, distance)
def test_scale_mv(x, y, td, tb):
    expected = (x, y) if td == tb else (scaled(x, td, tb), scaled(y, td, tb))
    assert t.scale_mv(x, y, td, tb) == expected


def test_equal_distances_do_not_round():
    assert t.scale_mv(32767, -32768, 121, 121) == (32767, -32768)
