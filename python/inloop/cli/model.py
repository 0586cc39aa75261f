# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""`inloop model`: what a network is, where its time goes, and conversions of its file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import numpy as np
from cyclopts import App, Parameter

from inloop.cli.exit_codes import naming
from inloop.cli.options import path_option
from inloop.cli.table import format_table
from inloop.errors import ConfigError
from inloop.model import Model, Tensor, load_model

Input = Annotated[str, path_option("--input", "-i", help="Network: .onnx, .sadl or .inl.")]
Size = Annotated[str, Parameter(help="Size of the network's inputs.")]

model = App(name="model", help="Describe, profile, convert and quantise networks.", help_format="plaintext")


def _size(text: str) -> tuple[int, int]:
    width, _, height = text.partition("x")
    if not (width.isdigit() and height.isdigit()):
        raise ConfigError(f"'{text}' is no size; write it as 72x72")
    return int(height), int(width)


def _load(path: str) -> Model:
    with naming(path):
        return load_model(path)


def _random_tensor(network: Model, shape: tuple[int, ...]) -> Tensor:
    rng = np.random.default_rng(0)
    if network.dtype == np.float32:
        return rng.random(shape, np.float32)
    return rng.integers(-8192, 8192, shape, dtype=np.int16)


@model.command
def info(input_: Input, *, size: Size = "72x72") -> None:
    """Print a network's layers with shapes, quantizers and cost."""
    network = _load(input_)
    height, width = _size(size)
    rows = [("layer", "op", "shape", "q", "parameters", "kMAC")]
    for layer in network.layers(height, width):
        shape = "x".join(map(str, layer["shape"]))
        cost = f"{layer['macs'] / 1000:.0f}"
        rows.append(
            (layer["name"], layer["op"], shape, str(layer["quantizer"]), str(layer["parameters"]), cost)
        )
    print(format_table(rows))
    print(f"sha256 {network.sha256}")
    print(f"{network.parameters} parameters, {network.kmac_per_px:.2f} kMAC per luma sample")


@model.command
def profile(
    input_: Input,
    *,
    size: Size = "72x72",
    runs: Annotated[int, Parameter(help="Runs; the fastest of each layer counts.")] = 20,
) -> None:
    """Print where a network's time goes, step by step of its plan."""
    network = _load(input_)
    height, width = _size(size)
    arrays = [_random_tensor(network, (1, height, width, tensor.channels)) for tensor in network.inputs]
    session = network.session(height, width)
    measured = [session.profile(arrays) for _ in range(max(runs, 1))]
    seconds = np.min([[step.seconds for step in run] for run in measured], axis=0)
    total = float(seconds.sum())
    rows = [("step", "kind", "ms", "GMAC/s", "share", "")]
    for step, spent in zip(measured[0], seconds, strict=True):
        rate = f"{step.macs / spent / 1e9:.1f}" if step.macs else "-"
        share = spent / total
        bar = "#" * round(40 * share)
        rows.append((step.name, step.kind, f"{1e3 * spent:.3f}", rate, f"{100 * share:.1f} %", bar.ljust(10)))
    print(format_table(rows))
    overall = network.macs(height, width) / total / 1e9
    print(
        f"{1e3 * total:.3f} ms, {overall:.1f} GMAC/s at level {session.isa}, {session.arena_bytes / 1024:.0f} KiB"
    )


@model.command
def convert(
    input_: Input,
    *,
    output: Annotated[str, path_option("--output", "-o", help="File to write: .inl or .sadl.")],
    size: Size = "72x72",
) -> None:
    """Convert a network to the compact form (.inl) or to a SADL file (.sadl, whose input size is --size)."""
    from inloop.convert import export_sadl, import_onnx, import_sadl

    suffix = Path(output).suffix
    with naming(input_):
        if suffix == ".inl":
            data = _load(input_).to_bytes()
        elif suffix == ".sadl":
            source = Path(input_).read_bytes()
            network = import_sadl(source) if source.startswith(b"SADL") else import_onnx(source)
            data = export_sadl(network, *_size(size))
        else:
            raise ConfigError(f"'{output}': the form to write is told by .inl or .sadl")
    Path(output).write_bytes(data)


@model.command
def quantize(
    input_: Input,
    *,
    output: Annotated[str, path_option("--output", "-o", help="ONNX file to write.")],
    samples: Annotated[
        str,
        path_option(
            "--samples", help="NPZ file: an array (N, height, width, channels) of real values an input."
        ),
    ],
) -> None:
    """Give a float ONNX network power-of-two quantizers from sample inputs, and print each layer's error."""
    from inloop.convert import quantise

    arrays = np.load(samples)
    count = min((len(arrays[name]) for name in arrays.files), default=0)
    with naming(input_):
        result = quantise(input_, [{name: arrays[name][i] for name in arrays.files} for i in range(count)])
    Path(output).write_bytes(result.onnx)
    rows = [("tensor", "op", "q", "largest", "rms error", "SNR dB")]
    rows += [
        (
            e.name,
            e.op,
            str(e.quantizer),
            f"{e.largest:.4g}",
            f"{e.rms_error:.3g}",
            f"{e.signal_to_noise_db:.1f}",
        )
        for e in result.errors
    ]
    print(format_table(rows))
