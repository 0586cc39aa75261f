# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""A pipe of any length needs no more memory than its first groups of pictures."""

from __future__ import annotations

import gc
import resource
from pathlib import Path

import numpy as np
import pytest

from inloop.codec import Decoder, Encoder
from inloop.video.frame import Frame

WARM_UP, PICTURES = 300, 2000
MOST_GROWTH_MB = 4
SIDE, REPEATS = 128, 40


def picture(side: int, index: int) -> Frame:
    noise = np.random.default_rng(1).integers(0, 256, (side + 16, side), dtype=np.uint8)
    grey = np.full((side // 2, side // 2), 128, np.uint8)
    shift = index % 16
    return Frame(np.ascontiguousarray(noise[shift : shift + side]), grey, grey, 8, index)


def resident_mb() -> float:
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 2**20


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="needs /proc to see the memory in use")
@pytest.mark.parametrize("threads", [1, 3])
def test_memory_of_a_long_pipe_stays_flat(threads: int) -> None:
    encoder = Encoder(64, 64, 25, qp=40, preset="faster", gop=16, intra_period=64, scene_cut=False)
    decoder = Decoder(threads=threads)
    shown, before = 0, 0.0
    for index in range(PICTURES):
        if index == WARM_UP:
            before = resident_mb()
        for packet in encoder.encode(picture(64, index)):
            shown += len(decoder.decode(packet.data))
    grown = resident_mb() - before
    for packet in encoder.flush():
        shown += len(decoder.decode(packet.data))
    assert shown + len(decoder.flush()) == PICTURES
    assert grown < MOST_GROWTH_MB


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="needs /proc to see the memory in use")
@pytest.mark.parametrize("threads", [1, 2])
def test_a_stream_in_one_piece_costs_the_bytes_of_its_pictures(threads: int) -> None:
    """Pictures that wait for the end of the call are kept as bytes, not as decoded pictures of twice that and more."""
    encoder = Encoder(SIDE, SIDE, 25, qp=40, preset="faster", gop=16)
    packets = [packet for index in range(17) for packet in encoder.encode(picture(SIDE, index))]
    stream = b"".join(packet.data for packet in [*packets, *encoder.flush()])
    decoder = Decoder(threads=threads)
    decoder.decode(stream * 2)
    before = resident_mb()
    frames = decoder.decode(stream * REPEATS)
    grown = resident_mb() - before
    assert len(frames) >= 17 * (REPEATS - 1)
    assert len(frames) * SIDE * SIDE * 1.5 / 2**20 + 10 > grown
