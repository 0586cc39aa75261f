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


def resident_mb() -> float:
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 2**20


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="needs /proc to see the memory in use")
@pytest.mark.parametrize("threads", [1, 3])
def test_memory_of_a_long_pipe_stays_flat(threads: int) -> None:
    noise = np.random.default_rng(1).integers(0, 256, (80, 80), dtype=np.uint8)
    grey = np.full((32, 32), 128, np.uint8)
    encoder = Encoder(64, 64, 25, qp=40, preset="faster", gop=16, intra_period=64, scene_cut=False)
    decoder = Decoder(threads=threads)
    shown, before = 0, 0.0
    for index in range(PICTURES):
        if index == WARM_UP:
            before = resident_mb()
        shift = index % 16
        frame = Frame(np.ascontiguousarray(noise[shift : shift + 64, :64]), grey, grey, 8, index)
        for packet in encoder.encode(frame):
            shown += len(decoder.decode(packet.data))
    grown = resident_mb() - before
    for packet in encoder.flush():
        shown += len(decoder.decode(packet.data))
    assert shown + len(decoder.flush()) == PICTURES
    assert grown < MOST_GROWTH_MB
