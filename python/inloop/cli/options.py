# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Options that several commands share, and their values' forms."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from typing import Annotated

from cyclopts import Parameter

import inloop
from inloop.errors import ConfigError
from inloop.io import VideoInfo, VideoReader, open_video
from inloop.io.video import DEFAULT_FPS


def path_option(*names: str, help: str) -> Parameter:
    """Return the declaration of a file name, which may be the - of a pipe."""
    return Parameter(name=names, help=help, allow_leading_hyphen=True)


def flag(name: str, help: str) -> Parameter:
    """Return the declaration of an option without a value, off unless given."""
    return Parameter(name=name, help=help, show_default=False)


@Parameter(name="*")
@dataclass(frozen=True, kw_only=True)
class CommonOptions:
    """Options of every command that codes pictures."""

    isa: Annotated[str | None, Parameter(help="Instruction set: auto, scalar, avx2 or avx512.")] = None
    quiet: Annotated[bool, flag("--quiet", "Print errors only.")] = False

    def apply(self) -> None:
        """Put the instruction set into force, and report a wrong INLOOP_ISA. Raises ConfigError."""
        if self.isa is not None:
            inloop.set_isa(self.isa)
        inloop.get_isa()

    def report(self, line: str) -> None:
        """Print a line of statistics on standard error, unless quiet."""
        if not self.quiet:
            print(line, file=sys.stderr, flush=True)


@Parameter(name="*")
@dataclass(frozen=True, kw_only=True)
class SourceOptions:
    """Which pictures are read, and how headerless ones look."""

    input_res: Annotated[str | None, Parameter(help="Size of raw input, as 416x240.")] = None
    fps: Annotated[str | None, Parameter(help="Pictures a second of raw input, as 25 or 30000/1001.")] = None
    input_depth: Annotated[int, Parameter(help="Bits a sample of raw input.")] = 8
    skip: Annotated[int, Parameter(help="Pictures to leave out at the start.")] = 0
    frames: Annotated[int | None, Parameter(name=["--frames", "-n"], help="Pictures to code at most.")] = None

    def raw_info(self) -> VideoInfo | None:
        """Return the format of headerless input, or None where no size was given. Raises ConfigError."""
        if self.input_res is None:
            if self.fps is not None:
                raise ConfigError("--fps belongs to raw input: give --input-res too")
            return None
        fps = DEFAULT_FPS if self.fps is None else parse_fps(self.fps)
        return VideoInfo(*parse_size(self.input_res), fps, self.input_depth)

    @contextmanager
    def open(self, source: str) -> Iterator[VideoReader]:
        """Open the source; errors as for `inloop.io.open_video`."""
        if self.skip < 0 or (self.frames is not None and self.frames < 1):
            raise ConfigError("--skip must be 0 or more and --frames 1 or more")
        with open_video(source, self.raw_info()) as video:
            yield video

    def count(self, available: int | None) -> int | None:
        """Return how many pictures will be coded, or None where that is unknown."""
        if available is None:
            return self.frames
        rest = max(0, available - self.skip)
        return rest if self.frames is None else min(rest, self.frames)


def usable_cores() -> int:
    """Return how many threads are worth having: the cores this process may use, at most 16."""
    try:
        cores = len(os.sched_getaffinity(0))
    except AttributeError:  # Not every system has it.
        cores = os.cpu_count() or 1
    return min(cores, 16)


def parse_size(text: str) -> tuple[int, int]:
    """Return (width, height) of a size like 416x240. Raises ConfigError."""
    match = re.fullmatch(r"(\d{1,5})x(\d{1,5})", text, re.ASCII)
    if not match:
        raise ConfigError(f"size {text!r} is not of the form 416x240")
    return int(match[1]), int(match[2])


def parse_tool(text: str) -> tuple[str, float]:
    """Return name and value of an encoder tool like merge_checks=3. Raises ConfigError."""
    name, _, value = text.partition("=")
    try:
        return name, float(value)
    except ValueError:
        raise ConfigError(f"tool {text!r} is not of the form name=number") from None


def parse_fps(text: str) -> Fraction:
    """Return the rate of a number like 25, 29.97 or 30000/1001. Raises ConfigError."""
    try:
        fps = Fraction(text)
    except (ValueError, ZeroDivisionError):
        raise ConfigError(f"frame rate {text!r} is not of the form 25 or 30000/1001") from None
    if fps <= 0:
        raise ConfigError(f"frame rate {text!r} is not positive")
    return fps
