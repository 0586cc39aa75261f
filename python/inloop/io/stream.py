# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Coded streams to decode, from files, pipes and containers."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import BinaryIO

from inloop.codec import Decoder
from inloop.coolchic import starts_like_stream
from inloop.io.container import describe_container
from inloop.io.hevc import container_stream, starts_like_container
from inloop.io.pipes import look_ahead
from inloop.io.timeline import DisplayTimes
from inloop.io.video import SourceContainer
from inloop.pipeline import decode_chunks, read_chunks
from inloop.video.frame import Frame

_LOOKED_AT = 512


@dataclass(frozen=True)
class Source:
    """A stream to decode.

    Attributes:
        chunks: Pieces of an HEVC stream (Annex B).
        coolchic: Where it is a Cool-chic stream, the file, of which nothing is read yet.
        size: Bytes of the file; None where that is not known.
        fps: Pictures a second that a container says.
        times: Those of the pictures in a container.
        container: What else there is in it.
    """

    chunks: Iterable[bytes]
    coolchic: BinaryIO | None = None
    size: int | None = None
    fps: Fraction | None = None
    times: DisplayTimes | None = None
    container: SourceContainer | None = None

    def timed(self, decoder: Decoder, chunks: Iterable[bytes]) -> Iterator[Frame]:
        """Yield the pictures of the chunks, with the times that a container gives them."""
        frames = decode_chunks(decoder, chunks)
        if self.times is None:
            return frames
        return self.times.given_to(frames, lambda: decoder.report().lost_pictures)


@contextmanager
def open_stream(source: str) -> Iterator[Source]:
    """Open an HEVC stream, bare or in a container, or a Cool-chic stream; "-" is standard input.

    Raises OSError, and what `inloop.io.hevc.container_stream` raises.
    """
    with ExitStack() as stack:
        file = sys.stdin.buffer if source == "-" else stack.enter_context(open(source, "rb"))
        start, file = look_ahead(file, _LOOKED_AT)
        status = os.fstat(file.fileno()) if source != "-" and file.seekable() else None
        size = status.st_size if status is not None and stat.S_ISREG(status.st_mode) else None
        if starts_like_stream(start):
            yield Source(iter(()), file, size)
        elif size is not None and starts_like_container(start):
            path = Path(source)
            boxed = stack.enter_context(container_stream(path))
            facts = describe_container(path) or boxed.facts
            yield Source(boxed, None, size, boxed.rate, boxed.times, facts)
        else:
            yield Source(read_chunks(file), None, size)
