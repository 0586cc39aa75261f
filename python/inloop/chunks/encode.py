# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""A video coded in chunks, anywhere, and joined to one stream: the bytes do not depend on where."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import fields, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from inloop.chunks.buffer_messages import JoinedBuffer
from inloop.chunks.coding import ChunkPicture, ChunkSettings, ChunkTask, CodedChunk, code_chunk
from inloop.chunks.cutting import ChunkFile, ChunkRule, cut
from inloop.chunks.units import PARAMETER_SETS, join_units, split_units, type_of, without_parameter_sets
from inloop.codec import Packet
from inloop.errors import InloopError
from inloop.executors.interface import Executor
from inloop.nnlf.outcome import FilterOutcome
from inloop.video.frame import Frame
from inloop.video.planes import plane_shapes

_MARGINS_BITS = (64, 1024)
"""How much less a chunk that is coded again is told of the buffer: true messages may have a few bytes more."""


def encode_in_chunks(
    frames: Iterable[Frame],
    settings: ChunkSettings,
    rule: ChunkRule,
    executor: Executor,
    *,
    outcome: FilterOutcome | None = None,
    on_repair: Callable[[int], None] = lambda first: None,
) -> Iterator[Packet]:
    """Yield the packets of one conforming stream in coding order.

    Every chunk begins with an IDR picture, and no picture refers out of its chunk. Where there is a decoder's buffer,
    each chunk is coded as if the buffer were as full as at the start of a stream. A chunk for which the chunks before
    it leave too little is coded again, in this process, with what they leave; so the buffer holds through the whole
    stream, and its messages say so.

    Args:
        frames: Pictures in display order, `pts` from 0.
        settings: How they are coded.
        rule: Where chunks end.
        executor: Where chunks are coded. The bytes are the same for every one.
        outcome: Counts what the filter did.
        on_repair: Is told the first picture of a chunk that is coded again.

    Yields:
        Packets whose `recon` is blank: decoded pictures stay where they were made.

    Raises:
        InloopError: Coding a chunk fails; the message says which.
        OSError: There is no room for pictures on disk.
    """
    with TemporaryDirectory(prefix="inloop-chunks-") as name:
        joined = _Joined(settings, outcome, on_repair)
        files: list[ChunkFile] = []
        ready: dict[str, CodedChunk] = {}
        position = 0

        def tasks() -> Iterator[tuple[str, ChunkTask]]:
            for file in cut(frames, settings.info, rule, Path(name)):
                files.append(file)
                yield file.path.name, ChunkTask(settings, file.path)

        for found in executor.run(code_chunk, tasks()):
            if found.result is None:
                first = next(file.first for file in files if file.path.name == found.key)
                assert found.error is not None
                raise _named(found.error, first)
            ready[found.key] = found.result
            while position < len(files) and (chunk := ready.pop(files[position].path.name, None)):
                yield from joined.packets(files[position], chunk)
                files[position].path.unlink()
                position += 1


class _Joined:
    """The stream so far."""

    def __init__(
        self, settings: ChunkSettings, outcome: FilterOutcome | None, on_repair: Callable[[int], None]
    ) -> None:
        self._settings, self._outcome, self._on_repair = settings, outcome, on_repair
        vbv = settings.rate.vbv()
        self._buffer = None if vbv is None else JoinedBuffer(vbv, float(settings.info.fps))
        self._sets: list[bytes] = []
        depth = settings.options.coded_bit_depth
        y, u, v = (
            np.zeros(shape, np.uint8 if depth == 8 else np.uint16)
            for shape in plane_shapes(settings.info.width, settings.info.height)
        )
        self._blank = Frame(y, u, v, depth)

    def packets(self, file: ChunkFile, chunk: CodedChunk) -> Iterator[Packet]:
        """Yield the packets of the next chunk. Raises InloopError where the buffer cannot hold."""
        if self._buffer is None:
            data = [picture.data for picture in self._without_sets(file, chunk)]
        else:
            chunk, data = self._fitted(file, chunk, self._buffer)
        self._count(chunk)
        for picture, unit in zip(chunk.pictures, data, strict=True):
            index = file.first + picture.index
            yield Packet(
                unit,
                picture.poc,
                picture.slice_type,
                picture.qp,
                8 * len(unit),
                picture.sse,
                replace(self._blank, pts=index),
                index,
                picture.layer,
                picture.mean_qp,
                picture.encode_s,
                picture.cost,
            )

    def _fitted(
        self, file: ChunkFile, chunk: CodedChunk, buffer: JoinedBuffer
    ) -> tuple[CodedChunk, list[bytes]]:
        """Return a chunk with its access units, coded again where the buffer does not hold it as it is."""
        for margin_bits in (0, *_MARGINS_BITS):
            if margin_bits:
                self._on_repair(file.first)
                chunk = self._coded_again(file, buffer.share(margin_bits))
            if (data := buffer.joined(self._without_sets(file, chunk))) is not None:
                return chunk, data
        raise InloopError(
            f"the decoder's buffer does not hold from picture {file.first} on: give it more size or rate"
        )

    def _count(self, chunk: CodedChunk) -> None:
        if self._outcome is None or chunk.outcome is None:
            return
        for field in fields(FilterOutcome):
            total = getattr(self._outcome, field.name) + getattr(chunk.outcome, field.name)
            setattr(self._outcome, field.name, total)

    def _coded_again(self, file: ChunkFile, initial: float) -> CodedChunk:
        rate = replace(self._settings.rate, vbv_initial=initial)
        try:
            return code_chunk(ChunkTask(replace(self._settings, rate=rate), file.path))
        except (InloopError, OSError) as error:
            raise _named(error, file.first) from None

    def _without_sets(self, file: ChunkFile, chunk: CodedChunk) -> list[ChunkPicture]:
        """Return the pictures of a chunk; parameter sets stay in the first one, or wherever they are repeated.

        Raises InloopError where the parameter sets are others than those of the chunks before.
        """
        first = chunk.pictures[0]
        units = split_units(first.data)
        sets = [unit for _, unit in units if type_of(unit) in PARAMETER_SETS]
        if file.first == 0:
            self._sets = sets
        if sets != self._sets:
            raise InloopError("chunks have different parameter sets: they cannot be joined")
        if file.first == 0 or self._settings.options.repeat_headers:
            return list(chunk.pictures)
        data = join_units(without_parameter_sets(units))
        return [replace(first, data=data), *chunk.pictures[1:]]


def _named(error: Exception, first: int) -> Exception:
    """Return an error with the chunk that it comes from, whose pictures it may count."""
    if isinstance(error, InloopError):
        error.args = (f"in the chunk from picture {first} on: {error}",)
    return error
