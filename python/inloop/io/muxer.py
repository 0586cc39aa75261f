# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Containers that are written by PyAV: one video stream and what goes with it, in the order of their times."""

from __future__ import annotations

from contextlib import suppress
from typing import Any, BinaryIO

from inloop.io.kept_errors import KeptErrors
from inloop.io.surroundings import Surroundings
from inloop.video.signal import SignalDescription

CONTAINERS = {
    ".mp4": "mp4",
    ".m4v": "mp4",
    ".mov": "mov",
    ".mkv": "matroska",
    ".ts": "mpegts",
    ".m2ts": "mpegts",
}
"""FFmpeg's names of the containers that hold HEVC, by the suffix of a file."""
_OPTIONS = {"mp4": {"movflags": "+faststart"}, "mov": {"movflags": "+faststart"}}


class Muxer:
    """A container under way."""

    def __init__(self, av: Any, stream: BinaryIO, form: str, surroundings: Surroundings) -> None:
        """Open it.

        Args:
            av: The package.
            stream: Where the file goes.
            form: FFmpeg's name of the container.
            surroundings: What goes with the pictures.
        """
        self._file = KeptErrors(stream)
        self.container = av.open(self._file, "w", format=form, options=_OPTIONS.get(form, {}))
        self._surroundings = surroundings
        self._video: Any = None

    def begin(self, video: Any, signal: SignalDescription) -> None:
        """Describe the video stream, which belongs to the container, and add what goes with it."""
        self._video = video
        video.time_base = self._surroundings.timeline.base
        if signal.sar is not None:
            video.sample_aspect_ratio = signal.sar
        if self._surroundings.companions is not None:
            self._surroundings.companions.add_to(self.container, video, self._surroundings.timeline.origin)
        if self._surroundings.orientation is not None and self._surroundings.can_turn:
            video.set_display_matrix(self._surroundings.orientation.matrix)

    def mux(self, packet: Any) -> None:
        """Append a packet of the video, behind what is due before it."""
        if self._surroundings.companions is not None:
            for companion in self._surroundings.companions.until(packet.dts * packet.time_base):
                self.container.mux_one(companion)
        packet.stream = self._video
        self.container.mux_one(packet)
        self._file.check()

    def abandon(self) -> None:
        """Let go of a file that will not be complete."""
        with suppress(Exception):  # what led here is told
            self.container.close()

    def close(self) -> None:
        """Complete the file."""
        surroundings = self._surroundings
        if surroundings.companions is not None and self._video is not None:
            companions = surroundings.companions
            rest = companions.until(surroundings.timeline.end) if surroundings.is_cut() else companions.rest()
            for companion in rest:
                self.container.mux_one(companion)
        self.container.close()
        self._file.check()
