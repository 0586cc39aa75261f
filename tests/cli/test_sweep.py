# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""`inloop sweep` from clips to tables."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from inloop import Frame
from inloop.cli import main
from inloop.evaluate.exchange import write_pictures
from inloop.evaluate.sweeps.store import PointStore

pytest.importorskip("bjontegaard")
pytest.importorskip("imageio_ffmpeg")
Capture = pytest.CaptureFixture[str]


@pytest.fixture
def clips(tmp_path: Path, small_frames: list[Frame]) -> Path:
    """A folder with one clip of four pictures."""
    folder = tmp_path / "clips"
    folder.mkdir()
    write_pictures(folder / "tiny.y4m", small_frames, Fraction(25))
    return folder


def test_a_suite(clips: Path, tmp_path: Path, capsys: Capture) -> None:
    results = tmp_path / "results"
    encoders = "x264:fast,inloop:faster:vlop,x265:fast"
    words = ["sweep", "--suite", "quick", "--encoders", encoders, str(clips), "-o", str(results), "-j", "2"]
    assert main(words) == 0
    printed = capsys.readouterr()
    assert "BD-rates against x264 fast" in printed.out
    assert [line.split()[:3] for line in printed.out.splitlines()[2:4]] == [
        ["inloop", "faster", "vlop"],
        ["inloop", "faster", "vlop"],
    ]
    assert "[100.0%] 12/12 tiny" in printed.err
    assert {path.name for path in results.iterdir()} >= {
        "points.jsonl",
        "points.csv",
        "bd_rates.csv",
        "bd_rates.tex",
    }
    points = PointStore(results / "points.jsonl").points()
    assert len(points) == 12
    assert all(point.matches and point.conditions.frames == 4 for point in points)
    assert main(words) == 0
    again = capsys.readouterr()
    assert again.out == printed.out
    assert again.err.count(", kept") == 12
    assert len((results / "points.jsonl").read_text().splitlines()) == 12


def test_missing_points_are_named(clips: Path, tmp_path: Path, capsys: Capture) -> None:
    spec = tmp_path / "mine.toml"
    spec.write_text(
        "clips = ['clips']\nmetrics = []\n[encoders.good]\nprogram = 'x264'\n"
        "[encoders.bad]\nprogram = 'x264'\nparameters = 'no-such-thing=1'\nqps = [30]\n"
    )
    assert main(["sweep", str(spec), "--quiet"]) == 1
    printed = capsys.readouterr()
    assert printed.out.splitlines()[-1] == "missing: bad, tiny, crf 30"
    assert printed.err == "inloop: 1 of 5 points are missing\n"
    assert len(PointStore(tmp_path / "mine_sweep" / "points.jsonl").points()) == 4


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ([], "no clips are named"),
        (["a.toml", "b.toml"], "a sweep needs one TOML file, or clips"),
        (["a.toml", "--frames", "3"], "belong to clips"),
        (["a.toml", "--against", "x264"], "belong to clips"),
        (["--suite", "quick"], "no clips are named"),
        (["--suite", "fast", "clips"], "suite 'fast' is none of"),
        (["--suite", "quick", "clips", "--encoders", "x266"], "encoder 'x266'"),
        (["--suite", "quick", "clips", "--encoders", "x264", "--filter", "lop"], "leave out --filter"),
        (["clips", "--encoders", "x264", "--against", "x265"], "leave out --filter and --against"),
        (["--suite", "quick", "clips", "--metrics", "vfam"], "metrics vfam are unknown"),
        (["--suite", "quick", "clips", "--frames", "0"], "--frames must be 1 or more"),
        (["--suite", "quick", "clips", "--jobs", "0"], "--jobs must be 1 or more"),
    ],
)
def test_wrong_use(
    words: list[str], message: str, clips: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(clips.parent)
    assert main(["sweep", *words]) == 2
    printed = capsys.readouterr()
    assert message in printed.err
    assert printed.out == ""


def test_a_missing_network_is_found_first(clips: Path, tmp_path: Path, capsys: Capture) -> None:
    words = [
        "sweep",
        "--suite",
        "quick",
        "--filter",
        "none.onnx",
        str(clips),
        "-o",
        str(tmp_path / "results"),
    ]
    assert main(words) == 3
    assert "none.onnx" in capsys.readouterr().err
    assert not (tmp_path / "results").exists()


def test_clips_alone_are_the_quick_suite(
    clips: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(clips.parent)
    words = [
        "sweep",
        "clips",
        "--filter",
        "vlop",
        "--against",
        "x264:ultrafast",
        "--metrics",
        "psnr",
        "-n",
        "2",
    ]
    assert main(words) == 0
    printed = capsys.readouterr()
    assert "BD-rates against inloop medium\n" in printed.out
    store = PointStore(clips.parent / "sweep_quick" / "points.jsonl")
    assert {point.encoder for point in store.points()} == {
        "inloop medium",
        "inloop medium vlop",
        "x264 ultrafast",
    }


def test_speeds_are_measured_alone(clips: Path, tmp_path: Path, capsys: Capture) -> None:
    spec = tmp_path / "mine.toml"
    spec.write_text(
        f"clips = '{clips.name}'\nmetrics = []\nqps = [30]\n"
        "[encoders.a]\nprogram = 'x264'\npreset = 'ultrafast'\n[encoders.b]\nprogram = 'x264'\npreset = 'fast'\n"
    )
    assert main(["sweep", str(spec), "-j", "2"]) == 0
    assert (
        "perhaps with other points beside them (--measure-speed takes them alone)" in capsys.readouterr().out
    )
    assert main(["sweep", str(spec), "-j", "2", "--measure-speed"]) == 0
    printed = capsys.readouterr()
    assert printed.err.count("encodes ") == 2
    assert "one point at a time" in printed.out
    points = PointStore(tmp_path / "mine_sweep" / "points.jsonl").points()
    assert all(point.alone and point.encode and point.encode.peak_mib for point in points)
