# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Clips that nobody expects, through every mode of rate control and the real encoder."""

from __future__ import annotations

import io
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from inloop import Decoder, Frame
from inloop.codec import Encoder
from inloop.pipeline import decode_chunks, encode_frames
from inloop.ratecontrol import ComplexityOptions, RateOptions, make_controller

SIZE = (64, 48)
BUFFER = {"vbv_maxrate_kbps": 400, "vbv_bufsize_kbit": 400}
MODES = {
    "qp": {"qp": 30},
    "crf": {"crf": 30},
    "scene": {"crf": 30, "complexity": ComplexityOptions("scene")},
    "bitrate": {"bitrate_kbps": 80},
    "buffer": {"bitrate_kbps": 80, **BUFFER},
    "capped": {"crf": 10, **BUFFER},
}


def flat(value, count):
    planes = [np.full(shape, value, np.uint8) for shape in ((48, 64), (24, 32), (24, 32))]
    return [Frame(*planes, 8, index) for index in range(count)]


def noise(count):
    rng = np.random.default_rng(count)
    shapes = ((48, 64), (24, 32), (24, 32))
    return [
        Frame(*(rng.integers(0, 256, shape).astype(np.uint8) for shape in shapes), 8, index)
        for index in range(count)
    ]


CLIPS = {
    "one picture": noise(1),
    "two pictures": noise(2),
    "black": flat(0, 20),
    "black, then noise": [*flat(0, 12), *noise(8)],
    "flashes": [frame for _ in range(6) for frame in (*flat(20, 2), *flat(255, 1))],
}


def encode(frames, controller, fps=25):
    encoder = Encoder(*SIZE, fps, rate_control=controller, gop=8, preset="faster")
    packets = list(encode_frames(encoder, frames))
    decoded = list(decode_chunks(Decoder(), [b"".join(packet.data for packet in packets)]))
    recon = {packet.index: packet.recon for packet in packets}
    assert len(decoded) == len(frames)
    assert all((picture.y == recon[index].y).all() for index, picture in enumerate(decoded))
    return packets


def numbered(frames):
    return [replace(frame, pts=index) for index, frame in enumerate(frames)]


@pytest.mark.parametrize("clip", CLIPS)
@pytest.mark.parametrize("mode", MODES)
def test_every_mode_takes_every_clip(clip, mode):
    packets = encode(numbered(CLIPS[clip]), make_controller(RateOptions(**MODES[mode])))
    assert all(0 <= packet.qp <= 51 for packet in packets)
    if clip == "black":
        assert all((packet.recon.y == 0).all() for packet in packets)


@pytest.mark.parametrize("clip", CLIPS)
def test_two_passes_take_every_clip(clip):
    frames, stats = numbered(CLIPS[clip]), io.StringIO()
    encode(frames, make_controller(RateOptions(crf=30, pass_number=1), stats=stats))
    options = RateOptions(bitrate_kbps=80, pass_number=2)
    encode(frames, make_controller(options, stats=io.StringIO(stats.getvalue())))


@pytest.mark.parametrize("mode", MODES)
def test_times_of_pictures_do_not_matter(mode):
    """A video of changing frame rate: pictures are taken as coming at the rate of the stream."""
    frames = numbered(CLIPS["black, then noise"])
    uneven = [replace(frame, pts=int(1.7 ** min(index, 12)) + index) for index, frame in enumerate(frames)]
    packets = [encode(clip, make_controller(RateOptions(**MODES[mode]))) for clip in (frames, uneven)]
    assert [packet.data for packet in packets[0]] == [packet.data for packet in packets[1]]


@pytest.mark.parametrize("fps", [Fraction(1, 2), 1, Fraction(30000, 1001), 240, 1000])
def test_frame_rates(fps):
    frames = numbered(CLIPS["black, then noise"])
    for mode in ("crf", "scene", "bitrate"):
        encode(frames, make_controller(RateOptions(**MODES[mode])), fps)
