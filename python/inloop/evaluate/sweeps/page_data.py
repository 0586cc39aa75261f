# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""What the script of a sweep's page draws from: the results as plain numbers and texts."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

from inloop.evaluate.cost import Cost
from inloop.evaluate.quality_names import MEASURES
from inloop.evaluate.sweeps.beside import Beside, beside
from inloop.evaluate.sweeps.demands import NO_DEMAND, demands, machine_text, speed_note
from inloop.evaluate.sweeps.images import data_uri, to_image
from inloop.evaluate.sweeps.point import Point
from inloop.evaluate.sweeps.spec import SweepSpec
from inloop.evaluate.sweeps.store import PointStore
from inloop.evaluate.sweeps.summary import (
    ClipRow,
    curves_of,
    doubts,
    fps_of,
    mean_rate,
    missing_points,
    mixtures,
    rates_between,
)
from inloop.evaluate.sweeps.tables import mean_ratio, shown_measures

_OF_PICTURES = ("psnr_y", "ssim_y", "ms_ssim", "vmaf", "xpsnr_y")
_DIGITS = 6
Table = dict[str, Any]


def page_data(spec: SweepSpec, points: Sequence[Point], rows: Sequence[ClipRow], store: PointStore) -> Table:
    """Return everything that the page shows.

    Args:
        spec: The sweep.
        points: Its points, with the names that the sweep has for encoders and clips.
        rows: What `summarise` gave.
        store: Where the pictures of the points are.
    """
    encoders = [encoder.name for encoder in spec.encoders]
    shown = _shown_points(points, encoders[0])
    anchored = [*rows, *_anchor_rows(points, encoders[0])]
    return {
        "title": spec.title,
        "anchor": encoders[0],
        "encoders": encoders,
        "measures": [
            {"name": name, "label": measure.label, "unit": measure.unit, "digits": measure.digits}
            for name, measure in MEASURES.items()
            if any(name in point.quality for point in points)
        ],
        "summed": shown_measures(rows),
        "clips": _clips(points),
        "points": [_point(point) for point in points],
        "rates": [_rates(row) for row in rows],
        "totals": [
            _total(name, points, [row for row in anchored if row.encoder == name]) for name in encoders
        ],
        "pictures": {point.key: data_uri(image) for point in shown if (image := store.picture(point.key))},
        "shown": [{"encoder": p.encoder, "clip": p.clip, "key": p.key} for p in shown],
        "sources": _sources(spec, {point.clip for point in shown if store.picture(point.key)}),
        "notes": [
            *(f"missing: {line}" for line in missing_points(spec, points)),
            *doubts(rows, shown_measures(rows)),
            *mixtures(points),
        ],
        "tools": sorted({f"{family}: {tool}" for point in points for family, tool in point.tools.items()}),
        "machines": sorted({machine_text(point.machine) for point in points}),
        "speed": speed_note(points),
        "published": [_published(row) for row in beside(spec.published, points)],
        "each_other": {
            name: {anchor: _number(rate) for anchor, rate in rates.items()}
            for name, rates in rates_between(points, encoders).items()
        },
        "time": max((point.time for point in points), default=""),
    }


def _clips(points: Iterable[Point]) -> list[Table]:
    """Return the clips, the largest pictures first."""
    found = {point.clip: point.conditions for point in points}
    ordered = sorted(found.items(), key=lambda item: -item[1].width * item[1].height)
    return [
        {
            "name": name,
            "size": f"{of.width}x{of.height}",
            "fps": of.fps,
            "frames": of.frames,
            "bit_depth": of.bit_depth,
        }
        for name, of in ordered
    ]


def _point(point: Point) -> Table:
    of = point.conditions
    each = {
        name: [_number(v) for v in point.pictures[name]] for name in _OF_PICTURES if name in point.pictures
    }
    return {
        "key": point.key,
        "encoder": point.encoder,
        "clip": point.clip,
        "target": of.target,
        "value": of.value,
        "kbps": _number(point.bitrate_kbps),
        "quality": {name: _number(value) for name, value in point.quality.items()},
        "pictures": each,
        "bits": [int(bits) for bits in point.pictures.get("bits", ())],
        "types": point.picture_types,
        "encode": _cost(point.encode),
        "decode": _cost(point.decode),
        "command": of.command,
    }


def _rates(row: ClipRow) -> Table:
    return {
        "encoder": row.encoder,
        "clip": row.clip,
        "rates": {
            name: {
                "pchip": _number(r.pchip),
                "akima": _number(r.akima),
                "overlap": _number(r.overlap),
                "why": r.reason,
            }
            for name, r in row.rates.items()
        },
        "encode_fps": _number(row.encode_fps),
        "decode_fps": _number(row.decode_fps),
    }


def _total(encoder: str, points: Sequence[Point], rows: Sequence[ClipRow]) -> Table:
    """Return what an encoder comes to over all clips."""
    own = [point for point in points if point.encoder == encoder]
    of_rows = {name: mean_rate(rows, name) for name in MEASURES if any(name in row.rates for row in rows)}
    demand = next(iter(demands(own)), NO_DEMAND)
    return {
        "encoder": encoder,
        "rates": {name: {"mean": _number(mean), "clips": count} for name, (mean, count) in of_rows.items()},
        "encode_fps": _number(demand.encode_fps),
        "decode_fps": _number(demand.decode_fps),
        "encode_mib": _number(demand.encode_mib),
        "decode_mib": _number(demand.decode_mib),
        "ratio": _number(mean_ratio(rows)) if rows else None,
        "parameters": demand.parameters,
        "kmac": _number(demand.kmac_per_px),
        "kmac_run": _number(demand.kmac_per_px_run),
    }


def _published(row: Beside) -> Table:
    of = row.published
    return {
        "text": of.text,
        "pair": f"{of.encoder} against {of.anchor}",
        "figure": of.label,
        "published": of.value,
        "ours": _number(row.ours),
        "clips": row.clips,
        "source": of.source,
    }


def _anchor_rows(points: Sequence[Point], anchor: str) -> list[ClipRow]:
    """Return the anchor against itself: nothing is gained."""
    curves = {clip: curve for (encoder, clip), curve in curves_of(points).items() if encoder == anchor}
    return [
        ClipRow(anchor, clip, {}, fps_of(curve, "encode"), fps_of(curve, "decode"), 1.0)
        for clip, curve in curves.items()
    ]


def _shown_points(points: Sequence[Point], anchor: str) -> list[Point]:
    """Return for each encoder and clip the point whose rate is next to that of the anchor's lower middle point."""
    curves = curves_of(points)
    found = []
    for (_, clip), curve in curves.items():
        base = curves.get((anchor, clip)) or curve
        wanted = math.log(base[(len(base) - 1) // 2].bitrate_kbps)
        found.append(min(curve, key=lambda point, wanted=wanted: abs(math.log(point.bitrate_kbps) - wanted)))  # type: ignore[misc]
    return found


def _sources(spec: SweepSpec, wanted: set[str]) -> dict[str, str]:
    """Return the pictures in the middle of the clips."""
    found = {}
    for clip in spec.clips:
        if clip.name in wanted:
            frames = clip.read().frames
            found[clip.name] = data_uri(to_image(frames[len(frames) // 2]))
    return found


def _cost(cost: Cost | None) -> Table | None:
    return None if cost is None else {"cpu_s": _number(cost.cpu_s), "wall_s": _number(cost.wall_s)}


def _number(value: float) -> float | None:
    """Return a number with the digits that a page needs; nothing for what is no number."""
    return float(f"{value:.{_DIGITS}g}") if math.isfinite(value) else None
