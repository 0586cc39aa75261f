# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Rows of CTUs beside each other: blocks after those they need, errors of any thread, the stream of one thread."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from test_encoder import assert_decodes_to, make_frames

from inloop import Encoder, _core
from inloop.codec import PictureEncoder
from inloop.engine.thread_pool import ThreadPool
from inloop.errors import ConfigError
from inloop.video.frame import Frame
from need_testing import need_testing

t = need_testing()


@pytest.mark.parametrize("running", [1, 2, 3, 8])
@pytest.mark.parametrize(("rows", "columns"), [(1, 1), (1, 9), (9, 1), (9, 2), (9, 3), (17, 12)])
def test_blocks_come_after_those_they_need(running: int, rows: int, columns: int) -> None:
    assert t.run_wavefronts(rows, columns, running, 12) == [(True, rows, "")] * 12


@pytest.mark.parametrize("running", [1, 2, 8])
@pytest.mark.parametrize("row", [0, 4, 9])
def test_the_first_row_that_fails_ends_the_work(running: int, row: int) -> None:
    for in_order, ended, error in t.run_wavefronts(10, 7, running, 8, failing_row=row):
        assert in_order
        assert ended <= row
        assert error == f"row {row}"


@pytest.mark.parametrize("running", [1, 2, 8])
@pytest.mark.parametrize("row", [0, 4, 9])
def test_an_exception_ends_the_work(running: int, row: int) -> None:
    for in_order, ended, error in t.run_wavefronts(10, 7, running, 8, throwing_row=row):
        assert in_order
        assert ended <= row
        assert error == "thrown"


def encode(
    frames: list[Frame], threads: int, offsets: list[np.ndarray] | None = None, **options: Any
) -> tuple[bytes, list[Frame]]:
    first = frames[0]
    encoder = Encoder(first.width, first.height, 25, threads=threads, scene_cut=False, **options)
    packets = []
    for index, frame in enumerate(frames):
        packets += encoder.encode(frame, offsets[index] if offsets else None)
    packets += encoder.flush()
    stream = b"".join(packet.data for packet in packets)
    return stream, [packet.recon for packet in sorted(packets, key=lambda packet: packet.index)]


@pytest.mark.parametrize("structure", ["ai", "ldp"])
@pytest.mark.parametrize(
    ("width", "height"), [(16, 16), (16, 208), (64, 200), (66, 200), (130, 200), (194, 130), (336, 48)]
)
def test_few_ctus(width: int, height: int, structure: str) -> None:
    frames = make_frames(width, height, 3)
    one = encode(frames, 1, qp=34, structure=structure, preset="faster")
    assert_decodes_to(*one)
    assert encode(frames, 8, qp=34, structure=structure, preset="faster")[0] == one[0]


@pytest.mark.parametrize("group", [16, 64])
@pytest.mark.parametrize("qp", [30, 44])
def test_qps_without_residual_follow_the_row_above(group: int, qp: int) -> None:
    """At the higher QP most CUs have no residual, so that predicted QPs go from row to row."""
    frames = make_frames(200, 264, 4)
    rng = np.random.default_rng(group)
    offsets = [rng.integers(-6, 7, (17, 13)) for _ in frames]
    one = encode(frames, 1, offsets, qp=qp, structure="ldp", preset="faster", quantization_group=group)
    assert_decodes_to(*one)
    for threads in (2, 8):
        many = encode(
            frames, threads, offsets, qp=qp, structure="ldp", preset="faster", quantization_group=group
        )
        assert many[0] == one[0]


def two_pictures(pool: ThreadPool) -> list[_core.PictureTask]:
    """A picture and one that refers to it, both planned and loaded."""
    config = _core.SequenceConfig(
        preset="faster", width=400, height=264, max_dec_pic_buffering=2, feedback_delay=4
    )
    pictures = PictureEncoder.of(config, pool)
    tasks = []
    for poc, frame in enumerate(make_frames(400, 264, 2)):
        request = _core.PictureRequest(
            poc=poc,
            slice_type="P" if poc else "I",
            nal_type=1 if poc else 19,
            references=[0] if poc else [],
            active=(poc, 0),
            kept=[0] if poc else [],
        )
        tasks.append(pictures.plan(request))
        tasks[-1].load(frame.planes)
    return tasks


@pytest.mark.parametrize("threads", [2, 8])
def test_a_reference_that_is_given_up_fails_the_picture(threads: int) -> None:
    tasks = two_pictures(ThreadPool.for_pictures(threads, 4))
    tasks[1].start_analysis(30, settled=True)
    del tasks[0]
    with pytest.raises(ConfigError, match="reference picture was not coded"):
        tasks[0].wait()


@pytest.mark.parametrize("threads", [2, 8])
def test_pictures_in_work_can_be_given_up(threads: int) -> None:
    pool = ThreadPool.for_pictures(threads, 4)
    sizes = []
    for wait in (False, True):
        tasks = two_pictures(pool)
        for index in (0, 1):
            tasks[index].start_analysis(30, settled=True)
        for index in (0, 1) if wait else ():
            tasks[index].wait()
            sizes.append(tasks[index].ctu_bits().sum())
        while tasks:
            del tasks[0]  # It would hang here if a row waited for one that nobody does.
    assert sizes[0] > sizes[1] > 0
