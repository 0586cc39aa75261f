# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Any file FFmpeg reads, through PyAV (the [video] extra)."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from fractions import Fraction
from itertools import chain
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, cast

import numpy as np

from inloop.errors import BitstreamError, ConfigError, UnsupportedError
from inloop.extras import import_extra
from inloop.io.video import DEFAULT_FPS, MAX_FPS, VideoInfo
from inloop.io.y4m import DEINTERLACE
from inloop.video.frame import Frame, Plane, plane_shapes
from inloop.video.signal import UNSAID, MasteringDisplay, SignalDescription

_BIT_DEPTHS = {"yuv420p": 8, "yuvj420p": 8, "yuv420p10le": 10}
_ATTACHED_PICTURE = 0x400
_RAW_FORMATS = ("hevc", "h264", "mpegvideo", "m4v", "obu")
_INTERLACED_ORDERS = (2, 3, 4, 5)
_MASTERING_RATIONALS = struct.Struct("=20i2i")
"""AVMasteringDisplayMetadata: x, y of red, green, blue and white, least and largest luminance, as fractions."""


class ContainerReader:
    """Reads the video of a file, as FFmpeg chooses it; attached pictures are none.

    Raises BitstreamError where FFmpeg finds no video in it or the data is damaged, UnsupportedError for interlaced
    pictures and pixel formats other than 4:2:0 of 8 or 10 bit, ModuleNotFoundError naming the extra where PyAV is
    missing.
    """

    def __init__(self, source: Path | BinaryIO, fps: Fraction | None = None) -> None:
        """Open a file, or the data of a pipe; fps: takes the place of the rate that it has."""
        self._av = import_extra("av", "video")
        self._name = str(source) if isinstance(source, Path) else "standard input"
        # A colon in a name would stand behind a protocol.
        self._container = self._translated(
            self._av.open, f"file:{source}" if isinstance(source, Path) else source
        )
        self._stream = best_video(self._container, self._name)
        self._stream.thread_type = "AUTO"
        self.notes: list[str] = []
        self._pictures = self._decoded()
        first = next(self._pictures, None)
        if first is None:
            raise BitstreamError(f"{self._name}: no pictures in its video")
        self.info = self._describe(first, fps)
        self._pictures = chain([first], self._pictures)

    def __enter__(self) -> ContainerReader:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._container.close()

    def __iter__(self) -> Iterator[Frame]:
        times: set[int] = set()
        last = None
        for index, picture in enumerate(self._pictures):
            if last is not None and picture.pts is not None and len(times) < 8:
                times.add(picture.pts - last)
            last = picture.pts
            yield self._checked(to_frame(picture, index))
        if times and max(times) - min(times) > 1:  # more than rounding
            self.notes.append(
                f"its pictures have uneven times: they are coded at an even {float(self.info.fps):g} a second"
            )

    def _decoded(self) -> Iterator[Any]:
        pictures = self._container.decode(self._stream)
        while (picture := self._translated(next, pictures, None)) is not None:
            yield picture

    def _describe(self, first: Any, fps: Fraction | None) -> VideoInfo:
        context, stream = self._stream.codec_context, self._stream
        bit_depth = _bit_depth(context.pix_fmt)
        if first.interlaced_frame or int(context.field_order or 0) in _INTERLACED_ORDERS:
            raise UnsupportedError(f"{self._name}: interlaced pictures; {DEINTERLACE}")
        self._note_what_is_lost(first)
        rate = fps or self._rate()
        frames = stream.frames or None
        if frames is None and self._container.duration and self._container.format.name not in _RAW_FORMATS:
            frames = round(self._container.duration * rate / self._av.time_base)
        signal = signal_of(first, context.pix_fmt, stream.sample_aspect_ratio)
        return VideoInfo(first.width, first.height, rate, bit_depth, frames, signal)

    def _rate(self) -> Fraction:
        stream = self._stream
        raw = self._container.format.name in _RAW_FORMATS
        # Elementary streams have no times: what FFmpeg calls their average is a guess of its own.
        rates = (stream.guessed_rate, stream.average_rate) if raw else (stream.average_rate, stream.base_rate)
        rate = next((Fraction(rate) for rate in rates if rate), DEFAULT_FPS)
        if rate > MAX_FPS:
            raise ConfigError(f"{self._name} says {rate} pictures a second: give the true rate with --fps")
        return rate

    def _note_what_is_lost(self, first: Any) -> None:
        others = [kind for kind in ("audio", "subtitles", "data") if getattr(self._container.streams, kind)]
        if others:
            self.notes.append(f"its {' and '.join(others)} are left out")
        if rotation := getattr(first, "rotation", 0):
            self.notes.append(f"players turn it by {rotation} degrees: pictures are taken as they are stored")

    def _checked(self, frame: Frame) -> Frame:
        info = self.info
        if (frame.width, frame.height, frame.bit_depth) != (info.width, info.height, info.bit_depth):
            raise BitstreamError(f"{self._name}: picture {frame.pts} changes size or bit depth")
        return frame

    def _translated(self, call: Any, *arguments: Any) -> Any:
        """Call into PyAV; its errors that are not the system's become BitstreamError."""
        try:
            return call(*arguments)
        except self._av.FFmpegError as error:
            if isinstance(error, OSError) and not isinstance(error, ValueError):
                raise
            raise BitstreamError(f"{self._name}: {error.strerror}") from None


def best_video(container: Any, name: str) -> Any:
    """Return the video stream of an open PyAV container. Raises BitstreamError where there is none."""
    stream = container.streams.best("video")
    if stream is not None and int(stream.disposition) & _ATTACHED_PICTURE:
        moving = [
            video for video in container.streams.video if not int(video.disposition) & _ATTACHED_PICTURE
        ]
        stream = moving[0] if moving else None
    if stream is None:
        raise BitstreamError(f"{name}: no video in this file")
    return stream


def signal_of(picture: Any, pixel_format: str, sar: Fraction | None) -> SignalDescription:
    """Return what a PyAV picture says of its samples."""
    if pixel_format.startswith("yuvj"):
        full_range: bool | None = True
    else:
        full_range = {1: False, 2: True}.get(int(picture.color_range))
    data = {} if picture.side_data is None else {str(item.type.name): item for item in picture.side_data}
    light = data.get("CONTENT_LIGHT_LEVEL")
    return SignalDescription(
        sar=Fraction(sar) if sar else None,
        full_range=full_range,
        primaries=int(picture.color_primaries) or UNSAID,
        transfer=int(picture.color_trc) or UNSAID,
        matrix=UNSAID if picture.colorspace is None else int(picture.colorspace),
        mastering_display=_mastering_display(data.get("MASTERING_DISPLAY_METADATA")),
        content_light=None if light is None else struct.unpack_from("=2I", bytes(light)),
    )


def _mastering_display(data: Any) -> MasteringDisplay | None:
    if data is None or len(bytes(data)) < _MASTERING_RATIONALS.size:
        return None
    *numbers, has_primaries, has_luminance = _MASTERING_RATIONALS.unpack_from(bytes(data))
    if not (has_primaries and has_luminance):
        return None
    values = [
        Fraction(*pair) if pair[1] else Fraction(0) for pair in zip(numbers[::2], numbers[1::2], strict=True)
    ]
    rx, ry, gx, gy, bx, by, wx, wy = (round(value * 50000) for value in values[:8])
    smallest, largest = (round(value * 10000) for value in values[8:])
    return MasteringDisplay((gx, gy, bx, by, rx, ry), (wx, wy), largest, smallest)


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
