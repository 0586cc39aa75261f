# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Streams with the filter survive what people do to files: FFmpeg copies them from container to container."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

import inloop
from inloop import Frame
from inloop.cli import main
from inloop.codec.stream_info import describe_stream
from inloop.io import VideoInfo, open_video_writer

pytest.importorskip("av")
video_files = pytest.importorskip("video_files")


@pytest.fixture(scope="module", params=["loop", "post"])
def stream(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, small_frames: list[Frame]
) -> Path:
    """A filtered stream with two random access points, picture hashes and an SEI message.

    Without B pictures, because FFmpeg does not find the times of those in bare streams, whoever made them.
    """
    folder = tmp_path_factory.mktemp("stream")
    with open_video_writer(folder / "clip.y4m", VideoInfo(100, 72)) as writer:
        for frame in 3 * small_frames:
            writer.write(frame)
    target = folder / "a.hevc"
    options = [
        "--structure",
        "ldp",
        "--intra-period",
        "8",
        "--md5",
        "--nnlf",
        "vlop",
        "--nnlf-mode",
        request.param,
    ]
    options += ["--repeat-headers", "--aud", "--max-cll", "100,50"]
    command = ["encode", str(folder / "clip.y4m"), "-o", str(target), "-p", "faster", "--quiet", *options]
    assert main(command) == 0
    return target


def shown(path: Path) -> list[str]:
    with inloop.decode(path, verify=True) as video:
        hashes = [frame.md5() for frame in video]
        assert video.decoder.checked_pictures == len(hashes)
    return hashes


@pytest.mark.parametrize("suffix", [".mp4", ".mkv", ".ts", ".mov"])
def test_copied_into_a_container_and_out(stream: Path, tmp_path: Path, suffix: str) -> None:
    boxed, bare = tmp_path / f"a{suffix}", tmp_path / "b.hevc"
    expected = shown(stream)
    use = describe_stream(stream.read_bytes()).nnlf
    assert len(expected) == 12
    assert use.pictures > 0
    video_files.ffmpeg("-fflags", "+genpts", "-r", "25", "-i", stream, "-c", "copy", boxed)
    assert shown(boxed) == expected
    video_files.ffmpeg("-i", boxed, "-c", "copy", "-f", "hevc", bare)
    assert shown(bare) == expected
    assert describe_stream(bare.read_bytes()).nnlf == use


@pytest.mark.parametrize("suffix", [".mp4", ".mkv", ".ts"])
def test_ours_from_container_to_container(
    stream: Path, tmp_path: Path, small_frames: list[Frame], suffix: str
) -> None:
    clip, ours = stream.parent / "clip.y4m", tmp_path / f"a{suffix}"
    options = ["--gop", "4", "--nnlf", "vlop", "--md5", "-p", "faster", "--quiet"]
    assert main(["encode", str(clip), "-o", str(ours), *options]) == 0
    expected = shown(ours)
    source = ours
    for number, following in enumerate((".ts", ".mkv", ".mp4", ".hevc")):
        copied = tmp_path / f"copy{number}{following}"
        video_files.ffmpeg("-i", source, "-c", "copy", copied)
        assert shown(copied) == expected
        if following != ".hevc":
            times = video_files.shown_times(copied)
            assert [round(25 * (time - times[0])) for time in times] == list(range(12))
        source = copied


def test_a_network_of_ones_own(tmp_path: Path) -> None:
    fuzz = Path(__file__).parents[1] / "fuzz"
    filtered = sorted((fuzz / "corpus_decoder").glob("filtered_*.265"))[0]
    with pytest.raises(inloop.ModelError), inloop.open_video(filtered, fps=Fraction(25)):
        pass
    model = inloop.load_filter(fuzz / "small_filter.inl")
    with (
        inloop.open_video(filtered, fps=Fraction(25), models=[model]) as video,
        inloop.decode(filtered, models=[model]) as decoded,
    ):
        assert [frame.md5() for frame in video] == [frame.md5() for frame in decoded]
