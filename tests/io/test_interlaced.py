# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Interlaced pictures: refused, or coded as frames whose messages say which field comes first."""

from __future__ import annotations

import re
import subprocess
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


def coded_stream(frames: list[Frame], order: str, folder: Path) -> Path:
    target = folder / "coded.hevc"
    source = interlaced_y4m(folder / "in.y4m", frames, order[:1].encode())
    assert run("encode", source, "-o", target, "--field-order", order, "-p", "faster", "--quiet") == 0
    return target


def fields_shown(path: Path) -> set[str]:
    """T, B or P, as FFmpeg's decoder says of the pictures of a file: top or bottom field first, or progressive."""
    program = pytest.importorskip("imageio_ffmpeg").get_ffmpeg_exe()
    command = [program, "-i", str(path), "-vf", "showinfo", "-f", "null", "-"]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stderr
    return set(re.findall(r"\bi:([TBP])\b", told))


@pytest.mark.parametrize("order", ["top", "bottom"])
@pytest.mark.parametrize(
    ("command", "codec", "suffix"),
    [
        ("decode", "ffv1", ".mkv"),
        ("decode", "libx264", ".mp4"),
        ("decode", "libx264", ".ts"),
        ("decode", "mpeg2video", ".ts"),
        ("enhance", "ffv1", ".avi"),
        ("enhance", "libx264", ".mkv"),
    ],
)
def test_into_containers_whose_streams_say_it(
    small_frames: list[Frame],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    command: str,
    codec: str,
    suffix: str,
    order: str,
) -> None:
    source, target = coded_stream(small_frames, order, tmp_path), tmp_path / f"out{suffix}"
    assert run(command, source, "-o", target, "-c:v", codec, "--quiet") == 0
    assert capsys.readouterr().err == ""
    assert fields_shown(target) == {order[0].upper()}


@pytest.mark.parametrize("suffix", [".mkv", ".mp4"])
def test_containers_say_it_for_streams_that_cannot(
    small_frames: list[Frame], tmp_path: Path, capfd: pytest.CaptureFixture[str], suffix: str
) -> None:
    av = pytest.importorskip("av")
    source, target = coded_stream(small_frames, "bottom", tmp_path), tmp_path / f"out{suffix}"
    assert run("decode", source, "-o", target, "-c:v", "libx265", "--quiet") == 0
    assert "interlaced" not in capfd.readouterr().err
    with av.open(str(target)) as container:
        assert container.streams.video[0].codec_context.field_order == 5  # AV_FIELD_BT


@pytest.mark.parametrize("form", [("a.nut",), ("a.webm",), ("a.avi", "-c:v", "utvideo")])
def test_files_that_cannot_say_it(
    small_frames: list[Frame], tmp_path: Path, capfd: pytest.CaptureFixture[str], form: tuple[str, ...]
) -> None:
    source = coded_stream(small_frames, "top", tmp_path)
    for command in ("decode", "enhance"):
        assert run(command, source, "-o", tmp_path / form[0], *form[1:], "--quiet") == 0
        assert "the output cannot hold interlaced top field first" in capfd.readouterr().err


def test_h264_has_fields_of_an_even_number_of_rows_only(
    small_frames: list[Frame], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cut = [Frame(frame.y[:70], frame.u[:35], frame.v[:35]) for frame in small_frames]
    source, stream, target = tmp_path / "in.y4m", tmp_path / "a.hevc", tmp_path / "a.mp4"
    header = b"YUV4MPEG2 W100 H70 F25:1 It C420mpeg2\n"
    source.write_bytes(header + b"".join(b"FRAME\n" + frame.to_bytes() for frame in cut))
    assert run("encode", source, "-o", stream, "--field-order", "top", "-p", "faster", "--quiet") == 0
    assert run("decode", stream, "-o", target, "--quiet") == 0
    assert "cannot hold interlaced top field first" in capsys.readouterr().err
    assert fields_shown(target) == {"P"}


def test_pictures_that_are_turned_have_no_fields(
    small_frames: list[Frame], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    video_files = pytest.importorskip("video_files")
    matrix = (0, 65536, 0, -65536, 0, 0, 0, 0, 1 << 30)
    source, coded = tmp_path / "source.mp4", tmp_path / "coded.mp4"
    video_files.write_film(source, [0, 512], matrix=matrix)
    options = ("--field-order", "top", "-p", "faster", "--quiet")
    assert run("encode", source, "-o", coded, *options, "--rotate", "apply") == 1
    assert "interlaced pictures are not turned" in capsys.readouterr().err
    assert run("encode", source, "-o", coded, *options) == 0
    assert run("decode", coded, "-o", tmp_path / "a.mkv", "--rotate", "apply", "--quiet") == 1
    assert run("decode", coded, "-o", tmp_path / "a.mkv", "--quiet") == 0
