# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""`inloop info`: what a stream or a model is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

from inloop.cli.exit_codes import naming
from inloop.cli.options import path_option
from inloop.codec.stream_info import StreamInfo, describe_stream
from inloop.convert.loading import load_model
from inloop.engine.model import Model

_TOLD_ELSEWHERE = ("inloop.name", "inloop.quantizers")
_START_CODES = (b"\0\0\1", b"\0\0\0\1")


def info(
    input_: Annotated[
        str, path_option("--input", "-i", help="HEVC stream (Annex B) or model (.onnx, .inl).")
    ],
) -> None:
    """Describe a stream (size, profile, pictures, use of the filter) or a model (identity, cost, tensors)."""
    path = Path(input_)
    with naming(input_):
        if path.read_bytes()[:4].startswith(_START_CODES):
            lines = _stream_lines(describe_stream(path.read_bytes()))
        else:
            lines = _model_lines(load_model(path))
        for name, value in lines:
            print(f"{name:<12} {value}")


def _stream_lines(stream: StreamInfo) -> Iterator[tuple[str, str]]:
    yield "format", f"HEVC {stream.profile}, level {stream.level}, {stream.bit_depth} bit 4:2:0"
    rate = "unknown rate" if stream.fps is None else f"{float(stream.fps):g} pictures a second"
    yield "pictures", f"{stream.width}x{stream.height}, {rate}"
    types = ", ".join(f"{count} {kind}" for kind, count in sorted(stream.pictures.items()))
    yield "coded", f"{stream.pictures.total()} pictures ({types}), mean slice QP {stream.mean_qp:.2f}"
    kbps = "" if stream.bitrate_kbps is None else f", {stream.bitrate_kbps:.2f} kb/s"
    yield "size", f"{stream.bits // 8} bytes{kbps}"
    use = stream.nnlf
    if not use.pictures:
        yield "filter", "off"
        return
    yield (
        "filter",
        f"{' and '.join(sorted(use.modes))}, on in {use.pictures} of {stream.pictures.total()} pictures",
    )
    yield (
        "blocks",
        f"{use.blocks_on} of {use.blocks} filtered in these ({100 * use.blocks_on / use.blocks:.1f} %)"
        + (f", {use.blocks_by_edges} more where they have enough edges" if use.blocks_by_edges else ""),
    )
    for sha256 in use.models:
        yield "model", sha256


def _model_lines(model: Model) -> Iterator[tuple[str, str]]:
    yield "name", model.metadata.get("inloop.name", "unnamed")
    yield "sha256", model.sha256
    yield "complexity", f"{model.kmac_per_px:.2f} kMAC per luma sample, {model.parameters} parameters"
    for kind, tensors in (("input", model.inputs), ("output", model.outputs)):
        for tensor in tensors:
            yield kind, f"{tensor.name}: {tensor.channels} channels, quantizer {tensor.quantizer}"
    yield from ((key, value) for key, value in sorted(model.metadata.items()) if key not in _TOLD_ELSEWHERE)
