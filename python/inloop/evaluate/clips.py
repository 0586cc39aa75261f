# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Clips of a measurement: found by patterns and folders, described by their headers or their names."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache
from glob import glob, has_magic
from pathlib import Path

from inloop.errors import ConfigError
from inloop.executors.bundles import file_digest
from inloop.io import VideoInfo, open_video
from inloop.pipeline import select_frames
from inloop.video.frame import Frame
from inloop.video.signal import SignalDescription

_SUFFIXES = frozenset((".y4m", ".mkv", ".mp4", ".mov", ".avi", ".webm", ".yuv", ".hevc", ".265", ".264"))
"""What is taken of a folder."""
_SIZE = re.compile(r"(?<!\d)(\d{2,5})x(\d{2,5})(?!\d)")
_DEPTH = re.compile(r"(?<![\da-z])(8|10|12)[ _-]?b(?:it|its|pp)?(?![a-z])|yuv420p(10|12)", re.IGNORECASE)
_RATE = re.compile(r"(?<!\d)(\d{1,3}(?:\.\d+)?)[ _-]?(?:fps|hz)", re.IGNORECASE)
_BARE_RATE = re.compile(r"\d{2,5}x\d{2,5}_(\d{2,3}(?:\.\d+)?)(?=_|$)")


@dataclass(frozen=True, slots=True)
class Pictures:
    """A clip in memory.

    Attributes:
        frames: In display order, `pts` from 0.
        fps: Pictures a second.
        signal: What is said of the samples.
    """

    frames: list[Frame]
    fps: Fraction
    signal: SignalDescription = SignalDescription()


@dataclass(frozen=True, slots=True)
class Clip:
    """A clip on disk.

    Attributes:
        path: The file.
        name: What results call it; no two clips of a measurement share one.
        info: Size, rate and depth.
        limit: Pictures from the start; None for all.
    """

    path: Path
    name: str
    info: VideoInfo
    limit: int | None = None

    def read(self) -> Pictures:
        """Read the pictures. Raises ConfigError where there are none, and what `inloop.io.open_video` raises."""
        raw = self.info if _is_raw(self.path) else None
        with open_video(self.path, raw) as video:
            frames = list(select_frames(video, 0, self.limit))
        if not frames:
            raise ConfigError(f"{self.path}: no pictures")
        return Pictures(frames, self.info.fps, self.info.signal)

    def digest(self) -> str:
        """Return the SHA-256 (hex) of the file."""
        return file_digest(self.path)


def find_clips(patterns: Iterable[str], folder: Path, limit: int | None = None) -> tuple[Clip, ...]:
    """Return the clips that patterns name, each once, in the order of the patterns and of their names.

    Args:
        patterns: Files, patterns with `*`, `?`, `[...]` and `**`, or folders, whose videos are all taken; absolute,
            relative to `folder`, or from a home (`~`).
        folder: What relative patterns start from.
        limit: Pictures of each clip from its start; None for all.

    Raises:
        ConfigError: A pattern matches nothing, a file has no size in its name where it needs one, or cannot be read.
        OSError: A file cannot be opened.
    """
    paths = list(dict.fromkeys(path for pattern in patterns for path in _matching(folder, pattern)))
    if not paths:
        raise ConfigError("no clips are named")
    infos = [_describe(path) for path in paths]
    return tuple(
        Clip(path, name, info, limit)
        for path, name, info in zip(paths, _distinct_names(paths), infos, strict=True)
    )


def raw_info(name: str) -> VideoInfo:
    """Return what the name of a headerless file says, such as `bees_1920x1080_50fps_10bit.yuv`.

    The size must be there; without a rate (`50fps`, or `_50` right behind the size) it is 25, without a depth (`10bit`,
    `yuv420p10le`) 8.

    Raises:
        ConfigError: There is no size, or a value is out of range.
    """
    stem = Path(name).stem
    size = _SIZE.search(stem)
    if size is None:
        raise ConfigError(f"{name} has no header, and no size like 416x240 in its name")
    depth, rate = _DEPTH.search(stem), _RATE.search(stem) or _BARE_RATE.search(stem)
    info = VideoInfo(int(size[1]), int(size[2]), bit_depth=int(depth[1] or depth[2]) if depth else 8)
    return replace(info, fps=Fraction(rate[1])) if rate else info


def _describe(path: Path) -> VideoInfo:
    return _info(path, *_stamp(path))


@cache
def _info(path: Path, size: int, time_ns: int) -> VideoInfo:
    """Return what a file is; size and time tell a changed one from the one that was seen before."""
    with open_video(path, raw_info(path.name) if _is_raw(path) else None) as video:
        return video.info


def _stamp(path: Path) -> tuple[int, int]:
    status = path.stat()
    return status.st_size, status.st_mtime_ns


def _is_raw(path: Path) -> bool:
    return path.suffix.lower() == ".yuv"


def _matching(folder: Path, pattern: str) -> list[Path]:
    whole = folder / Path(pattern).expanduser()
    if whole.is_dir():
        found = [path for path in sorted(whole.iterdir()) if path.suffix.lower() in _SUFFIXES]
    elif has_magic(str(whole)):
        found = [Path(name) for name in sorted(glob(str(whole), recursive=True)) if Path(name).is_file()]
    else:
        found = [whole] if whole.exists() else []
    if not found:
        raise ConfigError(f"no clip matches {whole}")
    return [path for path in found if not path.name.startswith(".")]


def _distinct_names(paths: list[Path]) -> list[str]:
    """Return the names without suffix, with that of the folder in front, or with the suffix, where two were equal."""
    names = [path.stem for path in paths]
    for longer in ([path.name for path in paths], [f"{path.parent.name}/{path.name}" for path in paths]):
        counts = Counter(names)
        names = [other if counts[name] > 1 else name for name, other in zip(names, longer, strict=True)]
    if len(set(names)) < len(names):
        return [str(path) for path in paths]
    return names
