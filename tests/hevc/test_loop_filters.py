# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""The executor that works by rows gives what the obvious one gives, and finishes rows as early as it can."""

import numpy as np
import pytest

from inloop import _core
from inloop.errors import BitstreamError
from need_testing import need_testing

t = need_testing()
ISAS = _core.supported_isas()
SIZES = [(8, 8), (8, 40), (72, 8), (16, 128), (40, 136), (136, 264), (152, 328), (200, 120)]


def filtered(isa, size, log2_ctb_size, seed, block_size, sao):
    whole, _ = t.loop_filters(isa, *size, log2_ctb_size, seed, block_size, sao, by_rows=False)
    rows, finished = t.loop_filters(isa, *size, log2_ctb_size, seed, block_size, sao, by_rows=True)
    for c in range(3):
        np.testing.assert_array_equal(whole[c], rows[c])
    assert finished == sorted(finished)
    assert finished[-1] == size[1]
    return whole, finished


@pytest.mark.parametrize("isa", ISAS)
@pytest.mark.parametrize("log2_ctb_size", [4, 5, 6])
@pytest.mark.parametrize("block_size", [0, 32, 128, 256])
@pytest.mark.parametrize("sao", [False, True])
def test_executors_agree(isa, log2_ctb_size, block_size, sao):
    for seed, size in enumerate(SIZES):
        filtered(isa, size, log2_ctb_size, seed, block_size, sao)


@pytest.mark.parametrize("threads", [0, 1, 3])
def test_blocks_in_other_threads(threads):
    for seed, size in enumerate(SIZES):
        for block_size in (16, 32, 128):
            settings = (ISAS[-1], *size, 4, seed, block_size)
            whole, _ = t.loop_filters(*settings, sao=True, by_rows=False)
            blocks, in_order = t.loop_filters_by_blocks(*settings, threads=threads)
            assert in_order
            for c in range(3):
                np.testing.assert_array_equal(whole[c], blocks[c])


@pytest.mark.parametrize("threads", [0, 1, 3])
@pytest.mark.parametrize("failing", [0, 7, 39])
def test_a_block_that_fails(threads, failing):
    """136x264 in blocks of 32: 5 a row."""
    with pytest.raises(BitstreamError, match=f"block {failing}"):
        t.loop_filters_by_blocks(
            ISAS[-1], 136, 264, 4, 1, block_size=32, threads=threads, failing_block=failing
        )


def test_isas_agree():
    for size in SIZES:
        first, *others = (filtered(isa, size, 5, 9, 32, True)[0] for isa in ISAS)
        for other in others:
            for c in range(3):
                np.testing.assert_array_equal(first[c], other[c])


def test_every_stage_changes_the_picture():
    pictures = [filtered(ISAS[0], (136, 264), 6, 2, *stages)[0][0] for stages in ((0, False), (32, False))]
    pictures.append(filtered(ISAS[0], (136, 264), 6, 2, 32, True)[0][0])
    assert (pictures[0] != pictures[1]).mean() > 0.5
    assert (pictures[1] != pictures[2]).mean() > 0.1


@pytest.mark.parametrize(
    ("block_size", "sao", "expected"),
    [
        (0, False, [52, 116, 180, 244, 264]),
        (0, True, [48, 112, 176, 240, 264]),
        (32, False, [32, 96, 160, 224, 264]),
        (128, True, [0, 0, 120, 120, 264]),
        (256, True, [0, 0, 0, 0, 264]),
    ],
)
def test_rows_are_finished_early(block_size, sao, expected):
    """Deblocking stays 12 rows behind the CTUs, SAO 2 more, a neural filter 8 rows and what its blocks take."""
    assert filtered(ISAS[0], (136, 264), 6, 3, block_size, sao)[1] == expected
