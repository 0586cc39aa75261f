# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""One chunk coded as a stream of its own, on whatever machine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Protocol, Self

from inloop.codec import Encoder, EncoderOptions
from inloop.executors import Bundle
from inloop.io import VideoInfo, open_video
from inloop.nnlf.outcome import FilterOutcome
from inloop.nnlf.picture_filter import PictureFilter
from inloop.pipeline import encode_frames
from inloop.ratecontrol import RateOptions, make_controller
from inloop.workers import own_cores

_MOST_THREADS = 16


class FilterMaker(Protocol):
    """Makes the picture filter of a stream; it can be pickled."""

    def make(self, *, md5: bool) -> PictureFilter | None:
        """Return a new filter; None for none. Raises what loading its network raises."""

    def bundles(self) -> Sequence[Bundle]:
        """Return the files of the network. Raises OSError where one cannot be read."""

    def at(self, places: Mapping[Path, Path]) -> Self:
        """Return the same with the files at other places."""


@dataclass(frozen=True, slots=True)
class ChunkSettings:
    """How all chunks of a video are coded.

    Attributes:
        info: Size, rate and depth of the pictures.
        options: Those of the encoder, but for rate control, filter and threads.
        rate: Rate control, whose statistics file is none.
        nnlf: Makes the filter; None for none.
        threads: Threads of an encode; None for as many as the machine has cores. They change no byte.
    """

    info: VideoInfo
    options: EncoderOptions
    rate: RateOptions
    nnlf: FilterMaker | None = None
    threads: int | None = None


@dataclass(frozen=True, slots=True)
class ChunkTask:
    """A chunk to code.

    Attributes:
        settings: How.
        pictures: The file.
    """

    settings: ChunkSettings
    pictures: Path

    def bundles(self) -> Sequence[Bundle]:
        """Return the pictures and the network. Raises OSError where one cannot be read."""
        nnlf = self.settings.nnlf
        return (
            Bundle.of(self.pictures, is_for_one_task=True),
            *(() if nnlf is None else nnlf.bundles()),
        )

    def at(self, places: Mapping[Path, Path]) -> Self:
        """Return the same task with files at other places."""
        nnlf = self.settings.nnlf
        settings = self.settings if nnlf is None else replace(self.settings, nnlf=nnlf.at(places))
        return replace(self, settings=settings, pictures=places.get(self.pictures, self.pictures))


@dataclass(frozen=True, slots=True)
class ChunkPicture:
    """A coded picture without its samples; the attributes are those of `inloop.Packet`, `index` within the chunk."""

    data: bytes
    poc: int
    slice_type: str
    qp: int
    sse: tuple[int, int, int]
    index: int
    layer: int
    mean_qp: float
    encode_s: float
    cost: int | None


@dataclass(frozen=True, slots=True)
class CodedChunk:
    """What coding a chunk gave.

    Attributes:
        pictures: In coding order.
        outcome: Of the filter; None for none.
    """

    pictures: tuple[ChunkPicture, ...]
    outcome: FilterOutcome | None


def code_chunk(task: ChunkTask) -> CodedChunk:
    """Code a chunk as a stream of its own, which begins with an IDR picture.

    Raises:
        InloopError: Options contradict each other, or a picture does not fit into the decoder's buffer.
        OSError: A file cannot be read.
    """
    settings = task.settings
    options, info = settings.options, settings.info
    threads = min(own_cores(), _MOST_THREADS) if settings.threads is None else settings.threads
    nnlf = None if settings.nnlf is None else settings.nnlf.make(md5=options.md5)
    options = replace(options, rate_control=make_controller(settings.rate), threads=threads, nnlf=nnlf)
    encoder = Encoder(info.width, info.height, Fraction(info.fps), options)
    with open_video(task.pictures) as video:
        packets = [
            ChunkPicture(
                packet.data,
                packet.poc,
                packet.slice_type,
                packet.qp,
                packet.sse,
                packet.index,
                packet.layer,
                packet.mean_qp,
                packet.encode_s,
                packet.cost,
            )
            for packet in encode_frames(encoder, video)
        ]
    return CodedChunk(tuple(packets), None if nnlf is None else nnlf.outcome)
