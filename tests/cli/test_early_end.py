# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Commands that end early: what is whole is kept, nothing torn is."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from inloop import Decoder, Frame
from inloop.cli import main
from inloop.io import VideoInfo, open_video_writer


@pytest.fixture
def clip(tmp_path: Path, small_frames: list[Frame]) -> Path:
    path = tmp_path / "clip.y4m"
    with open_video_writer(path, VideoInfo(100, 72)) as writer:
        for frame in small_frames:
            writer.write(frame)
    return path


def pictures_of(stream: Path) -> int:
    decoder = Decoder()
    return len(decoder.decode(stream.read_bytes()) + decoder.flush())


def test_a_cut_source_keeps_its_whole_pictures(
    clip: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cut, stream = tmp_path / "cut.y4m", tmp_path / "cut.hevc"
    cut.write_bytes(clip.read_bytes()[:-100])
    assert main(["encode", str(cut), "-o", str(stream), "--quiet"]) == 4
    assert "3 pictures are kept in" in capsys.readouterr().err
    assert pictures_of(stream) == 3


def test_a_cut_stream_keeps_its_whole_pictures(
    clip: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stream, cut, decoded = tmp_path / "a.hevc", tmp_path / "cut.hevc", tmp_path / "a.yuv"
    assert main(["encode", str(clip), "-o", str(stream), "--structure", "ldp", "--quiet"]) == 0
    cut.write_bytes(stream.read_bytes()[:-30])
    assert main(["decode", str(cut), "-o", str(decoded), "--quiet"]) == 4
    assert "3 pictures are kept in" in capsys.readouterr().err
    assert decoded.stat().st_size == 3 * 100 * 72 * 3 // 2


def take_usual_signals() -> None:
    """Undo what children inherit of whoever runs the tests: SIGINT is ignored behind `&`, SIGHUP under nohup."""
    for number in (signal.SIGINT, signal.SIGHUP, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)


def run_endless(tmp_path: Path, *more: str) -> subprocess.Popen[bytes]:
    """Encode the sample clip over and over from a pipe that stays open, until some pictures are out."""
    command = [sys.executable, "-m", "inloop", "encode", "-", "-o", str(tmp_path / "a.hevc"), *more]
    command += [
        "--structure",
        "ldp",
        "--preset",
        "faster",
        "--qp",
        "40",
        "-n",
        "1000000",
        "--input-res",
        "64x64",
    ]
    process = subprocess.Popen(
        [*command, "--quiet"],
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
        preexec_fn=take_usual_signals,
    )
    assert process.stdin is not None
    process.stdin.write(bytes(64 * 64 * 3 // 2) * 5)
    process.stdin.flush()
    deadline = time.monotonic() + 60
    while not [name for name in os.listdir(tmp_path) if name.endswith(".part")]:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    time.sleep(1)
    return process


@pytest.mark.parametrize("threads", ["1", "2", "8"])
def test_ctrl_c_ends_the_stream_properly(tmp_path: Path, threads: str) -> None:
    process = run_endless(tmp_path, "--threads", threads)
    process.send_signal(signal.SIGINT)
    _, printed = process.communicate(timeout=60)
    assert process.returncode == 130
    assert b"interrupted; 5 pictures are kept in" in printed
    assert os.listdir(tmp_path) == ["a.hevc"]
    assert pictures_of(tmp_path / "a.hevc") == 5


@pytest.mark.parametrize("threads", ["1", "8"])
def test_a_reader_that_goes_ends_the_encoder(clip: Path, threads: str) -> None:
    command = [sys.executable, "-m", "inloop", "encode", str(clip), "-o", "-", "--qp", "20", "--quiet"]
    reader, writer = os.pipe()
    with os.fdopen(writer, "wb") as pipe:
        os.close(reader)  # before the first packet
        done = subprocess.run(
            [*command, "--threads", threads], stdout=pipe, stderr=subprocess.PIPE, timeout=60, check=False
        )
    assert done.returncode == 1
    assert b"the reader of the output has gone" in done.stderr


@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP"])
def test_a_signal_leaves_nothing_torn(tmp_path: Path, name: str) -> None:
    process = run_endless(tmp_path)
    process.send_signal(getattr(signal, name))
    _, printed = process.communicate(timeout=60)
    assert process.returncode == 128 + getattr(signal, name)
    assert f"ended by {name}".encode() in printed
    assert [file for file in os.listdir(tmp_path) if file.startswith(".")] == []


def test_a_source_is_never_the_output(clip: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = clip.read_bytes()
    for command in (
        ["encode", str(clip), "-o", str(clip)],
        ["encode", str(clip), "-o", os.devnull, "--csv", str(clip)],
        ["encode", str(clip), "-o", os.devnull, "--crf", "30", "--pass", "1", "--stats", str(clip)],
        ["enhance", str(clip), "-o", str(clip)],
        ["enhance", str(clip), "-o", os.devnull, "--reference", str(clip), "--flags", str(clip)],
        ["decode", str(clip), "-o", str(clip)],
        ["model", "convert", str(clip), "-o", str(clip)],
    ):
        assert main(command) == 2, command
        assert "is the input" in capsys.readouterr().err
        assert clip.read_bytes() == before


def test_closed_standard_streams(clip: Path, tmp_path: Path) -> None:
    for closed in ("2>&-", ">&-", ">&- 2>&-", "<&-"):
        stream = tmp_path / "a.hevc"
        command = f"{sys.executable} -m inloop encode {clip} -o {stream} --qp 40 {closed}"
        assert subprocess.run(["sh", "-c", command], check=False).returncode == 0, closed
        assert pictures_of(stream) == 4
        stream.unlink()
