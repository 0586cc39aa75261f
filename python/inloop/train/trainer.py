# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""The training loop: budgeted in wall time, checkpointed, resumable, logged as CSV."""

from __future__ import annotations

import copy
import csv
import math
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from inloop.nnlf.features import CONTEXT
from inloop.train.graph import Graph
from inloop.train.losses import relative_loss, squared_errors
from inloop.train.networks import NETWORKS, GraphNet
from inloop.train.samples import Sample, cut_patch, load_sample

VALIDATION_SOURCES = ("davis_libby", "media3_rooftop", "sam2_04_coffee", "clic25_100a")
"""Prefixes of sources that are kept out of training and measured at each log line."""
OUTPUT_LR_SHARE = 0.05
"""Learning rate of the output layers relative to the others: residuals are some 50 times smaller than activations."""


@dataclass
class TrainConfig:
    """What a training run is made of.

    Attributes:
        data: Folder with the .npz files of the data step; it is scanned again every `rescan_s`, so it may grow.
        run: Folder for checkpoint.pt and log.csv.
        network: Name in `NETWORKS`.
        options: Keyword arguments of the network function.
        budget_s: Wall time of the whole schedule, over all resumed runs.
        batch: Patches a step.
        patch: Luma samples along the side of a patch.
        lr: Peak learning rate; linear warm-up, then cosine to `lr_floor` of it.
        lr_floor: Share of the peak at the end.
        ema: Decay of the averaged weights that are validated and exported.
        inter_share: Probability that a patch comes from a P or B picture where there are any.
        seed: Seed of weights and patches.
        rescan_s: Seconds between scans of the data folder.
        log_s: Seconds between log lines and checkpoints.
        max_steps: Stop after so many steps even if time is left.
    """

    data: Path
    run: Path
    network: str = "lop"
    options: dict[str, int] = field(default_factory=dict)
    budget_s: float = 2700
    batch: int = 16
    patch: int = 64
    lr: float = 2e-3
    lr_floor: float = 0.02
    ema: float = 0.998
    inter_share: float = 0.5
    seed: int = 1
    rescan_s: float = 60
    log_s: float = 60
    max_steps: int = 10**9


Batch = tuple[dict[str, Tensor], Tensor, Tensor]


class PatchPool:
    """All stored pictures in memory; draws random batches from those of a data folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.training: dict[str, list[Sample]] = {"intra": [], "inter": []}
        self.validation: list[Sample] = []
        self._known: set[str] = set()

    def scan(self) -> int:
        """Load the files that are new; returns how many."""
        new = sorted(p for p in self.folder.glob("*.npz") if p.name not in self._known)
        for path in new:
            self._known.add(path.name)
            sample = load_sample(path)
            if sample.source.startswith(VALIDATION_SOURCES):
                self.validation.append(sample)
            else:
                self.training["intra" if sample.slice_type == "I" else "inter"].append(sample)
        return len(new)

    def draw(self, rng: np.random.Generator, config: TrainConfig) -> Batch:
        """Draw a random training batch."""
        parts = []
        for _ in range(config.batch):
            inter = self.training["inter"] and (
                not self.training["intra"] or rng.random() < config.inter_share
            )
            samples = self.training["inter" if inter else "intra"]
            sample = samples[rng.integers(len(samples))]
            y, x = (16 * int(rng.integers((s - config.patch) // 16 + 1)) for s in sample.size)
            parts.append((*cut_patch(sample, x, y, config.patch, int(rng.integers(8))), sample.mse))
        return collate(parts)


Part = tuple[dict[str, npt.NDArray[Any]], npt.NDArray[Any], npt.NDArray[Any]]


def collate(parts: list[Part]) -> Batch:
    """Stack cut patches, their targets and reference errors into tensors, NCHW."""
    inputs = {
        k: torch.from_numpy(np.stack([p[0][k] for p in parts])).permute(0, 3, 1, 2) for k in parts[0][0]
    }
    target = torch.from_numpy(np.stack([p[1] for p in parts])).permute(0, 3, 1, 2)
    return inputs, target, torch.from_numpy(np.stack([p[2] for p in parts]).astype(np.float32))


def crop(out: Tensor, size: int) -> Tensor:
    """Centre of `out` of the given height and width."""
    margin = (out.shape[-1] - size) // 2
    return out[..., margin : margin + size, margin : margin + size]


class Trainer:
    """A network, its optimiser and averaged weights, and the loop over them."""

    def __init__(self, config: TrainConfig) -> None:
        self.config = config
        torch.manual_seed(config.seed)
        self.graph: Graph = NETWORKS[config.network](**config.options)
        self.net = GraphNet(self.graph).to(memory_format=torch.channels_last)
        self.average = copy.deepcopy(self.net)
        named = list(self.net.named_parameters())
        groups = [
            {"params": [p for name, p in named if "_out." not in name], "share": 1.0},
            {"params": [p for name, p in named if "_out." in name], "share": OUTPUT_LR_SHARE},
        ]
        self.optimizer = torch.optim.Adam(groups, lr=config.lr, betas=(0.9, 0.98), eps=1e-9)
        self.pool = PatchPool(config.data)
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
        state = torch.load(self.checkpoint_path, weights_only=True)
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
        """Learning rate at the present share of the time budget."""
        c = self.config
        progress = min(1.0, self.elapsed_s / c.budget_s)
        cosine = c.lr_floor + (1 - c.lr_floor) * 0.5 * (1 + math.cos(math.pi * progress))
        return c.lr * cosine * min(1.0, (self.step + 1) / 200)

    def train_step(self, batch: Batch) -> float:
        """One optimiser step; returns by how much the loss falls below that of a network that does nothing."""
        inputs, target, reference = batch
        for group in self.optimizer.param_groups:
            group["lr"] = self.learning_rate() * group["share"]
        out = crop(self.net(inputs), target.shape[-1])
        loss = relative_loss(squared_errors(out, target), reference)
        unfiltered = relative_loss(squared_errors(torch.zeros_like(target), target), reference)
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.net.parameters(), 1.0)
        self.optimizer.step()
        self.step += 1
        decay = min(self.config.ema, self.step / (self.step + 10))
        with torch.no_grad():
            for mean, value in zip(self.average.parameters(), self.net.parameters(), strict=True):
                mean.lerp_(value, 1 - decay)
        return float(unfiltered - loss.detach())

    def fit(self) -> None:
        """Train until the time budget or the step limit is used up."""
        c = self.config
        rng = np.random.default_rng([c.seed, self.step])
        self.pool.scan()
        gains: list[float] = []
        last, next_scan, next_log = time.monotonic(), c.rescan_s, c.log_s
        start = last
        while self.elapsed_s < c.budget_s and self.step < c.max_steps:
            gains.append(self.train_step(self.pool.draw(rng, c)))
            now = time.monotonic()
            self.elapsed_s += now - last
            last = now
            if now - start >= next_scan:
                self.pool.scan()
                next_scan = now - start + c.rescan_s
            if now - start >= next_log:
                self._log(gains)
                gains = []
                last = time.monotonic()
                next_log = last - start + c.log_s
        self._log(gains)

    def _log(self, gains: list[float]) -> None:
        row = {
            "step": self.step,
            "elapsed_s": round(self.elapsed_s),
            "lr": f"{self.learning_rate():.2e}",
            "loss_gain": f"{np.mean(gains) if gains else math.nan:.5f}",
            "pictures": sum(map(len, self.pool.training.values())),
        } | {k: f"{v:+.4f}" for k, v in validate(self.average, self.pool.validation).items()}
        path = self.config.run / "log.csv"
        fresh = not path.exists()
        with path.open("a", newline="") as file:
            writer = csv.DictWriter(file, fieldnames=list(row))
            if fresh:
                writer.writeheader()
            writer.writerow(row)
        self.save()


VALIDATION_GROUPS = [(kind, low, low + 7) for kind in ("intra", "inter") for low in (20, 27, 34)]


def validate(net: GraphNet, samples: list[Sample], limit: int = 8) -> dict[str, float]:
    """Mean PSNR gain in dB over the *deblocked* picture on the middle 128x128 block, a group of QPs and picture types.

    At most `limit` pictures a group, evenly spread. Components Y and the mean of Cb and Cr.
    """
    gains: dict[str, float] = {}
    for kind, low, high in VALIDATION_GROUPS:
        group = [
            s for s in samples if (s.slice_type == "I") == (kind == "intra") and low <= s.slice_qp < high
        ]
        group = group[:: max(1, len(group) // limit)][:limit]
        total = [picture_gain(net, s) for s in group]
        mean = np.mean(total, 0) if total else np.full(3, np.nan)
        gains[f"{kind}{low}_y"], gains[f"{kind}{low}_c"] = float(mean[0]), float(mean[1:].mean())
    return gains


def picture_gain(net: GraphNet, sample: Sample, size: int = 128) -> npt.NDArray[np.float64]:
    """PSNR gain in dB a component of the middle block over the deblocked *picture's* error."""
    y, x = ((s - size) // 32 * 16 for s in sample.size)
    inputs, target, _ = collate([(*cut_patch(sample, x, y, size), sample.mse)])
    with torch.no_grad():
        errors = squared_errors(crop(net(inputs), size // 4), target)[0].double().numpy()
    reference = sample_block_mse(sample, x, y, size)
    return np.asarray(10 * np.log10((reference + 1e-9) / (errors + 1e-9)))


def sample_block_mse(sample: Sample, x: int, y: int, size: int) -> npt.NDArray[np.float64]:
    """Mean squared error a component of the deblocked block, in units of the full sample range."""
    pad, peak = CONTEXT, 1 << sample.bit_depth
    result = []
    for i in range(3):
        d = 1 if i == 0 else 2
        window = np.s_[(y + pad) // d : (y + pad + size) // d, (x + pad) // d : (x + pad + size) // d]
        a, b = (sample.planes[name][i][window].astype(np.float64) for name in ("org", "dbf"))
        result.append(np.mean(np.square(a - b)) / peak**2)
    return np.array(result)
