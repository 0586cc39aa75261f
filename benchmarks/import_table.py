# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Which networks of the literature load from PyTorch's exporters with free sizes, and how right they are.

    python -m benchmarks.import_table [NETWORK...]

Each network of `benchmarks.imports.networks` is exported with free sizes by both exporters (the second needs
onnxscript), run at three sizes, compared with PyTorch, and quantised on two smooth pictures. The table is Markdown.
"""

from __future__ import annotations

import argparse
import io
import logging
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from benchmarks.imports.networks import NETWORKS
from inloop.convert import import_onnx, quantise
from inloop.engine.model import Model
from inloop.errors import InloopError

SIZES = ((48, 64), (72, 40), (56, 88))
EXPORTERS = ("legacy", "dynamo")
_TRACED = (64, 48)  # the size of the picture that exporters see


@dataclass(frozen=True)
class Found:
    """What became of one network by one exporter; `fault` where it was refused."""

    multiple: str = ""
    error: float = 0.0
    int16_db: float = 0.0
    warnings: tuple[str, ...] = ()
    fault: str = ""


def exported(network: nn.Module, exporter: str) -> bytes:
    """The ONNX file of a network for pictures of any size."""
    buffer, picture = io.BytesIO(), torch.rand(1, 3, *_TRACED)
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")
        logging.disable(logging.WARNING)
        if exporter == "dynamo":
            free = {2: torch.export.Dim.DYNAMIC, 3: torch.export.Dim.DYNAMIC}
            program = torch.onnx.export(
                network, (picture,), dynamo=True, dynamic_shapes=(free,), input_names=["x"], verbose=False
            )
            assert program is not None
            return bytes(program.model_proto.SerializeToString())
        torch.onnx.export(
            network, (picture,), buffer, opset_version=17, input_names=["x"], dynamo=False,
            dynamic_axes={"x": {2: "height", 3: "width"}},
        )  # fmt: skip
    return buffer.getvalue()


def smooth_picture(seed: int, height: int, width: int) -> NDArray[np.float32]:
    """Blurred noise about an edge, 0..1: [1, 3, height, width]."""
    rng = np.random.default_rng(seed)
    noise = torch.from_numpy(rng.random((1, 3, height, width), np.float32))
    x = nn.functional.avg_pool2d(noise, 5, 1, 2) * 1.5 - 0.25
    x[..., width // 3 :] *= 0.6
    return np.asarray(x.clamp(0, 1).numpy())


def _nhwc(x: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.ascontiguousarray(x.transpose(0, 2, 3, 1))


def largest_error(network: nn.Module, model: Model, sizes: Sequence[tuple[int, int]]) -> float:
    """The largest difference from PyTorch at several sizes."""
    largest = 0.0
    for height, width in sizes:
        picture = smooth_picture(height, height, width)
        with torch.no_grad():
            wanted = _nhwc(network(torch.from_numpy(picture)).numpy())
        (found,) = model.run([_nhwc(picture)])
        assert found.shape == wanted.shape, (found.shape, wanted.shape)
        largest = max(largest, float(np.abs(found - wanted).max()))
    return largest


def measured(name: str, exporter: str, sizes: Sequence[tuple[int, int]] = SIZES) -> Found:
    """Export, run, compare and quantise a network."""
    torch.manual_seed(7)
    network = NETWORKS[name]().eval()
    try:
        data = exported(network, exporter)
    except Exception as fault:  # whatever torch has against a network
        return Found(fault=f"the exporter fails: {str(fault).splitlines()[0]:.100}")
    try:
        model = Model(import_onnx(data).to_bytes())
        error = largest_error(network, model, sizes)
        feeds = [{model.inputs[0].name: _nhwc(smooth_picture(seed, *_TRACED))} for seed in (1, 2)]
        result = quantise(data, feeds)
    except InloopError as fault:
        return Found(fault=str(fault))
    decibel = result.errors[-1].signal_to_noise_db
    return Found(model.metadata.get("inloop.multiple", ""), error, decibel, tuple(result.warnings))


def rows(names: Sequence[str]) -> Iterator[str]:
    """The table, row by row."""
    yield "| network | exporter | multiple of | largest error in float | int16 dB | warning |"
    yield "|---|---|---|---|---|---|"
    for name in names:
        for exporter in EXPORTERS:
            found = measured(name, exporter)
            if found.fault:
                yield f"| {name} | {exporter} | refused: {found.fault} | | | |"
                continue
            text = "; ".join(found.warnings)
            yield f"| {name} | {exporter} | {found.multiple} | {found.error:.1e} | {found.int16_db:.1f} | {text} |"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.import_table",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("network", nargs="*", help=f"among {', '.join(map(repr, NETWORKS))}; all without any")
    torch.set_num_threads(1)
    for row in rows(parser.parse_args().network or list(NETWORKS)):
        print(row, flush=True)


if __name__ == "__main__":
    main()
