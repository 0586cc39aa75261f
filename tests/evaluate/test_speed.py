# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Speeds and memory are taken one point at a time, are kept, and say how they were taken."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from enhance_networks import constant_residual
from inloop import Frame, InloopError
from inloop.evaluate.codecs.coded import Complexity
from inloop.evaluate.cost import Cost
from inloop.evaluate.exchange import write_pictures
from inloop.evaluate.ffmpeg import run_program
from inloop.evaluate.sweeps import speed
from inloop.evaluate.sweeps.demands import demands, speed_note
from inloop.evaluate.sweeps.point import Machine, Point
from inloop.evaluate.sweeps.run import run_sweep
from inloop.evaluate.sweeps.spec import SweepSpec
from inloop.evaluate.sweeps.speed import measure_speeds
from inloop.evaluate.sweeps.store import PointStore
from inloop.evaluate.sweeps.tables import demands_csv, demands_latex, demands_table, points_csv
from inloop.evaluate.sweeps.toml_file import read_spec
from inloop.executors import InThisProcess, LocalProcesses

MakePoint = Callable[..., Point]
MIB = 1 << 20


@pytest.fixture
def spec(tmp_path: Path, moving_frames: list[Frame]) -> SweepSpec:
    """Two names for one encoder, one with a filter."""
    write_pictures(tmp_path / "a.y4m", moving_frames[:3], Fraction(24))
    path = tmp_path / "spec.toml"
    path.write_text(
        "clips = ['a.y4m']\nmetrics = ['psnr']\nqps = [30, 38]\n[encoders.off]\npreset = 'faster'\n"
        "[encoders.same]\npreset = 'faster'\n[encoders.filtered]\npreset = 'faster'\nnnlf = 'vlop'"
    )
    return read_spec(path)


def points_of(spec: SweepSpec, store: PointStore, executor: LocalProcesses | InThisProcess) -> list[Point]:
    found = {
        (p.spec.encoder.name, p.spec.value): p.point for p in run_sweep(spec, store, executor) if p.point
    }
    return [found[wanted.encoder.name, wanted.value] for wanted in spec.points()]


def test_times_are_taken_alone(spec: SweepSpec, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = PointStore(tmp_path / "points.jsonl")
    points = points_of(spec, store, LocalProcesses(2))
    assert not any(point.alone for point in points)
    timed = list(measure_speeds(spec, store, points))
    assert [point.encoder for point in timed] == ["off", "off", "same", "same", "filtered", "filtered"]
    for before, after in zip(points, timed, strict=True):
        assert after.alone
        assert (after.key, after.bits, after.quality) == (before.key, before.bits, before.quality)
        for cost in (after.encode, after.decode):
            assert cost is not None
            assert cost.cpu_s > 0
            assert cost.peak_mib is not None
            assert 10 < cost.peak_mib < 500

    def never(*_: object) -> Point:
        raise AssertionError("measured twice")

    monkeypatch.setattr(speed, "measure_speed", never)
    kept = PointStore(tmp_path / "points.jsonl")
    again = points_of(spec, kept, InThisProcess())
    assert again == list(measure_speeds(spec, kept, again)) == timed


def test_one_job_is_alone_but_has_no_memory_of_ours(spec: SweepSpec, tmp_path: Path) -> None:
    store = PointStore(tmp_path / "points.jsonl")
    spec = replace(spec, encoders=spec.encoders[:1])
    points = points_of(spec, store, InThisProcess())
    assert all(point.alone and point.encode and point.encode.peak_mib is None for point in points)
    assert all(point.encode and point.encode.peak_mib for point in measure_speeds(spec, store, points))


def test_another_stream_is_refused(spec: SweepSpec, tmp_path: Path) -> None:
    store = PointStore(tmp_path / "points.jsonl")
    points = points_of(spec, store, LocalProcesses(2))
    with pytest.raises(InloopError, match="another version"):
        list(measure_speeds(spec, store, [replace(points[0], bits=points[0].bits + 8)]))


def test_memory_of_a_child_is_its_own() -> None:
    held = np.ones(300 * MIB, np.uint8)
    code = f"import time; held = bytearray(b'x' * {80 * MIB}); time.sleep(0.1)"
    _, cost = run_program([sys.executable, "-c", code])
    assert held.sum() == 300 * MIB
    assert cost.peak_mib is not None
    assert 80 < cost.peak_mib < 250


def test_any_network_by_its_path(tmp_path: Path, moving_frames: list[Frame]) -> None:
    network = tmp_path / "mine.onnx"
    network.write_bytes(constant_residual(3, 0, 0))
    write_pictures(tmp_path / "a.y4m", moving_frames[:2], Fraction(24))
    path = tmp_path / "spec.toml"
    path.write_text(
        "clips = 'a.y4m'\nmetrics = ['psnr']\nqps = [37]\n[encoders.mine]\nprogram = 'x264'\n"
        f"preset = 'ultrafast'\nenhance = '{network}'"
    )
    spec, store = read_spec(path), PointStore(tmp_path / "points.jsonl")
    (point,) = measure_speeds(spec, store, points_of(spec, store, LocalProcesses(2)))
    assert point.complexity.parameters > 0
    assert point.complexity.kmac_per_px_run == point.complexity.kmac_per_px
    assert point.decode is not None
    assert point.decode.peak_mib is not None


def test_what_encoders_demand(make_point: MakePoint) -> None:
    machine = Machine("Fast & Wide", 4, "Linux 6", "avx2")
    cost = Cost(2.0, 2.0, 50.0)
    points = [
        make_point("off", "a", 22, encode=cost, decode=replace(cost, cpu_s=0.5), machine=machine, alone=True),
        make_point("on", "a", 22, complexity=Complexity(900, 20.0, 1.0), encode=cost, machine=machine),
        make_point("on", "a", 27, complexity=Complexity(900, 20.0, 0.5), encode=replace(cost, peak_mib=70.0)),
    ]
    off, on = demands(points)
    assert (off.encode_fps, off.decode_fps, off.encode_mib, off.decode_mib) == (5, 20, 50, 50)
    assert (on.parameters, on.kmac_per_px, on.kmac_per_px_run) == (900, 20, 15)
    assert (on.encode_mib, off.alone, on.alone) == (70, True, False)
    assert math.isnan(on.decode_mib)
    assert demands_table([on])[1] == ("on", "900", "20.00", "15.00", "5.00", "20.00", "70", "-")
    assert demands_table([off])[1][1:4] == ("-", "-", "-")
    assert "one point at a time" in speed_note(points[:1])
    assert "Fast & Wide, 4 cores, Linux 6, avx2" in speed_note(points[:1])
    assert "partly with other points" in speed_note(points[:2])
    assert "perhaps with other points" in speed_note(points[1:])
    assert demands_csv([off, on]).splitlines()[2].startswith("on,900,20.0,15.0,")
    latex = demands_latex([off, on], points[:1])
    assert r"Fast \& Wide" in latex
    assert r"on & $900$ & $20.00$ & $15.00$ & $5.00$ & $20.00$ & $70$ & -- \\" in latex
    head, first = points_csv(points).splitlines()[:2]
    row = dict(zip(head.split(","), first.split(","), strict=True))
    assert (row["encode_fps"], row["alone"], row["kmac_per_px_run"]) == ("5.0", "True", "0.0")
