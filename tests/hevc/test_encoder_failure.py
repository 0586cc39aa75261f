# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""What is left of an encode that fails: the packets before the error, and an encoder that says that it failed."""

from __future__ import annotations

import numpy as np
import pytest
from test_encoder import make_frames

from inloop.codec import Decoder, Encoder, Packet
from inloop.errors import ConfigError
from inloop.lookahead.window import Lookahead
from inloop.pipeline import encode_frames
from inloop.ratecontrol import PictureQp, PictureResult, RateOptions, make_controller
from inloop.structure.plan import PicturePlan
from inloop.video.frame import Frame


class GivesUp:
    """A constant QP for some pictures, then an error."""

    lookahead = 0

    def __init__(self, pictures: int) -> None:
        self.left = pictures

    def plan(self, picture: PicturePlan, lookahead: Lookahead) -> PictureQp:
        if self.left == 0:
            raise ZeroDivisionError("no more")
        self.left -= 1
        return PictureQp(34, picture.lmbda(34))

    def update(self, result: PictureResult) -> None:
        pass


def decoded_count(packets: list[Packet]) -> int:
    decoder = Decoder()
    return len(decoder.decode(b"".join(packet.data for packet in packets)) + decoder.flush())


def test_packets_before_an_error_are_kept() -> None:
    encoder = Encoder(48, 32, 25, rate_control=GivesUp(3), gop=4, scene_cut=False)
    frames = make_frames(48, 32, 5)
    packets = [packet for frame in frames[:4] for packet in encoder.encode(frame)]
    assert [packet.index for packet in packets] == [0]
    with pytest.raises(ZeroDivisionError):  # the group of four becomes ready; its third picture fails
        encoder.encode(frames[4])
    packets += encoder.remaining()
    assert [packet.index for packet in packets] == [0, 4, 2]
    assert encoder.remaining() == []
    assert decoded_count(packets) == 3
    for call in (encoder.flush, lambda: encoder.encode(frames[0])):
        with pytest.raises(ConfigError, match="failed before: ZeroDivisionError: no more"):
            call()


def test_a_generator_gives_them_before_it_raises() -> None:
    packets = []
    with pytest.raises(ZeroDivisionError):
        encoder = Encoder(48, 32, 25, rate_control=GivesUp(3), gop=4, scene_cut=False)
        for packet in encode_frames(encoder, make_frames(48, 32, 5)):
            packets.append(packet)
    assert [packet.index for packet in packets] == [0, 4, 2]


def test_a_buffer_that_is_too_small() -> None:
    rng = np.random.default_rng(1)
    frames = [
        Frame(*(np.full_like(plane, 128) for plane in f.planes), 8, f.pts) for f in make_frames(64, 48, 4)
    ]
    for plane in frames[2].planes:
        plane[:] = rng.choice([0, 255], plane.shape)  # more bits than the buffer holds at any QP
    rate = RateOptions(crf=30, vbv_maxrate_kbps=12.5, vbv_bufsize_kbit=4, lookahead=1)
    encoder = Encoder(64, 48, 25, rate_control=make_controller(rate), structure="ldp", scene_cut=False)
    packets = []
    with pytest.raises(ConfigError, match="buffer"):
        for packet in encode_frames(encoder, frames):
            packets.append(packet)
    assert [packet.index for packet in packets] == [0, 1]
    with pytest.raises(ConfigError, match="failed before"):
        encoder.flush()


def test_wrong_arguments_are_no_failure() -> None:
    encoder = Encoder(48, 32, 25, qp=34, structure="ldp", quantization_group=16)
    frames = make_frames(48, 32, 2)
    with pytest.raises(ConfigError, match="does not fit"):
        encoder.encode(make_frames(32, 32, 1)[0])
    with pytest.raises(ConfigError, match="shape"):
        encoder.encode(frames[0], np.zeros((3, 2), np.int8))
    packets = list(encode_frames(encoder, frames))
    assert decoded_count(packets) == 2
    assert encoder.remaining() == []
