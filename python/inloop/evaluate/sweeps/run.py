# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Running a sweep: what is there already is not measured again, and what fails is told and left out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from inloop.evaluate.sweeps.measure import measure
from inloop.evaluate.sweeps.point import Point
from inloop.evaluate.sweeps.spec import PointSpec, SweepSpec
from inloop.evaluate.sweeps.store import PointStore
from inloop.executors.interface import Executor, InThisProcess


@dataclass(frozen=True, slots=True)
class Progress:
    """A point that is done.

    Attributes:
        spec: What was asked for.
        point: What was measured; None where it failed.
        error: Why it failed.
        is_new: Whether it was measured now.
    """

    spec: PointSpec
    point: Point | None
    error: Exception | None = None
    is_new: bool = True


def run_sweep(spec: SweepSpec, store: PointStore, executor: Executor) -> Iterator[Progress]:
    """Yield every point of a sweep: first those that are kept, then the others as they are measured and kept.

    Args:
        spec: What is measured.
        store: Where points are kept.
        executor: Where the work is done.

    Raises:
        ConfigError: A network or a file is missing; this is found before anything is measured.
        OSError: A point cannot be kept.
    """
    wanted: dict[str, list[PointSpec]] = {}
    for point_spec in spec.points():
        wanted.setdefault(point_spec.key(), []).append(
            point_spec
        )  # two names may stand for the same conditions
    waiting = {}
    for key, specs in wanted.items():
        if (kept := store.find(key, spec.families)) is None:
            waiting[key] = specs[0]
            continue
        for point_spec in specs:
            yield Progress(point_spec, _named(kept, point_spec), is_new=False)
    for outcome in executor.run(measure, waiting):
        point = None
        if outcome.result is not None:
            alone = replace(outcome.result.point, alone=isinstance(executor, InThisProcess))
            point = _asked_for(alone, outcome.key, waiting[outcome.key])
            store.add(point, outcome.result.picture)
        for point_spec in wanted[outcome.key]:
            found = None if point is None else _named(point, point_spec)
            yield Progress(point_spec, found, outcome.error)


def _asked_for(point: Point, key: str, spec: PointSpec) -> Point:
    """Return a point with key and command line of this machine: another one may have files at other places."""
    command = spec.encoder.command(spec.clip, spec.value)
    return replace(point, key=key, conditions=replace(point.conditions, command=command))


def _named(point: Point, spec: PointSpec) -> Point:
    """Return a point under the names that encoder and clip have in this sweep."""
    names = replace(point.conditions, encoder=spec.encoder.name, clip=spec.clip.name)
    return replace(point, conditions=names)
