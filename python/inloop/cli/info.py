# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""`inloop info`: what a stream or a model is."""

from __future__ import annotations

from collections.abc import Iterator
from json import dumps as dump_json
from pathlib import Path
from typing import Annotated

from inloop.cli.coolchic import info_json, info_lines
from inloop.cli.exit_codes import naming
from inloop.cli.options import flag, path_option
from inloop.codec.stream_info import StreamInfo, describe_stream
from inloop.convert.loading import load_model
from inloop.coolchic import starts_like_stream
from inloop.engine.model import Model

_TOLD_ELSEWHERE = ("inloop.name", "inloop.quantizers")
_START_CODES = (b"\0\0\1", b"\0\0\0\1")
_START_BYTES = 512


def info(
    input_: Annotated[
        str,
        path_option("--input", "-i", help="HEVC (Annex B) or Cool-chic stream, or model (.onnx, .inl)."),
    ],
    *,
    json: Annotated[bool, flag("--json", "Print JSON, with more about Cool-chic streams.")] = False,
) -> None:
    """Describe a stream (size, profile, pictures, use of the filter) or a model (identity, cost, tensors).

    Of a Cool-chic stream, --json tells every picture and the SHA-256 of all its latents.
    """
    path = Path(input_)
    with naming(input_):
        data = path.read_bytes()
        if json and starts_like_stream(data[:_START_BYTES]):
            print(dump_json(info_json(data), indent=2))
            return
        lines = list(_lines(path, data))
    if json:
        print(dump_json(_grouped(lines), indent=2))
        return
    for name, value in lines:
        print(f"{name:<12} {value}")


def _lines(path: Path, data: bytes) -> Iterator[tuple[str, str]]:
    if data.startswith(_START_CODES):
        return _stream_lines(describe_stream(data))
    if starts_like_stream(data[:_START_BYTES]):
        return info_lines(data)
    return _model_lines(load_model(path))


def _grouped(lines: list[tuple[str, str]]) -> dict[str, list[str]]:
    """Collect the values of each name; a name may have several."""
    groups: dict[str, list[str]] = {}
    for name, value in lines:
        groups.setdefault(name, []).append(value)
    return groups


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
