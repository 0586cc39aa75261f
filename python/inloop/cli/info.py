# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""`inloop info`: what a stream or a model is."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from json import dumps as dump_json
from pathlib import Path
from typing import Annotated

from inloop.cli.coolchic import info_json, info_lines
from inloop.cli.exit_codes import naming
from inloop.cli.options import flag, path_option
from inloop.codec.stream_info import FilterUse, StreamInfo, describe_stream
from inloop.convert.loading import load_model
from inloop.coolchic import starts_like_stream
from inloop.engine.model import Model
from inloop.errors import BitstreamError, UnsupportedError
from inloop.io.hevc import container_stream, starts_like_container
from inloop.nnlf import ModelPair

_TOLD_ELSEWHERE = ("inloop.name", "inloop.quantizers")
_START_CODE = b"\0\0\1"
_COMPACT_MODEL = b"INLOOPNN"
_MODEL_SUFFIXES = (".onnx", ".inl", ".sadl")
_START_BYTES = 512


def info(
    input_: Annotated[
        str,
        path_option(
            "--input",
            "-i",
            help="HEVC stream, bare or in a container, Cool-chic stream, or model (.onnx, .inl); - is a pipe.",
        ),
    ],
    *,
    json: Annotated[bool, flag("--json", "Print JSON, with more about Cool-chic streams.")] = False,
) -> None:
    """Describe a stream (size, profile, pictures, use of the filter) or a model (identity, cost, tensors).

    Of a Cool-chic stream, --json tells every picture and the SHA-256 of all its latents.

    Example: inloop info clip.hevc --json
    """
    with naming(input_):
        data = sys.stdin.buffer.read() if input_ == "-" else Path(input_).read_bytes()
        if json and starts_like_stream(data[:_START_BYTES]):
            print(dump_json(info_json(data), indent=2))
            return
        lines = list(_lines(input_, data))
    if json:
        print(dump_json(_grouped(lines), indent=2))
        return
    for name, value in lines:
        print(f"{name:<12} {value}")


def _lines(source: str, data: bytes) -> Iterator[tuple[str, str]]:
    if starts_like_stream(data[:_START_BYTES]):
        return info_lines(data)
    pair = ModelPair.from_bytes(data)
    if pair is not None:
        return _pair_lines(pair)
    if data.startswith(_COMPACT_MODEL) or Path(source).suffix.lower() in _MODEL_SUFFIXES:
        return _model_lines(Model(data) if data.startswith(_COMPACT_MODEL) else load_model(source))
    if starts_like_container(data[:_START_BYTES]):
        if not Path(source).is_file():
            raise UnsupportedError("a container on a pipe cannot be described: give the file")
        with container_stream(Path(source)) as chunks:
            return _stream_lines(describe_stream(b"".join(chunks)))
    if _START_CODE not in data:
        raise BitstreamError("neither a stream, nor a container, nor a model (.onnx, .inl, .sadl)")
    return _stream_lines(describe_stream(data))


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
    if stream.wavefront:
        yield "wavefront", f"in {stream.wavefront} of {stream.pictures.total()} pictures"
    kbps = "" if stream.bitrate_kbps is None else f", {stream.bitrate_kbps:.2f} kb/s"
    yield from stream.signal.lines()
    yield "size", f"{stream.bits // 8} bytes{kbps}"
    use = stream.nnlf
    if not use.pictures:
        yield "filter", "off"
        return
    yield (
        "filter",
        f"{' and '.join(sorted(use.modes))}, on in {use.pictures} of {stream.pictures.total()} pictures",
    )
    yield "blocks", _blocks_text(use)
    for sha256 in use.models:
        yield "model", sha256


def _blocks_text(use: FilterUse) -> str:
    """Say which blocks are filtered: those that the stream names, and those that decoding finds to have edges."""
    named = f"{use.blocks_on} of {use.blocks} in these are filtered for certain"
    if not use.blocks_by_edges:
        return f"{use.blocks_on} of {use.blocks} in these are filtered ({100 * use.blocks_on / use.blocks:.1f} %)"
    if not use.blocks_on:
        return f"of {use.blocks} in these, decoding filters those that have enough coded edges"
    return f"{named}, of {use.blocks_by_edges} more those that have enough coded edges"


def _pair_lines(pair: ModelPair) -> Iterator[tuple[str, str]]:
    """Describe both networks, after the identity that streams name."""
    yield "pair", pair.sha256
    for use, network in (("I pictures", pair.intra), ("P, B pictures", pair.inter)):
        yield "network", f"for {use}"
        yield from _model_lines(network)


def _model_lines(model: Model) -> Iterator[tuple[str, str]]:
    yield "name", model.metadata.get("inloop.name", "unnamed")
    yield "sha256", model.sha256
    yield "complexity", f"{model.kmac_per_px:.2f} kMAC per luma sample, {model.parameters} parameters"
    for kind, tensors in (("input", model.inputs), ("output", model.outputs)):
        for tensor in tensors:
            yield kind, f"{tensor.name}: {tensor.channels} channels, quantizer {tensor.quantizer}"
    yield from ((key, value) for key, value in sorted(model.metadata.items()) if key not in _TOLD_ELSEWHERE)
