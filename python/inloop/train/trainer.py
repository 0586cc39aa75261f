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

from inloop.errors import ConfigError
from inloop.train.fake_quantize import QuantizedForward
from inloop.train.graph import Graph
from inloop.train.initialise import fit_to_data, start_from
from inloop.train.losses import relative_loss, squared_errors
from inloop.train.networks import NETWORKS, GraphNet
from inloop.train.optimizer import MixedOptimizer
from inloop.train.patches import Batch, PatchPool, PoolConfig, crop, draw_ahead
from inloop.train.start import load_start, read_checkpoint
from inloop.train.state_file import write_state
from inloop.train.table_file import append_row, keep_rows, read_rows
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
            network serves, too. Or an integer network that was exported (.onnx).
        steps: Steps of the whole schedule, over all resumed runs.
        minutes: Length of the schedule in minutes of training instead, over all resumed runs; None: `steps` counts.
        batch: Patches a step.
        patch: Luma samples along the side of a patch.
        lr: Peak learning rate: after a linear warm-up, and until it falls.
        lr_floor: Share of the peak at the end.
        decay: Share of the schedule at its end over which the rate falls as a cosine does. Less than 1: a plateau that
            another run can go on from.
        ema: Decay of the averaged weights that are validated and exported.
        shares: How often patches come from each folder of `data`, as for `PoolConfig`.
        inter_share: Probability that a patch comes from a P or B picture; 0 and 1 fit weights for one kind of picture.
        held_out: Sources to measure on, as for `PoolConfig`.
        luma_weight: Weight of luma in the loss where each chroma component has 1.
        quantized: Compute on the integer grid in the forward pass, in float32: the fine-tuning at the end.
        bfloat16: Compute most layers in bfloat16; None: where the device has instructions for it.
        device: Device of torch, ``cpu`` or ``cuda``.
        seed: Seed of weights and patches.
        log_every: Steps between log lines and checkpoints.
        drawers: Processes that draw patches ahead, for a device that is faster than a core draws; 0: none.
    """

    data: list[Path]
    run: Path
    network: str = "lop"
    options: dict[str, int] = field(default_factory=dict)
    start: Path | None = None
    steps: int = 27_000
    minutes: float | None = None
    batch: int = 6
    patch: int = 128
    lr: float = 2e-3
    lr_floor: float = 0.02
    decay: float = 1.0
    ema: float = 0.9995
    shares: tuple[float, ...] = ()
    inter_share: float = PoolConfig.inter_share
    held_out: tuple[str, ...] = ()
    luma_weight: float = 6.0
    quantized: bool = False
    bfloat16: bool | None = None
    device: str = "cpu"
    seed: int = 1
    log_every: int = 1000
    drawers: int = 0


class Trainer:
    """A network, its optimiser and averaged weights, and the loop over them.

    Attributes:
        warnings: What of the data is not used as one might expect, in words.
    """

    def __init__(self, config: TrainConfig, clock: Callable[[], float] = time.monotonic) -> None:
        self.config = config
        self._clock = clock
        torch.manual_seed(config.seed)
        self.graph: Graph = NETWORKS[config.network](**config.options)
        net = GraphNet(self.graph)
        pool_config = PoolConfig(config.shares, config.inter_share, config.held_out, patch=config.patch)
        self.pool = PatchPool(config.data, net.output_scale, pool_config)
        self.warnings = _warnings(self.pool)
        inputs = self._draw(-1, INITIAL_PATCHES)[0]
        if config.start is not None:
            start_from(net, load_start(config.start, net.graph, config.network, config.options), inputs)
        else:
            fit_to_data(net, inputs)
        self.net = net.to(config.device, memory_format=torch.channels_last)
        self.average = copy.deepcopy(self.net)
        self.optimizer = MixedOptimizer(self.net)
        self._forward = self._make_forward()
        self._bfloat16 = has_bfloat16(config.device) if config.bfloat16 is None else config.bfloat16
        self.step = 0
        self.elapsed_s = 0.0
        self._gains: list[float] = []  # since the last line of the log
        self._stopping = False
        config.run.mkdir(parents=True, exist_ok=True)

    @property
    def checkpoint_path(self) -> Path:
        """Where the run keeps its state."""
        return self.config.run / "checkpoint.pt"

    def resume(self) -> bool:
        """Load the checkpoint if there is one, and go on exactly where it was written.

        Raises ConfigError where it is damaged, or that of another network.
        """
        if not self.checkpoint_path.exists():
            return False
        state = read_checkpoint(self.checkpoint_path, self.config.device)
        c = self.config
        if (state["network"], state["options"]) != (c.network, c.options):
            raise ConfigError(
                f"{c.run} is a run of the network {_described(state['network'], state['options'])}, not of "
                f"{_described(c.network, c.options)}: choose another folder for this one"
            )
        self.net.load_state_dict(state["net"])
        self.average.load_state_dict(state["average"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.step, self.elapsed_s = state["step"], state["elapsed_s"]
        self._gains = list(state.get("gains", []))
        log = self.config.run / "log.csv"
        keep_rows(log, [row for row in read_rows(log) if int(row["step"]) <= self.step])
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
            "gains": self._gains,
            "network": c.network,
            "options": c.options,
            "held_out": sorted(self.pool.held_out),
            "config": {k: str(v) for k, v in asdict(c).items()},
        }
        write_state(self.checkpoint_path, state)

    @property
    def progress(self) -> float:
        """Share of the schedule that is done."""
        c = self.config
        done = self.step / c.steps if c.minutes is None else self.elapsed_s / 60 / c.minutes
        return min(1.0, done)

    def learning_rate(self) -> float:
        """Learning rate at the present step."""
        c = self.config
        falling = max(0.0, self.progress - (1 - c.decay)) / max(c.decay, 1e-9)
        cosine = c.lr_floor + (1 - c.lr_floor) * 0.5 * (1 + cos(pi * falling))
        return c.lr * cosine * min(1.0, (self.step + 1) / WARM_UP_STEPS)

    def train_step(self, batch: Batch) -> float:
        """One optimiser step; returns by how much the loss falls below that of a network that does nothing."""
        c = self.config
        inputs, target, reference = _to_device(batch, c.device)
        with torch.autocast(
            torch.device(c.device).type, torch.bfloat16, enabled=self._bfloat16 and not c.quantized
        ):
            out = self._forward(inputs)
        out = crop(out.float(), target.shape)
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
        """Train until the schedule is complete, or until `stop`."""
        c = self.config
        batches = draw_ahead(self._draw_step, self.step, c.drawers)
        last = self._clock()
        while self.progress < 1 and not self._stopping:
            self._gains.append(self.train_step(next(batches)))
            now = self._clock()
            self.elapsed_s += now - last
            last = now
            if self.step % c.log_every == 0 or self.progress == 1:
                self._log()
                last = self._clock()
        if self._stopping:
            self.save()

    def stop(self) -> None:
        """Let `fit` end after the step that it is at, with a checkpoint from which it goes on exactly."""
        self._stopping = True

    def _make_forward(self) -> Callable[[dict[str, Tensor]], Tensor]:
        if not self.config.quantized:
            return self.net  # type: ignore[no-any-return]  # torch is not followed by mypy
        return QuantizedForward(self.net, [self._draw(-1, INITIAL_PATCHES)[0]])

    def _draw_step(self, step: int) -> Batch:
        return self._draw(step, self.config.batch)

    def _draw(self, step: int, count: int) -> Batch:
        """Draw the patches of a step: the same ones however often the run was stopped and resumed."""
        rng = np.random.default_rng([self.config.seed, step + 1])
        return self.pool.draw(rng, count, self.config.patch)

    def _log(self) -> None:
        row = {
            "step": self.step,
            "elapsed_s": round(self.elapsed_s),
            "lr": f"{self.learning_rate():.2e}",
            "loss_gain": f"{np.mean(self._gains):.5f}",
        } | {k: f"{v:+.4f}" for k, v in validate(self.average, self.pool.validation).items()}
        self._gains = []
        self.save()
        append_row(self.config.run / "log.csv", row)


def _described(network: str, options: dict[str, int]) -> str:
    return f"{network} {options}" if options else network


def _warnings(pool: PatchPool) -> list[str]:
    found = []
    if pool.left_out:
        names = ", ".join(pool.left_out[:5]) + ", ..." * (len(pool.left_out) > 5)
        found.append(
            f"pictures of {names} are left out: they are smaller than patches of {pool.config.patch}"
        )
    if not pool.held_out:
        found.append(
            "no source is held out, since a quarter of them would be none: the gains in the log are those of pictures "
            "that the network trains on; --held-out names sources to measure on"
        )
    return found


def has_bfloat16(device: str) -> bool:
    """Whether a device of torch multiplies bfloat16 by instructions of its own, faster than float32."""
    if torch.device(device).type == "cuda":
        return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    return bool(torch.ops.mkldnn._is_mkldnn_bf16_supported())


def _to_device(batch: Batch, device: str) -> Any:
    inputs, target, reference = batch

    def move(x: Tensor) -> Tensor:
        return x.to(device)

    return {name: move(value) for name, value in inputs.items()}, move(target), move(reference)
