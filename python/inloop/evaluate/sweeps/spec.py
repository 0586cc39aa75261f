# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""What a sweep measures: its encoders with their rate points, its clips, its measures of quality."""

from __future__ import annotations

import hashlib
import json
import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

from inloop.enhance import load_enhancer
from inloop.errors import ConfigError
from inloop.evaluate.clips import Clip
from inloop.evaluate.codecs.coded import Codec, Target, check_value
from inloop.evaluate.codecs.networks import network_at, network_bundles, network_identity
from inloop.evaluate.codecs.ours import OurCodec
from inloop.evaluate.quality_names import FAMILIES
from inloop.evaluate.sweeps.published import Published
from inloop.executors.bundles import Bundle

USUAL_QPS = (22, 27, 32, 37)


@dataclass(frozen=True, slots=True)
class EncoderSpec:
    """One encoder of a sweep.

    Attributes:
        name: What results call it.
        codec: The codec with its settings.
        target: What `values` are.
        values: Its rate points.
        enhance: Network that every decoded picture goes through, as `inloop enhance --model`; empty for none.

    Raises:
        ConfigError: The codec has no such target, a value is none, or our own pictures are to be enhanced.
    """

    name: str
    codec: Codec
    target: Target
    values: tuple[float, ...]
    enhance: str = ""

    def __post_init__(self) -> None:
        if self.target not in self.codec.targets:
            raise ConfigError(
                f"{self.name}: {self.codec.program} has no {self.target}, but {', '.join(self.codec.targets)}"
            )
        for value in self.values:
            check_value(self.target, value)
        if self.enhance and isinstance(self.codec, OurCodec):
            raise ConfigError(f"{self.name}: enhance is for the pictures of other encoders")

    def command(self, clip: Clip, value: float) -> str:
        """Return the command lines that do the same, beside the clip."""
        line = self.codec.command(clip, self.target, value)
        if not self.enhance:
            return line
        return (
            f"{line} && {shlex.join(['inloop', 'enhance', 'out', '-o', 'out.y4m', '--model', self.enhance])}"
        )


@dataclass(frozen=True, slots=True)
class PointSpec:
    """One point to measure.

    Attributes:
        encoder: The encoder.
        clip: The clip.
        value: The rate point.
        families: What of quality to measure.
    """

    encoder: EncoderSpec
    clip: Clip
    value: float
    families: tuple[str, ...] = FAMILIES

    def key(self) -> str:
        """Return a hash over the conditions: command lines, pictures and networks, not the encoder's name.

        Raises what reading the clip's file or a network raises.
        """
        networks = list(self.encoder.codec.identity(self.clip, self.value))
        if self.encoder.enhance:
            networks.append(network_identity(self.encoder.enhance, load_enhancer))
        conditions = [self.encoder.command(self.clip, self.value), self.clip.digest(), *networks]
        return hashlib.sha256(json.dumps(conditions).encode()).hexdigest()[:24]

    def bundles(self) -> Sequence[Bundle]:
        """Return the files that measuring needs. Raises OSError where one cannot be read."""
        return (
            Bundle.of(self.clip.path),
            *self.encoder.codec.bundles(self.clip, self.value),
            *network_bundles(self.encoder.enhance),
        )

    def at(self, places: Mapping[Path, Path]) -> Self:
        """Return the same point with files at other places, by the places that they have here."""
        codec = self.encoder.codec.at(places, self.clip, self.value)
        encoder = replace(self.encoder, codec=codec, enhance=network_at(self.encoder.enhance, places))
        clip = replace(self.clip, path=places.get(self.clip.path, self.clip.path))
        return replace(self, encoder=encoder, clip=clip)


@dataclass(frozen=True, slots=True)
class SweepSpec:
    """A sweep.

    Attributes:
        encoders: The encoders; the first one is the anchor of the BD-rates.
        clips: The clips.
        families: What of quality is measured.
        title: What reports call it.
        published: Figures that reports put ours beside.
    """

    encoders: tuple[EncoderSpec, ...]
    clips: tuple[Clip, ...]
    families: tuple[str, ...] = FAMILIES
    title: str = "Sweep"
    published: tuple[Published, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a sweep of nothing."""
        if not self.encoders:
            raise ConfigError("no encoders")

    def points(self) -> Iterator[PointSpec]:
        """Yield every point, clip by clip."""
        for clip in self.clips:
            for encoder in self.encoders:
                for value in encoder.values:
                    yield PointSpec(encoder, clip, value, self.families)
