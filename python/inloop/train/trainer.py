# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""The training loop: a fixed number of steps, checkpointed, resumable, logged as CSV."""

from __future__ import annotations

import copy
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from math import cos, pi
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from inloop.train.fake_quantize import QuantizedForward
from inloop.train.graph import Graph
from inloop.train.initialise import fit_to_data, start_from
from inloop.train.losses import relative_loss, squared_errors
from inloop.train.networks import NETWORKS, GraphNet
from inloop.train.optimizer import MixedOptimizer
from inloop.train.patches import Batch, PatchPool, crop
from inloop.train.table_file import append_row
from inloop.train.validation import validate

WARM_UP_STEPS = 150
GRADIENT_NORM = 1.0
INITIAL_PATCHES = 24
"""Patches that the initial weights are fitted to."""


@dataclass
class TrainConfig:
    """What a training run is made of.

    Attributes:
        data: Folders with the .npz files of the data step.
        run: Folder for checkpoint.pt and log.csv.
        network: Name in `NETWORKS`.
        options: Keyword arguments of the network function.
        start: Checkpoint whose averaged weights to start from, for a second round or fine-tuning; that of a narrower
            network serves, too.
        steps: Steps of the whole schedule, over all resumed runs.
        batch: Patches a step.
        patch: Luma samples along the side of a patch.
        lr: Peak learning rate; linear warm-up, then cosine to `lr_floor` of it.
        lr_floor: Share of the peak at the end.
        ema: Decay of the averaged weights that are validated and exported.
        inter_share: Probability that a patch comes from a P or B picture where there are any.
        luma_weight: Weight of luma in the loss where each chroma component has 1.
        quantized: Compute on the integer grid in the forward pass, in float32: the fine-tuning at the end.
        bfloat16: Compute most layers in bfloat16: about twice as fast where the CPU or GPU has it.
        device: Device of torch, ``cpu`` or ``cuda``.
        seed: Seed of weights and patches.
        log_every: Steps between log lines and checkpoints.
    """

    data: list[Path]
    run: Path
    network: str = "lop"
    options: dict[str, int] = field(default_factory=dict)
    start: Path | None = None
    steps: int = 27_000
    batch: int = 8
    patch: int = 96
    lr: float = 2e-3
    lr_floor: float = 0.02
    ema: float = 0.998
    inter_share: float = 0.65
    luma_weight: float = 6.0
    quantized: bool = False
    bfloat16: bool = True
    device: str = "cpu"
    seed: int = 1
    log_every: int = 1000


class Trainer:
    """A network, its optimiser and averaged weights, and the loop over them."""

    def __init__(self, config: TrainConfig) -> None:
        self.config = config
        torch.manual_seed(config.seed)
        self.graph: Graph = NETWORKS[config.network](**config.options)
        net = GraphNet(self.graph)
        self.pool = PatchPool(config.data, net.output_scale)
        inputs = self._draw(-1, INITIAL_PATCHES)[0]
        if config.start is not None:
            start_from(net, torch.load(config.start, weights_only=True), inputs)
        else:
            fit_to_data(net, inputs)
        self.net = net.to(config.device, memory_format=torch.channels_last)
        self.average = copy.deepcopy(self.net)
        self.optimizer = MixedOptimizer(self.net)
        self._forward = self._make_forward()
        self.step = 0
        self.elapsed_s = 0.0
        config.run.mkdir(parents=True, exist_ok=True)

    @property
    def checkpoint_path(self) -> Path:
        """Where the run keeps its state."""
        return self.config.run / "checkpoint.pt"

    def resume(self) -> bool:
        """Load the checkpoint if there is one."""
        if not self.checkpoint_path.exists():
            return False
        state = torch.load(self.checkpoint_path, weights_only=True, map_location=self.config.device)
        self.net.load_state_dict(state["net"])
        self.average.load_state_dict(state["average"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.step, self.elapsed_s = state["step"], state["elapsed_s"]
        return True

    def save(self) -> None:
        """Write the checkpoint, atomically."""
        c = self.config
        state = {
            "net": self.net.state_dict(),
            "average": self.average.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "step": self.step,
            "elapsed_s": self.elapsed_s,
            "network": c.network,
            "options": c.options,
            "config": {k: str(v) for k, v in asdict(c).items()},
        }
        partial = self.checkpoint_path.with_suffix(".tmp")
        torch.save(state, partial)
        partial.rename(self.checkpoint_path)

    def learning_rate(self) -> float:
        """Learning rate at the present step."""
        c = self.config
        cosine = c.lr_floor + (1 - c.lr_floor) * 0.5 * (1 + cos(pi * min(1.0, self.step / c.steps)))
        return c.lr * cosine * min(1.0, (self.step + 1) / WARM_UP_STEPS)

    def train_step(self, batch: Batch) -> float:
        """One optimiser step; returns by how much the loss falls below that of a network that does nothing."""
        c = self.config
        inputs, target, reference = _to_device(batch, c.device)
        with torch.autocast(
            torch.device(c.device).type, torch.bfloat16, enabled=c.bfloat16 and not c.quantized
        ):
            out = self._forward(inputs)
        out = crop(out.float(), target.shape[-1])
        loss = relative_loss(squared_errors(out, target), reference, c.luma_weight)
        unfiltered = relative_loss(squared_errors(torch.zeros_like(target), target), reference, c.luma_weight)
        self.optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.net.parameters(), GRADIENT_NORM)
        self.optimizer.step(self.learning_rate())
        self.step += 1
        decay = min(c.ema, self.step / (self.step + 10))
        with torch.no_grad():
            for mean, value in zip(self.average.parameters(), self.net.parameters(), strict=True):
                mean.lerp_(value, 1 - decay)
        return float(unfiltered - loss.detach())

    def fit(self) -> None:
        """Train until the schedule is complete."""
        c = self.config
        gains: list[float] = []
        last = time.monotonic()
        while self.step < c.steps:
            gains.append(self.train_step(self._draw(self.step, c.batch)))
            now = time.monotonic()
            self.elapsed_s += now - last
            last = now
            if self.step % c.log_every == 0 or self.step == c.steps:
                self._log(gains)
                gains = []
                last = time.monotonic()

    def _make_forward(self) -> Callable[[dict[str, Tensor]], Tensor]:
        if not self.config.quantized:
            return self.net  # type: ignore[no-any-return]  # torch is not followed by mypy
        return QuantizedForward(self.net, [self._draw(-1, INITIAL_PATCHES)[0]])

    def _draw(self, step: int, count: int) -> Batch:
        """Draw the patches of a step: the same ones however often the run was stopped and resumed."""
        rng = np.random.default_rng([self.config.seed, step + 1])
        return self.pool.draw(rng, count, self.config.patch, self.config.inter_share)

    def _log(self, gains: list[float]) -> None:
        row = {
            "step": self.step,
            "elapsed_s": round(self.elapsed_s),
            "lr": f"{self.learning_rate():.2e}",
            "loss_gain": f"{np.mean(gains):.5f}",
        } | {k: f"{v:+.4f}" for k, v in validate(self.average, self.pool.validation).items()}
        append_row(self.config.run / "log.csv", row)
        self.save()


def _to_device(batch: Batch, device: str) -> Any:
    inputs, target, reference = batch

    def move(x: Tensor) -> Tensor:
        return x.to(device)

    return {name: move(value) for name, value in inputs.items()}, move(target), move(reference)
