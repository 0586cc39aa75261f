# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""The encoders of FFmpeg keep to their conditions, and their command lines make the streams that were measured."""

from __future__ import annotations

import re
import shlex
from dataclasses import replace
from pathlib import Path

import pytest

from inloop import ConfigError, Frame, InloopError
from inloop.evaluate.clips import Clip, Pictures
from inloop.evaluate.codecs.coded import check_pictures
from inloop.evaluate.codecs.ffmpeg_codec import FfmpegCodec, library_version
from inloop.evaluate.codecs.ffmpeg_options import FFMPEG_ENCODERS
from inloop.evaluate.ffmpeg import run_ffmpeg

pytest.importorskip("imageio_ffmpeg")
FAST = {
    "x264": "fast",
    "x265": "fast",
    "svtav1": "10",
    "libaom": "8",
    "vvenc": "faster",
    "kvazaar": "ultrafast",
}
VALUES = {"qp": 32, "crf": 30, "bitrate": 150}


def picture_types(folder: Path, program: str) -> str:
    """Types of the pictures of the stream `out` in display order, as FFmpeg's decoders tell them."""
    words = ["-f", FFMPEG_ENCODERS[program].muxer, "-i", "out", "-fps_mode", "passthrough", "-vf", "showinfo"]
    log, _ = run_ffmpeg([*words, "-f", "null", "-"], folder)
    return "".join(re.findall(r"type:(\w)", log))


@pytest.mark.parametrize("structure", ["ra", "ldb", "ai"])
@pytest.mark.parametrize("program", list(FFMPEG_ENCODERS))
def test_structures(program: str, structure: str, moving_clip: Clip) -> None:
    codec = FfmpegCodec(program, FAST[program], structure)  # type: ignore[arg-type]
    pictures = moving_clip.read()
    coded = codec.run(moving_clip, pictures, codec.usual_target, 30)
    folder = moving_clip.path.parent
    run_ffmpeg(shlex.split(codec.command(moving_clip, codec.usual_target, 30))[1:], folder)
    assert (folder / "out").stat().st_size * 8 == coded.bits == sum(coded.picture_bits)
    assert len(coded.picture_bits) == len(coded.pictures) == 17
    quality = [
        a.to_depth(b.bit_depth).psnr(b).y for a, b in zip(pictures.frames, coded.pictures, strict=True)
    ]
    assert min(quality) > 24
    types = picture_types(folder, program)
    assert types.count("I") == (17 if structure == "ai" else 1)
    assert types[0] == "I"
    if structure == "ldb" and program in ("x264", "x265"):
        assert "B" not in types
    assert coded.encode is not None
    assert coded.encode.cpu_s > 0


@pytest.mark.parametrize("program", list(FFMPEG_ENCODERS))
def test_an_intra_picture_every_so_often(program: str, moving_clip: Clip) -> None:
    codec = FfmpegCodec(program, FAST[program], "ldp", 8)
    folder = moving_clip.path.parent
    run_ffmpeg(shlex.split(codec.command(moving_clip, codec.usual_target, 30))[1:], folder)
    types = picture_types(folder, program)
    assert [index for index, kind in enumerate(types) if kind == "I"] == [0, 8, 16]


@pytest.mark.parametrize(
    ("program", "target"),
    [(name, target) for name, encoder in FFMPEG_ENCODERS.items() for target in encoder.targets[1:]],
)
def test_other_rate_points(program: str, target: str, moving_clip: Clip) -> None:
    codec = FfmpegCodec(program, FAST[program])
    low, high = (
        codec.run(moving_clip, moving_clip.read(), target, value)  # type: ignore[arg-type]
        for value in (VALUES[target], VALUES[target] * (4 if target == "bitrate" else 0.5))
    )
    assert low.bits < high.bits


def test_versions() -> None:
    for name, entry in FFMPEG_ENCODERS.items():
        assert re.match(rf"{entry.library} v?\d", library_version(name))


def test_depths(moving_clip: Clip) -> None:
    eight = moving_clip.read()
    ten = Pictures([frame.to_depth(10) for frame in eight.frames], eight.fps)
    for program in ("x265", "vvenc"):
        codec = FfmpegCodec(program, FAST[program])
        assert codec.run(moving_clip, ten, "qp", 30).pictures[0].bit_depth == 10
    with pytest.raises(ConfigError, match="kvazaar does not take 10 bit"):
        FfmpegCodec("kvazaar").run(moving_clip, ten, "qp", 30)


def test_odd_sizes(moving_frames: list[Frame], moving_clip: Clip) -> None:
    odd = [Frame(f.y[:75, :101], f.u[:38, :51], f.v[:38, :51], pts=f.pts) for f in moving_frames[:3]]
    coded = FfmpegCodec("svtav1", "10").run(moving_clip, Pictures(odd, moving_clip.info.fps), "crf", 30)
    assert (coded.pictures[0].width, coded.pictures[0].height) == (101, 75)


@pytest.mark.parametrize(
    ("program", "preset", "parameters", "message"),
    [
        ("x265", "no such preset", "", "ffmpeg"),
        ("x265", "fast", "bframse=0", "Unknown option: bframse"),
        ("x264", "fast", "keyin=3", "Error parsing option 'keyin"),
        ("svtav1", "10", "tun=1", "Error parsing option tun"),
    ],
)
def test_failures_are_told(
    program: str, preset: str, parameters: str, message: str, moving_clip: Clip
) -> None:
    codec = FfmpegCodec(program, preset, parameters=parameters)
    with pytest.raises(InloopError, match=message):
        codec.run(moving_clip, moving_clip.read(), "crf", 30)


def test_lost_pictures_are_no_point(moving_frames: list[Frame]) -> None:
    with pytest.raises(InloopError, match="x: 16 pictures instead of 17"):
        check_pictures(moving_frames[1:], moving_frames, "x")
    smaller = Frame(moving_frames[0].y[:64], moving_frames[0].u[:32], moving_frames[0].v[:32])
    with pytest.raises(InloopError, match="x: pictures of 128x64 instead of 128x96"):
        check_pictures([smaller], moving_frames[:1], "x")


def test_command_line(moving_clip: Clip) -> None:
    clip = replace(moving_clip, limit=3)
    assert FfmpegCodec("x265", "", "ra", "1s", "aq-mode=1").command(clip, "crf", 30.5) == (
        "ffmpeg -threads 1 -i clip.y4m -an -c:v libx265 -preset medium -tune psnr -x265-params "
        "crf=30.5:keyint=32:min-keyint=32:scenecut=0:pools=none:frame-threads=1:info=0:aq-mode=1 "
        "-threads 1 -f hevc -frames:v 3 out"
    )


def test_wrong_settings() -> None:
    with pytest.raises(ConfigError, match="not x266"):
        FfmpegCodec("x266")
    with pytest.raises(ConfigError, match="intra_period"):
        FfmpegCodec("x265", intra_period="soon")
