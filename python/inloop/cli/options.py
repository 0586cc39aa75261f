# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Options that several commands share, and their values' forms."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from types import UnionType
from typing import Annotated, Any, get_args

from cyclopts import Parameter, convert

import inloop
from inloop.errors import ConfigError
from inloop.io import VideoInfo, VideoReader, open_video
from inloop.io.video import DEFAULT_FPS
from inloop.nnlf import AnyFilter
from inloop.workers import own_cores

MAX_THREADS = 64


def path_option(*names: str, help: str) -> Parameter:
    """Return the declaration of a file name, which may be the - of a pipe."""
    return Parameter(name=names, help=help, allow_leading_hyphen=True)


def flag(name: str, help: str) -> Parameter:
    """Return the declaration of an option without a value, off unless given."""
    return Parameter(name=name, help=help, show_default=False)


@Parameter(name="*", group="General")
@dataclass(frozen=True, kw_only=True)
class CommonOptions:
    """Options of every command that codes pictures."""

    isa: Annotated[str | None, Parameter(help="Instruction set: auto, scalar, avx2, avx512 or neon.")] = None
    quiet: Annotated[bool, flag("--quiet", "Print results, warnings and errors only.")] = False

    def apply(self) -> None:
        """Put the instruction set into force, and report a wrong INLOOP_ISA. Raises ConfigError."""
        if self.isa is not None:
            inloop.set_isa(self.isa)
        inloop.get_isa()

    def report(self, line: str) -> None:
        """Print a line of statistics on standard error, unless quiet."""
        if not self.quiet:
            print(line, file=sys.stderr, flush=True)


@Parameter(name="*", group="Input")
@dataclass(frozen=True, kw_only=True)
class SourceOptions:
    """Which pictures are read, and how headerless ones look."""

    input_res: Annotated[str | None, Parameter(help="Size of raw input, as 416x240.")] = None
    fps: Annotated[
        str | None, Parameter(help="Pictures a second, as 25 or 30000/1001, in place of what the input says.")
    ] = None
    input_depth: Annotated[int | None, Parameter(help="Bits a sample of raw input; 8 by default.")] = None
    skip: Annotated[int, Parameter(help="Pictures to leave out at the start.")] = 0
    frames: Annotated[int | None, Parameter(name=["--frames", "-n"], help="Pictures to code at most.")] = None

    def raw_info(self) -> VideoInfo | None:
        """Return the format of headerless input, or None where no size was given. Raises ConfigError."""
        if self.input_res is None:
            if self.input_depth is not None:
                raise ConfigError("--input-depth belongs to raw input: give --input-res too")
            return None
        fps = DEFAULT_FPS if self.fps is None else parse_fps(self.fps)
        depth = 8 if self.input_depth is None else self.input_depth
        if not 8 <= depth <= 16:
            raise ConfigError(f"--input-depth {depth} is outside 8 .. 16")
        return VideoInfo(*parse_size(self.input_res), fps, depth)

    @contextmanager
    def open(
        self, source: str, models: Iterable[AnyFilter] = (), *, interlaced: bool = False
    ) -> Iterator[VideoReader]:
        """Open the source, which models may be needed for; errors as for `inloop.io.open_video`."""
        if self.skip < 0 or (self.frames is not None and self.frames < 1):
            raise ConfigError("--skip must be 0 or more and --frames 1 or more")
        fps = None if self.fps is None else parse_fps(self.fps)
        with open_video(source, self.raw_info(), fps, usable_cores(), models, interlaced=interlaced) as video:
            yield video

    def count(self, available: int | None) -> int | None:
        """Return how many pictures will be coded, or None where that is unknown."""
        if available is None:
            return self.frames
        rest = max(0, available - self.skip)
        return rest if self.frames is None else min(rest, self.frames)


def usable_cores() -> int:
    """Return how many threads are worth having: the cores this process may use, at most 16."""
    return min(own_cores(), 16)


def thread_count(given: int | None) -> int:
    """Return a number of threads that was asked for, or what is worth having. Raises ConfigError."""
    if given is None:
        return usable_cores()
    if not 1 <= given <= MAX_THREADS:
        raise ConfigError(f"--threads {given} is outside 1 .. {MAX_THREADS}")
    return given


def convert_value(kind: Any, tokens: Any) -> Any:
    """Convert an option's words as cyclopts does, but take whole numbers for whole numbers only. Raises ValueError."""
    kinds = get_args(kind) if isinstance(kind, UnionType) else (kind,)
    if int in kinds and isinstance(tokens, Sequence) and len(tokens) == 1:
        return parse_whole(tokens[0].value)
    return convert(kind, tokens)


def parse_whole(text: str) -> int:
    """Return a whole number. Raises ValueError."""
    if not re.fullmatch(r"[+-]?\d{1,18}", text, re.ASCII):
        raise ValueError(f"{text!r} is no whole number")
    return int(text)


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
