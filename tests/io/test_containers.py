# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Videos in containers: ours in and out, and what goes wrong with those of others."""

from __future__ import annotations

import itertools
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

import inloop
from inloop import Frame
from inloop.cli import main
from inloop.io import VideoInfo, open_video, open_video_writer

av = pytest.importorskip("av")


@pytest.fixture
def clip(tmp_path: Path, small_frames: list[Frame]) -> Path:
    path = tmp_path / "clip.y4m"
    with open_video_writer(path, VideoInfo(100, 72, Fraction(30))) as writer:
        for frame in [*small_frames, *small_frames, *small_frames]:
            writer.write(frame)
    return path


def md5s(frames: list[Frame]) -> list[str]:
    return [frame.md5() for frame in frames]


@pytest.mark.parametrize("suffix", [".mp4", ".mkv", ".ts"])
@pytest.mark.parametrize("structure", ["ra", "ldp"])
def test_streams_in_containers(clip: Path, tmp_path: Path, suffix: str, structure: str) -> None:
    bare, boxed = tmp_path / "a.hevc", tmp_path / f"a{suffix}"
    options = ["--structure", structure, "--preset", "faster", "--nnlf", "vlop", "--quiet"]
    assert main(["encode", str(clip), "-o", str(bare), "--intra-period", "300", *options]) == 0
    assert main(["encode", str(clip), "-o", str(boxed), *options]) == 0
    with inloop.decode(bare) as video:
        expected = md5s(list(video))
    with inloop.decode(boxed) as video:
        assert md5s(list(video)) == expected
    with open_video(boxed) as video:  # filtered, as FFmpeg would not
        assert video.info.fps == 30
        assert md5s(list(video)) == expected
    with av.open(str(boxed)) as container:
        context = container.streams.video[0].codec_context
        if suffix == ".mp4":  # players of Apple's want this tag, and parameter sets in the header
            assert context.codec_tag == "hvc1"
            assert context.extradata[0] == 1
        packets = [packet for packet in container.demux(video=0) if packet.size]
    assert len(packets) == 12
    assert len({packet.pts for packet in packets}) == 12
    if suffix != ".mkv":  # which stores no decoding times
        assert all(packet.dts <= packet.pts for packet in packets)
        assert all(a.dts < b.dts for a, b in itertools.pairwise(packets))
    assert packets[0].is_keyframe


def test_a_container_can_be_sought_in(clip: Path, tmp_path: Path) -> None:
    """Ten seconds of pictures from one intra picture to the next: two here, at two a second."""
    boxed = tmp_path / "a.mp4"
    command = ["encode", str(clip), "-o", str(boxed), "--fps", "0.4", "--gop", "4", "--preset", "faster"]
    assert main([*command, "--no-scene-cut", "--quiet"]) == 0
    with av.open(str(boxed)) as container:
        keys = [packet.is_keyframe for packet in container.demux(video=0) if packet.size]
    assert keys.count(True) == 3


@pytest.mark.parametrize("name", ["a.webm", "a.avi", "a.y4m", "a.264"])
def test_names_of_other_formats(
    clip: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    assert main(["encode", str(clip), "-o", str(tmp_path / name)]) == 2
    assert "an HEVC stream is written as" in capsys.readouterr().err


def write_container(
    path: Path, frames: list[Frame], codec: str = "libx264", options: dict[str, str] | None = None
) -> None:
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=25)
        stream.width, stream.height, stream.pix_fmt = 100, 72, "yuv420p"
        stream.options = options or {}
        for frame in frames:
            planes = np.concatenate([plane.reshape(-1) for plane in frame.planes])
            picture = av.VideoFrame(100, 72, "yuv420p")
            for plane, samples in zip(picture.planes, frame.planes, strict=True):
                padded = np.zeros((plane.height, plane.line_size), np.uint8)
                padded[: samples.shape[0], : samples.shape[1]] = samples
                plane.update(padded)
            assert planes.size
            container.mux(stream.encode(picture))
        container.mux(stream.encode(None))


@pytest.mark.parametrize("name", ["Movie: the sequel.mkv", "12:30.mkv", "concat:x.mkv", "%03d.mkv"])
def test_names_that_ffmpeg_would_take_for_something_else(
    tmp_path: Path, small_frames: list[Frame], monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    write_container(tmp_path / "plain.mkv", small_frames)
    (tmp_path / "plain.mkv").rename(tmp_path / name)
    monkeypatch.chdir(tmp_path)
    with open_video(name) as video:
        assert len(list(video)) == 4


def test_interlaced_pictures_are_refused(
    tmp_path: Path, small_frames: list[Frame], capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "a.mkv"
    write_container(path, small_frames, options={"x264-params": "tff=1"})
    assert main(["encode", str(path), "-o", str(tmp_path / "a.hevc")]) == 1
    assert "interlaced pictures; deinterlace them first" in capsys.readouterr().err


def test_the_rate_of_a_bare_stream(tmp_path: Path, small_frames: list[Frame]) -> None:
    path = tmp_path / "a.hevc"
    encoder = inloop.Encoder(100, 72, 60, qp=40)
    from inloop.pipeline import encode_frames

    path.write_bytes(b"".join(packet.data for packet in encode_frames(encoder, small_frames)))
    with open_video(path) as video:
        assert video.info.fps == 60
        assert len(list(video)) == 4
    with open_video(path, fps=Fraction(24)) as video:
        assert video.info.fps == 24


def test_a_file_of_sound_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "a.wav"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("pcm_s16le", rate=8000, layout="mono")
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 800), np.int16), "s16", "mono")
        frame.sample_rate = 8000
        container.mux(stream.encode(frame))
    assert main(["encode", str(path), "-o", str(tmp_path / "a.hevc")]) == 4
    assert "no video in this file" in capsys.readouterr().err


def test_whole_files_in_one_call(clip: Path, tmp_path: Path) -> None:
    stream = tmp_path / "a.hevc"
    coded = inloop.encode(clip, stream, crf=35, structure="ldp", preset="faster")
    assert coded.pictures == 12
    assert coded.bits == 8 * stream.stat().st_size
    with inloop.decode(stream) as video:
        assert len(list(video)) == 12
        assert video.fps == 30
    with pytest.raises(inloop.ConfigError, match="is the input"):
        inloop.encode(clip, clip)
    with pytest.raises(inloop.ConfigError, match="exclude each other"):
        inloop.encode(clip, stream, qp=3, crf=5)
    with pytest.raises(TypeError, match="presett"):
        inloop.encode(clip, stream, presett="fast")


def test_wrong_types_are_told(small_frames: list[Frame]) -> None:
    with pytest.raises(TypeError, match=r"takes an inloop\.Frame, not ndarray"):
        inloop.Encoder(100, 72, 25, qp=30).encode(small_frames[0].y)
    with pytest.raises(TypeError, match="takes bytes of the stream, not str"):
        inloop.Decoder().decode("a.hevc")
    with pytest.raises(TypeError, match="plane y is of list"):
        Frame([[1]], [[1]], [[1]])


def test_parts_serve_one_encoder() -> None:
    nnlf = inloop.PictureFilter(inloop.load_filter("vlop"))
    inloop.Encoder(100, 72, 25, qp=30, nnlf=nnlf)
    with pytest.raises(inloop.ConfigError, match="picture filter serves another encoder"):
        inloop.Encoder(100, 72, 25, qp=30, nnlf=nnlf)
    nnlf.restart()
    inloop.Encoder(100, 72, 25, qp=30, nnlf=nnlf)
