# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Training from the shell: ``python -m inloop.train data|fit|loop|export|weights|card|all``."""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import torch

from inloop.nnlf.filter_model import pair_of
from inloop.train.arguments import make_parser
from inloop.train.card import read_log, render_page
from inloop.train.data_card import render_data_card
from inloop.train.dataset import DataConfig, build
from inloop.train.loop_gain import LoopTest, mean_of, measure_loop
from inloop.train.recipe import ALL_QPS, Recipe, run_recipe
from inloop.train.release import load_candidate, load_checkpoint, release
from inloop.train.start import write_start
from inloop.train.table_file import append_row
from inloop.train.trainer import TrainConfig, Trainer
from inloop.whole_files import write_whole


def _make_data(options: argparse.Namespace) -> None:
    config = DataConfig(
        options.sources,
        options.out,
        options.structure,
        options.frames,
        options.keep_every,
        tuple(options.qps),
        options.qps_per_source,
        options.preset,
        options.encoder,
        options.bit_depth,
        options.nnlf,
        options.begin,
        options.moving_photos,
        options.clips,
    )
    build(config, options.processes, scheduler=options.scheduler)


def _fit(options: argparse.Namespace) -> None:
    torch.set_num_threads(options.threads)
    config = TrainConfig(
        options.data,
        options.run,
        options.network,
        options.options,
        options.start,
        options.steps,
        options.minutes,
        options.batch,
        options.patch,
        options.lr,
        options.lr_floor,
        options.decay,
        options.ema,
        tuple(options.shares),
        options.inter_share,
        tuple(options.held_out),
        luma_weight=options.luma_weight,
        quantized=options.quantized,
        bfloat16=None if options.precision == "auto" else options.precision == "bfloat16",
        device=options.device,
        seed=options.seed,
        log_every=options.log_every,
    )
    trainer = Trainer(config)
    for text in trainer.warnings:
        print(f"inloop: warning: {text}", file=sys.stderr)
    trainer.resume()
    with _stopping_at_signals(trainer) as caught:
        trainer.fit()
        write_whole(options.run / "log.html", render_page(read_log(options.run)).encode())
    if caught:
        print(f"stopped at step {trainer.step}; the same command goes on from there", file=sys.stderr)
        signal.raise_signal(caught[0])


@contextmanager
def _stopping_at_signals(trainer: Trainer) -> Iterator[list[int]]:
    """Let signals stop the training with a checkpoint, and collect them; those that are ignored stay so."""
    caught: list[int] = []

    def stop(number: int, frame: FrameType | None) -> None:
        caught.append(number)
        trainer.stop()

    usual = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)}
    taken = [number for number, handler in usual.items() if handler != signal.SIG_IGN]
    for number in taken:
        signal.signal(number, stop)
    try:
        yield caught
    finally:
        for number in taken:
            signal.signal(number, usual[number])


def _measure_in_loop(options: argparse.Namespace) -> None:
    torch.set_num_threads(1)
    test = LoopTest(
        options.sources,
        tuple(options.held_out),
        options.structure,
        options.frames,
        tuple(options.qps),
        options.preset,
    )
    model = load_candidate(options.model, options.data)
    if options.intra is not None:
        model = pair_of(load_candidate(options.intra, options.data), model)
    options.out.parent.mkdir(parents=True, exist_ok=True)
    rates = measure_loop(test, model, options.out.with_name("anchors.csv"))
    mean = dict(zip(("y", "u", "v"), mean_of(list(rates.values())), strict=True))
    row = {
        "model": options.model,
        "steps": _steps_of(options.model),
        "intra": options.intra or "",
        "intra_steps": _steps_of(options.intra),
        "structure": options.structure,
        "clips": len(rates),
        **{name: f"{rate:.3f}" for name, rate in mean.items()},
    }
    append_row(options.out, row)
    for clip, bd in rates.items():
        print(f"{clip:40} {bd[0]:7.2f} {bd[1]:7.2f} {bd[2]:7.2f}")
    print(f"{'mean, Y Cb Cr, %':40} {mean['y']:7.2f} {mean['u']:7.2f} {mean['v']:7.2f}")


def _steps_of(run: Path | None) -> str:
    """How long a run has trained; nothing for a file."""
    rows = [] if run is None else read_log(run)
    return rows[-1]["step"] if rows else ""


def _run_all(options: argparse.Namespace) -> None:
    fit = TrainConfig(
        [],
        options.work,
        batch=options.batch,
        patch=options.patch,
        lr=options.lr,
        luma_weight=20.0,
        device=options.device,
        drawers=options.drawers,
    )
    recipe = Recipe(
        options.sources,
        options.work,
        tuple(options.networks),
        options.starts,
        options.loop_filter,
        fit,
        options.minutes,
        options.steps,
        DataConfig(
            options.sources,
            options.work,
            frames=options.frames,
            qps=ALL_QPS,
            qps_per_source=options.qps_per_source,
            preset=options.preset,
        ),
        options.processes,
        options.fits,
        tuple(options.held_out),
        scheduler=options.scheduler,
    )
    for path in run_recipe(recipe):
        print(path)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one step of training."""
    options = make_parser().parse_args(arguments)
    match options.command:
        case "data":
            _make_data(options)
        case "fit":
            _fit(options)
        case "loop":
            _measure_in_loop(options)
        case "weights":
            write_start(load_checkpoint(options.run), options.output)
        case "card":
            card = render_data_card(options.data, options.sources, options.held_out)
            write_whole(options.output, card.encode())
        case "all":
            _run_all(options)
        case "export":
            release(
                options.run, options.data, options.name, options.models, options.package, intra=options.intra
            )


if __name__ == "__main__":
    main()
