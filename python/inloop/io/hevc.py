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
from inloop.io.container import best_video
from inloop.io.video import MAX_FPS, VideoInfo
from inloop.pipeline import decode_chunks
from inloop.video.frame import Frame

_FILTER_MESSAGE = re.compile(rb"\x00\x00\x01[\x60\x61]")
_FIRST_UNIT = re.compile(rb"\x00*\x00\x00\x01([\x00-\x7f])[\x01-\x07]", re.DOTALL)
_TS_PACKET = 188
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


@contextmanager
def container_stream(path: Path) -> Iterator[Iterator[bytes]]:
    """Give the HEVC stream of a container as Annex B, packet by packet.

    Raises BitstreamError where there is no video, UnsupportedError where it is no HEVC, and what `open` raises.
    """
    av = import_extra("av", "video")
    try:
        container = av.open(f"file:{path}")
    except av.FFmpegError as error:
        if isinstance(error, OSError) and not isinstance(error, ValueError):
            raise
        raise BitstreamError(f"{path}: {error.strerror}") from None
    with container:
        video = best_video(container, str(path))
        if video.codec_context.name != "hevc":
            raise UnsupportedError(f"{path} holds {video.codec_context.name}, not HEVC")
        yield _annex_b(av, container, video)


def container_rate(path: Path) -> Fraction | None:
    """Return the pictures a second that a container says, if it does. Raises as `container_stream`."""
    av = import_extra("av", "video")
    with av.open(f"file:{path}") as container:
        rate = best_video(container, str(path)).average_rate
        return Fraction(rate) if rate else None


def _annex_b(av: Any, container: Any, video: Any) -> Iterator[bytes]:
    to_annex_b = av.bitstream.BitStreamFilterContext("hevc_mp4toannexb", video)
    for packet in container.demux(video):
        for filtered in to_annex_b.filter(packet if packet.size else None):
            yield bytes(filtered)


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
        self, chunks: Iterable[bytes], name: str, fps: Fraction | None = None, threads: int = 2
    ) -> None:
        """Take the bytes of the stream and decode up to the first picture."""
        self._name = name
        decoder = Decoder(threads=threads)
        self._pictures: Iterator[Frame] = decode_chunks(decoder, chunks)
        first = next(self._pictures, None)
        if first is None:
            raise BitstreamError(f"{name}: no pictures in this stream")
        self._pictures = chain([first], self._pictures)
        rate = fps or decoder.fps
        if rate is None or rate > MAX_FPS:
            said = "says nothing of its rate" if rate is None else f"says {rate} pictures a second"
            raise ConfigError(f"{name} {said}: give the rate with --fps")
        self.info = VideoInfo(first.width, first.height, rate, first.bit_depth, signal=decoder.signal)
        self.notes: list[str] = []

    def __iter__(self) -> Iterator[Frame]:
        info = self.info
        for frame in self._pictures:
            if (frame.width, frame.height, frame.bit_depth) != (info.width, info.height, info.bit_depth):
                raise BitstreamError(f"{self._name}: picture {frame.pts} changes size or bit depth")
            yield frame
