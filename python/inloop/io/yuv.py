# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Headerless planar 4:2:0 (.yuv): the caller gives size, rate and depth."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import BinaryIO

from inloop.io.video import ShortPictureError, SourceContainer, VideoInfo, check_frame_fits, picture_count
from inloop.video.frame import Frame, frame_bytes


class YuvReader:
    """Reads pictures of the given size and depth from a binary stream."""

    def __init__(self, stream: BinaryIO, info: VideoInfo) -> None:
        self._stream = stream
        self.info = replace(
            info, frames=picture_count(stream, frame_bytes(info.width, info.height, info.bit_depth))
        )
        self.container: SourceContainer | None = None

    def __iter__(self) -> Iterator[Frame]:
        info = self.info
        wanted = frame_bytes(info.width, info.height, info.bit_depth)
        index = 0
        while data := self._stream.read(wanted):
            if len(data) != wanted:
                raise ShortPictureError(index, len(data), wanted)
            yield Frame.from_bytes(data, info.width, info.height, info.bit_depth, pts=index)
            index += 1


class YuvWriter:
    """Writes pictures to a binary stream."""

    def __init__(self, stream: BinaryIO, info: VideoInfo, *, sizes_may_change: bool = False) -> None:
        self._stream = stream
        self._info = None if sizes_may_change else info

    def write(self, frame: Frame) -> None:
        """Append one picture. Raises ConfigError where its size or depth is not that of the sequence."""
        if self._info is not None:
            check_frame_fits(frame, self._info)
        self._stream.write(frame.to_bytes())
        if not self._stream.seekable():
            self._stream.flush()
