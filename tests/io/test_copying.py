# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""From container to container: times, sound, subtitles, chapters, words, and how players turn pictures."""

from __future__ import annotations

import itertools
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

import inloop
from inloop.cli import main
from inloop.io import open_video
from inloop.io.companions import CopyOptions
from inloop.io.timeline import DisplayTimes, Timeline
from inloop.io.video_encoding import VIDEO_CONTAINERS

av = pytest.importorskip("av")
video_files = pytest.importorskip("video_files")

EVEN = [512 * index for index in range(10)]
UNEVEN = [0, 512, 700, 2000, 2100, 2200, 4000, 4096, 7777, 9000]
ROTATED = (0, 65536, 0, -65536, 0, 0, 0, 0, 1 << 30)  # shown turned by 90 degrees clockwise
SPAN = 0.4


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ten pictures with all that goes with them."""
    path = tmp_path_factory.mktemp("film") / "film.mkv"
    words = {"title": "A film", "oddity": "yes"}
    video_files.write_film(path, EVEN, sound_s=SPAN, subtitles=True, words=words)
    return path


def encode(source: Path, target: Path, *options: str) -> int:
    return main(["encode", str(source), "-o", str(target), "-p", "faster", "--quiet", *options])


def test_everything_goes_along(film: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "a.mkv"
    assert encode(film, target) == 0
    assert capsys.readouterr().err == ""
    kinds = [("video", "hevc"), ("audio", "aac"), ("subtitle", "subrip")]
    assert video_files.streams_of(target) == kinds
    assert video_files.sound_md5(target) == video_files.sound_md5(film)
    with av.open(str(target)) as container:
        assert container.metadata["title"] == "A film"
        assert {key.lower() for key in container.metadata} >= {"oddity"}
        assert [chapter["metadata"] for chapter in container.chapters()] == [{"title": "Arrival"}]
        assert container.streams.audio[0].metadata["language"] == "fin"


def test_attachments(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = tmp_path / "source.mkv"
    video_files.write_film(source, EVEN[:2], attachment=b"letters")
    assert encode(source, tmp_path / "a.mkv") == 0
    with av.open(str(tmp_path / "a.mkv")) as container:
        assert [stream.data for stream in container.streams.attachments] == [b"letters"]
        assert container.streams.attachments[0].name == "font.ttf"
    assert capsys.readouterr().err == ""
    assert encode(source, tmp_path / "a.mp4") == 0
    assert "cannot hold attachments of stream 1" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("suffix", "lost"),
    [
        (".mp4", "the words ODDITY"),
        (".ts", "the words ODDITY, title, chapters, subtitles of stream 2 (subrip)"),
    ],
)
def test_what_cannot_go_along_is_named(
    film: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], suffix: str, lost: str
) -> None:
    target = tmp_path / f"a{suffix}"
    assert encode(film, target) == 0
    assert capsys.readouterr().err == f"inloop: warning: {film}: the output cannot hold {lost}\n"
    assert video_files.streams_of(target)[:2] == [("video", "hevc"), ("audio", "aac")]


def texts_of(path: Path) -> list[tuple[Fraction, Fraction, bytes]]:
    """Start, duration and text of the subtitles of a file, but for empty ones."""
    with av.open(str(path)) as container:
        stream = container.streams.subtitles[0]
        found = []
        for packet in container.demux(stream):
            for subtitle in (packet.size and stream.codec_context.decode2(packet)) or ():
                times = packet.pts * packet.time_base, packet.duration * packet.time_base
                found.append((*times, subtitle.ass.split(b",", 8)[8]))
        return found


@pytest.mark.parametrize(
    ("suffix", "codec"), [(".mp4", "mov_text"), (".mov", "mov_text"), (".mkv", "subrip"), (".webm", "webvtt")]
)
def test_text_gets_the_form_of_the_container(film: Path, tmp_path: Path, suffix: str, codec: str) -> None:
    told = [(Fraction(1, 10), Fraction(1, 5), b"Hello")]
    assert texts_of(film) == told
    between, target = tmp_path / "between.mp4", tmp_path / f"a{suffix}"
    assert encode(film, between) == 0
    assert main(["decode", str(between), "-o", str(target), "--no-audio", "--quiet"]) == 0
    for path, kind in ((between, "mov_text"), (target, codec)):
        assert ("subtitle", kind) in video_files.streams_of(path)
        assert texts_of(path) == told


@pytest.mark.parametrize("suffix", VIDEO_CONTAINERS)
def test_every_container_takes_what_it_can(film: Path, tmp_path: Path, suffix: str) -> None:
    target = tmp_path / f"a{suffix}"
    assert main(["enhance", str(film), "-o", str(target), "--quiet"]) == 0
    with av.open(str(target)) as container:
        assert ("title" in {key.lower() for key in container.metadata}) == (suffix not in (".ts", ".m2ts"))
        assert len(list(container.decode(video=0))) == len(EVEN)


def test_damaged_text_is_left_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source, target = tmp_path / "source.mkv", tmp_path / "a.mp4"
    video_files.write_film(source, EVEN[:4], subtitles=True)
    source.write_bytes(source.read_bytes().replace(b"Hello", b"H\xff\xfe\xfdo"))
    assert encode(source, target) == 0
    assert "cannot hold 1 damaged subtitles of stream 1" in capsys.readouterr().err
    assert not texts_of(target)


def test_a_bare_stream_has_pictures_only(
    film: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert encode(film, tmp_path / "a.hevc") == 0
    assert "its audio and subtitles are left out" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "kinds"),
    [
        (["--no-audio"], ["video", "subtitle"]),
        (["--map", "0:a"], ["video", "audio"]),
        (["--map", "v", "--map", "s:0"], ["video", "subtitle"]),
        (["--map", "-s"], ["video", "audio"]),
        (["--map", "0:2", "--map", "a:7?"], ["video", "subtitle"]),
        (["--map", "0"], ["video", "audio", "subtitle"]),
    ],
)
def test_streams_that_are_asked_for(film: Path, tmp_path: Path, options: list[str], kinds: list[str]) -> None:
    target = tmp_path / "a.mkv"
    assert encode(film, target, *options) == 0
    assert [kind for kind, _ in video_files.streams_of(target)] == kinds


@pytest.mark.parametrize("name", ["a:7", "x", "", "-", "0:a:", "a:0:1"])
def test_maps_that_name_nothing(
    film: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    assert encode(film, tmp_path / "a.mkv", "--map", name) == 2
    assert "--map" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("suffix", [".mp4", ".mkv", ".ts", ".mov"])
@pytest.mark.parametrize("structure", ["ra", "ldp"])
def test_uneven_times_are_kept(tmp_path: Path, suffix: str, structure: str) -> None:
    source, target = tmp_path / "source.mp4", tmp_path / f"a{suffix}"
    video_files.write_film(source, UNEVEN)
    assert encode(source, target, "--structure", structure, "--nnlf", "vlop") == 0
    shown = video_files.shown_times(target)
    tick = {".mkv": Fraction(1, 1000), ".ts": Fraction(1, 90000)}.get(suffix, Fraction(0))
    for time, wanted in zip(shown, UNEVEN, strict=True):
        assert abs(time - shown[0] - wanted * video_files.TICK) <= tick / 2
    decoding = [dts for _, dts in video_files.packet_times(target) if dts is not None]
    assert all(before < after for before, after in itertools.pairwise(decoding))
    assert all(dts is None or dts <= pts for pts, dts in video_files.packet_times(target))
    with open_video(target) as video:  # ours, with the filter
        assert [frame.time for frame in video] == [time - shown[0] for time in shown]
    with inloop.decode(target) as decoded:
        assert [frame.time for frame in decoded] == [time - shown[0] for time in shown]


def test_uneven_times_in_a_bare_stream(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = tmp_path / "source.mp4"
    video_files.write_film(source, UNEVEN)
    assert encode(source, tmp_path / "a.hevc") == 0
    assert "uneven times" in capsys.readouterr().err


def test_rounded_times_become_even_again(tmp_path: Path) -> None:
    """Matroska has milliseconds; 30000/1001 pictures a second are exact behind it all the same."""
    source, target = tmp_path / "source.mkv", tmp_path / "a.mp4"
    period = 1001 * 12800 / 30000
    video_files.write_film(source, [round(index * period) for index in range(12)])
    assert encode(source, target, "--fps", "30000/1001") == 0
    assert video_files.shown_times(target) == [index * Fraction(1001, 30000) for index in range(12)]
    timeline = Timeline(Fraction(30000, 1001), Fraction(1, 1000))
    frames = [
        inloop.Frame(
            *[np.zeros((2, 2), np.uint8), *[np.zeros((1, 1), np.uint8)] * 2], 8, index, Fraction(ms, 1000)
        )
        for index, ms in enumerate([0, 33, 67, 100, 133, 150, 150])
    ]
    assert len(list(timeline.recorded(frames))) == 7
    ticks = [timeline.ticks(index) * timeline.base for index in range(7)]
    assert ticks[:5] == [index * Fraction(1001, 30000) for index in range(5)]
    assert ticks[5] == Fraction(150, 1000)
    assert ticks[6] > ticks[5]


def test_times_of_pictures_that_are_lost_or_hidden() -> None:
    planes = [np.zeros((2, 2), np.uint8), *[np.zeros((1, 1), np.uint8)] * 2]
    times = DisplayTimes()
    for time, shown in ((2, True), (0, False), (1, True), (5, True), (3, True), (4, True)):
        times.add(Fraction(time), shown=shown)
    lost = iter([0, 0, 0, 1, 1, 1, 1])  # one picture before the fourth that comes
    frames = [inloop.Frame(*planes, 8, index) for index in range(5)]
    given = list(times.given_to(frames, lambda: next(lost)))
    assert [(frame.pts, frame.time) for frame in given] == [(0, 1), (1, 2), (2, 4), (3, 5)]
    times.add(None)
    times.add(Fraction(7))
    assert [frame.time for frame in times.given_to(frames[:1])] == [None]


def test_sound_and_pictures_stay_together(tmp_path: Path) -> None:
    """The first picture comes a fifth of a second behind the sound."""
    source = tmp_path / "source.mkv"
    video_files.write_film(source, [time + 2560 for time in EVEN], sound_s=0.7)
    expected = first_time(source, "video") - first_time(source, "audio")
    for suffix in (".mp4", ".mkv", ".ts"):
        target = tmp_path / f"a{suffix}"
        assert encode(source, target) == 0
        # Transport streams do not mark the silence in front, so that it is decoded, too.
        silence = Fraction(1024, 8000) if suffix == ".ts" else 0
        apart = first_time(target, "video") - first_time(target, "audio") - silence
        assert abs(apart - expected) < Fraction(1, 400)


def first_time(path: Path, kind: str) -> Fraction:
    """When what is decoded begins, the silence aside that encoders put in front of sound."""
    with av.open(str(path)) as container:
        first = next(container.decode(**{kind: 0}))
        return Fraction(first.pts * first.time_base)


def test_pictures_that_an_edit_list_hides(tmp_path: Path) -> None:
    source, target = tmp_path / "source.mp4", tmp_path / "a.mp4"
    video_files.write_film(source, [time - 3 * 512 for time in EVEN])
    assert len(video_files.shown_times(source)) == 7
    assert encode(source, target, "--nnlf", "vlop") == 0
    assert video_files.shown_times(target) == [index * Fraction(1, 25) for index in range(7)]
    hidden = tmp_path / "hidden.mp4"  # a stream of ours behind an edit list
    video_files.ffmpeg(
        "-i", target, "-c", "copy", "-output_ts_offset", "-0.08", "-avoid_negative_ts", "0", hidden
    )
    assert len(video_files.shown_times(hidden)) == 5
    with inloop.decode(target) as whole, inloop.decode(hidden) as part:
        expected = [frame.md5() for frame in whole][2:]
        assert [frame.md5() for frame in part] == expected


@pytest.mark.parametrize(("skip", "count"), [(3, None), (0, 4), (3, 4)])
def test_a_part_of_the_pictures(film: Path, tmp_path: Path, skip: int, count: int | None) -> None:
    target = tmp_path / "a.mkv"
    options = ["--skip", str(skip)] + ([] if count is None else ["-n", str(count)])
    assert encode(film, target, *options) == 0
    pictures = 10 - skip if count is None else count
    assert video_files.shown_times(target) == [index * Fraction(1, 25) for index in range(pictures)]
    sound = [float(pts) for pts, _ in video_files.packet_times(target, "audio")]
    behind = [float(pts) - skip / 25 for pts, _ in video_files.packet_times(film, "audio")]
    end = pictures / 25 if count is not None else 100.0
    expected = [time for time in behind if (time >= 0 or skip == 0) and time < end]
    assert sound == pytest.approx(expected, abs=0.002)


def test_a_rate_that_is_given(film: Path, tmp_path: Path) -> None:
    target = tmp_path / "a.mp4"
    assert encode(film, target, "--fps", "50") == 0
    assert video_files.shown_times(target) == [index * Fraction(1, 50) for index in range(10)]


def test_a_pipe_is_read_once(film: Path, tmp_path: Path) -> None:
    target = tmp_path / "a.mkv"
    command = [sys.executable, "-m", "inloop", "encode", "-", "-o", str(target), "-p", "faster", "--quiet"]
    done = subprocess.run(command, input=film.read_bytes(), capture_output=True, check=True)
    assert b"its audio and subtitles are left out" in done.stderr
    assert video_files.shown_times(target) == [index * Fraction(1, 25) for index in range(10)]


def rotation(path: Path) -> int:
    with av.open(str(path)) as container:
        return next(container.decode(video=0)).rotation


@pytest.mark.parametrize("suffix", [".mp4", ".mkv"])
def test_rotation_is_kept(tmp_path: Path, suffix: str) -> None:
    source, target = tmp_path / "source.mp4", tmp_path / f"a{suffix}"
    video_files.write_film(source, EVEN[:2], matrix=ROTATED)
    assert rotation(source) == -90
    assert encode(source, target) == 0
    assert rotation(target) == -90


@pytest.mark.parametrize("suffix", [".hevc", ".ts"])
def test_rotation_that_cannot_be_kept(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], suffix: str
) -> None:
    source = tmp_path / "source.mp4"
    video_files.write_film(source, EVEN[:2], matrix=ROTATED)
    assert encode(source, tmp_path / f"a{suffix}") == 0
    assert (
        "players turn its pictures by 90 degrees clockwise, which the output cannot say"
        in capsys.readouterr().err
    )


@pytest.mark.parametrize(
    ("matrix", "filters"),
    [
        (ROTATED, "transpose=clock"),
        ((0, -65536, 0, 65536, 0, 0, 0, 0, 1 << 30), "transpose=cclock"),
        ((-65536, 0, 0, 0, -65536, 0, 0, 0, 1 << 30), "hflip,vflip"),
        ((-65536, 0, 0, 0, 65536, 0, 0, 0, 1 << 30), "hflip"),
    ],
)
def test_rotation_is_applied(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], matrix: tuple[int, ...], filters: str
) -> None:
    source, target, by_ffmpeg = tmp_path / "source.mp4", tmp_path / "a.mp4", tmp_path / "b.yuv"
    video_files.write_film(source, EVEN[:2], matrix=matrix)
    assert encode(source, target, "--rotate", "apply", "-q", "4") == 0
    assert rotation(target) == 0
    assert capsys.readouterr().err == ""
    video_files.ffmpeg("-noautorotate", "-i", source, "-vf", filters, "-pix_fmt", "yuv420p", by_ffmpeg)
    with open_video(target) as video:
        info, frames = video.info, list(video)
    assert (info.width, info.height) == ((48, 64) if "transpose" in filters else (64, 48))
    samples = np.frombuffer(by_ffmpeg.read_bytes(), np.uint8).astype(int)
    ours = np.frombuffer(b"".join(frame.to_bytes() for frame in frames), np.uint8)
    assert np.abs(samples - ours).mean() < 1


def test_in_python(film: Path, tmp_path: Path) -> None:
    target = tmp_path / "a.mp4"
    coded = inloop.encode(film, target, preset="faster", copying=CopyOptions(audio=False))
    assert coded.lost == ("the output cannot hold the words ODDITY",)
    assert [kind for kind, _ in video_files.streams_of(target)] == [
        "video",
        "subtitle",
        "data",  # that of chapters
    ]
