# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""What is in a Cool-chic stream, without making a sample of it."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from inloop import _core

_TYPES = ("I", "P", "B")


@dataclass(frozen=True, slots=True)
class PictureInfo:
    """One picture of a stream.

    Attributes:
        display_index: Its place in display order.
        depth: 0 intra, 1 P, 2 and above B.
        references: Display indices of the pictures that it refers to.
        header_bits: Bits of its header.
        network_bits: Bits of its networks.
        latent_bits: Bits of its latents.
        grids: Number of latent grids.
        empty_grids: Those of them that are all zero, for which nothing is sent or computed.
        mac_per_px: Multiplications a luma sample as if no grid was empty, by which decoders are compared.
        coded_mac_per_px: Those that this picture needs.
    """

    display_index: int
    depth: int
    references: tuple[int, ...]
    header_bits: int
    network_bits: int
    latent_bits: int
    grids: int
    empty_grids: int
    mac_per_px: float
    coded_mac_per_px: float

    @property
    def type(self) -> str:
        """I, P or B."""
        return _TYPES[len(self.references)]


@dataclass(frozen=True, slots=True)
class StreamInfo:
    """A stream: one group of pictures, in coding order.

    Attributes:
        width: Luma width in samples.
        height: Luma height in samples.
        bit_depth: Bits a sample.
        format: "rgb", "yuv420" or "yuv444".
        intra_period: Number of inter pictures.
        p_period: Distance of P pictures.
        early_headers: Whether the stream has the variant of the format of early February 2024.
        bits: Bits of the whole stream.
        pictures: Its pictures, in coding order.
    """

    width: int
    height: int
    bit_depth: int
    format: str
    intra_period: int
    p_period: int
    early_headers: bool
    bits: int
    pictures: tuple[PictureInfo, ...]

    @property
    def types(self) -> Counter[str]:
        """How many pictures of each type."""
        return Counter(picture.type for picture in self.pictures)

    @property
    def mac_per_px(self) -> float:
        """Mean of the pictures."""
        return sum(picture.mac_per_px for picture in self.pictures) / len(self.pictures)

    @property
    def coded_mac_per_px(self) -> float:
        """Mean of the pictures."""
        return sum(picture.coded_mac_per_px for picture in self.pictures) / len(self.pictures)

    def sum_of(self, part: str) -> int:
        """Return the bits of a part (header, network, latent) in all pictures."""
        return sum(int(getattr(picture, f"{part}_bits")) for picture in self.pictures)


def describe_stream(data: bytes) -> StreamInfo:
    """Return what the headers of a stream say; errors as for `Decoder`, and BitstreamError where data is missing."""
    fields: dict[str, Any] = _core.coolchic_describe(data)
    samples = fields["width"] * fields["height"]
    pictures = tuple(_picture_info(picture, samples) for picture in fields.pop("pictures"))
    return StreamInfo(**fields, bits=8 * len(data), pictures=pictures)


def read_latents(data: bytes) -> Iterator[list[npt.NDArray[np.int16]]]:
    """Yield the latent grids of the pictures in coding order, finest first, each of shape (height, width).

    Raises BitstreamError where the stream is damaged.
    """
    reader = _core.CoolchicLatentReader(data)
    while (grids := reader.next()) is not None:
        yield grids


def latents_sha256(data: bytes) -> str:
    """Return the SHA-256 (hex) of all latents as little-endian int16.

    Pictures in coding order, grids finest first, row by row. Errors as for `read_latents`.
    """
    digest = hashlib.sha256()
    for grids in read_latents(data):
        for grid in grids:
            digest.update(grid.astype("<i2", copy=False).tobytes())
    return digest.hexdigest()


def _picture_info(fields: dict[str, Any], samples: int) -> PictureInfo:
    grids: list[tuple[int, int, int, int]] = fields["grids"]
    return PictureInfo(
        display_index=fields["display_index"],
        depth=fields["depth"],
        references=tuple(fields["references"]),
        header_bits=8 * fields["header_bytes"],
        network_bits=8 * fields["network_bytes"],
        latent_bits=8 * sum(size for *_, size in grids),
        grids=len(grids),
        empty_grids=sum(size == 0 for *_, size in grids),
        mac_per_px=_macs(fields, grids) / samples,
        coded_mac_per_px=_macs(fields, [grid for grid in grids if grid[3]]) / samples,
    )


def _macs(fields: dict[str, Any], grids: list[tuple[int, int, int, int]]) -> int:
    """Multiplications for these grids of a picture: context model, upsampling, synthesis."""
    width: int = fields["context_size"]
    per_latent: int = width * width * fields["hidden_layers"] + 2 * width
    macs = per_latent * sum(columns * rows for _, columns, rows, _ in grids)
    sizes = {halvings: columns * rows for halvings, columns, rows, _ in fields["grids"]}
    taps: int = (fields["upsampling_size"] // 2) ** 2
    for halvings, *_ in grids:
        macs += taps * sum(sizes[finer] for finer in range(halvings))
    inputs = len(grids)
    for outputs, kernel_size in fields["layers"]:
        macs += sizes[0] * inputs * outputs * kernel_size**2
        inputs = outputs
    return macs
