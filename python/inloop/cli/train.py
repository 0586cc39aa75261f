# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""`inloop train`: hands its arguments to `python -m inloop.train`."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Annotated

from cyclopts import App, Parameter

from inloop.errors import ConfigError
from inloop.extras import import_extra

train = App(
    name="train",
    help="Train a filter, from data to files, or all at once. Needs the [train] extra; see docs/tutorials/train.md.",
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
