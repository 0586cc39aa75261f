# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""What a user chooses for an encode."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import isfinite
from typing import Literal

from inloop.coolchic.encoder.architecture import (
    IMAGE_SIZES,
    Architecture,
    image_architecture,
    video_architecture,
)
from inloop.coolchic.encoder.schedule import Schedule, schedule_named
from inloop.errors import ConfigError

CoolchicStructure = Literal["ra", "ldp"]
MOST_PICTURES = 256


@dataclass(frozen=True, slots=True)
class Ablation:
    """Outputs of the synthesis that are kept constant, to learn what they are worth.

    Attributes:
        fixed_alpha: The prediction counts whole, and no part of a picture is coded without it.
        fixed_beta: Both references count the same.
    """

    fixed_alpha: bool = False
    fixed_beta: bool = False


@dataclass(frozen=True, slots=True)
class EncoderOptions:
    """Options of the Cool-chic encoder.

    Attributes:
        lmbda: Weight of bits / pixel against the mean squared error of samples in 0 .. 1; that of a picture is larger
            by 1.5 for each level of the hierarchy. 0.0001 is high quality, 0.004 low.
        effort: How long each picture is worked on: "draft", "fast", "medium", "slow" or "published".
        structure: "ra", pictures between others, or "ldp", each picture from the one before.
        gop: Distance of P pictures in random access, a power of two; None takes the largest up to 32 that fits.
        networks: Size of an image's networks: "small", "medium" or "large"; those of clips have one size.
        ablation: What is kept constant, for research.
        seed: Of all that is random. The same seed gives the same stream on the same machine and version of torch.

    Raises:
        ConfigError: A value is out of range.
    """

    lmbda: float = 1e-3
    effort: str = "fast"
    structure: CoolchicStructure = "ra"
    gop: int | None = None
    networks: str = "small"
    ablation: Ablation = field(default_factory=Ablation)
    seed: int = 0

    def __post_init__(self) -> None:
        if not (isfinite(self.lmbda) and 0 < self.lmbda <= 1):
            raise ConfigError(f"lmbda {self.lmbda} is outside 0 .. 1, usual are 0.0001 .. 0.004")
        if self.structure not in ("ra", "ldp"):
            raise ConfigError(f"structure {self.structure!r}: choose ra or ldp")
        if self.gop is not None and (self.gop < 1 or self.gop & (self.gop - 1) or self.gop > 128):
            raise ConfigError(f"gop {self.gop} is no power of two from 1 to 128")
        if self.networks not in IMAGE_SIZES:
            raise ConfigError(f"networks of size {self.networks!r}: choose {', '.join(IMAGE_SIZES)}")
        if not 0 <= self.seed < 1 << 32:
            raise ConfigError(f"seed {self.seed} is outside 0 .. 2^32 - 1")
        schedule_named(self.effort)

    @property
    def schedule(self) -> Schedule:
        """The stages of a fit."""
        return schedule_named(self.effort)

    def architecture(self, pictures: int, references: int) -> Architecture:
        """Return the networks of a picture with so many references among so many pictures."""
        return image_architecture(self.networks) if pictures == 1 else video_architecture(references)

    def p_period(self, pictures: int) -> int:
        """Return the distance of P pictures for so many pictures, 0 for one.

        Raises:
            ConfigError: Too many pictures, or a number that chains of this structure cannot have.
        """
        if pictures > MOST_PICTURES:
            raise ConfigError(
                f"{pictures} pictures: a Cool-chic stream holds {MOST_PICTURES} at most, give --frames"
            )
        inter = pictures - 1
        if inter == 0 or self.structure == "ldp":
            return min(inter, 1)
        if self.gop is None:
            fitting = min(32, inter & -inter)
            if fitting == 1:
                raise ConfigError(
                    f"random access needs an odd number of pictures, best 1 more than a multiple of 16, not {pictures}"
                )
            return fitting
        if inter % self.gop:
            raise ConfigError(
                f"{pictures} pictures do not fit a gop of {self.gop}: code 1 more than a multiple of it, as "
                f"{inter // self.gop * self.gop + 1 if inter > self.gop else self.gop + 1}"
            )
        return self.gop
