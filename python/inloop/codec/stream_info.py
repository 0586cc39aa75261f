# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""What is in a stream, without decoding a sample of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from inloop import _core
from inloop._core import NalType
from inloop.errors import BitstreamError
from inloop.video.signal import SignalDescription

_PROFILES = {1: "Main", 2: "Main 10", 3: "Main Still Picture", 4: "range extensions"}


@dataclass(slots=True)
class FilterUse:
    """How a stream uses the neural filter.

    Attributes:
        models: SHA-256 (hex, or the first 8 digits where the stream says no more) of the models it names.
        pictures: How many are filtered.
        modes: "loop", "post" or both.
        blocks, blocks_on, blocks_by_edges: Blocks of the filtered pictures, those of them that are filtered,
            and those that decoding filters if they have enough coded edges.
    """

    models: list[str] = field(default_factory=list)
    pictures: int = 0
    modes: set[str] = field(default_factory=set)
    blocks: int = 0
    blocks_on: int = 0
    blocks_by_edges: int = 0


@dataclass(slots=True)
class StreamInfo:
    """Size, format and pictures of an HEVC stream.

    Attributes:
        width, height: Shown size in luma samples.
        bit_depth: Bits a sample.
        profile: Name of the profile.
        level: HEVC level, such as "3.1", with the tier where it is the high one.
        fps: Pictures a second; None where the stream does not say.
        bits: Size of the stream.
        pictures: How many pictures are of each slice type.
        mean_qp: Mean of the pictures' slice QPs.
        wavefront: How many pictures have the wavefront syntax, in which each row of CTUs is a substream.
        nnlf: What the neural filter does in it.
    """

    width: int
    height: int
    bit_depth: int
    profile: str
    level: str
    fps: Fraction | None
    bits: int
    pictures: Counter[str]
    mean_qp: float
    wavefront: int
    signal: SignalDescription
    nnlf: FilterUse

    @property
    def bitrate_kbps(self) -> float | None:
        """Mean rate, or None where the stream gives no picture rate."""
        count = self.pictures.total()
        return None if self.fps is None or not count else float(self.bits * self.fps / count / 1000)


def describe_stream(data: bytes) -> StreamInfo:
    """Return what an Annex B HEVC stream holds.

    Raises BitstreamError where it is damaged or no HEVC, UnsupportedError for what the decoder does not read either.
    """
    units: list[dict[str, Any]] = _core.scan_stream(data)
    pictures = [unit for unit in units if unit.get("first_in_picture")]
    if not pictures:
        raise BitstreamError("no HEVC pictures in these data")
    sps = pictures[0]["sps"]
    return StreamInfo(
        width=sps["width"],
        height=sps["height"],
        bit_depth=sps["bit_depth"],
        profile=_PROFILES.get(sps["profile_idc"], f"profile {sps['profile_idc']}"),
        level=f"{sps['level_idc'] / 30:.1f}" + (" high tier" if sps["tier"] else ""),
        fps=Fraction(*sps["fps"]) if all(sps.get("fps", (0,))) else None,
        bits=8 * len(data),
        pictures=Counter(picture["slice_type"] for picture in pictures),
        mean_qp=sum(picture["slice_qp"] for picture in pictures) / len(pictures),
        wavefront=sum(picture["wavefront"] for picture in pictures),
        signal=SignalDescription.from_core(sps["signal"]),
        nnlf=_filter_use(units, sps["coded_width"], sps["coded_height"]),
    )


def _filter_use(units: Iterable[dict[str, Any]], width: int, height: int) -> FilterUse:
    use = FilterUse()
    track, messages = _core.ParameterTrack(), _core.OwnFilterMessages()
    payloads: list[bytes] = []
    for unit in units:
        if unit["type"] == NalType.FILTER_PARAMETERS:
            payloads.append(unit["payload"])
        if not unit.get("first_in_picture"):
            continue
        parameters = track.next(
            messages.choose(payloads, width, height),
            width,
            height,
            irap=_core.is_irap(unit["type"]),
            rasl=_core.is_rasl(unit["type"]),
            temporal_id=unit["temporal_id"],
        )
        payloads = []
        if parameters is None:
            continue
        name = (parameters.model or b"").hex()
        if not any(model.startswith(name) for model in use.models):
            use.models.append(name)
        use.pictures += 1
        use.modes.add("post" if parameters.post else "loop")
        block_count = -(-width // parameters.block_size) * -(-height // parameters.block_size)
        use.blocks += block_count
        if parameters.per_block:
            use.blocks_on += sum(map(bool, parameters.block_choice))
        elif parameters.min_edges:
            use.blocks_by_edges += block_count
        else:
            use.blocks_on += block_count
    return use
