# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Coded streams into files: bare (Annex B), or into containers ([video])."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import Any, BinaryIO, Protocol

from inloop.codec import Packet
from inloop.errors import ConfigError
from inloop.extras import import_extra
from inloop.io.muxer import CONTAINERS, Muxer
from inloop.io.nal import starts_anew
from inloop.io.output import open_output
from inloop.io.surroundings import Surroundings
from inloop.io.timeline import Timeline
from inloop.video.signal import SignalDescription

_OF_OTHER_CODECS = (".webm", ".avi", ".flv", ".ogv", ".y4m", ".yuv", ".264", ".h264", ".ivf", ".obu")
_SEEK_S = 10
_MOST_REORDERED = 40


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
    """Writes streams into a container by PyAV, at the times that the surroundings' timeline has."""

    def __init__(self, av: Any, muxer: Muxer, timeline: Timeline, signal: SignalDescription) -> None:
        """Take the open container.

        Args:
            av: The package.
            muxer: The container.
            timeline: Times of the pictures by their index.
            signal: What the stream says of its samples.
        """
        self._av, self._muxer, self._timeline, self._signal = av, muxer, timeline, signal
        self._held: list[Packet] = []
        self._written = self._delay = 0
        self._begun = False

    def write(self, packet: Packet) -> None:
        """Append one coded picture."""
        self._held.append(packet)
        if self._begun or len(self._held) > _MOST_REORDERED:
            self._mux()

    def close(self) -> None:
        """Complete the file."""
        self._mux()
        self._muxer.close()

    def _mux(self) -> None:
        if self._held and not self._begun:
            # How far pictures are reordered shows in the first ones.
            self._delay = max(order - packet.index for order, packet in enumerate(self._held))
            self._begin(self._held[0].data)
        for packet in self._held:
            muxed = self._av.Packet(packet.data)
            muxed.time_base = self._timeline.base
            muxed.pts = self._timeline.ticks(packet.index)
            muxed.dts = self._timeline.decoding_ticks(self._written, self._delay)
            muxed.duration = self._timeline.duration_ticks(packet.index)
            muxed.is_keyframe = starts_anew(packet.data)
            self._muxer.mux(muxed)
            self._written += 1
        self._held.clear()

    def _begin(self, first: bytes) -> None:
        """Describe the stream of the container by the parameter sets in front of the first picture."""
        with self._av.open(io.BytesIO(first), format="hevc") as described:
            video = self._muxer.container.add_stream_from_template(described.streams.video[0])
        if self._muxer.container.format.name in ("mp4", "mov"):
            video.codec_context.codec_tag = "hvc1"
        self._muxer.begin(video, self._signal)
        self._begun = True


def check_stream_name(target: str) -> None:
    """Raise ConfigError for the name of a file that no HEVC stream is written under."""
    suffix = Path(target).suffix.lower()
    if suffix in _OF_OTHER_CODECS:
        raise ConfigError(
            f"{target}: an HEVC stream is written as .hevc, .265, {', '.join(CONTAINERS)}, not {suffix}"
        )


def seek_period(target: str, fps: Fraction) -> int:
    """Return the usual pictures from one intra picture to the next: players seek in containers, so 10 seconds there."""
    return -1 if container_of(target) is None else round(_SEEK_S * fps)


def container_of(target: str | os.PathLike[str]) -> str | None:
    """Return FFmpeg's name of the container that the name of a stream asks for; None for a bare stream."""
    return None if os.fspath(target) == "-" else CONTAINERS.get(Path(target).suffix.lower())


@contextmanager
def open_stream_writer(
    target: str | os.PathLike[str], signal: SignalDescription, surroundings: Surroundings
) -> Iterator[StreamWriter]:
    """Open a file for coded pictures that gets its name when the block ends without an error.

    A container by its name (.mp4, .mov, .mkv, .ts), else a bare stream. Raises OSError, and ModuleNotFoundError naming
    the extra where a container needs it.

    Args:
        target: Its name.
        signal: What the stream says of its samples.
        surroundings: Times of the pictures, by their index, and what goes with them.
    """
    form = container_of(target)
    av = None if form is None else import_extra("av", "video")
    with open_output(target) as stream:
        if form is None:
            yield AnnexBWriter(stream)
            return
        muxer = Muxer(av, stream, form, surroundings)
        writer = ContainerWriter(av, muxer, surroundings.timeline, signal)
        try:
            yield writer
            writer.close()
        except BaseException:
            muxer.abandon()
            raise
