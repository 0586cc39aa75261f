# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Pictures in and out of files and pipes: y4m, raw yuv, and containers with the [video] extra."""

from __future__ import annotations

import lzma
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, BinaryIO, Literal, cast

from inloop.errors import BitstreamError, ConfigError
from inloop.io.output import open_output
from inloop.io.video import VideoInfo, VideoReader, VideoWriter
from inloop.io.y4m import SIGNATURE, Y4mReader, Y4mWriter
from inloop.io.yuv import YuvReader, YuvWriter

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


@contextmanager
def open_video(source: str | os.PathLike[str], raw: VideoInfo | None = None) -> Iterator[VideoReader]:
    """Open a video for reading: y4m (also xz-compressed, and "-" for standard input), raw, or a container.

    Args:
        source: Path of the file, or "-".
        raw: Size, rate and depth of headerless data; where it is given, the source is read as such.

    Yields:
        A reader, which is closed with the block.

    Raises:
        OSError: The source cannot be opened.
        ConfigError: A .yuv comes without `raw`.
    """
    path = Path(source)
    if os.fspath(source) == "-":
        yield _raw_reader(sys.stdin.buffer, raw, "standard input")
    elif path.suffix == ".xz":
        with lzma.open(path) as stream, _xz_errors(path):
            yield _raw_reader(stream, raw, str(path))
    elif raw is not None or path.suffix in (".y4m", ".yuv") or _starts_like_y4m(path):
        with path.open("rb") as stream:
            yield _raw_reader(stream, raw, str(path))
    else:
        from inloop.io.container import ContainerReader

        with path.open("rb"):
            pass  # The system says best why a file cannot be opened.
        with ContainerReader(path) as reader:
            yield reader


@contextmanager
def open_video_writer(
    target: str | os.PathLike[str], info: VideoInfo, raw_format: RawFormat | None = None
) -> Iterator[VideoWriter]:
    """Open a y4m or yuv file that gets its name when the block ends without an error.

    Args:
        target: Path of the file, or "-" for standard output.
        info: Size, rate and depth of the pictures.
        raw_format: "y4m" or "yuv"; None: by the extension, and y4m on a pipe.

    Yields:
        A writer, which is closed with the block.

    Raises:
        OSError: The file cannot be written.
        ConfigError: The extension is none of these.
    """
    writer_class = Y4mWriter if (raw_format or format_of(target)) == "y4m" else YuvWriter
    with open_output(target) as stream:
        yield writer_class(stream, info)


def format_of(target: str | os.PathLike[str]) -> RawFormat:
    """Return the raw format that the name of an output asks for; y4m for pipes and devices."""
    path = Path(target)
    if os.fspath(target) == "-" or (path.exists() and not path.is_file()):
        return "y4m"
    suffix = path.suffix.lower()
    if suffix not in (".y4m", ".yuv"):
        raise ConfigError(
            f"{path}: pictures are written as .y4m or .yuv, not as {suffix or 'a file without suffix'}"
        )
    return cast(RawFormat, suffix[1:])


def _raw_reader(stream: IO[bytes], raw: VideoInfo | None, name: str) -> VideoReader:
    buffered = cast(BinaryIO, stream)
    if raw is None:
        if name.endswith(".yuv"):
            raise ConfigError(f"{name} has no header: its size must be given")
        return Y4mReader(buffered)
    return YuvReader(buffered, raw)


def _starts_like_y4m(path: Path) -> bool:
    with path.open("rb") as stream:
        return stream.read(len(SIGNATURE)) == SIGNATURE


@contextmanager
def _xz_errors(path: Path) -> Iterator[None]:
    try:
        yield
    except (lzma.LZMAError, EOFError) as error:
        raise BitstreamError(f"{path}: damaged xz data ({error})") from None
