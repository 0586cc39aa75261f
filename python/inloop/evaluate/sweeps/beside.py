# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""What a sweep has of published figures."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import geometric_mean

from inloop.evaluate.quality_names import MEASURES
from inloop.evaluate.sweeps.point import Point
from inloop.evaluate.sweeps.published import Published
from inloop.evaluate.sweeps.summary import curves_of, mean_rate, summarise

HEAD = ("what", "ours is", "figure", "published", "ours", "clips")


@dataclass(frozen=True, slots=True)
class Beside:
    """A published figure with ours beside it.

    Attributes:
        published: The published one.
        ours: Ours, nan where points are missing.
        clips: Of how many clips it is.
    """

    published: Published
    ours: float
    clips: int

    def cells(self) -> tuple[str, ...]:
        """Return the texts of a table with the columns of `HEAD`."""
        of = self.published
        ours = "-" if math.isnan(self.ours) else f"{self.ours:.2f}"
        return (
            of.text,
            f"{of.encoder} against {of.anchor}",
            of.label,
            f"{of.value:.2f}",
            ours,
            str(self.clips),
        )


def beside(published: Sequence[Published], points: Sequence[Point]) -> list[Beside]:
    """Return published figures with those of a sweep: means over the clips that both encoders have.

    BD-rates have the arithmetic mean, ratios the geometric one.
    """
    return [Beside(one, *_ours(one, points)) for one in published]


def published_csv(rows: Sequence[Beside]) -> str:
    """Return the table as CSV, with the sources."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([*HEAD, "source"])
    writer.writerows([*row.cells(), row.published.source] for row in rows)
    return text.getvalue()


def _ours(of: Published, points: Sequence[Point]) -> tuple[float, int]:
    chosen = [point for point in points if point.encoder in (of.encoder, of.anchor)]
    if of.figure in MEASURES:
        return mean_rate(summarise(chosen, of.anchor), of.figure)
    curves = curves_of(chosen)
    clips = [clip for encoder, clip in curves if encoder == of.encoder and (of.anchor, clip) in curves]
    ratios = [_ratio(of.figure, curves[of.encoder, clip], curves[of.anchor, clip]) for clip in clips]
    known = [value for value in ratios if not math.isnan(value)]
    return (geometric_mean(known) if known else math.nan), len(known)


def _seconds(curve: Sequence[Point], work: str, clock: str) -> float:
    costs = [getattr(point, work) for point in curve]
    return math.nan if None in costs else math.fsum(getattr(cost, clock) for cost in costs)


def _ratio(figure: str, curve: Sequence[Point], base: Sequence[Point]) -> float:
    """Return a figure of `RATIOS` from the points of two encoders on one clip."""
    work, clock = figure.split("_")[0], "wall_s" if figure.endswith("elapsed") else "cpu_s"
    seconds, of_base = _seconds(curve, work, clock), _seconds(base, work, clock)
    return of_base / seconds if figure.endswith("speed") else seconds / of_base
