# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Peers encode, decode and are timed; the specs of benchmarks/rd can be read."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from enhance_networks import constant_residual
from inloop import ConfigError, Frame, InloopError
from inloop.evaluate.peer_encoders import PEERS, run_peer
from inloop.evaluate.sweep import measure
from inloop.evaluate.sweep_spec import EncoderSpec, read_spec
from inloop.io.video import VideoInfo
from inloop.io.y4m import Y4mWriter


def make_frames(count: int) -> list[Frame]:
    y, x = np.mgrid[0:96, 0:128]
    luma = [(128 + 90 * np.sin((x + 2 * t) / 9) * np.cos(y / 11)).astype(np.uint8) for t in range(count)]
    grey = np.full((48, 64), 128, np.uint8)
    return [Frame(plane, grey, grey, pts=t) for t, plane in enumerate(luma)]


@pytest.mark.parametrize(
    ("program", "preset", "qp"),
    [("x265", "medium", 30), ("x264", "fast", 30), ("kvazaar", "medium", 30), ("svtav1", "10", 40)],
)
def test_peers(program: str, preset: str, qp: int) -> None:
    pytest.importorskip("imageio_ffmpeg")
    frames = make_frames(5)
    trial = run_peer(program, frames, Fraction(25), qp, preset)
    assert len(trial.pictures) == 5
    assert min(a.psnr(b).y for a, b in zip(frames, trial.pictures, strict=True)) > 25
    assert trial.encode_s > 0
    assert PEERS[program].library in trial.version


def test_failures_are_told() -> None:
    pytest.importorskip("imageio_ffmpeg")
    with pytest.raises(InloopError, match="FFmpeg"):
        run_peer("x265", make_frames(1), Fraction(25), 30, "no such preset")


def test_points_of_both_kinds(tmp_path: Path) -> None:
    pytest.importorskip("imageio_ffmpeg")
    clip = tmp_path / "clip.y4m"
    with clip.open("wb") as stream:
        writer = Y4mWriter(stream, VideoInfo(128, 96))
        for frame in make_frames(4):
            writer.write(frame)
    ours = EncoderSpec("ours", "ldp", preset="faster", options={"tools": {"merge_checks": 2}})
    peer = EncoderSpec("peer", program="x265", preset="fast", parameters="bframes=0")
    points = [measure(encoder, clip, 32, 3) for encoder in (ours, peer)]
    assert all(point.frames == 3 and point.matches and point.psnr_611 > 20 for point in points)
    assert points[0].command == (
        "inloop encode clip.y4m -o out.hevc --qp 32 --structure ldp --preset faster "
        "--tool merge_checks=2 --frames 3"
    )
    assert points[1].command == (
        "ffmpeg -threads 1 -i clip.y4m -an -c:v libx265 -preset fast -tune psnr -x265-params "
        "crf=32:keyint=-1:pools=none:frame-threads=1:info=0:bframes=0 -threads 1 -f hevc -frames:v 3 out"
    )


def test_pictures_of_a_peer_go_through_a_network(tmp_path: Path) -> None:
    pytest.importorskip("imageio_ffmpeg")
    clip, model = tmp_path / "clip.y4m", tmp_path / "add.onnx"
    with clip.open("wb") as stream:
        writer = Y4mWriter(stream, VideoInfo(128, 96))
        for frame in make_frames(2):
            writer.write(frame)
    model.write_bytes(constant_residual(9, 0, 0))
    plain = EncoderSpec("plain", program="x264")
    brighter = EncoderSpec("brighter", program="x264", enhance=str(model))
    before, after = (measure(encoder, clip, 20, None) for encoder in (plain, brighter))
    assert before.bits == after.bits
    assert before.psnr_y > after.psnr_y + 5
    assert before.psnr_u == after.psnr_u
    assert after.command.startswith(before.command + " && inloop enhance out -o out.y4m --model ")


def test_only_peers_are_enhanced() -> None:
    with pytest.raises(ConfigError, match="other encoders"):
        EncoderSpec("a", enhance="enhance")


def test_unknown_program() -> None:
    with pytest.raises(ConfigError, match="inloop, x265"):
        EncoderSpec("a", program="x266")


def test_recorded_specs(repo_dir: Path, shared_dir: Path) -> None:
    for path in sorted((repo_dir / "benchmarks" / "rd").glob("*.toml")):
        assert read_spec(path).clips
