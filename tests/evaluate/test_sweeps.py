# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Sweeps lose no point and repeat none; what they come to."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from enhance_networks import constant_residual
from inloop import ConfigError, Frame, InloopError
from inloop.evaluate.clips import Clip
from inloop.evaluate.exchange import write_pictures
from inloop.evaluate.sweeps import run
from inloop.evaluate.sweeps.measure import Measured, measure
from inloop.evaluate.sweeps.point import Conditions, Machine, Point
from inloop.evaluate.sweeps.run import run_sweep
from inloop.evaluate.sweeps.spec import PointSpec, SweepSpec
from inloop.evaluate.sweeps.store import PointStore
from inloop.evaluate.sweeps.summary import (
    doubts,
    mean_rate,
    missing_points,
    mixtures,
    rates_between,
    summarise,
)
from inloop.evaluate.sweeps.tables import between_table, points_csv, rates_csv, rates_latex, terminal_table
from inloop.evaluate.sweeps.toml_file import read_spec
from inloop.executors import InThisProcess

MakePoint = Callable[..., Point]
QPS = (22, 27, 32, 37)


@pytest.fixture
def spec(tmp_path: Path, moving_frames: list[Frame]) -> SweepSpec:
    for name in ("a.y4m", "b.y4m"):
        write_pictures(tmp_path / name, moving_frames[: 3 if name == "a.y4m" else 4], Fraction(24))
    path = tmp_path / "spec.toml"
    path.write_text(
        "clips = ['*.y4m']\nmetrics = ['psnr']\n[encoders.off]\n[encoders.slow]\npreset = 'slower'"
    )
    return read_spec(path)


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch, make_point: MakePoint) -> list[PointSpec]:
    """The points that were measured, from here on by a made-up measurement."""
    found: list[PointSpec] = []

    def fake(spec: PointSpec) -> Measured:
        found.append(spec)
        if spec.value == 99:
            raise InloopError("no such QP")
        point = make_point(spec.encoder.name, spec.clip.name, spec.value)
        return Measured(replace(point, key=spec.key(), families=spec.families), b"picture")

    monkeypatch.setattr(run, "measure", fake)
    return found


def test_an_interrupted_sweep_goes_on(spec: SweepSpec, calls: list[PointSpec], tmp_path: Path) -> None:
    path = tmp_path / "points.jsonl"
    interrupted = run_sweep(spec, PointStore(path), InThisProcess())
    first = [next(interrupted) for _ in range(5)]
    interrupted.close()
    rest = list(run_sweep(spec, PointStore(path), InThisProcess()))
    assert len(calls) == len(rest) == 16
    assert [progress.point for progress in rest[:5]] == [progress.point for progress in first]
    assert [progress.is_new for progress in rest] == [False] * 5 + [True] * 11
    again = list(run_sweep(spec, PointStore(path), InThisProcess()))
    assert {p.spec.key(): p.point for p in again} == {p.spec.key(): p.point for p in rest}
    assert len(calls) == 16
    assert not missing_points(spec, [progress.point for progress in again if progress.point])
    assert all(PointStore(path).picture(progress.spec.key()) == b"picture" for progress in again)
    assert PointStore(path).picture("no such point") == b""


def test_a_half_written_line_is_measured_again(
    spec: SweepSpec, calls: list[PointSpec], tmp_path: Path
) -> None:
    path = tmp_path / "points.jsonl"
    list(run_sweep(spec, PointStore(path), InThisProcess()))
    path.write_bytes(path.read_bytes()[:-100])
    assert sum(progress.is_new for progress in run_sweep(spec, PointStore(path), InThisProcess())) == 1
    assert len(calls) == 17
    assert len(PointStore(path).points()) == 16


def test_conditions_make_the_key(spec: SweepSpec, calls: list[PointSpec], tmp_path: Path) -> None:
    path = tmp_path / "points.jsonl"
    list(run_sweep(spec, PointStore(path), InThisProcess()))
    # Another name is no other condition, and two of the same conditions are measured once.
    renamed = tuple(replace(encoder, name=f"new {encoder.name}") for encoder in spec.encoders)
    both = replace(spec, encoders=(*renamed, *spec.encoders))
    found = list(run_sweep(both, PointStore(path), InThisProcess()))
    assert len(calls) == 16
    assert len(found) == 32
    assert {progress.point.encoder for progress in found if progress.point} == {
        "off",
        "slow",
        "new off",
        "new slow",
    }
    # Fewer pictures, other pictures and more measures are.
    shorter = replace(spec, clips=tuple(replace(clip, limit=2) for clip in spec.clips))
    assert all(progress.is_new for progress in run_sweep(shorter, PointStore(path), InThisProcess()))
    more = replace(spec, families=("psnr", "ssim"))
    assert all(progress.is_new for progress in run_sweep(more, PointStore(path), InThisProcess()))
    assert not any(progress.is_new for progress in run_sweep(spec, PointStore(path), InThisProcess()))
    write_pictures(spec.clips[0].path, spec.clips[1].read().frames[:2], Fraction(24))
    assert sum(progress.is_new for progress in run_sweep(spec, PointStore(path), InThisProcess())) == 8


def test_failures_are_named_and_others_go_on(spec: SweepSpec, calls: list[PointSpec], tmp_path: Path) -> None:
    first = replace(spec.encoders[0], values=(22, 99, 37))
    spec = replace(spec, encoders=(first, spec.encoders[1]))
    done = list(run_sweep(spec, PointStore(tmp_path / "points.jsonl"), InThisProcess()))
    assert [str(progress.error) for progress in done if progress.point is None] == ["no such QP"] * 2
    points = [progress.point for progress in done if progress.point]
    assert missing_points(spec, points) == ["off, a, qp 99", "off, b, qp 99"]
    rows = summarise(points, "off")
    assert [round(row.rate("psnr_y"), 6) for row in rows] == [0, 0]


def test_points_survive_json(make_point: MakePoint) -> None:
    point = make_point(
        "a",
        "b",
        22,
        machine=Machine("cpu", 2, "Linux", "avx2"),
        pictures={"psnr_y": (math.inf, 3.5)},
        encode=None,
    )
    point = replace(point, quality={**point.quality, "vmaf": math.inf})
    assert Point.from_json(json.loads(json.dumps(point.to_json(), allow_nan=False))) == point


@pytest.mark.parametrize("text", ["a,b\n1,2\n", '{"schema": 7}\n', "[]\n", '{"schema": 1}\n'])
def test_other_files_are_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "points.jsonl"
    path.write_text(text)
    with pytest.raises(ConfigError, match=r"points.jsonl, line 1: .*(points?|schema)"):
        PointStore(path)


def test_summary(make_point: MakePoint) -> None:
    points = [
        make_point(encoder, clip, qp, rate)
        for encoder, rate in (("off", 1.0), ("on", 0.9))
        for clip in ("a", "b")
        for qp in QPS
    ]
    rows = summarise(points, "off")
    assert [(row.encoder, row.clip) for row in rows] == [("on", "a"), ("on", "b")]
    for name in ("psnr_y", "psnr_u", "psnr_v", "ms_ssim"):
        assert rows[0].rates[name].pchip == pytest.approx(-10)
        assert rows[0].rates[name].akima == pytest.approx(-10)
        assert rows[0].rates[name].overlap == pytest.approx(1)
        assert mean_rate(rows, name) == (pytest.approx(-10), 2)
    assert (rows[0].encode_fps, rows[0].decode_fps, rows[0].encode_ratio) == (5, 20, 1)
    assert mean_rate(rows, "vmaf") == (pytest.approx(math.nan, nan_ok=True), 0)
    table = terminal_table(rows)
    assert table[0][2:7] == ("PSNR Y %", "PSNR U %", "PSNR V %", "MS-SSIM %", "Y Akima %")
    assert table[0][7:] == ("overlap %", "encode fps", "x anchor", "decode fps")
    assert table[1] == ("on", "a", *["-10.00"] * 5, "100", "5.00", "1.00", "20.00")
    assert table[3] == ("on", "mean", *["-10.00"] * 4, "", "", "", "1.00", "")


def test_each_against_each(make_point: MakePoint) -> None:
    points = [
        make_point(name, clip, qp, rate)
        for name, rate in (("a", 1.0), ("b", 0.5), ("c", 0.8))
        for clip in ("x", "y")
        for qp in QPS
    ]
    rates = rates_between(points, ["a", "b", "c", "none"])
    assert rates["b"]["a"] == pytest.approx(-50)
    assert rates["a"]["b"] == pytest.approx(100)
    assert rates["c"]["b"] == pytest.approx(60)
    assert math.isnan(rates["none"]["a"])
    assert between_table(rates)[:2] == [
        ("", "a", "b", "c", "none"),
        ("a", "", "100.00", "25.00", "-"),
    ]


def test_what_is_missing_is_said(make_point: MakePoint) -> None:
    def curve(encoder: str, clip: str, shift: float) -> list[Point]:
        return [
            replace(point, quality={"psnr_y": point.quality["psnr_y"] + shift})
            for point in (make_point(encoder, clip, qp) for qp in QPS)
        ]

    points = [*curve("off", "a", 0), *curve("on", "a", 0.3), *curve("off", "b", 0), *curve("on", "b", 14)]
    points += [make_point("on", "c", 22)]  # the anchor lacks this clip
    rows = summarise(points, "off")
    assert [(row.clip, row.rates["psnr_y"].overlap) for row in rows] == [
        ("a", pytest.approx(14.7 / 15.3)),
        ("b", pytest.approx(1 / 29)),
    ]
    assert doubts(rows, ["psnr_y"]) == [
        "on, b, PSNR Y: the curves share 3% of their quality range, 30% are needed"
    ]
    assert terminal_table(rows)[3][2].endswith(" (1 of 2)")
    assert terminal_table(rows)[2][2] == "-"


def test_mixtures_are_named(make_point: MakePoint) -> None:
    points = [make_point("off", "a", qp) for qp in QPS]
    assert not mixtures(points)
    points[0] = replace(points[0], tools={"codec": "inloop 2"}, machine=Machine("other", 1, "", "avx2"))
    versions, machines = mixtures(points)
    assert versions == "inloop in several versions: inloop 1; inloop 2"
    assert "several machines" in machines


def test_tables(make_point: MakePoint) -> None:
    points = [
        make_point(encoder, "a_b", qp, rate) for encoder, rate in (("off", 1.0), ("50%", 0.5)) for qp in QPS
    ]
    rows = summarise(points, "off")
    table = list(csv.DictReader(io.StringIO(points_csv(points))))
    assert len(table) == 8
    assert (table[5]["encoder"], float(table[5]["value"]), table[5]["encode_cpu_s"]) == ("50%", 27, "2.0")
    rates = list(csv.DictReader(io.StringIO(rates_csv(rows))))
    assert [row["measure"] for row in rates] == ["psnr_y", "psnr_u", "psnr_v", "ms_ssim"]
    assert float(rates[0]["pchip"]) == pytest.approx(-50)
    latex = rates_latex(rows, "off")
    assert r"50\% & $-50.00$ & $-50.00$ & $-50.00$ & $-50.00$ & 1.00 \\" in latex
    assert r"a\_b & $-50.00$ \\" in latex
    assert r"Mean & $-50.00$ \\" in latex
    assert latex.count("{") == latex.count("}")


def test_a_measured_point(moving_clip: Clip, tmp_path: Path) -> None:
    pytest.importorskip("imageio_ffmpeg")
    model = tmp_path / "add.onnx"
    model.write_bytes(constant_residual(9, 0, 0))
    path = tmp_path / "spec.toml"
    path.write_text(
        "clips = 'clip.y4m'\nqps = [30]\nframes = 5\n[encoders.plain]\nprogram = 'x264'\n"
        f"[encoders.brighter]\nprogram = 'x264'\nenhance = '{model}'\n[encoders.ours]\npreset = 'faster'\n"
    )
    results = [measure(spec) for spec in read_spec(path).points()]
    plain, brighter, ours = (result.point for result in results)
    assert all(result.picture[8:12] == b"WEBP" for result in results)
    assert plain.conditions == Conditions(
        "plain", "x264", "clip", 128, 96, 24.0, 8, 5, "crf", 30, plain.conditions.command
    )
    assert plain.bitrate_kbps == pytest.approx(plain.bits * 24 / 5 / 1000)
    assert sum(plain.pictures["bits"]) == plain.bits == brighter.bits
    assert plain.quality["psnr_y"] > brighter.quality["psnr_y"] + 5
    assert plain.quality["psnr_u"] == brighter.quality["psnr_u"]
    assert brighter.complexity.parameters > 0
    assert len({plain.key, brighter.key, ours.key}) == 3
    assert {"vmaf", "ssim_y", "xpsnr_y", "psnr_rgb"} <= set(ours.quality)
    assert ours.matches
    assert ours.picture_types == "IBBBB"
    assert ours.machine.cpu
    assert ours.tools["codec"].startswith("inloop ")
    assert Point.from_json(json.loads(json.dumps(ours.to_json()))) == ours
