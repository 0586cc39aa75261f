# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""ONNX -> `Network`. The convention for integer networks is in the docstring of `inloop.convert`."""

from pathlib import Path

from inloop.convert.importer import (
    arithmetic,
    convolution,
    functions,
    joins,
    moves,
    pooling,
    quantised,
    repeats,
    resampling,
    slices,
)
from inloop.convert.importer.damage import reported_for
from inloop.convert.importer.graph import GraphImporter
from inloop.convert.importer.registry import HANDLERS
from inloop.convert.network import Network
from inloop.errors import ModelError

# Importing the families of operations registers their handlers.
_FAMILIES = (
    arithmetic, convolution, functions, joins, moves, pooling, quantised, repeats, resampling, slices,
)  # fmt: skip


def supported_operations() -> list[str]:
    """Names of the ONNX operations that can be imported, beside those that are folded away."""
    return sorted(HANDLERS)


def import_onnx(source: str | Path | bytes) -> Network:
    """Import an ONNX file, given by path or content.

    Raises `ModelError` for a damaged file or one that breaks the convention, `UnsupportedError` for an operation
    the engine does not have; `OSError` where the file cannot be read.
    """
    import onnx

    data = source if isinstance(source, bytes) else Path(source).read_bytes()
    try:
        model = onnx.load_model_from_string(data)
    except Exception as error:  # protobuf raises its own classes, which differ between versions
        raise ModelError(f"not a readable ONNX file: {error}") from error
    if not model.graph.node and not model.graph.output:
        raise ModelError("not a readable ONNX file: it holds no graph")
    with reported_for("the ONNX file"):
        return GraphImporter(model).run()
