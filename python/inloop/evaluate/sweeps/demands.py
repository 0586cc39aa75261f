# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""What each encoder of a sweep demands: size and work of its network, speed, memory."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean

from inloop.evaluate.sweeps.point import Machine, Point
from inloop.evaluate.sweeps.summary import fps_of


@dataclass(frozen=True, slots=True)
class Demand:
    """What an encoder came to over all points.

    Attributes:
        encoder: Its name.
        parameters: Constants of the network in its decoder, 0 without one.
        kmac_per_px: Thousand multiplications a luma sample where no block is left out.
        kmac_per_px_run: The same as decoding did them, mean over the points.
        encode_fps, decode_fps: Pictures a CPU second, nan where it was done elsewhere.
        encode_mib, decode_mib: Largest memory of the processes, nan where a point has none.
        alone: Whether all times were taken with nothing else of the sweep beside.
    """

    encoder: str
    parameters: int
    kmac_per_px: float
    kmac_per_px_run: float
    encode_fps: float
    decode_fps: float
    encode_mib: float
    decode_mib: float
    alone: bool


NO_DEMAND = Demand("", 0, 0.0, 0.0, math.nan, math.nan, math.nan, math.nan, False)
"""That of an encoder without points."""


def demands(points: Iterable[Point]) -> list[Demand]:
    """Return what each encoder came to, in the order of the points."""
    by_encoder: dict[str, list[Point]] = {}
    for point in points:
        by_encoder.setdefault(point.encoder, []).append(point)
    return [_demand(encoder, own) for encoder, own in by_encoder.items()]


def speed_note(points: Iterable[Point]) -> str:
    """Return where and how the times of points were taken, in a sentence."""
    points = list(points)
    machines = list(dict.fromkeys(machine_text(point.machine) for point in points))
    if all(point.alone for point in points):
        how = "one point at a time"
    elif any(point.alone for point in points):
        how = "partly with other points beside them (--measure-speed takes them alone)"
    else:
        how = "perhaps with other points beside them (--measure-speed takes them alone)"
    return f"Speeds and memory were measured on {'; '.join(machines)}, {how}."


def machine_text(machine: Machine) -> str:
    """Return what is known of a machine, in words."""
    known = [machine.cpu, f"{machine.cores} cores" if machine.cores else "", machine.system, machine.isa]
    return ", ".join(filter(None, known)) or "a machine without a name"


def _demand(encoder: str, points: Sequence[Point]) -> Demand:
    return Demand(
        encoder=encoder,
        parameters=max(point.complexity.parameters for point in points),
        kmac_per_px=max(point.complexity.kmac_per_px for point in points),
        kmac_per_px_run=fmean(point.complexity.kmac_per_px_run for point in points),
        encode_fps=fps_of(points, "encode"),
        decode_fps=fps_of(points, "decode"),
        encode_mib=_most_memory(points, "encode"),
        decode_mib=_most_memory(points, "decode"),
        alone=all(point.alone for point in points),
    )


def _most_memory(points: Sequence[Point], work: str) -> float:
    peaks = [None if (cost := getattr(point, work)) is None else cost.peak_mib for point in points]
    known = [peak for peak in peaks if peak is not None]
    return max(known) if len(known) == len(peaks) else math.nan
