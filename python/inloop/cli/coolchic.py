# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""What `inloop decode` and `inloop info` do with a Cool-chic stream."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from inloop.coolchic import StreamInfo, describe_stream, latents_sha256

_FORMATS = {"rgb": "RGB", "yuv420": "4:2:0", "yuv444": "4:4:4"}


def info_lines(data: bytes) -> Iterator[tuple[str, str]]:
    """Yield names and values that describe a stream for people."""
    stream = describe_stream(data)
    variant = ", early headers" if stream.early_headers else ""
    yield "format", f"Cool-chic v3.1{variant}, {stream.bit_depth} bit {_FORMATS[stream.format]}"
    yield "pictures", f"{stream.width}x{stream.height}"
    types = ", ".join(f"{count} {kind}" for kind, count in sorted(stream.types.items()))
    yield "coded", f"{len(stream.pictures)} pictures ({types})"
    samples = stream.width * stream.height * len(stream.pictures)
    yield "size", f"{stream.bits // 8} bytes, {stream.bits / samples:.4f} bits a sample"
    for part in ("header", "network", "latent"):
        bits = stream.sum_of(part)
        yield f"{part}s", f"{bits // 8} bytes ({100 * bits / stream.bits:.1f} %)"
    grids = sum(picture.grids for picture in stream.pictures)
    empty = sum(picture.empty_grids for picture in stream.pictures)
    yield "grids", f"{empty} of {grids} empty"
    yield (
        "complexity",
        f"{stream.mac_per_px:.0f} MAC a sample, {stream.coded_mac_per_px:.0f} without empty grids",
    )


def info_json(data: bytes) -> dict[str, Any]:
    """Return what describes a stream for programs, the hash of its latents included."""
    stream: StreamInfo = describe_stream(data)
    return {
        **asdict(stream),
        "kind": "coolchic",
        "pictures": [{"type": picture.type, **asdict(picture)} for picture in stream.pictures],
        "header_bits": stream.sum_of("header"),
        "network_bits": stream.sum_of("network"),
        "latent_bits": stream.sum_of("latent"),
        "mac_per_px": stream.mac_per_px,
        "coded_mac_per_px": stream.coded_mac_per_px,
        "latents_sha256": latents_sha256(data),
    }
