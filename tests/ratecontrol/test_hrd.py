# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""What streams say of the decoder's buffer, read by FFmpeg, and whether it is true."""

from __future__ import annotations

from dataclasses import replace

import hrd_oracle
import pytest

from inloop import Decoder
from inloop.codec import Encoder
from inloop.errors import ConfigError
from inloop.pipeline import decode_chunks, encode_frames
from inloop.ratecontrol import RateOptions, make_controller

SIZE = (100, 72)
MAXRATE_KBPS, BUFSIZE_KBIT = 120, 60


@pytest.fixture(scope="module")
def ffmpeg():
    return pytest.importorskip("imageio_ffmpeg").get_ffmpeg_exe()


def encode(frames, structure="ra", intra_period=-1, **options):
    """Encode with a buffer; return the packets."""
    rate = RateOptions(vbv_maxrate_kbps=MAXRATE_KBPS, vbv_bufsize_kbit=BUFSIZE_KBIT, **options)
    encoder = Encoder(
        *SIZE,
        25,
        rate_control=make_controller(rate),
        structure=structure,
        gop=4,
        intra_period=intra_period,
        preset="faster",
    )
    return list(encode_frames(encoder, [replace(frame, pts=i) for i, frame in enumerate(frames)]))


@pytest.mark.parametrize(
    ("structure", "intra_period"), [("ra", -1), ("ra", 8), ("ldp", -1), ("ldb", 6), ("ai", -1)]
)
@pytest.mark.parametrize("target", [{"crf": 16}, {"bitrate_kbps": 110}])
def test_signalled_buffer_holds(small_frames, ffmpeg, structure, intra_period, target):
    frames = [*small_frames, *reversed(small_frames)] * 2
    packets = encode(frames, structure, intra_period, **target)
    stream = b"".join(packet.data for packet in packets)
    head, units = hrd_oracle.schedule(
        hrd_oracle.trace_headers(ffmpeg, stream), [packet.bits for packet in packets]
    )
    assert head["nal_hrd_parameters_present_flag"] == 1
    assert 64 * (head["bit_rate_value_minus1[0]"] + 1) == 120_000
    assert 16 * (head["cpb_size_value_minus1[0]"] + 1) == 60_000
    assert hrd_oracle.underflows(head, units) == 0
    starved = dict(head)
    starved["bit_rate_value_minus1[0]"] //= 8
    assert hrd_oracle.underflows(starved, units) > 0, "the simulation can tell"

    shown = [number + unit.fields["pic_dpb_output_delay"] for number, unit in enumerate(units)]
    order = [packet.index for packet in packets]
    assert sorted(order, key=lambda index: shown[order.index(index)]) == sorted(order)
    assert len(set(shown)) == len(shown), "a picture a tick"
    decoded = list(decode_chunks(Decoder(), [stream]))
    recon = {packet.index: packet.recon for packet in packets}
    assert all((picture.y == recon[i].y).all() for i, picture in enumerate(decoded))


def test_a_buffer_raises_the_level(small_frames, ffmpeg):
    def level_of(kbps):
        rate = RateOptions(crf=40, vbv_maxrate_kbps=kbps, vbv_bufsize_kbit=kbps)
        encoder = Encoder(*SIZE, 25, rate_control=make_controller(rate), gop=4, preset="faster")
        stream = b"".join(packet.data for packet in encode_frames(encoder, small_frames))
        return dict(reversed(hrd_oracle.trace_headers(ffmpeg, stream)))["general_level_idc"]

    assert level_of(140) == 30
    assert level_of(1600) == 60
    assert level_of(6700) == 93


def test_streams_without_a_buffer_say_nothing(small_frames, ffmpeg):
    encoder = Encoder(*SIZE, 25, rate_control=make_controller(RateOptions(crf=30)), preset="faster")
    stream = b"".join(packet.data for packet in encode_frames(encoder, small_frames))
    elements = dict(hrd_oracle.trace_headers(ffmpeg, stream))
    assert elements["vui_hrd_parameters_present_flag"] == 0
    assert "pic_dpb_output_delay" not in elements


def test_no_level_holds_the_rate(small_frames):
    rate = RateOptions(crf=30, vbv_maxrate_kbps=900_000, vbv_bufsize_kbit=900_000)
    with pytest.raises(ConfigError, match="no HEVC level"):
        Encoder(*SIZE, 25, rate_control=make_controller(rate))
