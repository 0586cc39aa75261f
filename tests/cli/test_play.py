# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""What a player gets: a script that takes its place keeps it."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

import inloop
from inloop import Frame
from inloop.cli import main
from inloop.io import VideoInfo, open_video, open_video_writer

pytest.importorskip("av")
video_files = pytest.importorskip("video_files")


def script(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


def test_pictures_sound_and_times(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source, ours, played = tmp_path / "source.mp4", tmp_path / "ours.mp4", tmp_path / "played.nut"
    times = [0, 512, 700, 2000, 2100]
    video_files.write_film(source, times, sound_s=0.3)
    options = ["--nnlf", "vlop", "-p", "faster", "--quiet"]
    assert main(["encode", str(source), "-o", str(ours), *options]) == 0
    (tmp_path / "bin").mkdir()
    script(tmp_path / "bin", "mpv", f'test "$2" = - && cat > {played}')
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/bin:/usr/bin")
    assert main(["play", str(ours), "--player", "mpv", "--quiet"]) == 0
    assert video_files.streams_of(played) == [("video", "rawvideo"), ("audio", "aac")]
    shown = video_files.shown_times(played)
    assert [time - shown[0] for time in shown] == [time * Fraction(1, 12800) for time in times]
    with open_video(played) as video, inloop.decode(ours) as decoded:
        assert [frame.md5() for frame in video] == [frame.md5() for frame in decoded]


def test_the_end_of_the_player(
    tmp_path: Path, small_frames: list[Frame], capsys: pytest.CaptureFixture[str]
) -> None:
    clip = tmp_path / "clip.y4m"
    with open_video_writer(clip, VideoInfo(100, 72)) as writer:
        for frame in 20 * small_frames:
            writer.write(frame)
    closes = script(tmp_path, "ffplay", "exit 0")
    assert main(["play", str(clip), "--player", str(closes)]) == 0
    fails = script(tmp_path, "mpv", "cat > /dev/null; exit 3")
    assert main(["play", str(clip), "--player", str(fails)]) == 1
    assert "exit code 3" in capsys.readouterr().err


def test_players_that_are_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["play", "clip.mp4", "--player", "vlc"]) == 2
    monkeypatch.setenv("PATH", str(tmp_path))
    assert main(["play", "clip.mp4"]) == 3
    assert "ffplay and mpv are not installed" in capsys.readouterr().err
