# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""What a sweep measures, read from a TOML file.

An example::

    clips = ["../clips/*_416x240.mkv"]   # patterns, relative to the file
    qps = [22, 27, 32, 37]
    frames = 60                          # at most; without it, all

    [encoders.x265_medium]               # the first one is the anchor
    program = "x265"                     # x265, x264, kvazaar or svtav1, of imageio-ffmpeg
    preset = "medium"
    parameters = "bframes=0"             # of the encoder's library
    enhance = "enhance"                  # network that every decoded picture goes through, as `inloop enhance --model`

    [encoders.medium]
    structure = "ldp"
    preset = "medium"
    sao = false                          # sample adaptive offset, on by default
    options = { gop = 16 }               # further arguments of `inloop.Encoder` and options of `inloop encode`

    [encoders.lop]
    structure = "ldp"
    nnlf = "lop"                         # as --nnlf
    nnlf_mode = "loop"
    nnlf_skip = 0                        # as --nnlf-skip

    [encoders.crf]
    target = "crf"                       # what `qps` are: "qp", "crf", or "bitrate" in kbit/s
    rate_control = { cutree = true, rc_complexity = "scene" }  # options of `inloop encode` that belong to it

An encoder may have `qps` of its own, where its scale is another one.
"""

from __future__ import annotations

import os
import re
import shlex
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from glob import glob
from pathlib import Path
from typing import Any

from inloop.codec import EncoderOptions
from inloop.errors import ConfigError
from inloop.evaluate.peer_encoders import PEERS
from inloop.evaluate.trial import FilterMode, Structure, TrialSettings
from inloop.nnlf.skipping import DEFAULT_STRENGTH
from inloop.ratecontrol import RateOptions
from inloop.ratecontrol.options import RateTarget

_ENTRIES = ("clips", "qps", "frames", "encoders")
USUAL_QPS = (22, 27, 32, 37)


@dataclass(frozen=True, slots=True)
class EncoderSpec:
    """One encoder of a sweep: `inloop` or a peer, and how it is to encode.

    Attributes:
        name: What results call it.
        structure, preset, sao, options: As for `EncoderOptions`; `options` are further fields by name.
        nnlf: Filter network, a name or a path; "off" for none.
        nnlf_mode, nnlf_skip: As the options of `inloop encode`.
        program: "inloop", or a key of `inloop.evaluate.peer_encoders.PEERS`.
        parameters: Further parameters of a peer, in its own notation.
        enhance: Network that every decoded picture of a peer goes through; empty for none.
        qps: What it is encoded at; None for the sweep's.
        target: What `qps` are: "qp", "crf" or "bitrate" in kbit/s.
        rate_control: Further options of rate control by name.

    Raises:
        ConfigError: The options contradict each other or do not exist.
    """

    name: str
    structure: Structure = "ldp"
    nnlf: str = "off"
    nnlf_mode: FilterMode = "loop"
    nnlf_skip: int = DEFAULT_STRENGTH
    preset: str = "medium"
    sao: bool = True
    options: Mapping[str, Any] = field(default_factory=dict)
    program: str = "inloop"
    parameters: str = ""
    enhance: str = ""
    qps: tuple[int, ...] | None = None
    target: RateTarget = "qp"
    rate_control: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.program != "inloop" and (self.target != "qp" or self.rate_control):
            raise ConfigError(f"{self.name}: rate control of {self.program} goes into its parameters")
        if self.program == "inloop" and self.enhance:
            raise ConfigError(f"{self.name}: enhance is for the pictures of other encoders")
        self.rate_options(32)
        if self.program == "inloop":
            self.encoder_options()
        if self.program != "inloop" and self.program not in PEERS:
            raise ConfigError(f"program {self.program!r} is none of inloop, {', '.join(PEERS)}")

    def settings(self, qp: int) -> TrialSettings:
        """Return the settings of a trial; `inloop` only."""
        mode = None if self.nnlf == "off" else self.nnlf_mode
        return TrialSettings(qp, self.encoder_options(), mode, self.rate_options(qp), self.nnlf_skip)

    def encoder_options(self) -> EncoderOptions:
        """Return the options of our encoder. Raises TypeError for a name that it has not, ConfigError for a value."""
        return EncoderOptions(structure=self.structure, preset=self.preset, sao=self.sao, **self.options)

    def rate_options(self, value: int) -> RateOptions | None:
        """Return the options of rate control at a step of the ladder; None for a plain constant QP."""
        if self.target == "qp" and not self.rate_control:
            return None
        return RateOptions.of(self.target, value, **self.rate_control)

    def command(self, clip: Path, qp: int, frames: int | None) -> str:
        """Return the command line that makes the same stream, beside the clip.

        Args:
            clip: The video file.
            qp: What it is encoded at, on the scale of `target`.
            frames: How many pictures; None for all.
        """
        if self.program != "inloop":
            words = PEERS[self.program].command(clip.name, "out", qp, self.preset, self.parameters)
            limit = [] if frames is None else ["-frames:v", str(frames)]
            line = shlex.join(["ffmpeg", *words[:-1], *limit, words[-1]])
            if not self.enhance:
                return line
            return f"{line} && {shlex.join(['inloop', 'enhance', 'out', '-o', 'out.y4m', '--model', self.enhance])}"
        words = ["inloop", "encode", clip.name, "-o", "out.hevc", f"--{self.target}", str(qp)]
        words += ["--structure", self.structure, "--preset", self.preset]
        if not self.sao:
            words += ["--sao", "off"]
        for name, value in (*self.options.items(), *self.rate_control.items()):
            words += _option_words(name, value)
        if self.nnlf != "off":
            words += ["--nnlf", self.nnlf, "--nnlf-mode", self.nnlf_mode, "--nnlf-skip", str(self.nnlf_skip)]
        if frames is not None:
            words += ["--frames", str(frames)]
        return shlex.join(words)


@dataclass(frozen=True, slots=True)
class SweepSpec:
    """What a sweep measures.

    Attributes:
        encoders: The encoders; the first one is the anchor of the BD-rates.
        clips: Video files.
        qps: What encoders without `qps` of their own are run at.
        frames: Pictures of each clip from its start; None for all.
    """

    encoders: tuple[EncoderSpec, ...]
    clips: tuple[Path, ...]
    qps: tuple[int, ...]
    frames: int | None = None


def read_spec(path: Path) -> SweepSpec:
    """Return the specification in a TOML file.

    Raises OSError, and ConfigError where the file is no TOML, lacks something or names what is not there.
    """
    try:
        table = tomllib.loads(path.read_text("utf-8-sig"))  # some editors put a mark in front
        _check_names("the file", table, _ENTRIES)
        encoders = tuple(_encoder(name, options) for name, options in table["encoders"].items())
        patterns = [table["clips"]] if isinstance(table["clips"], str) else table["clips"]
        clips = tuple(clip for pattern in patterns for clip in _matching(path.parent, pattern))
        spec = SweepSpec(encoders, clips, _qps(table.get("qps", USUAL_QPS)), table.get("frames"))
    except ConfigError as error:
        raise ConfigError(f"{path}: {error}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, TypeError, AttributeError) as error:
        raise ConfigError(f"{path}: {error}") from None
    except KeyError as error:
        raise ConfigError(f"{path}: no entry {error}") from None
    if not spec.encoders:
        raise ConfigError(f"{path}: no encoders")
    return spec


def _encoder(name: str, options: dict[str, Any]) -> EncoderSpec:
    _check_names(
        f"[encoders.{name}]", options, [field.name for field in fields(EncoderSpec) if field.name != "name"]
    )
    qps = options.pop("qps", None)
    try:
        return EncoderSpec(name, qps=None if qps is None else _qps(qps), **options)
    except TypeError as error:  # a name or a value inside of options or rate_control
        raise ConfigError(f"[encoders.{name}]: {_without_class(error)}") from None


def _without_class(error: TypeError) -> str:
    return re.sub(r"^[\w.]+\(\) got an unexpected keyword argument", "there is no option", str(error))


def _check_names(where: str, table: Mapping[str, object], known: Sequence[str]) -> None:
    """Raise ConfigError for entries that mean nothing, which are most often misspelt."""
    if unknown := sorted(set(table) - set(known)):
        raise ConfigError(f"{where} has no {', '.join(unknown)}: known are {', '.join(known)}")


def _qps(values: object) -> tuple[int, ...]:
    if (
        not isinstance(values, list | tuple)
        or not all(type(value) in (int, float) for value in values)
        or not values
    ):
        raise ConfigError(f"qps = {values!r} is no list of numbers")
    return tuple(values)


def _option_words(name: str, value: object) -> list[str]:
    """Return the words of an option of `inloop encode` for an argument of `Encoder`."""
    if name == "tools" and isinstance(value, dict):
        return [word for tool, setting in value.items() for word in ("--tool", f"{tool}={setting}")]
    option = "--" + name.replace("_", "-")
    if isinstance(value, bool):
        return [option] if value else [f"--no-{option[2:]}"]
    return [option, str(value)]


def _matching(folder: Path, pattern: str) -> list[Path]:
    clips = [Path(name) for name in sorted(glob(os.path.join(folder, pattern)))]
    if not clips:
        raise ConfigError(f"no clip matches {folder / pattern}")
    return clips
