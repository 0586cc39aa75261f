# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Interlaced pictures: refused, or coded as frames whose messages say which field comes first."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import inloop
from inloop import Decoder, Encoder, Frame, UnsupportedError
from inloop.cli import main
from inloop.codec.stream_info import describe_stream
from inloop.io.y4m import parse_header
from inloop.pipeline import encode_frames
from inloop.ratecontrol import RateOptions, make_controller
from inloop.video.signal import SignalDescription


def interlaced_y4m(path: Path, frames: list[Frame], order: bytes) -> Path:
    pictures = b"".join(b"FRAME\n" + frame.to_bytes() for frame in frames)
    path.write_bytes(b"YUV4MPEG2 W100 H72 F25:1 I" + order + b" C420mpeg2\n" + pictures)
    return path


def run(*arguments: object) -> int:
    return main([str(argument) for argument in arguments])


def timings(stream: bytes) -> list[int]:
    """pic_struct of all messages of picture timing, the first four bits of payloads of type 1."""
    found = []
    for part in re.split(b"\0*\0\0\1", stream):
        if part[:1] != b"\x4e":  # a prefix SEI unit
            continue
        unit, at = part.replace(b"\0\0\3", b"\0\0"), 2
        while at + 2 < len(unit):
            kind, size = unit[at], unit[at + 1]
            if kind == 1:
                found.append(unit[at + 2] >> 4)
            at += 2 + size
    return found


def test_the_error_says_what_to_do(small_frames: list[Frame], tmp_path: Path) -> None:
    source = interlaced_y4m(tmp_path / "in.y4m", small_frames, b"t")
    with pytest.raises(UnsupportedError, match=r"bwdif.*--field-order"):
        inloop.encode(source, tmp_path / "out.hevc")
    mixed = interlaced_y4m(tmp_path / "mixed.y4m", small_frames, b"m")
    with pytest.raises(UnsupportedError):
        inloop.encode(mixed, tmp_path / "out.hevc", signal=SignalDescription(field_order="top"))


@pytest.mark.parametrize("order", ["top", "bottom"])
@pytest.mark.parametrize("buffered", [False, True])
def test_every_picture_says_which_field_comes_first(
    small_frames: list[Frame], order: str, buffered: bool
) -> None:
    signal = SignalDescription(field_order=order)
    buffer = {"vbv_maxrate": 500.0, "vbv_bufsize": 500.0} if buffered else {}
    rate = RateOptions.of("crf", 34.0, bit_depth=8, **buffer)
    encoder = Encoder(100, 72, 25, signal=signal, rate_control=make_controller(rate))
    stream = b"".join(packet.data for packet in encode_frames(encoder, list(small_frames)))
    decoder = Decoder()
    frames = decoder.decode(stream) + decoder.flush()
    assert len(frames) == 4
    assert decoder.signal.field_order == order
    assert describe_stream(stream).signal.field_order == order
    assert timings(stream) == [{"top": 3, "bottom": 4}[order]] * 4
    av = pytest.importorskip("av")
    context = av.CodecContext.create("hevc", "r")
    packets = [*context.parse(stream), *context.parse(b""), None]
    shown = [Frame.from_av(frame).md5() for packet in packets for frame in context.decode(packet)]
    assert shown == [frame.md5() for frame in frames]


def test_from_y4m_to_y4m(small_frames: list[Frame], tmp_path: Path) -> None:
    source = interlaced_y4m(tmp_path / "in.y4m", small_frames, b"b")
    coded, decoded, again = (tmp_path / name for name in ("a.hevc", "b.y4m", "c.hevc"))
    assert run("encode", source, "-o", coded, "--field-order", "bottom", "--quiet") == 0
    assert run("decode", coded, "-o", decoded, "--quiet") == 0
    header = decoded.read_bytes().split(b"\n")[0]
    assert b" Ib " in header
    assert parse_header(header, interlaced=True).signal.field_order == "bottom"
    assert run("encode", coded, "-o", again, "--quiet") == 0  # a stream that says it is taken as it is
    assert describe_stream(again.read_bytes()).signal.field_order == "bottom"


def test_progressive_streams_have_no_such_message(small_frames: list[Frame]) -> None:
    encoder = Encoder(100, 72, 25, qp=40)
    stream = b"".join(packet.data for packet in encode_frames(encoder, list(small_frames)))
    assert describe_stream(stream).signal.field_order is None
