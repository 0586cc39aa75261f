# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""`inloop info`: what a stream or a model is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

from inloop.cli.exit_codes import naming
from inloop.cli.options import path_option
from inloop.model import Model, load_model


def info(
    input_: Annotated[
        str, path_option("--input", "-i", help="HEVC stream (Annex B) or model (.onnx, .inl).")
    ],
) -> None:
    """Describe a stream (size, profile, pictures, use of the filter) or a model (identity, cost, tensors)."""
    with naming(input_):
        for name, value in _describe_model(load_model(Path(input_))):
            print(f"{name:<12} {value}")


def _describe_model(model: Model) -> Iterator[tuple[str, str]]:
    yield "name", model.metadata.get("inloop.name", "unnamed")
    yield "sha256", model.sha256
    yield "complexity", f"{model.kmac_per_px:.2f} kMAC per luma sample, {model.parameters} parameters"
    for kind, tensors in (("input", model.inputs), ("output", model.outputs)):
        for tensor in tensors:
            yield kind, f"{tensor.name}: {tensor.channels} channels, quantizer {tensor.quantizer}"
    yield from sorted(model.metadata.items())
