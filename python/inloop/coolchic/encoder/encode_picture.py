# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""One picture from samples to bytes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch

from inloop.coolchic.encoder.architecture import Architecture
from inloop.coolchic.encoder.coded_picture import CodedNetworks, Grid
from inloop.coolchic.encoder.fit import Task, fit, refit_latents
from inloop.coolchic.encoder.options import Ablation
from inloop.coolchic.encoder.picture import Format, Planes, Scene
from inloop.coolchic.encoder.quantize import Judge, quantize
from inloop.coolchic.encoder.schedule import Schedule
from inloop.coolchic.encoder.stage import Objective


@dataclass(frozen=True)
class PictureJob:
    """All that the fit of one picture needs, ready to be sent to another process.

    Attributes:
        format: Of the pictures.
        header: The header of their group.
        display_index: The picture's place in display order.
        target: The picture.
        references: The decoded pictures it refers to, the earlier one first.
        distance: How far away these are, in pictures; 0 without any.
        neighbours: For each distance 1, 2, 4 ... up to that, the originals there in place of the references.
        architecture: The networks.
        schedule: The stages of the fit.
        lmbda: Weight of bits / pixel against the mean squared error.
        ablation: What is kept constant.
        seed: Of all that is random.
        start: The parameters that networks start from, in one array; None for random ones.
    """

    format: Format
    header: bytes
    display_index: int
    target: Planes
    references: Sequence[Planes]
    distance: int
    neighbours: Sequence[Sequence[Planes]]
    architecture: Architecture
    schedule: Schedule
    lmbda: float
    ablation: Ablation
    seed: int
    start: npt.NDArray[np.float32] | None = None

    def task(self) -> Task:
        """Return the fit."""
        warm_ups = [
            Objective(Scene.of(self.format, self.target, originals, 1 << power), self.lmbda)
            for power, originals in enumerate(self.neighbours)
        ]
        scene = Scene.of(self.format, self.target, self.references, max(1, self.distance))
        return Task(
            self.architecture,
            Objective(scene, self.lmbda),
            warm_ups,
            self.schedule,
            self.ablation,
            self.seed,
            None if self.start is None else torch.from_numpy(self.start),
        )

    def judge(self) -> Judge:
        """Return what tells the cost of bytes."""
        return Judge(
            self.format,
            self.header,
            self.target,
            self.references,
            self.lmbda,
            self.display_index,
            max(1, self.distance),
        )


def encode_picture(job: PictureJob) -> bytes:
    """Return the bytes of a picture that was fitted."""
    task, judge = job.task(), job.judge()
    model = fit(task)
    grids = model.integers()
    networks = quantize(model.networks, grids, judge)
    data = judge.encode(networks, grids)
    model.set_integers(grids)
    model.networks.set_flat(torch.from_numpy(networks.values()))
    refit_latents(model, task.objective, job.schedule)
    again = model.integers()
    refitted = judge.encode(networks, again)
    cost, refitted_cost = judge.cost(data), judge.cost(refitted)
    if refitted_cost < cost:
        grids, data, cost = again, refitted, refitted_cost
    return _without_useless_grids(networks, grids, data, cost, judge)


def _without_useless_grids(
    networks: CodedNetworks, grids: Sequence[Grid], data: bytes, cost: float, judge: Judge
) -> bytes:
    """Leave out grids that cost more than they give."""
    kept = list(grids)
    for number, grid in enumerate(grids):
        if not grid.any():
            continue
        tried = [*kept[:number], np.zeros_like(grid), *kept[number + 1 :]]
        without = judge.encode(networks, tried)
        if (without_cost := judge.cost(without)) < cost:
            kept, data, cost = tried, without, without_cost
    return data
