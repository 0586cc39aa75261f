# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""The fit of one picture, from nothing to networks and rounded latents that suit each other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import torch

from inloop.coolchic.encoder.architecture import Architecture
from inloop.coolchic.encoder.model import ModelState, PictureModel
from inloop.coolchic.encoder.networks import Networks
from inloop.coolchic.encoder.options import Ablation
from inloop.coolchic.encoder.schedule import Schedule
from inloop.coolchic.encoder.stage import Objective, Stage, run_stage
from inloop.coolchic.encoder.surrogate import Quantizer, noisy_round, straight_through

_RATE = 1e-2
_FINE_RATE = 1e-4
_INTRA_GAIN = 16.0


@dataclass(frozen=True, slots=True)
class Task:
    """What is fitted to what.

    Attributes:
        architecture: The networks.
        objective: The picture itself.
        warm_ups: The picture with originals as references, the nearest first; none for a picture without references.
        schedule: How long.
        ablation: What is kept constant.
        seed: Of all that is random.
        start: All parameters to start from, one after the other, None for random ones.
    """

    architecture: Architecture
    objective: Objective
    warm_ups: Sequence[Objective]
    schedule: Schedule
    ablation: Ablation
    seed: int
    start: torch.Tensor | None = None

    def new_model(self, generator: torch.Generator) -> PictureModel:
        """Return networks at their start and latents that are zero."""
        networks = Networks(self.architecture, self.ablation, generator)
        scene = self.objective.scene
        if self.start is not None:
            networks.set_flat(self.start)
        elif not scene.references:
            networks.start_from_colour(torch.stack([plane.mean() for plane in scene.target]))
        gain = self.schedule.inter_gain if scene.references else _INTRA_GAIN
        finest = self.wants_finest and not self.schedule.coarse
        rows, columns = scene.target[0].shape
        return PictureModel(networks, rows, columns, gain, finest)

    @property
    def wants_finest(self) -> bool:
        """Whether the picture has a grid of its own size."""
        return self.schedule.inter_finest or not self.objective.scene.references

    def first_objective(self, objective: Objective) -> Objective:
        """Return what is fitted in the first stages: the picture, or it at half the size."""
        return replace(objective, scene=objective.scene.halved()) if self.schedule.coarse else objective


def fit(task: Task) -> PictureModel:
    """Return a fitted model whose parameters are not quantized yet."""
    schedule = task.schedule
    generator = torch.Generator().manual_seed(task.seed)
    best: tuple[float, PictureModel] | None = None
    for _ in range(schedule.loops):
        model = _warm_up(task, generator)
        if schedule.coarse:
            run_stage(
                model, task.first_objective(task.objective), _noisy_stage(schedule.coarse, 2.0, generator)
            )
            if task.wants_finest:
                model.add_finest()
        run_stage(model, task.objective, _main_stage(schedule, generator))
        model.drop_empty()
        run_stage(
            model, task.objective, _straight_stage(schedule.straight_through, schedule.straight_through_rate)
        )
        loss = run_stage(model, task.objective, _network_stage(schedule.networks))
        if best is None or loss < best[0]:
            best = loss, model
    assert best is not None  # there is one loop at least
    return best[1]


def refit_latents(model: PictureModel, objective: Objective, schedule: Schedule) -> None:
    """Fit the latents to networks that do not change any more."""
    stage = Stage(
        schedule.latents,
        schedule.straight_through_rate,
        _always(straight_through),
        networks=False,
        patience=3,
    )
    if model.active:
        run_stage(model, objective, stage)


def _always(quantizer: Quantizer) -> Callable[[float], Quantizer]:
    return lambda share: quantizer


def _noisy_stage(iterations: int, peak: float, generator: torch.Generator) -> Stage:
    return Stage(iterations, _RATE, lambda share: noisy_round(0.3, peak, generator))


def _main_stage(schedule: Schedule, generator: torch.Generator) -> Stage:
    return Stage(
        schedule.main,
        _RATE,
        lambda share: noisy_round(0.3 - 0.2 * share, 2.0 - share, generator),
        decay=True,
    )


def _straight_stage(iterations: int, rate: float) -> Stage:
    return Stage(iterations, rate, _always(straight_through), decay=True)


def _network_stage(iterations: int) -> Stage:
    return Stage(iterations, _FINE_RATE, _always(straight_through), latents=False)


def _warm_up(task: Task, generator: torch.Generator) -> PictureModel:
    objective = task.first_objective(task.objective)
    if objective.scene.references:
        return _inter_warm_up(task, objective, generator)
    schedule = task.schedule
    first = _noisy_stage(schedule.candidate_iterations, 2.0, generator)
    candidates = []
    for _ in range(schedule.candidates):
        model = task.new_model(generator)
        candidates.append((run_stage(model, objective, first), model))
    candidates.sort(key=lambda candidate: candidate[0])
    finalists = [model for _, model in candidates[: max(1, schedule.finalists)]]
    second = _noisy_stage(schedule.finalist_iterations, 2.0, generator)
    return min(finalists, key=lambda model: run_stage(model, objective, second))


def _inter_warm_up(task: Task, objective: Objective, generator: torch.Generator) -> PictureModel:
    """Learn motion between originals, from near to far; go on from there where that is better than nothing."""
    model = task.new_model(generator)
    untouched: ModelState = model.state()
    loss = objective.validate(model)
    stage = _noisy_stage(task.schedule.reference_iterations, 1.0, generator)
    for nearer in task.warm_ups:
        run_stage(model, task.first_objective(nearer), stage)
    if objective.validate(model) >= loss:
        model.restore(untouched)
    return model
