# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Any file FFmpeg reads, through PyAV (the [video] extra)."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Any, cast

import numpy as np

from inloop.errors import BitstreamError, UnsupportedError
from inloop.extras import import_extra
from inloop.io.video import DEFAULT_FPS, VideoInfo
from inloop.video.frame import Frame, Plane, plane_shapes

_BIT_DEPTHS = {"yuv420p": 8, "yuvj420p": 8, "yuv420p10le": 10}


class ContainerReader:
    """Reads the first video stream of a file.

    Raises BitstreamError where FFmpeg finds no video in it or the data is damaged, UnsupportedError for pixel
    formats other than 4:2:0 of 8 or 10 bit, ModuleNotFoundError naming the extra where PyAV is missing.
    """

    def __init__(self, path: Path) -> None:
        self._av = import_extra("av", "video")
        self._path = path
        self._container = self._translated(self._av.open, str(path))
        if not self._container.streams.video:
            raise BitstreamError(f"{path}: no video in this file")
        self._stream = self._container.streams.video[0]
        self._stream.thread_type = "AUTO"
        self.info = self._describe()

    def __enter__(self) -> ContainerReader:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._container.close()

    def __iter__(self) -> Iterator[Frame]:
        pictures = self._container.decode(self._stream)
        index = 0
        while (picture := self._translated(next, pictures, None)) is not None:
            yield self._checked(to_frame(picture, index))
            index += 1

    def _describe(self) -> VideoInfo:
        context, stream = self._stream.codec_context, self._stream
        bit_depth = _bit_depth(context.pix_fmt)
        fps = Fraction(stream.average_rate or stream.base_rate or DEFAULT_FPS)
        return VideoInfo(context.width, context.height, fps, bit_depth, stream.frames or None)

    def _checked(self, frame: Frame) -> Frame:
        info = self.info
        if (frame.width, frame.height, frame.bit_depth) != (info.width, info.height, info.bit_depth):
            raise UnsupportedError(f"{self._path}: picture {frame.pts} changes size or bit depth")
        return frame

    def _translated(self, call: Any, *arguments: Any) -> Any:
        """Call into PyAV; its errors that are not the system's become BitstreamError."""
        try:
            return call(*arguments)
        except self._av.FFmpegError as error:
            if isinstance(error, OSError):
                raise
            raise BitstreamError(f"{self._path}: {error.strerror}") from None


def to_frame(picture: Any, index: int) -> Frame:
    """Return a PyAV picture as a Frame that shares its memory. Raises UnsupportedError for other pixel formats."""
    bit_depth = _bit_depth(picture.format.name)
    shapes = plane_shapes(picture.width, picture.height)
    y, u, v = (
        _plane_view(plane, shape, bit_depth) for plane, shape in zip(picture.planes, shapes, strict=True)
    )
    return Frame(y, u, v, bit_depth, pts=index)


def _bit_depth(pixel_format: str) -> int:
    if pixel_format not in _BIT_DEPTHS:
        raise UnsupportedError(f"pixel format {pixel_format} (only {', '.join(_BIT_DEPTHS)} are read)")
    return _BIT_DEPTHS[pixel_format]


def _plane_view(plane: Any, shape: tuple[int, int], bit_depth: int) -> Plane:
    dtype = np.dtype(np.uint8) if bit_depth == 8 else np.dtype("<u2")
    rows = np.frombuffer(plane, dtype).reshape(plane.height, plane.line_size // dtype.itemsize)
    return cast(Plane, rows[: shape[0], : shape[1]])
