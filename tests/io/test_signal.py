# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""What a source says of its samples is said by the stream, and by what is decoded from it."""

from __future__ import annotations

import io
from fractions import Fraction
from pathlib import Path

import pytest

from inloop import ConfigError, Decoder, Encoder, Frame
from inloop.cli import main
from inloop.codec.stream_info import describe_stream
from inloop.io import VideoInfo, Y4mReader, Y4mWriter, open_video, open_video_writer
from inloop.pipeline import encode_frames
from inloop.video.signal import MasteringDisplay, SignalDescription

HDR10 = SignalDescription(
    sar=Fraction(16, 11),
    full_range=True,
    primaries=9,
    transfer=16,
    matrix=9,
    chroma_location=2,
    mastering_display=MasteringDisplay((13250, 34500, 7500, 3000, 34000, 16000), (15635, 16450), 10000000, 1),
    content_light=(1000, 400),
)


def encode(frames: list[Frame], signal: SignalDescription) -> bytes:
    encoder = Encoder(100, 72, 25, qp=40, signal=signal)
    return b"".join(packet.data for packet in encode_frames(encoder, frames))


@pytest.mark.parametrize(
    "signal",
    [
        SignalDescription(),
        HDR10,
        SignalDescription(sar=Fraction(1000, 999), full_range=False),
        SignalDescription(transfer=18, full_range=False),
        SignalDescription(content_light=(65535, 1)),
    ],
)
def test_signal_through_the_codec(small_frames: list[Frame], signal: SignalDescription) -> None:
    stream = encode(small_frames[:2], signal)
    decoder = Decoder()
    assert len(decoder.decode(stream) + decoder.flush()) == 2
    assert decoder.signal == signal
    assert describe_stream(stream).signal == signal


def test_what_decoders_assume_is_not_said(small_frames: list[Frame]) -> None:
    usual = SignalDescription(sar=Fraction(1), chroma_location=0)
    assert encode(small_frames[:1], usual) == encode(small_frames[:1], SignalDescription())


def test_ffmpeg_reads_it(small_frames: list[Frame]) -> None:
    av = pytest.importorskip("av")
    with av.open(io.BytesIO(encode(small_frames[:2], HDR10)), format="hevc") as container:
        picture = next(container.decode(video=0))
        codes = picture.color_primaries, picture.color_trc, picture.colorspace, picture.color_range
        assert tuple(map(int, codes)) == (9, 16, 9, 2)
        assert container.streams.video[0].sample_aspect_ratio == Fraction(16, 11)
        kinds = {item.type.name for item in picture.side_data}
    assert {"MASTERING_DISPLAY_METADATA", "CONTENT_LIGHT_LEVEL"} <= kinds


@pytest.mark.parametrize(
    ("fields", "signal"),
    [
        (b"A16:11 C420jpeg XCOLORRANGE=FULL", SignalDescription(Fraction(16, 11), True, chroma_location=1)),
        (b"A0:0 C420mpeg2 XCOLORRANGE=LIMITED", SignalDescription(None, False)),
        (b"C420paldv", SignalDescription(chroma_location=2)),
        (b"C420p10 XYSCSS=420P10", SignalDescription()),
    ],
)
def test_signal_of_y4m(fields: bytes, signal: SignalDescription) -> None:
    info = Y4mReader(io.BytesIO(b"YUV4MPEG2 W64 H64 F25:1 Ip " + fields + b"\n")).info
    assert info.signal == signal
    written = io.BytesIO()
    Y4mWriter(written, info)
    assert Y4mReader(io.BytesIO(written.getvalue())).info.signal == signal


def test_options_and_both_ends(
    tmp_path: Path, small_frames: list[Frame], capsys: pytest.CaptureFixture[str]
) -> None:
    clip, stream, decoded = tmp_path / "a.y4m", tmp_path / "a.hevc", tmp_path / "b.y4m"
    signal = SignalDescription(sar=Fraction(4, 3), full_range=True, chroma_location=1)
    with open_video_writer(clip, VideoInfo(100, 72, signal=signal)) as writer:
        writer.write(small_frames[0])
    options = ["--color-primaries", "bt2020", "--color-transfer", "smpte2084", "--color-matrix", "9"]
    options += ["--mastering-display", str(HDR10.mastering_display), "--max-cll", "1000,400"]
    assert main(["encode", str(clip), "-o", str(stream), "--quiet", *options]) == 0
    assert main(["info", str(stream)]) == 0
    printed = capsys.readouterr().out
    for words in ("4:3", "full", "bt2020", "smpte2084", "bt2020nc", "L(10000000,1)", "1000,400", "center"):
        assert words in printed
    assert main(["decode", str(stream), "-o", str(decoded)]) == 0
    assert "cannot say what the stream does: primaries bt2020" in capsys.readouterr().err
    with open_video(decoded) as video:
        assert video.info.signal == signal


@pytest.mark.parametrize(
    "options",
    [
        ["--color-primaries", "red"],
        ["--color-matrix", "256"],
        ["--sar", "16"],
        ["--sar", "0:1"],
        ["--max-cll", "1000"],
        ["--mastering-display", "G(1,2)"],
        ["--mastering-display", "G(99999,0)B(0,0)R(0,0)WP(0,0)L(1,1)"],
    ],
)
def test_wrong_options(
    tmp_path: Path, small_frames: list[Frame], capsys: pytest.CaptureFixture[str], options: list[str]
) -> None:
    clip = tmp_path / "a.y4m"
    with open_video_writer(clip, VideoInfo(100, 72)) as writer:
        writer.write(small_frames[0])
    assert main(["encode", str(clip), "-o", str(tmp_path / "a.hevc"), *options]) == 2
    assert options[0][2:].replace("-", " ") in capsys.readouterr().err.replace("-", " ")


def test_values_that_do_not_fit() -> None:
    with pytest.raises(ConfigError, match="aspect ratio"):
        SignalDescription(sar=Fraction(70000)).to_core()
