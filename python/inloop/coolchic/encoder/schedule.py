# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""How much a picture is worked on: the stages of a fit and their iterations."""

from __future__ import annotations

from dataclasses import dataclass, replace

from inloop.errors import ConfigError


@dataclass(frozen=True, slots=True)
class Schedule:
    """The stages of the fit of one picture; the defaults are the authors' but for the main stage, a tenth of theirs.

    Attributes:
        candidates: Random starts of a picture without references.
        candidate_iterations: Iterations of each.
        finalists: How many of them go on.
        finalist_iterations: For how long, before the best is taken.
        reference_iterations: Iterations for each distance of references, from 1 on doubled up to the real one.
        coarse: Iterations at half the size before the main stage, at a quarter of their cost; with any, the warm-up too
            is done at that size.
        main: Iterations with soft rounding and noise.
        straight_through: Iterations with rounded latents.
        straight_through_rate: First learning rate of these.
        networks: Iterations for the networks alone, before their parameters are quantized.
        latents: Most iterations for the latents alone, behind that.
        loops: Whole fits, of which the best is kept.
        inter_gain: Factor between a latent of a picture with references and its fitted value. A larger one lets the
            latents move farther in few iterations.
        inter_finest: Whether a picture with references has the finest grid, which costs most of the time and is empty
            in nine of ten such pictures of the released streams.
        inherit: Whether networks start from those of a reference of the same shape.
    """

    candidates: int = 5
    candidate_iterations: int = 400
    finalists: int = 2
    finalist_iterations: int = 400
    reference_iterations: int = 500
    coarse: int = 0
    main: int = 10000
    straight_through: int = 2000
    straight_through_rate: float = 1e-4
    networks: int = 100
    latents: int = 1000
    loops: int = 1
    inter_gain: float = 1.0
    inter_finest: bool = True
    inherit: bool = False


_MEDIUM = Schedule(
    candidates=2,
    candidate_iterations=150,
    finalists=1,
    finalist_iterations=0,
    reference_iterations=200,
    main=1500,
    straight_through=300,
    straight_through_rate=1e-3,
    networks=50,
    latents=100,
    inter_gain=2.0,
)
_FAST = replace(
    _MEDIUM,
    candidate_iterations=100,
    reference_iterations=50,
    coarse=200,
    main=250,
    straight_through=120,
    networks=20,
    latents=40,
    inter_gain=4.0,
    inherit=True,
)
_DRAFT = replace(
    _FAST,
    candidates=1,
    reference_iterations=15,
    coarse=120,
    main=20,
    straight_through=30,
    networks=5,
    latents=10,
    inter_gain=8.0,
    inter_finest=False,
)
EFFORTS = {
    "draft": _DRAFT,
    "fast": _FAST,
    "medium": _MEDIUM,
    "slow": Schedule(),
    "published": Schedule(main=100000, loops=2),
}
"""Schedules by name; the last is that of the authors' slowest preset."""


def schedule_named(name: str) -> Schedule:
    """Return the schedule of an effort. Raises ConfigError for another name."""
    if name not in EFFORTS:
        raise ConfigError(f"effort {name!r}: choose {', '.join(EFFORTS)}")
    return EFFORTS[name]
