# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""The whole training as one command: data, one fit a set of weights, fine-tuning on the integer grid, ONNX files.

``inloop train all CLIPS WORK --device cuda --processes 16 --fits 4 --drawers 3 --batch 64 --minutes 8`` is made for a
quarter of an hour on a GPU with 16 cores beside it. Given again, the command goes on where it stopped.
"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from multiprocessing import get_context
from pathlib import Path

import torch

from inloop.structure.by_name import StructureName
from inloop.train.data_card import render_data_card
from inloop.train.dataset import DataConfig, build
from inloop.train.export import to_onnx
from inloop.train.release import CHECKPOINT, load_checkpoint, quantize_run
from inloop.train.trainer import TrainConfig, Trainer
from inloop.whole_files import write_whole

ALL_QPS = tuple(range(18, 45))


TUNED_SHARE = 0.1
"""Share of the length that goes to fine-tuning on the integer grid, and the learning rate there, relative."""


@dataclass(frozen=True)
class WeightSet:
    """What one set of weights is trained on.

    Attributes:
        inter_share: 0 for the set of I pictures, 1 for that of P and B pictures.
        shares: How often patches come from each kind of data, as for `DATA`.
    """

    inter_share: float
    shares: Mapping[str, float]


SETS = {
    "i": WeightSet(0.0, {"ai": 1.0}),
    # Clips of photographs move like nothing else: more of them take away from what real video gains.
    "pb": WeightSet(1.0, {"ra": 0.57, "ldp": 0.28, "moving": 0.15}),
}


@dataclass(frozen=True)
class DataKind:
    """What one folder of data is made of.

    Attributes:
        structure: As for the encoder.
        in_loop: A filter runs in the loop meanwhile.
        moving_photos: Photographs as moving clips, in place of clips.
        frames: Pictures of each, if not as many as the recipe says.
        qps_per_source: The same of QPs.
    """

    structure: StructureName
    in_loop: bool = True
    moving_photos: bool = False
    frames: int | None = None
    qps_per_source: int | None = None


DATA = {
    "ai": DataKind("ai", in_loop=False, frames=5),
    "ra": DataKind("ra"),
    "ldp": DataKind("ldp"),
    "moving": DataKind("ra", moving_photos=True, frames=17, qps_per_source=1),
}


@dataclass(frozen=True)
class Recipe:
    """What is made, and with what.

    Attributes:
        sources: Folder with clips, and photographs in its sub-folders ``photos*``.
        work: Folder for data, runs and models.
        networks: Names in `inloop.train.networks.NETWORKS`.
        starts: Folder with ``NAME_SET.onnx``, or ``NAME.onnx`` for all sets, to start from; networks without either
            start anew.
        loop_filter: Filter that runs in the loop while data is made; empty: none.
        fit: All settings of a fit but its data, its sets and its length.
        minutes: Length of the fit of each set, the last tenth on the integer grid.
        steps: Length in steps instead.
        data: All settings of the data but what `DATA` says.
        processes: Encoders at a time.
        scheduler: Address of a Dask scheduler whose workers make the data, in the place of processes.
        fits: Fits at a time: one a core of a CPU; a GPU takes all at once.
        held_out: Beginnings of names of sources that are kept out of training.
    """

    sources: Path
    work: Path
    networks: tuple[str, ...] = ("lop", "vlop")
    starts: Path | None = None
    loop_filter: str = "lop"
    fit: TrainConfig = field(default_factory=lambda: TrainConfig([], Path()))
    minutes: float | None = None
    steps: int = TrainConfig.steps
    data: DataConfig = field(default_factory=lambda: DataConfig(Path(), Path(), qps=ALL_QPS))
    processes: int = 1
    scheduler: str | None = field(default=None, kw_only=True)
    fits: int = 1
    held_out: tuple[str, ...] = ()


def run_recipe(recipe: Recipe) -> list[Path]:
    """Make data, fit all sets, and write ``WORK/models/NETWORK_SET.onnx``; return these files."""
    folders = make_data(recipe)
    card = render_data_card(folders, recipe.sources, recipe.held_out)
    write_whole(recipe.work / "data.md", card.encode())
    jobs = [(recipe, network, name) for network in recipe.networks for name in SETS]
    if recipe.fits == 1:
        return [fit_set(*job) for job in jobs]
    with ProcessPoolExecutor(recipe.fits, get_context("spawn")) as pool:
        return [future.result() for future in [pool.submit(fit_set, *job) for job in jobs]]


def make_data(recipe: Recipe) -> list[Path]:
    """Make what is missing of the data; return its folders."""
    folders = []
    for name, kind in DATA.items():
        usual = recipe.data
        config = replace(
            usual,
            sources=recipe.sources,
            out=recipe.work / "data" / name,
            structure=kind.structure,
            frames=min(usual.frames, kind.frames or usual.frames),
            qps_per_source=min(usual.qps_per_source, kind.qps_per_source or usual.qps_per_source),
            nnlf=(recipe.loop_filter or None) if kind.in_loop else None,
            moving_photos=kind.moving_photos,
            clips=not kind.moving_photos,
        )
        build(config, recipe.processes, scheduler=recipe.scheduler)
        folders.append(config.out)
    return folders


def fit_set(recipe: Recipe, network: str, name: str) -> Path:
    """Fit one set of weights, tune it on the integer grid, and write its ONNX file."""
    torch.set_num_threads(1)
    wanted = SETS[name]
    run = recipe.work / "runs" / f"{network}_{name}"
    config = replace(
        recipe.fit,
        data=[recipe.work / "data" / folder for folder in wanted.shares],
        run=run,
        network=network,
        start=_start_of(recipe.starts, network, name),
        shares=tuple(wanted.shares.values()),
        inter_share=wanted.inter_share,
        held_out=recipe.held_out,
    )
    _fit(_of_length(config, recipe, 1 - TUNED_SHARE))
    tuned = replace(
        config,
        run=run.with_name(f"{run.name}_tuned"),
        start=run / CHECKPOINT,
        lr=config.lr * TUNED_SHARE,
        quantized=True,
    )
    _fit(_of_length(tuned, recipe, TUNED_SHARE))
    state = load_checkpoint(tuned.run)
    path = recipe.work / "models" / f"{network}_{name}.onnx"
    path.parent.mkdir(exist_ok=True)
    write_whole(path, to_onnx(quantize_run(state, config.data), path.stem))
    return path


def _start_of(folder: Path | None, network: str, name: str) -> Path | None:
    if folder is None:
        return None
    paths = (folder / f"{network}_{name}.onnx", folder / f"{network}.onnx")
    return next((path for path in paths if path.exists()), None)


def _of_length(config: TrainConfig, recipe: Recipe, share: float) -> TrainConfig:
    minutes = None if recipe.minutes is None else recipe.minutes * share
    return replace(config, minutes=minutes, steps=max(1, round(recipe.steps * share)))


def _fit(config: TrainConfig) -> None:
    trainer = Trainer(config)
    trainer.resume()
    trainer.fit()
