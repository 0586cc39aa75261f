# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Any file FFmpeg reads, through PyAV (the [video] extra)."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from functools import partial
from itertools import chain
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO

from inloop.errors import BitstreamError, ConfigError, UnsupportedError
from inloop.extras import import_extra
from inloop.io.video import DEFAULT_FPS, MAX_FPS, SourceContainer, VideoInfo
from inloop.io.y4m import DEINTERLACE
from inloop.video.av_pictures import bit_depth_of
from inloop.video.frame import Frame
from inloop.video.signal import UNSAID, MasteringDisplay, SignalDescription

_ATTACHED_PICTURE = 0x400
_RAW_FORMATS = ("hevc", "h264", "mpegvideo", "m4v", "obu")
_INTERLACED_ORDERS = (2, 3, 4, 5)
_MATRIX = struct.Struct("=9i")
_MASTERING_RATIONALS = struct.Struct("=20i2i")
"""AVMasteringDisplayMetadata: x, y of red, green, blue and white, least and largest luminance, as fractions."""


class ContainerReader:
    """Reads the video of a file, as FFmpeg chooses it; attached pictures are none.

    Raises BitstreamError where FFmpeg finds no video in it or the data is damaged, UnsupportedError for interlaced
    pictures and pixel formats other than 4:2:0 of 8 or 10 bit, ModuleNotFoundError naming the extra where PyAV is
    missing.
    """

    def __init__(
        self, source: Path | BinaryIO, fps: Fraction | None = None, *, interlaced: bool = False
    ) -> None:
        """Open a file, or the data of a pipe.

        Args:
            source: The file.
            fps: Takes the place of the rate that it has.
            interlaced: Take frames of two fields; which of them comes first is for the caller to know.
        """
        self._av = import_extra("av", "video")
        self._name = str(source) if isinstance(source, Path) else "standard input"
        # A colon in a name would stand behind a protocol.
        self._container = self._translated(
            partial(self._av.open, metadata_errors="replace"),
            f"file:{source}" if isinstance(source, Path) else source,
        )
        self._stream = best_video(self._container, self._name)
        self._stream.thread_type = "AUTO"
        self._pictures = self._decoded()
        first = next(self._pictures, None)
        if first is None:
            raise BitstreamError(f"{self._name}: no pictures in its video")
        if not interlaced:
            self._refuse_fields(first)
        self.info = self._describe(first, fps)
        path = source if isinstance(source, Path) else None
        facts = container_facts(self._av, self._container, self._stream, path)
        has_times = fps is None and self._container.format.name not in _RAW_FORMATS
        self._facts = replace(
            facts, tick=facts.tick if has_times else None, display_matrix=_display_matrix(first)
        )
        self.container: SourceContainer | None = self._facts
        self._pictures = chain([first], self._pictures)

    def __enter__(self) -> ContainerReader:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._container.close()

    def __iter__(self) -> Iterator[Frame]:
        for index, picture in enumerate(self._pictures):
            yield self._checked(replace(Frame.from_av(picture, index), time=self._time(picture)))

    def _time(self, picture: Any) -> Fraction | None:
        tick = self._facts.tick
        return None if tick is None or picture.pts is None else picture.pts * tick - self._facts.start

    def _decoded(self) -> Iterator[Any]:
        pictures = self._container.decode(self._stream)
        while (picture := self._translated(next, pictures, None)) is not None:
            yield picture

    def _describe(self, first: Any, fps: Fraction | None) -> VideoInfo:
        context, stream = self._stream.codec_context, self._stream
        bit_depth = bit_depth_of(context.pix_fmt)
        rate = fps or self._rate()
        frames = stream.frames or None
        if frames is None and self._container.duration and self._container.format.name not in _RAW_FORMATS:
            frames = round(self._container.duration * rate / self._av.time_base)
        signal = signal_of(first, context.pix_fmt, stream.sample_aspect_ratio)
        return VideoInfo(first.width, first.height, rate, bit_depth, frames, signal)

    def _refuse_fields(self, first: Any) -> None:
        order = int(self._stream.codec_context.field_order or 0)
        if first.interlaced_frame or order in _INTERLACED_ORDERS:
            raise UnsupportedError(f"{self._name}: interlaced pictures; {DEINTERLACE}")

    def _rate(self) -> Fraction:
        stream = self._stream
        raw = self._container.format.name in _RAW_FORMATS
        # Elementary streams have no times: what FFmpeg calls their average is a guess of its own.
        rates = (stream.guessed_rate, stream.average_rate) if raw else (stream.average_rate, stream.base_rate)
        rate = next((Fraction(rate) for rate in rates if rate), DEFAULT_FPS)
        if rate > MAX_FPS:
            raise ConfigError(f"{self._name} says {rate} pictures a second: give the true rate with --fps")
        return rate

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
    """Return the video stream of an open PyAV container.

    Raises BitstreamError where there is none, UnsupportedError where FFmpeg has no decoder for it.
    """
    stream = container.streams.best("video")
    if stream is not None and int(stream.disposition) & _ATTACHED_PICTURE:
        moving = [
            video for video in container.streams.video if not int(video.disposition) & _ATTACHED_PICTURE
        ]
        stream = moving[0] if moving else None
    if stream is None:
        raise BitstreamError(f"{name}: no video in this file")
    if stream.codec_context is None:
        raise UnsupportedError(f"{name}: FFmpeg has no decoder for the video in this file")
    return stream


def container_facts(av: Any, container: Any, video: Any, path: Path | None) -> SourceContainer:
    """Return what there is around the pictures of an open PyAV container, but for the display matrix."""
    kinds = {stream.type for stream in container.streams if stream.index != video.index}
    return SourceContainer(
        path=path,
        stream=video.index,
        start=_start(av, container),
        tick=video.time_base,
        others=tuple(sorted(kinds)),
    )


def _start(av: Any, container: Any) -> Fraction:
    """Return the time with which a file begins: that of its first stream, which FFmpeg rounds to microseconds."""
    rounded = Fraction(container.start_time or 0, av.time_base)
    starts = [
        s.start_time * s.time_base for s in container.streams if s.start_time is not None and s.time_base
    ]
    exact = min(starts, key=lambda start: abs(start - rounded), default=rounded)
    return exact if abs(exact - rounded) <= Fraction(1, av.time_base) else rounded


def describe_container(path: Path) -> SourceContainer | None:
    """Return what there is around the pictures of a file; None where FFmpeg cannot decode the first of them."""
    try:
        with ContainerReader(path) as reader:
            return reader.container
    except (BitstreamError, UnsupportedError, ConfigError):
        return None


def _display_matrix(picture: Any) -> tuple[int, ...] | None:
    for item in picture.side_data or ():
        if item.type.name == "DISPLAYMATRIX" and len(bytes(item)) >= _MATRIX.size:
            return _MATRIX.unpack_from(bytes(item))
    return None


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
