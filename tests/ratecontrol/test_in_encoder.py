# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Rate control inside the encoder, on real pictures."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from inloop import Decoder, Frame
from inloop.codec import Encoder
from inloop.errors import ConfigError
from inloop.pipeline import decode_chunks, encode_frames
from inloop.ratecontrol import (
    BlockQpOptions,
    ComplexityOptions,
    PictureQp,
    RateOptions,
    VbvOptions,
    make_controller,
)
from inloop.ratecontrol.vbv import Buffer

SIZE = (100, 72)


@pytest.fixture(scope="module")
def clip(small_frames):
    """Twelve pictures: the four small ones forwards and backwards."""
    frames = [*small_frames, *reversed(small_frames), *small_frames]
    return [replace(frame, pts=index) for index, frame in enumerate(frames)]


def encode(frames, controller, structure="ra", fps=25):
    encoder = Encoder(*SIZE, fps, rate_control=controller, structure=structure, gop=4, preset="faster")
    packets = list(encode_frames(encoder, [replace(frame, pts=i) for i, frame in enumerate(frames)]))
    decoded = list(decode_chunks(Decoder(), [b"".join(packet.data for packet in packets)]))
    shown = {packet.recon.pts: packet.recon for packet in packets}
    assert len(decoded) == len(frames)
    assert all((picture.y == shown[picture.pts].y).all() for picture in decoded)
    return packets


@pytest.mark.parametrize("structure", ["ai", "ldp", "ldb", "ra"])
@pytest.mark.parametrize("complexity", ["classic", "scene"])
def test_rate_factor_orders_quality(clip, structure, complexity):
    sizes = []
    for crf in (20, 30):
        options = RateOptions(crf=crf, complexity=ComplexityOptions(complexity), lookahead=6)
        sizes.append(sum(packet.bits for packet in encode(clip, make_controller(options), structure)))
    assert sizes[0] > 1.5 * sizes[1]


def test_bitrate(clip):
    packets = encode(clip * 3, make_controller(RateOptions(bitrate_kbps=150)))
    assert sum(packet.bits for packet in packets) * 25 / len(packets) / 1000 == pytest.approx(150, rel=0.03)


@pytest.mark.parametrize("target", [{"crf": 18}, {"bitrate_kbps": 120}])
def test_buffer_never_runs_empty(clip, target):
    options = RateOptions(vbv_maxrate_kbps=120, vbv_bufsize_kbit=40, **target)
    buffer = Buffer(VbvOptions(120, 40), 25)
    for packet in encode(clip, make_controller(options)):
        buffer.remove(packet.bits)
    assert buffer.underflows == 0


def test_constant_qp_is_as_without_rate_control(clip):
    encoder = Encoder(*SIZE, 25, qp=34, gop=4, preset="faster", scene_cut=False)
    plain = list(encode_frames(encoder, clip))
    options = RateOptions(qp=34, blocks=BlockQpOptions(cutree=False))
    encoder = Encoder(
        *SIZE, 25, rate_control=make_controller(options), gop=4, preset="faster", scene_cut=False
    )
    for one, other in zip(plain, encode_frames(encoder, clip), strict=True):
        assert (one.index, one.qp, one.sse) == (other.index, other.qp, other.sse)


def test_a_users_own_controller(clip):
    class EveryOtherFiner:
        lookahead = 0

        def __init__(self):
            self.seen = []

        def plan(self, picture, lookahead):
            qp = 30 - 4 * (picture.index % 2)
            return PictureQp(qp, picture.lmbda(qp))

        def update(self, result):
            self.seen.append((result.plan.index, result.qp.qp, result.bits))

    controller = EveryOtherFiner()
    packets = encode(clip, controller)
    assert controller.seen == [(packet.index, packet.qp, packet.bits) for packet in packets]
    assert {packet.qp for packet in packets} == {26, 30}


def test_qp_and_rate_control_exclude_each_other():
    controller = make_controller(RateOptions(crf=30))
    for how in ({}, {"qp": 30, "rate_control": controller}):
        with pytest.raises(ConfigError, match="either a QP or a rate control"):
            Encoder(*SIZE, 25, **how)


def anchors(frames, adaptive):
    controller = make_controller(RateOptions(crf=30, lookahead=10))
    encoder = Encoder(
        *SIZE, 25, rate_control=controller, gop=8, adaptive_gop=adaptive, scene_cut=False, preset="faster"
    )
    packets = list(encode_frames(encoder, [replace(frame, pts=i) for i, frame in enumerate(frames)]))
    decoded = list(decode_chunks(Decoder(), [b"".join(packet.data for packet in packets)]))
    shown = {packet.recon.pts: packet.recon for packet in packets}
    assert all((picture.y == shown[index].y).all() for index, picture in enumerate(decoded))
    return sorted(packet.index for packet in packets if packet.layer == 0)


def test_groups_are_shorter_where_prediction_fails(small_frames):
    still = [small_frames[0]] * 17
    assert anchors(still, adaptive=True) == anchors(still, adaptive=False) == [0, 8, 16]
    rng = np.random.default_rng(1)
    noise = [
        Frame(*(rng.integers(0, 256, plane.shape).astype(np.uint8) for plane in small_frames[0].planes), 8, i)
        for i in range(8)
    ]
    assert anchors([*still[:9], *noise], adaptive=True) == [0, 8, 10, 12, 14, 16]


def test_adaptive_groups_need_a_lookahead():
    with pytest.raises(ConfigError, match="adaptive length"):
        Encoder(*SIZE, 25, qp=30, adaptive_gop=True)
    with pytest.raises(ConfigError, match="adaptive length"):
        Encoder(
            *SIZE, 25, rate_control=make_controller(RateOptions(crf=30)), structure="ldp", adaptive_gop=True
        )
