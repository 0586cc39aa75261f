# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Whole files in one call: `inloop.encode(source, target)` and `for frame in inloop.decode(source)`."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from fractions import Fraction
from types import TracebackType
from typing import Any, Literal, Self

from inloop.codec import Decoder, Encoder, EncoderOptions
from inloop.errors import BitstreamError, ConfigError
from inloop.io import VideoInfo, open_video
from inloop.io.coded import check_stream_name, container_of, open_stream_writer, seek_period
from inloop.io.companions import CopyOptions
from inloop.io.orientation import upright
from inloop.io.output import refuse_overlap
from inloop.io.stream import open_stream
from inloop.io.surroundings import open_surroundings
from inloop.nnlf import AnyFilter, PictureFilter, load_filter
from inloop.pipeline import encode_frames
from inloop.ratecontrol import RateOptions, make_controller
from inloop.video.frame import Frame
from inloop.video.signal import SignalDescription

_USUAL_QP = 32
Path = str | os.PathLike[str]


@dataclass(frozen=True, slots=True)
class EncodedFile:
    """What an encode came to.

    Attributes:
        pictures: How many were coded.
        bits: Size of their coded data.
        bitrate_kbps: At the video's own rate of pictures.
        lost: What of the source the target has not, in words.
    """

    pictures: int
    bits: int
    bitrate_kbps: float
    lost: tuple[str, ...] = ()


def encode(
    source: Path,
    target: Path,
    *,
    qp: int | None = None,
    crf: float | None = None,
    bitrate_kbps: float | None = None,
    nnlf: str | PictureFilter | None = None,
    raw: VideoInfo | None = None,
    copying: CopyOptions = CopyOptions(),
    rotate: Literal["keep", "apply"] = "keep",
    **options: Any,
) -> EncodedFile:
    """Encode a video file as an HEVC stream (.hevc, .265) or into a container (.mp4, .mkv, .ts).

    Args:
        source: What `inloop.io.open_video` reads.
        target: The file to write; it gets its name once it is complete.
        qp: Constant QP, 32 where nothing else is given.
        crf: Constant quality.
        bitrate_kbps: Average bitrate, kilobits a second.
        nnlf: Filter: "lop", "vlop", the path of a model, or a picture filter.
        raw: Size, rate and depth of a source without a header.
        copying: Which streams go with the pictures into a container; all that it can hold by default.
        rotate: "keep" lets the container say how players turn the pictures, "apply" turns them.
        options: Other fields of `inloop.codec.EncoderOptions` by name.

    Raises:
        ConfigError: Options contradict each other, or the target is the source.
        OSError: A file cannot be read or written.
        BitstreamError: The source is damaged.
        TypeError: An option has no such name.
    """
    name = os.fspath(target)
    refuse_overlap([source], {"target": name})
    check_stream_name(name)
    picture_filter = PictureFilter(load_filter(nnlf)) if isinstance(nnlf, str) else nnlf
    said = options.get("signal")
    signal = said if isinstance(said, SignalDescription) else None
    interlaced = signal is not None and signal.field_order is not None
    with open_video(source, raw, interlaced=interlaced) as opened:
        video = upright(opened, signal) if rotate == "apply" else opened
        info = video.info
        fields: dict[str, Any] = {
            "signal": info.signal,
            "level_kbps": bitrate_kbps or 0.0,
            "intra_period": seek_period(name, info.fps),
            **options,
        }
        settings = EncoderOptions(bit_depth=info.bit_depth, nnlf=picture_filter, **fields)
        if crf is None and bitrate_kbps is None:
            rate: dict[str, Any] = {"qp": _USUAL_QP if qp is None else qp}
        else:
            depth = settings.coded_bit_depth
            if qp is not None or (crf is not None and bitrate_kbps is not None):
                raise ConfigError("qp, crf and bitrate_kbps exclude each other: give one of them")
            target_name, value = ("crf", crf) if crf is not None else ("bitrate", bitrate_kbps)
            rate = {"rate_control": make_controller(RateOptions.of(target_name, value, bit_depth=depth))}  # type: ignore[arg-type]
        encoder = Encoder(info.width, info.height, info.fps, settings, **rate)
        pictures = bits = 0
        with (
            open_surroundings(video.container, info.fps, container_of(name), copying) as surroundings,
            open_stream_writer(target, settings.signal, surroundings) as writer,
        ):
            for packet in encode_frames(encoder, surroundings.timeline.recorded(video)):
                writer.write(packet)
                pictures += 1
                bits += packet.bits
            if not pictures:
                raise ConfigError(f"{source}: no pictures to encode")
        lost = tuple(surroundings.notes())
    return EncodedFile(pictures, bits, float(bits * info.fps / pictures / 1000), lost)


class DecodedVideo:
    """The pictures of a stream, in display order; iterate over it once, in a `with` block or to the end.

    Attributes:
        decoder: With the rate and what the stream says of its samples.
    """

    def __init__(self, source: Path, decoder: Decoder) -> None:
        """Open the stream. Raises OSError."""
        self._stack = ExitStack()
        self.decoder = decoder
        self._source = self._stack.enter_context(open_stream(os.fspath(source)))
        if self._source.coolchic is not None:
            self._stack.close()
            raise BitstreamError(f"{source} is a Cool-chic stream: inloop.coolchic.Decoder decodes it")

    @property
    def fps(self) -> Fraction | None:
        """Pictures a second, of the stream or of its container; None where neither says it."""
        return self.decoder.fps or self._source.fps

    def __iter__(self) -> Iterator[Frame]:
        """Yield the pictures. Raises BitstreamError behind those that come before damage."""
        try:
            yield from self._source.timed(self.decoder, self._source.chunks)
        finally:
            self._stack.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()


def decode(
    source: Path,
    *,
    models: Iterable[AnyFilter] = (),
    verify: bool = False,
    threads: int = 2,
    keep_going: bool = False,
) -> DecodedVideo:
    """Open an HEVC stream, bare or in a container, whose pictures are then iterated over, filtered where it says so.

    Args:
        source: The file.
        models: Filter networks that the stream may name besides those inside the package.
        verify: Compare pictures with the hashes in the stream.
        threads: Pictures to decode at a time, 1 to 64.
        keep_going: Leave out pictures that damage reaches, and go on.

    Raises:
        OSError: The file cannot be opened.
        BitstreamError: There is no video in it; others come with the pictures, as from `inloop.Decoder`.
    """
    return DecodedVideo(source, Decoder(models, verify, threads, keep_going=keep_going))
