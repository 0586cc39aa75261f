# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Coded streams into files: bare (Annex B), or into containers ([video])."""

from __future__ import annotations

import io
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import Any, BinaryIO, Protocol

from inloop.codec import Packet
from inloop.errors import ConfigError
from inloop.extras import import_extra
from inloop.io.output import open_output
from inloop.io.video import VideoInfo
from inloop.video.signal import SignalDescription

_FORMATS = {
    ".mp4": "mp4",
    ".m4v": "mp4",
    ".mov": "mov",
    ".mkv": "matroska",
    ".ts": "mpegts",
    ".m2ts": "mpegts",
}
_OF_OTHER_CODECS = (".webm", ".avi", ".flv", ".ogv", ".y4m", ".yuv", ".264", ".h264", ".ivf", ".obu")
_OPTIONS = {"mp4": {"movflags": "+faststart"}, "mov": {"movflags": "+faststart"}}
_SEEK_S = 10
_MOST_REORDERED = 40
_UNIT = re.compile(rb"\x00\x00\x01(.)", re.DOTALL)


class StreamWriter(Protocol):
    """A sink of coded pictures."""

    def write(self, packet: Packet) -> None:
        """Append one coded picture, in coding order."""


class AnnexBWriter:
    """Writes bare streams; on a pipe each picture at once."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def write(self, packet: Packet) -> None:
        """Append one coded picture."""
        self._stream.write(packet.data)
        if not self._stream.seekable():
            self._stream.flush()


class ContainerWriter:
    """Writes streams into a container by PyAV, with an even time from picture to picture."""

    def __init__(
        self, av: Any, stream: BinaryIO, form: str, info: VideoInfo, signal: SignalDescription
    ) -> None:
        """Take the open file.

        Args:
            av: The package.
            stream: Where the file goes.
            form: FFmpeg's name of the container.
            info: Of the video.
            signal: What the stream says of its samples.
        """
        self._av, self._form, self._info, self._signal = av, form, info, signal
        self._container = av.open(stream, "w", format=form, options=_OPTIONS.get(form, {}))
        self._video: Any = None
        self._held: list[Packet] = []
        self._written = self._delay = 0

    def write(self, packet: Packet) -> None:
        """Append one coded picture."""
        self._held.append(packet)
        if self._video is not None or len(self._held) > _MOST_REORDERED:
            self._mux()

    def close(self) -> None:
        """Complete the file."""
        self._mux()
        self._container.close()

    def _mux(self) -> None:
        if self._held and self._video is None:
            # How far pictures are reordered shows in the first ones.
            self._delay = max(order - packet.index for order, packet in enumerate(self._held))
            self._video = self._new_stream(self._held[0].data)
        period = 1 / self._info.fps
        for packet in self._held:
            muxed = self._av.Packet(packet.data)
            muxed.stream, muxed.time_base = self._video, period
            muxed.pts, muxed.dts = packet.index + self._delay, self._written
            muxed.is_keyframe = starts_anew(packet.data)
            self._container.mux(muxed)
            self._written += 1
        self._held.clear()

    def _new_stream(self, first: bytes) -> Any:
        """Return the stream of the container, described by the parameter sets in front of the first picture."""
        with self._av.open(io.BytesIO(first), format="hevc") as described:
            video = self._container.add_stream_from_template(described.streams.video[0])
        video.time_base = 1 / self._info.fps
        if self._form in ("mp4", "mov"):
            video.codec_context.codec_tag = "hvc1"
        if self._signal.sar is not None:
            video.sample_aspect_ratio = self._signal.sar
        return video


def starts_anew(data: bytes) -> bool:
    """Whether the picture in an access unit is one that decoding can start at."""
    types = (unit[1][0] >> 1 & 0x3F for unit in _UNIT.finditer(data))
    return 16 <= next((kind for kind in types if kind < 32), 0) <= 23


def check_stream_name(target: str) -> None:
    """Raise ConfigError for the name of a file that no HEVC stream is written under."""
    suffix = Path(target).suffix.lower()
    if suffix in _OF_OTHER_CODECS:
        raise ConfigError(
            f"{target}: an HEVC stream is written as .hevc, .265, {', '.join(_FORMATS)}, not {suffix}"
        )


def seek_period(target: str, fps: Fraction) -> int:
    """Return the usual pictures from one intra picture to the next: players seek in containers, so 10 seconds there."""
    return round(_SEEK_S * fps) if Path(target).suffix.lower() in _FORMATS else -1


@contextmanager
def open_stream_writer(
    target: str | os.PathLike[str], info: VideoInfo, signal: SignalDescription
) -> Iterator[StreamWriter]:
    """Open a file for coded pictures that gets its name when the block ends without an error.

    A container by its name (.mp4, .mov, .mkv, .ts), else a bare stream. Raises OSError, and ModuleNotFoundError naming
    the extra where a container needs it.
    """
    form = None if os.fspath(target) == "-" else _FORMATS.get(Path(target).suffix.lower())
    av = None if form is None else import_extra("av", "video")
    with open_output(target) as stream:
        if form is None:
            yield AnnexBWriter(stream)
            return
        writer = ContainerWriter(av, stream, form, info, signal)
        try:
            yield writer
        finally:
            writer.close()
