# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""What a sweep comes to: BD-rates of each clip, their means, speeds, and what is missing."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import fmean

from inloop.evaluate.bdrate import BdRate, compare_curves
from inloop.evaluate.cost import Cost
from inloop.evaluate.quality_names import MEASURES, on_curve
from inloop.evaluate.sweeps.point import Point
from inloop.evaluate.sweeps.spec import SweepSpec

NO_RATE = BdRate(math.nan, math.nan, 0.0, "not measured")


@dataclass(frozen=True, slots=True)
class ClipRow:
    """One encoder against the anchor on one clip.

    Attributes:
        encoder, clip: Their names.
        rates: BD-rate for each measure that both have, by its name.
        encode_fps, decode_fps: Pictures a CPU second, nan where it was done elsewhere.
        encode_ratio: `encode_fps` over that of the anchor.
    """

    encoder: str
    clip: str
    rates: Mapping[str, BdRate]
    encode_fps: float
    decode_fps: float
    encode_ratio: float

    def rate(self, measure: str) -> float:
        """Return the BD-rate by piecewise cubic curves in percent, nan where there is none."""
        return self.rates.get(measure, NO_RATE).pchip


def curves_of(points: Iterable[Point]) -> dict[tuple[str, str], list[Point]]:
    """Return the points by (encoder, clip), each curve by its rate."""
    curves: dict[tuple[str, str], list[Point]] = {}
    for point in points:
        curves.setdefault((point.encoder, point.clip), []).append(point)
    return {names: sorted(curve, key=lambda point: point.bitrate_kbps) for names, curve in curves.items()}


def summarise(points: Iterable[Point], anchor: str) -> list[ClipRow]:
    """Return a row for each clip and each encoder but the anchor, in the order of the points.

    Args:
        points: Measured points of a sweep.
        anchor: Name of the encoder that the others are compared with; clips that it lacks have no rows.
    """
    curves = curves_of(points)
    rows = []
    for (encoder, clip), curve in curves.items():
        base = curves.get((anchor, clip))
        if encoder == anchor or base is None:
            continue
        names = [name for name in MEASURES if all(name in point.quality for point in (*base, *curve))]
        rates = {name: compare_curves(_curve(base, name), _curve(curve, name)) for name in names}
        encode_fps = fps_of(curve, "encode")
        rows.append(
            ClipRow(
                encoder, clip, rates, encode_fps, fps_of(curve, "decode"), encode_fps / fps_of(base, "encode")
            )
        )
    return rows


def mean_rate(rows: Iterable[ClipRow], measure: str) -> tuple[float, int]:
    """Return the mean over clips of a measure's BD-rates, and of how many; nan of none."""
    rates = [rate for row in rows if not math.isnan(rate := row.rate(measure))]
    return (fmean(rates) if rates else math.nan), len(rates)


def rates_between(
    points: Sequence[Point], encoders: Sequence[str], measure: str = "psnr_y"
) -> dict[str, dict[str, float]]:
    """Return the mean BD-rate of every encoder (first name) against every other one (second name), nan without any.

    Args:
        points: Measured points of a sweep.
        encoders: Their encoders.
        measure: What quality is measured by; points without it are left out.
    """
    lean = [replace(p, quality={measure: p.quality[measure]}) for p in points if measure in p.quality]
    table: dict[str, dict[str, float]] = {name: {} for name in encoders}
    for anchor in encoders:
        rows = summarise(lean, anchor)
        for name in encoders:
            table[name][anchor] = mean_rate([row for row in rows if row.encoder == name], measure)[0]
    return table


def fps_of(points: Sequence[Point], work: str) -> float:
    """Return pictures a CPU second over points, nan where one of them has no cost. work: "encode" or "decode"."""
    costs: list[Cost | None] = [getattr(point, work) for point in points]
    total = sum(math.nan if cost is None else cost.cpu_s for cost in costs)
    return sum(point.conditions.frames for point in points) / total if total else math.nan


def missing_points(spec: SweepSpec, points: Iterable[Point]) -> list[str]:
    """Return the points that a sweep asks for and does not have, in words."""
    found = {(point.encoder, point.clip, point.conditions.value) for point in points}
    return [
        f"{wanted.encoder.name}, {wanted.clip.name}, {wanted.encoder.target} {wanted.value:g}"
        for wanted in spec.points()
        if (wanted.encoder.name, wanted.clip.name, wanted.value) not in found
    ]


def doubts(rows: Iterable[ClipRow], measures: Iterable[str]) -> list[str]:
    """Return where figures are missing or rest on little, in words.

    Args:
        rows: What `summarise` gave.
        measures: Those that are shown.
    """
    chosen = list(measures)
    lines = []
    for row in rows:
        for name in chosen:
            rate = row.rates.get(name)
            if rate is not None and rate.reason:
                lines.append(f"{row.encoder}, {row.clip}, {MEASURES[name].label}: {rate.reason}")
    return lines


def mixtures(points: Iterable[Point]) -> list[str]:
    """Return which programs and machines differ among points that are compared, in words."""
    points = list(points)
    lines = []
    for program in dict.fromkeys(point.conditions.program for point in points):
        versions = {p.tools.get("codec", "") for p in points if p.conditions.program == program}
        if len(versions) > 1:
            lines.append(f"{program} in several versions: {'; '.join(sorted(versions))}")
    machines = {f"{point.machine.cpu}, {point.machine.isa}" for point in points}
    if len(machines) > 1:
        lines.append(
            f"measured on several machines, so that speeds do not compare: {'; '.join(sorted(machines))}"
        )
    return lines


def _curve(points: Sequence[Point], measure: str) -> list[tuple[float, float]]:
    return [(point.bitrate_kbps, on_curve(measure, point.quality[measure])) for point in points]
