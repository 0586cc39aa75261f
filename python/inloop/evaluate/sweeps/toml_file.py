# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Sweeps from TOML files; docs/reference/sweep.md is their reference."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

from inloop.errors import ConfigError
from inloop.evaluate.clips import find_clips
from inloop.evaluate.codecs.coded import TARGETS, Codec, Target, check_value
from inloop.evaluate.codecs.command_codec import CommandCodec
from inloop.evaluate.codecs.decoded_codec import DecodedCodec
from inloop.evaluate.codecs.ffmpeg_codec import FfmpegCodec
from inloop.evaluate.codecs.ffmpeg_options import FFMPEG_ENCODERS
from inloop.evaluate.codecs.ours import OurCodec
from inloop.evaluate.quality_names import FAMILIES, check_families
from inloop.evaluate.sweeps.published import read_published
from inloop.evaluate.sweeps.spec import USUAL_QPS, EncoderSpec, SweepSpec

_POINTS: Mapping[str, Target | None] = {"qps": None, "crfs": "crf", "bitrates": "bitrate"}
"""Entries of rate points, and what they are; `qps` are on the encoder's usual scale unless `target` says more."""
_ENTRIES = ("clips", "frames", "metrics", "title", "encoders", "published", *_POINTS)
_OF_ANY_ENCODER = ("program", "target", "enhance", *_POINTS)


def read_spec(path: Path) -> SweepSpec:
    """Return the sweep that a TOML file describes.

    Args:
        path: The file; relative names in it start from its folder.

    Raises:
        OSError: The file or a clip cannot be opened.
        ConfigError: It is no TOML, lacks something, or names what is not there.
    """
    try:
        table = tomllib.loads(path.read_text("utf-8-sig"))  # some editors put a mark in front
        return _sweep(table, path)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, ConfigError) as error:
        raise ConfigError(f"{path}: {error}") from None


def _sweep(table: dict[str, Any], path: Path) -> SweepSpec:
    _check_names("the file", table, _ENTRIES)
    encoders = _of_type(table, "encoders", dict)
    points = _points("the file", table) or ("qps", USUAL_QPS)
    specs = tuple(_encoder(name, options, points, path.parent) for name, options in encoders.items())
    patterns = table.get("clips", [])
    patterns = [patterns] if isinstance(patterns, str) else _of_type(table, "clips", list)
    if not all(isinstance(pattern, str) for pattern in patterns):
        raise ConfigError(f"clips = {patterns!r} is no list of names")
    frames = table.get("frames")
    if frames is not None and (type(frames) is not int or frames < 1):
        raise ConfigError(f"frames = {frames!r} is no number of pictures")
    families = check_families(_of_type({"metrics": list(FAMILIES), **table}, "metrics", list))
    if not specs:
        raise ConfigError("no encoders")
    clips = find_clips(patterns, path.parent, frames)
    published = _of_type({"published": [], **table}, "published", list)
    if not all(isinstance(entry, dict) for entry in published):
        raise ConfigError("published is no list of tables: [[published]]")
    return SweepSpec(
        specs,
        clips,
        families,
        str(table.get("title", path.stem)),
        tuple(read_published(entry, list(encoders)) for entry in published),
    )


def _encoder(name: str, options: object, points: tuple[str, tuple[float, ...]], folder: Path) -> EncoderSpec:
    where = f"[encoders.{name}]"
    if not isinstance(options, dict):
        raise ConfigError(f"{where} is no table")
    program = options.get("program", "inloop")
    kind, given = _kind(program, folder)
    known = [field.name for field in fields(kind) if field.name not in given]
    _check_names(where, options, [*_OF_ANY_ENCODER, *known])
    entry, values = _points(where, options) or points
    try:
        codec: Codec = kind(**given, **{key: options[key] for key in known if key in options})
    except TypeError as error:  # a name or a value inside of options or rate_control
        raise ConfigError(f"{where}: {_without_class(error)}") from None
    except ConfigError as error:
        raise ConfigError(f"{where}: {error}") from None
    target = options.get("target", _POINTS[entry] or codec.usual_target)
    if target not in TARGETS:
        raise ConfigError(f"{where}: target {target!r} is none of {', '.join(TARGETS)}")
    return EncoderSpec(name, codec, target, values, _of_type({"enhance": "", **options}, "enhance", str))


def _kind(program: object, folder: Path) -> tuple[type[Any], dict[str, Any]]:
    """Return the class of a program's codec, and what is known of it."""
    if program == "inloop":
        return OurCodec, {}
    if program in FFMPEG_ENCODERS:
        return FfmpegCodec, {"encoder": program}
    if program == "command":
        return CommandCodec, {}
    if program == "decoded":
        return DecodedCodec, {"folder": folder}
    known = ("inloop", *FFMPEG_ENCODERS, "command", "decoded")
    raise ConfigError(f"program {program!r} is none of {', '.join(known)}")


def _points(where: str, table: Mapping[str, object]) -> tuple[str, tuple[float, ...]] | None:
    """Return which entry gives rate points, and the points; None where none does."""
    found = [entry for entry in _POINTS if entry in table]
    if len(found) > 1:
        raise ConfigError(f"{where} has {' and '.join(found)}: give one of them")
    if not found:
        return None
    values = table[found[0]]
    if not isinstance(values, list) or not values:
        raise ConfigError(f"{found[0]} = {values!r} is no list of numbers")
    return found[0], tuple(check_value(_POINTS[found[0]] or "qp", value) for value in values)


def _of_type(table: Mapping[str, Any], name: str, kind: type[Any]) -> Any:
    if name not in table:
        raise ConfigError(f"no entry {name!r}")
    if not isinstance(table[name], kind):
        raise ConfigError(f"{name} = {table[name]!r} is no {'table' if kind is dict else kind.__name__}")
    return table[name]


def _without_class(error: TypeError) -> str:
    return re.sub(r"^[\w.]+\(\) got an unexpected keyword argument", "there is no option", str(error))


def _check_names(where: str, table: Mapping[str, object], known: Sequence[str]) -> None:
    """Raise ConfigError for entries that mean nothing, which are most often misspelt."""
    if unknown := sorted(set(table) - set(known)):
        raise ConfigError(f"{where} has no {', '.join(unknown)}: known are {', '.join(known)}")
