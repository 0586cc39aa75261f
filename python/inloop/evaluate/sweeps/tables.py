# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""The results of a sweep as tables: for the terminal, as CSV and as LaTeX."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from itertools import groupby
from statistics import geometric_mean

from inloop.evaluate.quality_names import MEASURES
from inloop.evaluate.sweeps.demands import Demand, speed_note
from inloop.evaluate.sweeps.point import Point
from inloop.evaluate.sweeps.summary import NO_RATE, ClipRow, fps_of, mean_rate

SHOWN = ("psnr_y", "psnr_u", "psnr_v", "psnr_611", "ms_ssim", "vmaf", "xpsnr_y")
"""Measures of the table on the terminal, as far as they were measured."""
NOTHING = "-"
_DEMANDS = ("parameters", "kMAC/px", "with skipping", "encode fps", "decode fps", "encode MiB", "decode MiB")


def shown_measures(rows: Iterable[ClipRow], among: Sequence[str] = SHOWN) -> list[str]:
    """Return which measures at least one row has."""
    rows = list(rows)
    return [name for name in among if any(name in row.rates for row in rows)]


def terminal_table(rows: Sequence[ClipRow]) -> list[tuple[str, ...]]:
    """Return the head, and for each encoder the rows of its clips and their mean.

    BD-rates are in percent by piecewise cubic curves; Akima's curves are asked for PSNR Y only, and the overlap is the
    least of the shown measures.
    """
    names = shown_measures(rows)
    labels = [f"{MEASURES[name].label} %" for name in names]
    table: list[tuple[str, ...]] = [
        ("encoder", "clip", *labels, "Y Akima %", "overlap %", "encode fps", "x anchor", "decode fps")
    ]
    for encoder, members in by_encoder(rows):
        for row in members:
            overlap = min((row.rates[name].overlap for name in names if name in row.rates), default=math.nan)
            akima = row.rates.get("psnr_y", NO_RATE).akima
            cells = [*(row.rate(name) for name in names), akima]
            speeds = (row.encode_fps, row.encode_ratio, row.decode_fps)
            table.append(
                (encoder, row.clip, *map(number, cells), number(100 * overlap, 0), *map(number, speeds))
            )
        means = [mean_text(members, name) for name in names]
        table.append((encoder, "mean", *means, "", "", "", number(mean_ratio(members)), ""))
    return table


def by_encoder(rows: Sequence[ClipRow]) -> Iterator[tuple[str, list[ClipRow]]]:
    """Yield the rows of each encoder, in the order in which encoders first appear."""
    order = list(dict.fromkeys(row.encoder for row in rows))
    ordered = sorted(rows, key=lambda row: order.index(row.encoder))
    for encoder, members in groupby(ordered, key=lambda row: row.encoder):
        yield encoder, list(members)


def mean_text(rows: Sequence[ClipRow], measure: str) -> str:
    """Return the mean of a measure; with how many clips it is of, where some have none."""
    mean, count = mean_rate(rows, measure)
    return number(mean) if count in (0, len(rows)) else f"{number(mean)} ({count} of {len(rows)})"


def mean_ratio(rows: Sequence[ClipRow]) -> float:
    """Return the geometric mean of the speeds over those of the anchor, nan where one has none."""
    ratios = [row.encode_ratio for row in rows]
    return geometric_mean(ratios) if all(ratio > 0 for ratio in ratios) else math.nan


def number(value: float, digits: int = 2) -> str:
    """Return a number as text, a dash for nan."""
    return NOTHING if math.isnan(value) else f"{value:.{digits}f}"


def points_csv(points: Iterable[Point]) -> str:
    """Return a table of all points, without what belongs to single pictures."""
    return _csv(map(_flat, points))


def rates_csv(rows: Iterable[ClipRow]) -> str:
    """Return a table of all BD-rates, a line for each encoder, clip and measure."""
    return _csv(
        {"encoder": row.encoder, "clip": row.clip, "measure": name, **rate._asdict()}
        for row in rows
        for name, rate in row.rates.items()
    )


def between_table(rates: Mapping[str, Mapping[str, float]]) -> list[tuple[str, ...]]:
    """Return the head, and what every encoder needs against every other one: `rates_between` as texts."""
    head = ("", *rates)
    return [
        head,
        *(
            (name, *("" if anchor == name else number(rate) for anchor, rate in row.items()))
            for name, row in rates.items()
        ),
    ]


def demands_table(found: Iterable[Demand]) -> list[tuple[str, ...]]:
    """Return the head, and for each encoder what it demands."""
    return [("encoder", *_DEMANDS), *((demand.encoder, *_demand_cells(demand)) for demand in found)]


def demands_csv(found: Iterable[Demand]) -> str:
    """Return a table of what each encoder demands."""
    return _csv(map(asdict, found))


def demands_latex(found: Iterable[Demand], points: Iterable[Point]) -> str:
    """Return a LaTeX table (package booktabs) of what each encoder demands.

    Args:
        found: What `demands` gave.
        points: The points it was of.
    """
    body = [(_tex(demand.encoder), *map(_tex_number, _demand_cells(demand))) for demand in found]
    caption = f"Complexity. {_tex(speed_note(points))}"
    return "\n".join([*_tex_table(caption, ["Encoder", *_DEMANDS], body), ""])


def _demand_cells(demand: Demand) -> tuple[str, ...]:
    network = (f"{demand.parameters}", number(demand.kmac_per_px), number(demand.kmac_per_px_run))
    speeds = (number(demand.encode_fps), number(demand.decode_fps))
    memory = (number(demand.encode_mib, 0), number(demand.decode_mib, 0))
    return (*(network if demand.parameters else (NOTHING,) * 3), *speeds, *memory)


def rates_latex(rows: Sequence[ClipRow], anchor: str) -> str:
    """Return LaTeX tables (package booktabs): mean BD-rates by encoder, and those of PSNR Y by clip.

    Args:
        rows: What `summarise` gave.
        anchor: Name of the anchor, for the captions.
    """
    names, groups = shown_measures(rows), dict(by_encoder(rows))
    means = [
        [
            _tex(encoder),
            *(_tex_number(mean_text(members, name)) for name in names),
            number(mean_ratio(members)),
        ]
        for encoder, members in groups.items()
    ]
    clips = list(dict.fromkeys(row.clip for row in rows))
    found = {(row.encoder, row.clip): number(row.rate("psnr_y")) for row in rows}
    by_clip = [
        [_tex(clip), *(_tex_number(found.get((encoder, clip), NOTHING)) for encoder in groups)]
        for clip in clips
    ]
    by_clip.append(["Mean", *(_tex_number(mean_text(members, "psnr_y")) for members in groups.values())])
    against = f"BD-rate in percent against {_tex(anchor)}"
    labels = [_tex(MEASURES[name].label) for name in names]
    return "\n".join(
        [
            *_tex_table(
                f"{against}, mean over clips; encoder speed, anchor = 1", ["Encoder", *labels, "Speed"], means
            ),
            *_tex_table(f"{against}, PSNR Y", ["Clip", *map(_tex, groups)], by_clip),
            "",
        ]
    )


def _tex_table(caption: str, head: Sequence[str], body: Iterable[Sequence[str]]) -> Iterator[str]:
    yield from (
        r"\begin{table}",
        rf"\caption{{{caption}}}",
        rf"\begin{{tabular}}{{l{'r' * (len(head) - 1)}}}",
        r"\toprule",
    )
    yield " & ".join(head) + r" \\"
    yield r"\midrule"
    yield from (" & ".join(cells) + r" \\" for cells in body)
    yield from (r"\bottomrule", r"\end{tabular}", r"\end{table}")


def _tex_number(text: str) -> str:
    return "--" if text == NOTHING else f"${text}$"


def _flat(point: Point) -> dict[str, object]:
    costs = {
        f"{work}_{name}": value
        for work in ("encode", "decode")
        if (cost := getattr(point, work)) is not None
        for name, value in asdict(cost).items()
    }
    return {
        **asdict(point.conditions),
        "bits": point.bits,
        "bitrate_kbps": point.bitrate_kbps,
        **point.quality,
        **costs,
        "encode_fps": fps_of([point], "encode"),
        "decode_fps": fps_of([point], "decode"),
        **asdict(point.complexity),
        "kmac_per_px_run": point.complexity.kmac_per_px_run,
        **asdict(point.machine),
        "alone": point.alone,
        "version": point.tools.get("codec", ""),
        "time": point.time,
        "key": point.key,
    }


def _csv(rows: Iterable[dict[str, object]]) -> str:
    table = list(rows)
    text = io.StringIO()
    columns = list(dict.fromkeys(name for row in table for name in row))
    writer = csv.DictWriter(text, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(table)
    return text.getvalue()


def _tex(text: str) -> str:
    special = {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
    special |= {letter: "\\" + letter for letter in "&%$#_{}"}
    return "".join(special.get(letter, letter) for letter in text)
