# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Training from the shell: ``python -m inloop.train data|fit|export``."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path

import torch

from inloop.evaluate.peer_encoders import PEERS
from inloop.train.card import read_log, render_page
from inloop.train.dataset import STANDARD_QPS, DataConfig, build
from inloop.train.networks import NETWORKS
from inloop.train.release import release
from inloop.train.trainer import TrainConfig, Trainer


def _add_data(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
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
    data.add_argument("--qps", type=int, nargs="+", default=STANDARD_QPS)
    data.add_argument("--qps-per-source", type=int, default=DataConfig.qps_per_source)
    data.add_argument("--preset", default=DataConfig.preset)
    data.add_argument(
        "--encoder",
        choices=("inloop", *PEERS),
        default=DataConfig.encoder,
        help="peers: QPs are rate factors",
    )
    data.add_argument("--bit-depth", type=int, choices=(8, 10), help="internal depth (default: the source's)")
    data.add_argument("--nnlf", help="filter that runs in the loop meanwhile: data of the second round")
    data.add_argument("--processes", type=int, default=1)


def _add_fit(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    fit = commands.add_parser("fit", help="train, or go on training, on stored pictures")
    fit.add_argument("run", type=Path, help="folder for checkpoint.pt, log.csv and log.html")
    fit.add_argument("data", type=Path, nargs="+", help="folders made by the data step")
    fit.add_argument("--network", choices=sorted(NETWORKS), default=TrainConfig.network)
    fit.add_argument("--options", type=json.loads, default={}, help="sizes of the network, as JSON")
    fit.add_argument(
        "--start", type=Path, help="checkpoint whose weights to start from, of this or a narrower network"
    )
    fit.add_argument("--steps", type=int, default=TrainConfig.steps, help="length of the whole schedule")
    fit.add_argument("--batch", type=int, default=TrainConfig.batch)
    fit.add_argument("--patch", type=int, default=TrainConfig.patch)
    fit.add_argument("--lr", type=float, default=TrainConfig.lr)
    fit.add_argument(
        "--lr-floor",
        type=float,
        default=TrainConfig.lr_floor,
        help="share of the learning rate left at the end",
    )
    fit.add_argument("--inter-share", type=float, default=TrainConfig.inter_share)
    fit.add_argument(
        "--luma-weight", type=float, default=TrainConfig.luma_weight, help="in the loss; chroma: 1"
    )
    fit.add_argument("--quantized", action="store_true", help="fine-tune on the integer grid")
    fit.add_argument("--float32", action="store_true", help="no bfloat16 anywhere")
    fit.add_argument("--device", default=TrainConfig.device, help="cpu or cuda")
    fit.add_argument("--seed", type=int, default=TrainConfig.seed)
    fit.add_argument("--log-every", type=int, default=TrainConfig.log_every, help="steps between log lines")
    fit.add_argument("--threads", type=int, default=1)


def _add_export(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    export = commands.add_parser("export", help="quantise a run and write ONNX, compact form, card, manifest")
    export.add_argument("run", type=Path)
    export.add_argument(
        "data", type=Path, nargs="+", help="stored pictures, for the calibration of quantizers"
    )
    export.add_argument("--name", default="lop")
    export.add_argument("--models", type=Path, default=Path("models"))
    export.add_argument("--package", type=Path, default=Path(str(files("inloop.nnlf"))))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m inloop.train", description="Train in-loop filters.")
    commands = parser.add_subparsers(dest="command", required=True)
    for add in (_add_data, _add_fit, _add_export):
        add(commands)
    return parser


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
    )
    build(config, options.processes)


def _fit(options: argparse.Namespace) -> None:
    torch.set_num_threads(options.threads)
    config = TrainConfig(
        options.data,
        options.run,
        options.network,
        options.options,
        options.start,
        options.steps,
        options.batch,
        options.patch,
        options.lr,
        options.lr_floor,
        inter_share=options.inter_share,
        luma_weight=options.luma_weight,
        quantized=options.quantized,
        bfloat16=not options.float32,
        device=options.device,
        seed=options.seed,
        log_every=options.log_every,
    )
    trainer = Trainer(config)
    trainer.resume()
    trainer.fit()
    (options.run / "log.html").write_text(render_page(read_log(options.run)))


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one step of training."""
    options = _parser().parse_args(arguments)
    match options.command:
        case "data":
            _make_data(options)
        case "fit":
            _fit(options)
        case "export":
            release(options.run, options.data, options.name, options.models, options.package)


if __name__ == "__main__":
    main()
