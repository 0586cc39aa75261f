# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""One measured point, with everything that a report says of it; docs/reference/sweep.md describes the fields."""

from __future__ import annotations

import math
import os
import platform
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from functools import cache
from pathlib import Path
from typing import Any

import inloop
from inloop.errors import ConfigError
from inloop.evaluate.codecs.coded import Complexity, Target
from inloop.evaluate.cost import Cost
from inloop.video.frame import Psnr

SCHEMA = 1


@dataclass(frozen=True, slots=True)
class Conditions:
    """What was measured.

    Attributes:
        encoder: Name in the sweep.
        program: Name of the program.
        clip: Name of the clip.
        width, height, fps, bit_depth, frames: Of what was coded.
        target, value: The rate point.
        command: Command line that does the same.
    """

    encoder: str
    program: str
    clip: str
    width: int
    height: int
    fps: float
    bit_depth: int
    frames: int
    target: Target
    value: float
    command: str


@dataclass(frozen=True, slots=True)
class Machine:
    """Where it was measured.

    Attributes:
        cpu: Name of the processor.
        cores: Those of the machine.
        system: Name of the operating system and its kernel.
        isa: Instruction set in force.
    """

    cpu: str = ""
    cores: int = 0
    system: str = ""
    isa: str = ""


@dataclass(frozen=True, slots=True)
class Point:
    """A measured point.

    Attributes:
        key: Hash over the conditions: what `PointSpec.key` says.
        conditions: What was measured.
        bits, bitrate_kbps: Size and rate of the stream.
        quality: Values of the sequence by the names of `inloop.evaluate.quality_names.MEASURES`.
        families: What was measured of quality.
        pictures: Lists over the pictures in display order: quality by the same names, and "bits" where it is known.
        picture_types: Types of the slices, a letter a picture; empty where they are not known.
        encode, decode: What that took; None where it was done elsewhere.
        complexity: That of networks in the decoder.
        checks: MD5 of the pictures by who made them.
        tools: Versions of what coded and what measured.
        machine: Where its times were taken.
        time: When, UTC, in the form of ISO 8601.
        alone: Whether its times were taken with nothing else of the sweep beside it; False where that is not known.
    """

    key: str
    conditions: Conditions
    bits: int
    bitrate_kbps: float
    quality: Mapping[str, float]
    families: tuple[str, ...] = ()
    pictures: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    picture_types: str = ""
    encode: Cost | None = None
    decode: Cost | None = None
    complexity: Complexity = field(default_factory=Complexity)
    checks: Mapping[str, str] = field(default_factory=dict)
    tools: Mapping[str, str] = field(default_factory=dict)
    machine: Machine = field(default_factory=Machine)
    time: str = ""
    alone: bool = False

    @property
    def encoder(self) -> str:
        """Name of the encoder in the sweep."""
        return self.conditions.encoder

    @property
    def clip(self) -> str:
        """Name of the clip."""
        return self.conditions.clip

    @property
    def psnr(self) -> Psnr:
        """PSNR of Y, U and V in dB."""
        return Psnr(*(self.quality[f"psnr_{plane}"] for plane in "yuv"))

    @property
    def matches(self) -> bool:
        """Whether every decoder that ran gave the same pictures."""
        return len(set(self.checks.values())) <= 1

    def to_json(self) -> dict[str, Any]:
        """Return what JSON can say; numbers that are not finite become words."""
        table: dict[str, Any] = _finite(asdict(self))
        return {"schema": SCHEMA, **table}

    @classmethod
    def from_json(cls, table: Mapping[str, Any]) -> Point:
        """Return the point of what `to_json` returned. Raises ConfigError for anything else."""
        try:
            if table["schema"] != SCHEMA:
                raise ConfigError(f"points of schema {table['schema']} are not known, only of {SCHEMA}")
            # Points that were kept before it was asked do not say whether they were alone.
            found = {name.name: {"alone": False, **table}[name.name] for name in fields(cls)}
            parts = {name: kind(**found[name]) for name, kind in _PARTS.items()}
            costs = {name: Cost(**found[name]) if found[name] else None for name in ("encode", "decode")}
            quality = {name: float(value) for name, value in found["quality"].items()}
            pictures = {name: tuple(map(float, values)) for name, values in found["pictures"].items()}
            families = tuple(found["families"])
            return cls(
                **{**found, **parts, **costs, "quality": quality, "pictures": pictures, "families": families}
            )
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise ConfigError(f"not a point of a sweep ({error!r})") from None


_PARTS: Mapping[str, type[Any]] = {"conditions": Conditions, "complexity": Complexity, "machine": Machine}


def _finite(value: Any) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, Mapping):
        return {name: _finite(entry) for name, entry in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(entry) for entry in value]
    return value


def this_machine() -> Machine:
    """Return the machine that this process runs on."""
    cpu, cores, system = _hardware()
    return Machine(cpu, cores, system, inloop.get_isa())


@cache
def _hardware() -> tuple[str, int, str]:
    path = Path("/proc/cpuinfo")
    found = re.search(r"^model name\s*: (.+)$", path.read_text(), re.MULTILINE) if path.exists() else None
    cpu = found[1].strip() if found else platform.processor() or platform.machine()
    return cpu, os.cpu_count() or 1, f"{platform.system()} {platform.release()}"
