# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""HEVC streams, bare or in containers: as bytes for a decoder, and as a source of pictures.

Streams with filter messages are decoded here, since FFmpeg skips these and shows other pictures.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from fractions import Fraction
from itertools import chain
from pathlib import Path
from typing import Any

from inloop.codec import Decoder
from inloop.errors import BitstreamError, ConfigError, UnsupportedError
from inloop.extras import import_extra
from inloop.io.container import best_video, container_facts
from inloop.io.nal import picture_type
from inloop.io.timeline import DisplayTimes
from inloop.io.video import MAX_FPS, SourceContainer, VideoInfo
from inloop.pipeline import decode_chunks
from inloop.video.frame import Frame

_FILTER_MESSAGE = re.compile(rb"\x00\x00\x01[\x60\x61]")
_FIRST_UNIT = re.compile(rb"\x00*\x00\x00\x01([\x00-\x7f])[\x01-\x07]", re.DOTALL)
_TS_PACKET = 188
_RASL = (8, 9)
_FIRST_IRAP, _LAST_BLA = 16, 18
_H264_MESSAGE = (
    6  # its first byte; the other types of H.264 have an odd one, or a second one that HEVC has not
)


def starts_like_annex_b(data: bytes) -> bool:
    """Whether data begins with an HEVC NAL unit behind an Annex B start code, zeros before it aside."""
    match = _FIRST_UNIT.match(data)
    return match is not None and match[1][0] % 2 == 0 and match[1][0] != _H264_MESSAGE


def starts_like_container(data: bytes) -> bool:
    """Whether data begins as MP4, QuickTime, Matroska, WebM, MPEG transport stream, AVI or FLV files do."""
    if data[4:8] in (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip"):
        return True
    if data.startswith((b"\x1a\x45\xdf\xa3", b"RIFF", b"FLV")):
        return True
    return len(data) > _TS_PACKET and data[0] == data[_TS_PACKET] == ord("G")


class ContainerStream:
    """The HEVC stream of an open container as Annex B, packet by packet.

    Attributes:
        times: Those of its pictures, known once the packets were read.
        facts: What there is around the pictures, but for the display matrix.
        rate: Pictures a second that the container says, if it does.
    """

    def __init__(self, av: Any, container: Any, path: Path) -> None:
        """Take an open PyAV container. Raises as `container_stream`."""
        self._av, self._container, self._path = av, container, path
        self._video = best_video(container, str(path))
        if self._video.codec_context.name != "hevc":
            raise UnsupportedError(f"{path} holds {self._video.codec_context.name}, not HEVC")
        with _refusals_of(av, path):
            self._to_annex_b = av.bitstream.BitStreamFilterContext("hevc_mp4toannexb", self._video)
        self.times = DisplayTimes()
        self.facts = container_facts(av, container, self._video, path)
        rate = self._video.average_rate
        self.rate = Fraction(rate) if rate else None
        self._decodable = _Decodable()

    def __iter__(self) -> Iterator[bytes]:
        """Yield the packets. Raises BitstreamError where the container is damaged, and what reading raises."""
        with _refusals_of(self._av, self._path):
            for packet in self._container.demux(self._video):
                # The filter empties the packet that it is given.
                time = None if packet.pts is None else packet.pts * packet.time_base - self.facts.start
                shown = not packet.is_discard
                for filtered in self._to_annex_b.filter(packet if packet.size else None):
                    data = bytes(filtered)
                    if self._decodable.has_picture(data):
                        self.times.add(time, shown=shown)
                    yield data


class _Decodable:
    """Tells packets whose picture a decoder gives, when it starts with the first of them."""

    def __init__(self) -> None:
        self._started = self._skips_leading = False

    def has_picture(self, data: bytes) -> bool:
        """Whether the next packet has a picture that does not refer to what precedes the start (RASL)."""
        kind = picture_type(data)
        if kind is None:
            return False
        if kind >= _FIRST_IRAP:
            self._skips_leading = not self._started or kind <= _LAST_BLA
            self._started = True
        return self._started and not (self._skips_leading and kind in _RASL)


@contextmanager
def _refusals_of(av: Any, path: Path) -> Iterator[None]:
    """Let FFmpeg's errors about what a file holds be BitstreamError, and those of the system be as they are."""
    try:
        yield
    except av.FFmpegError as error:
        if isinstance(error, OSError) and not isinstance(error, ValueError):
            raise
        raise BitstreamError(f"{path}: {error.strerror}") from None


@contextmanager
def container_stream(path: Path) -> Iterator[ContainerStream]:
    """Open the HEVC stream of a container.

    Raises BitstreamError where there is no video, UnsupportedError where it is no HEVC, and what `open` raises.
    """
    av = import_extra("av", "video")
    with _refusals_of(av, path):
        container = av.open(f"file:{path}", metadata_errors="replace")
    with container:
        yield ContainerStream(av, container, path)


def container_has_filter_messages(path: Path) -> bool:
    """Whether a file holds an HEVC stream with NAL units of the type of the filter's parameters."""
    try:
        with container_stream(path) as chunks:
            return any(_FILTER_MESSAGE.search(chunk) is not None for chunk in chunks)
    except (BitstreamError, UnsupportedError):
        return False


class HevcReader:
    """Decodes an HEVC stream, the filter included, as a source of pictures.

    Raises BitstreamError and UnsupportedError as `Decoder`, and ConfigError where neither the stream nor `fps` gives
    a rate.
    """

    def __init__(
        self,
        chunks: Iterable[bytes],
        name: str,
        decoder: Decoder,
        fps: Fraction | None = None,
        times: DisplayTimes | None = None,
        container: SourceContainer | None = None,
    ) -> None:
        """Take the bytes of the stream, with what its container says, and decode up to the first picture."""
        self._name = name
        self.container = container
        pictures = decode_chunks(decoder, chunks)
        self._pictures: Iterator[Frame] = pictures if times is None else times.given_to(pictures)
        first = next(self._pictures, None)
        if first is None:
            raise BitstreamError(f"{name}: no pictures in this stream")
        self._pictures = chain([first], self._pictures)
        rate = fps or decoder.fps
        if rate is None or rate > MAX_FPS:
            said = "says nothing of its rate" if rate is None else f"says {rate} pictures a second"
            raise ConfigError(f"{name} {said}: give the rate with --fps")
        self.info = VideoInfo(first.width, first.height, rate, first.bit_depth, signal=decoder.signal)

    def __iter__(self) -> Iterator[Frame]:
        info = self.info
        for frame in self._pictures:
            if (frame.width, frame.height, frame.bit_depth) != (info.width, info.height, info.bit_depth):
                raise BitstreamError(f"{self._name}: picture {frame.pts} changes size or bit depth")
            yield frame
