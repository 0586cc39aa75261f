# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""What ``python -m inloop.train`` is asked: its commands and their arguments."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TypeAlias

from inloop.evaluate.codecs.ffmpeg_options import FFMPEG_ENCODERS
from inloop.train.dataset import STANDARD_QPS, DataConfig
from inloop.train.loop_gain import LoopTest
from inloop.train.networks import NETWORKS
from inloop.train.recipe import Recipe
from inloop.train.trainer import TrainConfig

Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"


def _add_scheduler(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--scheduler",
        "--cluster",
        help="address of a Dask scheduler whose workers make the data, in the place of processes",
    )


def _add_data(commands: Commands) -> None:
    data = commands.add_parser("data", help="run the encoder over clips and store coded pictures")
    data.add_argument(
        "sources", type=Path, help="folder with clips, and photographs in its sub-folder photos"
    )
    data.add_argument("out", type=Path, help="folder for the coded pictures and their manifest")
    data.add_argument("--structure", choices=("ai", "ldp", "ldb", "ra"), default=DataConfig.structure)
    data.add_argument("--frames", type=int, default=DataConfig.frames, help="pictures coded a clip and QP")
    data.add_argument("--keep-every", type=int, default=DataConfig.keep_every, help="store every n-th")
    data.add_argument(
        "--begin", type=float, default=DataConfig.begin, help="share of a clip to leave out in front, 0 to 1"
    )
    data.add_argument(
        "--moving-photos", action="store_true", help="photographs too, as clips of a camera that moves"
    )
    data.add_argument("--no-clips", dest="clips", action="store_false", help="photographs alone")
    data.add_argument("--qps", type=int, nargs="+", default=STANDARD_QPS)
    data.add_argument("--qps-per-source", type=int, default=DataConfig.qps_per_source)
    data.add_argument("--preset", default=DataConfig.preset)
    data.add_argument(
        "--encoder",
        choices=("inloop", *(name for name, peer in FFMPEG_ENCODERS.items() if 8 in peer.bit_depths)),
        default=DataConfig.encoder,
        help="peers: QPs are rate factors",
    )
    data.add_argument("--bit-depth", type=int, choices=(8, 10), help="internal depth (default: the source's)")
    data.add_argument("--nnlf", help="filter that runs in the loop meanwhile: data of the second round")
    data.add_argument("--processes", "--jobs", "-j", type=int, default=1, help="encoders at a time")
    _add_scheduler(data)


def _add_fit(commands: Commands) -> None:
    fit = commands.add_parser("fit", help="train, or go on training, on stored pictures")
    fit.add_argument("run", type=Path, help="folder for checkpoint.pt, log.csv and log.html")
    fit.add_argument("data", type=Path, nargs="+", help="folders made by the data step")
    fit.add_argument("--network", choices=sorted(NETWORKS), default=TrainConfig.network)
    fit.add_argument("--options", type=json.loads, default={}, help="sizes of the network, as JSON")
    fit.add_argument(
        "--start",
        type=Path,
        help="checkpoint whose weights to start from, of this or a narrower network, or an exported .onnx",
    )
    fit.add_argument("--steps", type=int, default=TrainConfig.steps, help="length of the whole schedule")
    fit.add_argument("--minutes", type=float, help="length of the schedule in time instead")
    fit.add_argument("--batch", type=int, default=TrainConfig.batch)
    fit.add_argument("--patch", type=int, default=TrainConfig.patch)
    fit.add_argument("--lr", type=float, default=TrainConfig.lr)
    fit.add_argument(
        "--lr-floor",
        type=float,
        default=TrainConfig.lr_floor,
        help="share of the learning rate left at the end",
    )
    fit.add_argument(
        "--decay",
        type=float,
        default=TrainConfig.decay,
        help="share of the schedule at its end over which the rate falls",
    )
    fit.add_argument("--ema", type=float, default=TrainConfig.ema, help="decay of the averaged weights")
    fit.add_argument(
        "--inter-share",
        type=float,
        default=TrainConfig.inter_share,
        help="probability of P and B pictures; 0 and 1 fit weights for one kind of picture",
    )
    fit.add_argument(
        "--shares", type=float, nargs="+", default=(), help="how often to draw from each folder of data"
    )
    fit.add_argument(
        "--held-out",
        nargs="+",
        default=(),
        help="beginnings of names of sources to measure on, not to train on",
    )
    fit.add_argument(
        "--luma-weight", type=float, default=TrainConfig.luma_weight, help="in the loss; chroma: 1"
    )
    fit.add_argument("--quantized", action="store_true", help="fine-tune on the integer grid")
    fit.add_argument(
        "--precision",
        choices=("auto", "float32", "bfloat16"),
        default="auto",
        help="of most layers; auto: bfloat16 where the device has it",
    )
    fit.add_argument("--device", default=TrainConfig.device, help="cpu or cuda")
    fit.add_argument("--seed", type=int, default=TrainConfig.seed)
    fit.add_argument("--log-every", type=int, default=TrainConfig.log_every, help="steps between log lines")
    fit.add_argument("--threads", type=int, default=1)


def _add_export(commands: Commands) -> None:
    export = commands.add_parser("export", help="quantise a run and write ONNX, compact form, card, manifest")
    export.add_argument("run", type=Path, help="a run's folder; with --intra for P and B pictures")
    export.add_argument("--intra", type=Path, help="the run for I pictures: the networks become a pair")
    export.add_argument(
        "data", type=Path, nargs="+", help="stored pictures, for the calibration of quantizers"
    )
    export.add_argument("--name", required=True, help="of the files; not that of a network of the package")
    export.add_argument("--models", type=Path, default=Path("models"), help="folder of the files")
    export.add_argument(
        "--package",
        type=Path,
        help="folder whose models/ or enhancers/ gets the compact form, by default --models itself; a network of the "
        "package is replaced only where it lies there",
    )


def _add_loop(commands: Commands) -> None:
    loop = commands.add_parser("loop", help="BD-rate of a filter in the loop on held-out clips, in minutes")
    loop.add_argument(
        "model", type=Path, help="a run's folder, a file or a name; with --intra for P and B pictures"
    )
    loop.add_argument("sources", type=Path, help="folder with clips")
    loop.add_argument("out", type=Path, help="table that gets a line, beside that of the anchor's points")
    loop.add_argument("--intra", type=Path, help="the same for I pictures")
    loop.add_argument(
        "--data", type=Path, nargs="+", default=[], help="stored pictures, to quantise a run with"
    )
    loop.add_argument("--held-out", nargs="+", required=True, help="beginnings of names of clips")
    loop.add_argument("--structure", choices=("ai", "ldp", "ldb", "ra"), default=LoopTest.structure)
    loop.add_argument("--frames", type=int, default=LoopTest.frames)
    loop.add_argument("--qps", type=int, nargs="+", default=LoopTest.qps)
    loop.add_argument("--preset", default=LoopTest.preset)


def _add_weights(commands: Commands) -> None:
    weights = commands.add_parser(
        "weights", help="write a run's averaged weights alone, to start other runs from"
    )
    weights.add_argument("run", type=Path)
    weights.add_argument("-o", "--output", type=Path, required=True, help="file for --start")


def _add_card(commands: Commands) -> None:
    card = commands.add_parser("card", help="describe stored data: sources, licences, pictures, hashes")
    card.add_argument("data", type=Path, nargs="+", help="folders made by the data step")
    card.add_argument(
        "--sources", type=Path, required=True, help="folder of the sources with their SOURCES.tsv"
    )
    card.add_argument("--held-out", nargs="+", default=(), help="beginnings of names of sources")
    card.add_argument("-o", "--output", type=Path, required=True)


def _add_all(commands: Commands) -> None:
    every = commands.add_parser("all", help="make data and fit all sets of weights, by one command")
    every.add_argument("sources", type=Path, help="folder with clips, and photographs in sub-folders photos*")
    every.add_argument("work", type=Path, help="folder for data, runs and models")
    every.add_argument("--networks", nargs="+", choices=sorted(NETWORKS), default=Recipe.networks)
    every.add_argument(
        "--starts",
        type=Path,
        help="folder with NETWORK_i.onnx and NETWORK_pb.onnx, or NETWORK.onnx, to start from",
    )
    every.add_argument(
        "--loop-filter", default=Recipe.loop_filter, help="in the loop while data is made; '': none"
    )
    every.add_argument("--minutes", type=float, help="length of each fit in time")
    every.add_argument(
        "--steps", type=int, default=TrainConfig.steps, help="length of each fit in steps otherwise"
    )
    every.add_argument("--batch", type=int, default=TrainConfig.batch)
    every.add_argument("--patch", type=int, default=TrainConfig.patch)
    every.add_argument("--lr", type=float, default=TrainConfig.lr)
    every.add_argument("--device", default=TrainConfig.device, help="cpu or cuda")
    every.add_argument("--processes", "--jobs", "-j", type=int, default=1, help="encoders at a time")
    _add_scheduler(every)
    every.add_argument("--fits", type=int, default=1, help="fits at a time")
    every.add_argument("--drawers", type=int, default=0, help="processes that draw patches for each fit")
    every.add_argument("--held-out", nargs="+", default=(), help="beginnings of names of sources")
    every.add_argument("--frames", type=int, default=DataConfig.frames)
    every.add_argument("--qps-per-source", type=int, default=DataConfig.qps_per_source)
    every.add_argument("--preset", default=DataConfig.preset)


def make_parser() -> argparse.ArgumentParser:
    """Return the parser of all commands."""
    parser = argparse.ArgumentParser(prog="python -m inloop.train", description="Train in-loop filters.")
    commands = parser.add_subparsers(dest="command", required=True)
    for add in (_add_data, _add_fit, _add_loop, _add_export, _add_weights, _add_card, _add_all):
        add(commands)
    return parser
