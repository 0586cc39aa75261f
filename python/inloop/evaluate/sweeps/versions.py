# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Versions of all that a sweep runs, which must be the same on every machine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from inloop.errors import InloopError
from inloop.evaluate.codecs.coded import RunsPrograms
from inloop.evaluate.ffmpeg import ffmpeg_version
from inloop.evaluate.sweeps.spec import SweepSpec
from inloop.executors.versions import package_versions


@dataclass(frozen=True, slots=True)
class SweepVersions:
    """Tells what is on a machine; it travels with the tasks of a sweep.

    Attributes:
        codecs: One codec of each program.
    """

    codecs: tuple[RunsPrograms, ...]

    @classmethod
    def of(cls, spec: SweepSpec) -> SweepVersions:
        """Return what tells the versions that a sweep depends on."""
        codecs = {encoder.codec.program: encoder.codec for encoder in spec.encoders}
        return cls(tuple(codec for codec in codecs.values() if isinstance(codec, RunsPrograms)))

    def __call__(self) -> Mapping[str, str]:
        """Return the versions by the names of the programs."""
        found = package_versions()
        try:
            found["FFmpeg"] = ffmpeg_version()
            for codec in self.codecs:
                found.update(codec.versions())
        except (InloopError, ModuleNotFoundError) as error:
            found["FFmpeg"] = f"none ({error})"
        return found
