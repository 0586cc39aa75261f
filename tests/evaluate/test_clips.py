# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from inloop import ConfigError, Frame
from inloop.evaluate.clips import find_clips, raw_info
from inloop.evaluate.exchange import write_pictures


@pytest.fixture
def folder(tmp_path: Path, moving_frames: list[Frame]) -> Path:
    """Two folders of clips, one of them with what is no clip."""
    for name in ("one/a.y4m", "one/b_128x96_50fps.yuv", "two/a.y4m", "two/c.y4m", "one/.hidden.y4m"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        write_pictures(tmp_path / name, moving_frames[:3], Fraction(24))
    (tmp_path / "one" / "README.txt").write_text("no clip")
    return tmp_path


def names(folder: Path, *patterns: str) -> list[str]:
    return [clip.name for clip in find_clips(patterns, folder)]


def test_patterns(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert names(folder, "one") == ["a", "b_128x96_50fps"]
    assert names(folder, "one/*.y4m", f"{folder}/two/c.y4m") == ["a", "c"]
    assert names(folder, "**/c.y4m", "two/c.y4m") == ["c"]
    monkeypatch.setenv("HOME", str(folder))
    assert names(Path("elsewhere"), "~/two") == ["a", "c"]
    # Two of one name are told apart.
    assert names(folder, "one", "two") == ["one/a.y4m", "b_128x96_50fps", "two/a.y4m", "c"]
    for missing in ("three", "one/*.mkv", "one/d.y4m"):
        with pytest.raises(ConfigError, match="no clip matches"):
            names(folder, missing)
    with pytest.raises(ConfigError, match="no clips are named"):
        names(folder)


def test_reading(folder: Path, moving_frames: list[Frame]) -> None:
    clips = find_clips(["one"], folder, limit=2)
    for clip, fps in zip(clips, (24, 50), strict=True):
        pictures = clip.read()
        assert pictures.fps == fps
        assert [frame.md5() for frame in pictures.frames] == [frame.md5() for frame in moving_frames[:2]]
    assert clips[0].digest() != clips[1].digest()
    before = clips[0].digest()
    write_pictures(clips[0].path, moving_frames[:4], Fraction(24))
    assert clips[0].digest() != before


def test_empty_clips(tmp_path: Path) -> None:
    (tmp_path / "a_64x64.yuv").touch()
    with pytest.raises(ConfigError, match="no pictures"):
        find_clips(["a_64x64.yuv"], tmp_path)[0].read()


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("BasketballDrive_1920x1080_50.yuv", (1920, 1080, 50, 8)),
        ("Bosphorus_3840x2160_120fps_420_10bit_YUV.yuv", (3840, 2160, 120, 10)),
        ("crowd_run_640x360p_yuv420p10le_29.97fps.yuv", (640, 360, Fraction("29.97"), 10)),
        ("x_416x240_8b.yuv", (416, 240, 25, 8)),
        ("a416x240_30Hz_10bits.yuv", (416, 240, 30, 10)),
    ],
)
def test_names_of_raw_files(name: str, expected: tuple[int, int, Fraction, int]) -> None:
    info = raw_info(name)
    assert (info.width, info.height, info.fps, info.bit_depth) == expected


def test_raw_files_need_a_size() -> None:
    with pytest.raises(ConfigError, match="no size like 416x240 in its name"):
        raw_info("clip_10bit.yuv")
