# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""ONNX -> `Network`. The convention for integer networks is in the docstring of `inloop.convert`."""

from pathlib import Path
from typing import Any

from inloop.convert.importer import (
    arithmetic,
    convolution,
    functions,
    joins,
    moves,
    normalisation,
    pooling,
    quantised,
    reductions,
    repeats,
    resampling,
    slices,
)
from inloop.convert.importer.damage import reported_for
from inloop.convert.importer.io_tensors import declared_size
from inloop.convert.importer.onnx_file import read_onnx
from inloop.convert.importer.registry import HANDLERS
from inloop.convert.importer.walk import GraphWalk
from inloop.convert.network import MULTIPLE_KEY, SIZE_KEY, Network
from inloop.errors import InloopError

# Importing the families of operations registers their handlers.
_FAMILIES = (
    arithmetic, convolution, functions, joins, moves, normalisation, pooling, quantised, reductions, repeats,
    resampling, slices,
)  # fmt: skip


def supported_operations() -> list[str]:
    """Names of the ONNX operations that can be imported, beside those that are folded away."""
    return sorted(HANDLERS)


def import_onnx(source: str | Path | bytes) -> Network:
    """Import an ONNX file, given by path or content; weights beside it are found where a path is given.

    Raises `ModelError` for a damaged file or one that breaks the convention, `UnsupportedError` for an operation
    the engine does not have; `OSError` where the file cannot be read.
    """
    return import_model(read_onnx(source))


def import_model(model: Any, *, for_integers: bool = False) -> Network:
    """Import an `onnx.ModelProto` that holds all its numbers; errors as for `import_onnx`.

    With `for_integers`, every tensor of the file has a layer, as where it is quantised.
    """
    with reported_for("the ONNX file"):
        importer = GraphWalk(model, for_integers=for_integers)
        network = importer.run()
        height, width = declared_size(network, importer.values)
    if (height, width) != (None, None) and (
        importer.needs_its_size or not _same_if_free(model, network, for_integers)
    ):
        network.metadata[SIZE_KEY] = f"{width or '?'}x{height or '?'}"
    elif importer.multiple > 1:
        network.metadata[MULTIPLE_KEY] = f"{importer.multiple}x{importer.multiple}"
    return network


def _same_if_free(model: Any, network: Network, for_integers: bool) -> bool:
    """Whether a network with declared sizes is the same without them, so that it is right at others too."""
    try:
        with reported_for("the ONNX file"):
            importer = GraphWalk(model, free_sizes=True, for_integers=for_integers)
            free = importer.run()
    except InloopError:
        return False
    return importer.multiple == 1 and free.is_same(network)
