# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Decoded and enhanced pictures into containers, coded by FFmpeg's encoders."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

import inloop
from inloop import Frame
from inloop.cli import main
from inloop.io import VideoInfo, open_video, open_video_writer
from inloop.video.signal import SignalDescription

av = pytest.importorskip("av")
video_files = pytest.importorskip("video_files")

UNEVEN = [0, 512, 700, 2000, 2100, 2200, 4000, 4096]


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A filtered stream of ours in a container: uneven times, sound and a title."""
    folder = tmp_path_factory.mktemp("film")
    video_files.write_film(folder / "source.mp4", UNEVEN, sound_s=0.4, words={"title": "A film"})
    target = folder / "film.mp4"
    command = ["encode", str(folder / "source.mp4"), "-o", str(target), "--nnlf", "vlop", "-p", "faster"]
    assert main([*command, "--quiet"]) == 0
    return target


def md5s(path: Path) -> list[str]:
    with open_video(path) as video:
        return [frame.md5() for frame in video]


@pytest.mark.parametrize(
    ("suffix", "options", "codec"),
    [
        (".mkv", [], "ffv1"),
        (".mkv", ["-c:v", "ffv1", "--encoder-option", "level=3"], "ffv1"),
        (".avi", [], "ffv1"),
        (".nut", [], "rawvideo"),
        (".mp4", ["-c:v", "libx264", "--crf", "0"], "h264"),
    ],
)
def test_pictures_without_loss(
    film: Path, tmp_path: Path, suffix: str, options: list[str], codec: str
) -> None:
    target = tmp_path / f"a{suffix}"
    assert main(["decode", str(film), "-o", str(target), "--quiet", *options]) == 0
    with inloop.decode(film) as video:
        assert md5s(target) == [frame.md5() for frame in video]
    assert video_files.streams_of(target)[:2] == [("video", codec), ("audio", "aac")]
    if suffix != ".avi":  # which knows one rate only
        times = video_files.shown_times(target)
        tick = Fraction(1, 1000) if suffix == ".mkv" else 0
        wanted = [time * video_files.TICK for time in UNEVEN]
        assert all(abs(time - times[0] - other) <= tick for time, other in zip(times, wanted, strict=True))
        with av.open(str(target)) as container:
            assert container.metadata["title"] == "A film"


def test_into_a_pipe_with_times(film: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "inloop", "decode", str(film), "-o", "-", "--output-format", "nut"]
    done = subprocess.run([*command, "--quiet"], capture_output=True, check=True)
    piped = tmp_path / "a.nut"
    piped.write_bytes(done.stdout)
    times = video_files.shown_times(piped)
    assert [time - times[0] for time in times] == [time * video_files.TICK for time in UNEVEN]


def test_what_is_lost_in_raw_pictures(film: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["decode", str(film), "-o", str(tmp_path / "a.y4m"), "--quiet"]) == 0
    printed = capsys.readouterr().err
    assert "uneven times" in printed
    assert "audio" in printed


def test_a_rate_that_is_given(film: Path, tmp_path: Path) -> None:
    target = tmp_path / "a.nut"
    assert main(["decode", str(film), "-o", str(target), "--fps", "50", "--quiet"]) == 0
    times = video_files.shown_times(target)
    assert [time - times[0] for time in times] == [Fraction(index, 50) for index in range(8)]
    assert ("audio", "aac") in video_files.streams_of(target)


def test_pictures_turned(tmp_path: Path) -> None:
    matrix = (0, 65536, 0, -65536, 0, 0, 0, 0, 1 << 30)
    source, ours = tmp_path / "source.mp4", tmp_path / "ours.mp4"
    video_files.write_film(source, UNEVEN[:2], matrix=matrix)
    assert main(["encode", str(source), "-o", str(ours), "-p", "faster", "--quiet"]) == 0
    for rotate, angle, size in (("keep", -90, (64, 48)), ("apply", 0, (48, 64))):
        target = tmp_path / f"{rotate}.mkv"
        assert main(["decode", str(ours), "-o", str(target), "--rotate", rotate, "--quiet"]) == 0
        with av.open(str(target)) as container:
            first = next(container.decode(video=0))
            assert (first.rotation, (first.width, first.height)) == (angle, size)


def test_the_signal_goes_along(
    tmp_path: Path, small_frames: list[Frame], capsys: pytest.CaptureFixture[str]
) -> None:
    stream = tmp_path / "a.hevc"
    signal = SignalDescription(sar=Fraction(4, 3), full_range=True, primaries=9, transfer=16, matrix=9)
    deep = [frame.to_depth(10) for frame in small_frames[:2]]
    with open_video_writer(tmp_path / "a.y4m", VideoInfo(100, 72, Fraction(30), 10)) as writer:
        for frame in deep:
            writer.write(frame)
    inloop.encode(tmp_path / "a.y4m", stream, signal=signal, preset="faster")
    for codec, sar in (("ffv1", None), ("libx264", signal.sar)):
        target = tmp_path / "a.mkv"
        assert main(["decode", str(stream), "-o", str(target), "--quiet", "-c:v", codec]) == 0
        with open_video(target) as video:
            assert video.info.signal == replace(signal, sar=sar)
            assert (video.info.fps, video.info.bit_depth) == (30, 10)
        assert ("the output cannot hold sample aspect 4:3" in capsys.readouterr().err) == (sar is None)


def test_enhanced_film(film: Path, tmp_path: Path) -> None:
    target, raw = tmp_path / "a.mkv", tmp_path / "a.yuv"
    source = film.parent / "source.mp4"
    assert main(["enhance", str(source), "-o", str(target), "--quiet"]) == 0
    assert main(["enhance", str(source), "-o", str(raw), "--quiet"]) == 0
    with open_video(target) as video:
        assert b"".join(frame.to_bytes() for frame in video) == raw.read_bytes()
    assert video_files.streams_of(target)[:2] == [("video", "ffv1"), ("audio", "aac")]
    assert video_files.sound_md5(target) == video_files.sound_md5(source)
    small = tmp_path / "a.mp4"
    command = ["enhance", str(source), "-o", str(small), "-c:v", "libx264", "--crf", "40", "--no-audio"]
    assert main([*command, "--quiet"]) == 0
    assert video_files.shown_times(small) == [time * video_files.TICK for time in UNEVEN]
    assert ("audio", "aac") not in video_files.streams_of(small)


def test_strength(small_frames: list[Frame]) -> None:
    model = inloop.load_enhancer("enhance")
    frame = small_frames[0]
    whole, none, half = (
        inloop.Enhancer(model, strength=strength).enhance(frame) for strength in (1.0, 0.0, 0.5)
    )
    assert none.md5() == frame.md5()
    assert whole.md5() == inloop.Enhancer(model).enhance(frame).md5() != frame.md5()
    full = whole.y.astype(int) - frame.y
    part = half.y.astype(int) - frame.y
    assert abs(part - full / 2).max() <= 1
    with pytest.raises(inloop.ConfigError, match="strength"):
        inloop.Enhancer(model, strength=2.5)


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("a.mkv", ["-c:v", "nothing"], "FFmpeg has no encoder nothing"),
        ("a.mkv", ["-c:v", "aac"], "aac codes no pictures"),
        ("a.webm", ["-c:v", "libx264"], "does not support"),
        ("a.mkv", ["-c:v", "libx264", "--encoder-option", "colour=blue"], "libx264 has no option colour"),
        ("a.mkv", ["-c:v", "prores"], "does not take pictures of 8 bit 4:2:0"),
        ("a.mkv", ["--encoder-option", "crf"], "not of the form name=value"),
        ("a.y4m", ["-c:v", "ffv1"], "holds pictures as they are"),
        ("a.gif", [], "pictures are written as .y4m, .yuv or .mp4"),
    ],
)
def test_encoders_that_do_not_fit(
    film: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    name: str,
    options: list[str],
    message: str,
) -> None:
    assert main(["decode", str(film), "-o", str(tmp_path / name), *options]) == 2
    assert message in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_no_pictures(tmp_path: Path) -> None:
    with (
        pytest.raises(inloop.ConfigError, match="no pictures"),
        open_video_writer(tmp_path / "a.mkv", VideoInfo(100, 72)),
    ):
        pass
    assert not list(tmp_path.iterdir())
