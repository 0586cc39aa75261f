# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Where a video is cut into chunks, and their pictures on disk until they are coded."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from inloop.errors import ConfigError
from inloop.io import VideoInfo, open_video_writer
from inloop.lookahead.thumbnails import SceneCutDetector
from inloop.video.frame import Frame

_SHORTEST, _LONGEST = 32, 250


@dataclass(frozen=True, slots=True)
class ChunkRule:
    """Where chunks end.

    Attributes:
        longest: Pictures of a chunk at most.
        shortest: Pictures in front of a scene change at which a chunk ends; None where scenes do not matter.

    Raises:
        ConfigError: A number is not positive.
    """

    longest: int = _LONGEST
    shortest: int | None = _SHORTEST

    def __post_init__(self) -> None:
        if self.longest < 1 or (self.shortest is not None and self.shortest < 1):
            raise ConfigError("a chunk has 1 picture or more")

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the rule of a number of pictures, or of the word scene. Raises ConfigError."""
        if text == "scene":
            return cls()
        if not (text.isascii() and text.isdigit()) or len(text) > 9:
            raise ConfigError(f"chunks {text!r} are neither a number of pictures nor scene")
        return cls(int(text), None)


@dataclass(frozen=True, slots=True)
class ChunkFile:
    """The pictures of a chunk.

    Attributes:
        path: A y4m file.
        first: Index of the first one in the video.
    """

    path: Path
    first: int


def cut(frames: Iterable[Frame], info: VideoInfo, rule: ChunkRule, folder: Path) -> Iterator[ChunkFile]:
    """Yield the chunks of a video, in order, each once its last picture is written.

    Args:
        frames: The pictures.
        info: Their size, rate and depth.
        rule: Where chunks end.
        folder: Where the files go; who takes them removes them.

    Raises:
        OSError: A file cannot be written.
        UnsupportedError: The depth is neither 8 nor 10 bit.
    """
    starts = _starts(frames, rule)
    item = next(starts, None)
    index = 0
    while item is not None:
        path, first = folder / f"chunk_{index:08}.y4m", index
        with open_video_writer(path, info) as writer:
            writer.write(item[0])
            index += 1
            while (item := next(starts, None)) is not None and not item[1]:
                writer.write(item[0])
                index += 1
        yield ChunkFile(path, first)


def _starts(frames: Iterable[Frame], rule: ChunkRule) -> Iterator[tuple[Frame, bool]]:
    """Yield pictures with whether a chunk starts with them."""
    detector, length = SceneCutDetector(), 0
    for frame in frames:
        is_cut = rule.shortest is not None and detector.push(frame) and length >= rule.shortest
        starts = not length or is_cut or length == rule.longest
        length = 1 if starts else length + 1
        yield frame, starts
