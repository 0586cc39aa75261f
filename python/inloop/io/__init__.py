# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Pictures in and out of files and pipes: y4m, raw yuv, and containers with the [video] extra."""

from __future__ import annotations

import lzma
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import BinaryIO, Literal, cast

from inloop.codec import Decoder
from inloop.errors import BitstreamError, ConfigError
from inloop.io.container import ContainerReader
from inloop.io.hevc import (
    HevcReader,
    container_has_filter_messages,
    container_stream,
    starts_like_annex_b,
)
from inloop.io.output import open_output
from inloop.io.pipes import look_ahead
from inloop.io.surroundings import Surroundings
from inloop.io.timeline import Timeline
from inloop.io.video import VideoInfo, VideoReader, VideoWriter
from inloop.io.video_encoding import (
    VIDEO_CONTAINERS,
    VideoEncoding,
    open_encoded_writer,
    video_container_of,
)
from inloop.io.y4m import SIGNATURE, Y4mReader, Y4mWriter
from inloop.io.yuv import YuvReader, YuvWriter
from inloop.nnlf import AnyFilter
from inloop.pipeline import read_chunks

__all__ = [
    "VideoInfo",
    "VideoReader",
    "VideoWriter",
    "Y4mReader",
    "Y4mWriter",
    "YuvReader",
    "YuvWriter",
    "open_output",
    "open_video",
    "open_video_writer",
]

RawFormat = Literal["y4m", "yuv"]
OutputFormat = Literal["y4m", "yuv", "nut"]
_XZ_SIGNATURE = b"\xfd7zXZ\0"
_LOOKED_AT = 512


@contextmanager
def open_video(
    source: str | os.PathLike[str],
    raw: VideoInfo | None = None,
    fps: Fraction | None = None,
    threads: int = 2,
    models: Iterable[AnyFilter] = (),
    *,
    interlaced: bool = False,
) -> Iterator[VideoReader]:
    """Open a video for reading: y4m (also xz-compressed), raw, HEVC, or a container; any of them can be a pipe.

    HEVC streams with filter messages are decoded here, the filter included, in containers too. "-" is standard input.

    Args:
        source: The file.
        raw: Size, rate and depth of headerless data; where it is given, the source is read as such.
        fps: Pictures a second, in place of what the source says.
        threads: Pictures to decode at a time, of HEVC streams.
        models: Filter networks that a stream may name besides those inside the package.
        interlaced: Take interlaced pictures as frames of two fields, in the place of an UnsupportedError.

    Raises:
        OSError: The source cannot be opened.
        ConfigError: A .yuv comes without `raw`, a y4m with it, or a rate is neither said nor given.
        BitstreamError: As the readers raise it, here or while reading.
        UnsupportedError: Likewise.
    """
    with _opened(source) as (stream, start, path):
        name = str(path or "standard input")
        if raw is not None:
            if start.startswith(SIGNATURE):
                raise ConfigError(f"{name} is y4m, which has a size of its own: leave out that of raw input")
            yield YuvReader(stream, raw)
        elif start.startswith(SIGNATURE) or name.endswith(".y4m"):
            yield _at_rate(Y4mReader(stream, interlaced=interlaced), fps)
        elif name.endswith(".yuv"):
            raise ConfigError(f"{name} has no header: its size must be given")
        else:
            decoder = Decoder(models, threads=threads)
            with _coded_video(stream, start, path, fps, decoder, interlaced=interlaced) as reader:
                yield reader


@contextmanager
def _opened(source: str | os.PathLike[str]) -> Iterator[tuple[BinaryIO, bytes, Path | None]]:
    """Give a stream, its first bytes, and its path where it can be opened again."""
    with ExitStack() as stack:
        path = None if os.fspath(source) == "-" else Path(source)
        stream = sys.stdin.buffer if path is None else stack.enter_context(path.open("rb"))
        start, stream = look_ahead(stream, _LOOKED_AT)
        if start.startswith(_XZ_SIGNATURE) or (path is not None and path.suffix == ".xz"):
            stack.enter_context(_xz_errors(path or "standard input"))
            stream = cast(BinaryIO, stack.enter_context(lzma.open(stream)))
            start, stream = look_ahead(stream, _LOOKED_AT)
            path = None if path is None else path.with_suffix("")
        elif path is not None and not path.is_file():
            path = None
        yield stream, start, path


@contextmanager
def _coded_video(
    stream: BinaryIO,
    start: bytes,
    path: Path | None,
    fps: Fraction | None,
    decoder: Decoder,
    *,
    interlaced: bool,
) -> Iterator[VideoReader]:
    name = str(path or "standard input")
    if starts_like_annex_b(start):
        yield HevcReader(read_chunks(stream), name, decoder, fps)
    elif path is not None and container_has_filter_messages(path):
        reading = ContainerReader(path, fps, interlaced=interlaced)
        with container_stream(path) as boxed, reading as container:
            yield HevcReader(boxed, name, decoder, container.info.fps, boxed.times, container.container)
    else:
        with ContainerReader(path or stream, fps, interlaced=interlaced) as reader:
            yield reader


def _at_rate(reader: Y4mReader, fps: Fraction | None) -> Y4mReader:
    if fps is not None:
        reader.info = replace(reader.info, fps=fps)
    return reader


@contextmanager
def open_video_writer(
    target: str | os.PathLike[str],
    info: VideoInfo,
    raw_format: OutputFormat | None = None,
    *,
    sizes_may_change: bool = False,
    encoding: VideoEncoding | None = None,
    surroundings: Surroundings | None = None,
) -> Iterator[VideoWriter]:
    """Open a video file that gets its name when the block ends without an error.

    The format comes from the extension unless `raw_format` gives it: y4m, yuv, or a container, into which an encoder
    of FFmpeg's codes the pictures (the [video] extra). A pipe gets y4m.

    Args:
        target: Its name.
        info: Size, rate and depth of the pictures.
        raw_format: y4m, yuv, or nut for samples with their times, which pipes carry as well.
        sizes_may_change: A .yuv takes pictures of other sizes or depths, too.
        encoding: How a container's pictures are coded.
        surroundings: Their times in a container, and what goes with them; they are even where it is None.

    Raises:
        OSError: It cannot be written.
        ConfigError: Nothing is written under its extension, or the encoder does not take the pictures.
        ModuleNotFoundError: The package that a container needs is missing.
    """
    form = "nut" if raw_format == "nut" else video_container_of(target) if raw_format is None else None
    kind = None if form is not None else raw_format or format_of(target)
    if form is None and encoding is not None and encoding.is_given:
        raise ConfigError(f"{target}: options of an encoder, but {kind} holds pictures as they are")
    with open_output(target) as stream:
        if form is not None:
            around = surroundings or Surroundings(Timeline(info.fps), form)
            with open_encoded_writer(stream, info, form, encoding or VideoEncoding(), around) as writer:
                yield writer
        elif kind == "y4m":
            yield Y4mWriter(stream, info)
        else:
            yield YuvWriter(stream, info, sizes_may_change=sizes_may_change)


def format_of(target: str | os.PathLike[str]) -> RawFormat:
    """Return the raw format that the name of an output asks for; y4m for pipes and devices."""
    path = Path(target)
    if os.fspath(target) == "-" or (path.exists() and not path.is_file()):
        return "y4m"
    suffix = path.suffix.lower()
    if suffix not in (".y4m", ".yuv"):
        raise ConfigError(
            f"{path}: pictures are written as .y4m, .yuv or {', '.join(VIDEO_CONTAINERS)}, not as "
            f"{suffix or 'a file without suffix'}"
        )
    return cast(RawFormat, suffix[1:])


@contextmanager
def _xz_errors(path: Path | str) -> Iterator[None]:
    try:
        yield
    except (lzma.LZMAError, EOFError) as error:
        raise BitstreamError(f"{path}: damaged xz data ({error})") from None
