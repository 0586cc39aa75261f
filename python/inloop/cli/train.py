# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""`inloop train`: samples of clips, and the steps of training, whose arguments go to `python -m inloop.train`."""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import numpy as np
from cyclopts import App, Parameter

from inloop.cli.options import path_option
from inloop.errors import ConfigError
from inloop.extras import import_extra
from inloop.io import open_output
from inloop.io.output import check_writable, is_standard_output, refuse_overlap

train = App(
    name="train",
    help="Train a filter, from data to files, or all at once; all but samples need the [train] extra, see "
    "docs/tutorials/train.md.",
    help_flags=[],
    help_format="plaintext",
)


@train.default
def run(
    *arguments: Annotated[
        str, Parameter(help="Step and its options; --help lists them.", allow_leading_hyphen=True)
    ],
) -> None:
    """Run one step of training; the steps have options of their own.

    data makes coded pictures from clips, card describes them, fit trains on them, loop measures in the loop, export
    writes the network as ONNX, weights writes what another run starts from, all does everything for two sets of
    weights.
    """
    if set(arguments) <= {"--help", "-h"} and find_spec("torch") is None:
        print("Usage: inloop train data|fit|export [OPTIONS]\n")
        print("data makes coded pictures from clips, fit trains on them, export writes the network as ONNX.")
        print("Their options are listed once the package is there: pip install 'inloop[train]'.")
        return
    import_extra("torch", "train")
    from inloop.train.__main__ import main

    try:
        main(list(arguments) or ["--help"])
    except SystemExit as exit_:  # argparse exits so, and has said what is wrong.
        if exit_.code not in (0, None):
            raise ConfigError("inloop train: wrong arguments, see above") from None


@train.command(help_flags=["--help"])
def samples(
    *clips: Annotated[str, Parameter(help="Clips, or folders of clips.")],
    output: Annotated[str, path_option("--output", "-o", help="NPZ file to write.")],
    count: Annotated[int, Parameter(help="Blocks in all.")] = 48,
    qps: Annotated[
        list[int] | None, Parameter(help="QPs that each clip is encoded at; 22 32 42.", consume_multiple=True)
    ] = None,
    frames: Annotated[
        int, Parameter(name=["--frames", "-n"], help="Pictures of a clip, from its start.")
    ] = 5,
) -> None:
    """Encode clips and write blocks of them as a filter network sees them: samples for model quantize and adapt.

    The file holds an array (N, 72, 72, channels) of real values for every input of the filter contract.
    """
    from inloop.train.block_samples import SampleConfig, block_samples, find_clips

    refuse_overlap(clips, {"--output": output})
    check_writable([output])
    config = SampleConfig(count, SampleConfig.qps if qps is None else tuple(qps), frames)
    arrays = block_samples(
        find_clips([Path(clip) for clip in clips]),
        config,
        lambda text: print(f"inloop: warning: {text}", file=sys.stderr),
    )
    with open_output(output) as file:
        np.savez_compressed(file, allow_pickle=False, **arrays)
    told = sys.stderr if is_standard_output(output) else sys.stdout
    print(f"{count} blocks with {', '.join(arrays)} in {output}", file=told)
