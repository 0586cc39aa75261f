# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Training from the shell: ``python -m inloop.train data|fit|export``."""

from __future__ import annotations

import argparse
from importlib.resources import files
from pathlib import Path

import torch

from inloop.train.trainer import TrainConfig, Trainer


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m inloop.train", description="Train in-loop filters.")
    commands = parser.add_subparsers(dest="command", required=True)
    data = commands.add_parser("data", help="run the encoder over clips and store coded pictures")
    data.add_argument(
        "sources", type=Path, help="folder with clips, and photographs in its sub-folder photos"
    )
    data.add_argument("out", type=Path, help="folder for the coded pictures")
    data.add_argument("--structure", choices=("ai", "ldp", "ldb", "ra"), default="ai")
    data.add_argument("--frames", type=int, default=8, help="pictures coded a clip and QP")
    data.add_argument("--keep-every", type=int, default=1, help="store every n-th picture")
    data.add_argument("--qps-per-source", type=int, default=6)
    fit = commands.add_parser("fit", help="train, or go on training, on stored pictures")
    fit.add_argument("data", type=Path)
    fit.add_argument("run", type=Path, help="folder for checkpoint.pt and log.csv")
    fit.add_argument("--network", default="lop")
    fit.add_argument("--minutes", type=float, default=45, help="wall time of the whole schedule")
    fit.add_argument("--batch", type=int, default=TrainConfig.batch)
    fit.add_argument("--lr", type=float, default=TrainConfig.lr)
    fit.add_argument("--threads", type=int, default=1)
    export = commands.add_parser(
        "export", help="quantise a checkpoint and write ONNX, compact form and manifest"
    )
    export.add_argument("run", type=Path)
    export.add_argument("data", type=Path, help="stored pictures, for the calibration of quantizers")
    export.add_argument("--name", default="lop")
    export.add_argument("--models", type=Path, default=Path("models"))
    export.add_argument("--package", type=Path, default=Path(str(files("inloop.nnlf"))) / "models")
    return parser


def main(arguments: list[str] | None = None) -> None:
    """Run one step of training."""
    options = _parser().parse_args(arguments)
    match options.command:
        case "data":
            from inloop.train.dataset import DataConfig, build

            build(
                DataConfig(
                    options.sources,
                    options.out,
                    options.structure,
                    options.frames,
                    options.keep_every,
                    qps_per_source=options.qps_per_source,
                )
            )
        case "fit":
            torch.set_num_threads(options.threads)
            config = TrainConfig(
                options.data,
                options.run,
                options.network,
                budget_s=60 * options.minutes,
                batch=options.batch,
                lr=options.lr,
            )
            trainer = Trainer(config)
            trainer.resume()
            trainer.fit()
        case "export":
            from inloop.train.release import release

            release(
                options.run / "checkpoint.pt", options.data, options.name, options.models, options.package
            )


if __name__ == "__main__":
    main()
