# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""The tables of a recorded filter sweep."""

from __future__ import annotations

from pathlib import Path

import pytest

from inloop import ConfigError
from inloop.evaluate.codecs.coded import Complexity
from inloop.evaluate.cost import Cost
from inloop.evaluate.sweeps.point import Conditions, Point

pytest.importorskip("bjontegaard", reason="the [eval] extra is not installed")
filter_table = pytest.importorskip(
    "benchmarks.filter_table", reason="the benchmarks are not importable from here"
)


def point(encoder: str, clip: str, qp: int, rate: float, decode_s: float, share: float) -> Point:
    psnr = 44.0 - (qp - 22) / 1.5
    return Point(
        key=f"{encoder} {clip} {qp}",
        conditions=Conditions(encoder, "inloop", clip, 416, 240, 25.0, 8, 10, "qp", qp, ""),
        bits=1,
        bitrate_kbps=rate * 1000 * 2 ** ((22 - qp) / 6),
        quality=dict.fromkeys(("psnr_y", "psnr_u", "psnr_v", "psnr_611", "psnr_811"), psnr),
        encode=Cost(2.0, 2.0),
        decode=Cost(decode_s, decode_s),
        complexity=Complexity(filtered_share=share),
    )


def test_shares_and_speeds_by_size_and_clip() -> None:
    points = [
        point(encoder, clip, qp, rate, decode_s, share)
        for encoder, rate, decode_s, share in (
            ("off", 1.0, 0.1, 0.0),
            ("lop", 0.95, 0.5, 0.25),
            ("lop_all", 0.94, 1.0, 1.0),
        )
        for clip in ("a_416x240", "b_416x240", "c_832x480")
        for qp in (22, 27, 32, 37)
    ]
    lines = list(filter_table.tables(points, "off"))
    assert lines[0] == "| BD-rate Y, % | lop | lop_all |"
    assert "| b_416x240 | -5.00 | -6.00 |" in lines
    assert "| **mean Y** | **-5.00** | **-6.00** |" in lines
    assert "| encode time, anchor = 1 | 1.00 | 1.00 |" in lines
    for group in ("416x240", "832x480", "c_832x480"):
        assert f"| {group} | 32 | 75 | 100 | 10.0 | 20.0 | x2.00 | 5.0 | 5.0 | 5.0 |" in lines
    assert sum(line.startswith("| mean | | |") for line in lines) == 2


def test_recorded_tables(repo_dir: Path) -> None:
    recorded = pytest.importorskip("benchmarks.recorded")
    points = recorded.read_points(repo_dir / "benchmarks" / "rd" / "results" / "intra_period.csv")
    assert len(points) == 72
    assert (points[0].encoder, points[0].conditions.value, points[0].matches) == ("every_32", 22, True)
    assert points[0].psnr.y == pytest.approx(37.0522, abs=1e-4)
    with pytest.raises(ConfigError, match="not a table"):
        recorded.read_points(repo_dir / "benchmarks" / "history" / "rate_control.csv")
