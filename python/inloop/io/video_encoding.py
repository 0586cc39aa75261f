# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Pictures into containers by an encoder of FFmpeg's."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from inloop.errors import ConfigError
from inloop.extras import import_extra
from inloop.io.muxer import CONTAINERS, Muxer
from inloop.io.surroundings import Surroundings
from inloop.io.video import VideoInfo, check_frame_fits
from inloop.video.av_pictures import PIXEL_FORMATS
from inloop.video.frame import Frame

VIDEO_CONTAINERS = {**CONTAINERS, ".webm": "webm", ".avi": "avi", ".nut": "nut"}
"""FFmpeg's names of the containers that pictures are written into, by the suffix of a file."""
_USUAL = {
    "matroska": "ffv1",
    "avi": "ffv1",
    "nut": "rawvideo",
    "mp4": "libx264",
    "mov": "libx264",
    "mpegts": "libx264",
    "webm": "libvpx-vp9",
}
_SAY_ASPECT = ("h264", "hevc", "mpeg4", "mpeg2video")
_SAY_FIELDS = ("h264", "mpeg4", "mpeg2video", "ffv1")
"""Codecs whose streams say which field comes first."""
_CONTAINERS_SAY_FIELDS = ("matroska", "mp4", "mov")
_INTERLEAVED = {"top": 4, "bottom": 5}
"""FFmpeg's codes of frames whose fields lie row by row, by the one that comes first (AV_FIELD_TB, AV_FIELD_BT)."""
_USUAL_CRF = {"libx264": "16", "libvpx-vp9": "20"}


@dataclass(frozen=True)
class VideoEncoding:
    """How pictures are coded.

    Attributes:
        codec: FFmpeg's name of an encoder; where it is None, one without loss (ffv1; in a .nut, bare samples), or
            libx264 or libvpx-vp9 at a quality that is hard to tell from that in containers for these.
        options: Those of the encoder by FFmpeg's names, as crf, preset, g.
    """

    codec: str | None = None
    options: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_given(self) -> bool:
        """Whether anything was asked for."""
        return self.codec is not None or bool(self.options)

    def for_container(self, form: str) -> tuple[str, dict[str, str]]:
        """Return encoder and options for FFmpeg's name of a container."""
        codec = self.codec or _USUAL[form]
        usual = {"crf": _USUAL_CRF[codec]} if self.codec is None and codec in _USUAL_CRF else {}
        return codec, usual | dict(self.options)


def video_container_of(target: str | os.PathLike[str]) -> str | None:
    """Return FFmpeg's name of the container that the name of a file asks for; None for raw pictures and pipes."""
    return None if os.fspath(target) == "-" else VIDEO_CONTAINERS.get(Path(target).suffix.lower())


class EncodedVideoWriter:
    """Writes pictures into a container, at the times of a timeline, and what goes with them."""

    def __init__(
        self,
        stream: BinaryIO,
        info: VideoInfo,
        form: str,
        encoding: VideoEncoding,
        surroundings: Surroundings,
    ) -> None:
        """Open encoder and container.

        Args:
            stream: Where the file goes.
            info: Size, rate and depth of the pictures, and what is said of them.
            form: FFmpeg's name of the container.
            encoding: How they are coded.
            surroundings: Their times, and what goes with them.

        Raises:
            ConfigError: FFmpeg has no such encoder or option, or they do not take these pictures.
            ModuleNotFoundError: PyAV is missing.
        """
        self._av = import_extra("av", "video")
        self._info, self._timeline = info, surroundings.timeline
        self._codec, self._options = encoding.for_container(form)
        self._muxer = Muxer(self._av, stream, form, surroundings)
        self._video = self._add_stream()
        surroundings.lost.extend(self._unsaid())
        self._begun = False

    def write(self, frame: Frame) -> None:
        """Append one picture. Raises ConfigError where its size or depth is not that of the sequence."""
        check_frame_fits(frame, self._info)
        if not self._begun:
            self._muxer.begin(self._video, self._info.signal)
            self._begun = True
        picture = frame.to_av(self._info.signal)
        assert frame.pts is not None
        picture.pts, picture.time_base = self._timeline.ticks(frame.pts), self._timeline.base
        self._encode(picture)

    def abandon(self) -> None:
        """Let go of a file that will not be complete."""
        self._muxer.abandon()

    def close(self) -> None:
        """Complete the file. Raises ConfigError where it has no pictures."""
        if not self._begun:
            raise ConfigError("no pictures: a container is not written without")
        self._encode(None)
        self._muxer.close()

    def _encode(self, picture: Any) -> None:
        try:
            packets = self._video.encode(picture)
        except self._av.FFmpegError as error:
            raise ConfigError(f"{self._codec} does not take these pictures: {error.strerror}") from None
        unknown = self._video.codec_context.options
        if unknown:
            raise ConfigError(f"{self._codec} has no option {', '.join(unknown)}")
        for packet in packets:
            self._muxer.mux(packet)

    def _add_stream(self) -> Any:
        info, signal = self._info, self._info.signal
        wanted = PIXEL_FORMATS.get(info.bit_depth)
        formats = self._formats()
        if wanted is None or (formats and wanted not in formats):
            raise ConfigError(
                f"{self._codec} does not take pictures of {info.bit_depth} bit 4:2:0, but {', '.join(formats)}"
            )
        try:
            video = self._muxer.container.add_stream(self._codec, rate=info.fps, options=self._options)
        except ValueError as error:
            raise ConfigError(str(error)) from None
        video.width, video.height, video.pix_fmt = info.width, info.height, wanted
        context = video.codec_context
        context.time_base = self._timeline.base
        context.color_primaries, context.color_trc = signal.primaries, signal.transfer
        context.colorspace = signal.matrix
        context.color_range = {None: 0, False: 1, True: 2}[signal.full_range]
        context.thread_type = "AUTO"
        if signal.sar is not None:
            context.sample_aspect_ratio = signal.sar
        if order := self._field_order(context.codec.canonical_name):
            flags = self._av.codec.context.Flags
            context.flags |= flags.interlaced_dct | flags.interlaced_me
            context.field_order = order
        return video

    def _field_order(self, codec: str) -> int:
        """Return FFmpeg's code of the field that the file will say comes first; 0 where it says none."""
        order = self._info.signal.field_order
        says = codec in _SAY_FIELDS or self._muxer.container.format.name in _CONTAINERS_SAY_FIELDS
        # In 4:2:0, H.264 has fields of an even number of rows only.
        if order is None or not says or (codec == "h264" and self._info.height % 4 != 0):
            return 0
        return _INTERLEAVED[order]

    def _unsaid(self) -> Iterator[str]:
        """Yield what PyAV has no way to hand over, but to streams that say it themselves."""
        codec = self._video.codec_context.codec.canonical_name
        said = {"range", "primaries", "transfer", "matrix"}
        if codec in _SAY_ASPECT:
            said.add("sample aspect")
        if self._field_order(codec):
            said.add("interlaced")
        for name, value in self._info.signal.lines():
            if name not in said:
                yield f"{name} {value}"

    def _formats(self) -> list[str]:
        try:
            codec = self._av.Codec(self._codec, "w")
        except ValueError:
            raise ConfigError(f"FFmpeg has no encoder {self._codec}") from None
        if codec.type != "video":
            raise ConfigError(f"{self._codec} codes no pictures")
        return [form.name for form in codec.video_formats or ()]


@contextmanager
def open_encoded_writer(
    stream: BinaryIO, info: VideoInfo, form: str, encoding: VideoEncoding, surroundings: Surroundings
) -> Iterator[EncodedVideoWriter]:
    """Give a writer that completes its file when the block ends without an error; see `EncodedVideoWriter`."""
    writer = EncodedVideoWriter(stream, info, form, encoding, surroundings)
    try:
        yield writer
        writer.close()
    except BaseException:
        writer.abandon()
        raise
