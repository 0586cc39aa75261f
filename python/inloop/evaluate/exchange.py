# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Pictures on their way to other programs and back."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

from inloop.errors import InloopError
from inloop.io import VideoInfo, open_video, open_video_writer
from inloop.io.y4m import Y4mReader
from inloop.video.frame import Frame


def write_pictures(path: Path, frames: Sequence[Frame], fps: Fraction) -> None:
    """Write pictures of one size as .y4m or .yuv. Raises UnsupportedError for y4m of other depths than 8 and 10."""
    first = frames[0]
    with open_video_writer(path, VideoInfo(first.width, first.height, fps, first.bit_depth)) as writer:
        for frame in frames:
            writer.write(frame)


def read_y4m(path: Path) -> list[Frame]:
    """Read all pictures of a y4m file. Raises BitstreamError where it is damaged or cut off."""
    with path.open("rb") as stream:
        return list(Y4mReader(stream))


def read_decoded(path: Path, like: Frame, bit_depth: int) -> list[Frame]:
    """Read what a decoder wrote.

    Args:
        path: A .yuv, or what `inloop.io.open_video` reads.
        like: A picture of the size that a .yuv has.
        bit_depth: Bits a sample of a .yuv.

    Raises:
        InloopError: The file is not there, or is damaged or cut off.
    """
    if not path.is_file():
        raise InloopError(f"{path.name}: no decoded pictures were written")
    raw = VideoInfo(like.width, like.height, bit_depth=bit_depth) if path.suffix.lower() == ".yuv" else None
    with open_video(path, raw) as video:
        return list(video)
