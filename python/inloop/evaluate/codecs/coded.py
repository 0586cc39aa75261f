# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""What every codec of a sweep offers, and what a run of it gives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Literal, Protocol, Self, TypeAlias, get_args, runtime_checkable

from inloop.errors import ConfigError, InloopError
from inloop.evaluate.clips import Clip, Pictures
from inloop.evaluate.cost import Cost
from inloop.executors.bundles import Bundle
from inloop.structure.by_name import StructureName
from inloop.video.frame import Frame

Target: TypeAlias = Literal["qp", "crf", "bitrate"]
TARGETS: tuple[Target, ...] = get_args(Target)
ONCE = -1
"""Intra period of one intra picture only."""
_RANDOM_ACCESS_STEP = 16


@dataclass(frozen=True, slots=True)
class Complexity:
    """How much a decoder has to compute for a neural network, 0 where there is none.

    Attributes:
        parameters: Number of its constants.
        kmac_per_px: Thousand multiplications a luma sample where no block is left out.
        filtered_share: Of the samples, where decoding ran the network.
    """

    parameters: int = 0
    kmac_per_px: float = 0.0
    filtered_share: float = 0.0

    @property
    def kmac_per_px_run(self) -> float:
        """Thousand multiplications a luma sample that decoding did, without those of blocks that were left out."""
        return self.kmac_per_px * self.filtered_share


@dataclass(frozen=True, slots=True)
class Coded:
    """A clip coded at one rate point.

    Attributes:
        bits: Size of the stream, without a container.
        pictures: What a decoder shows, in display order.
        encode, decode: What that took; None where it was done elsewhere.
        version: Of the program.
        picture_bits: Bits of each picture in display order; empty where that is not known.
        picture_types: Types of its slices, one letter a picture; empty where that is not known.
        checks: MD5 of the pictures, by who decoded them; "encoder" is the reconstruction of the encoder itself.
        complexity: That of networks in the decoder.
    """

    bits: int
    pictures: list[Frame]
    encode: Cost | None
    decode: Cost | None
    version: str
    picture_bits: tuple[int, ...] = ()
    picture_types: str = ""
    checks: Mapping[str, str] = field(default_factory=dict)
    complexity: Complexity = field(default_factory=Complexity)


class Codec(Protocol):
    """One codec with its settings; it can be pickled, so that it works in any process."""

    @property
    def program(self) -> str:
        """Name of the program."""

    @property
    def usual_target(self) -> Target:
        """What its rate points are unless something is said."""

    @property
    def targets(self) -> tuple[Target, ...]:
        """What its rate points can be."""

    def command(self, clip: Clip, target: Target, value: float) -> str:
        """Return the command line that makes the same stream, beside the clip."""

    def identity(self, clip: Clip, value: float) -> tuple[str, ...]:
        """Return what else the stream depends on, such as the hash of a network that the command only names."""

    def run(self, clip: Clip, pictures: Pictures, target: Target, value: float) -> Coded:
        """Code the clip, and decode it. Raises InloopError."""

    def bundles(self, clip: Clip, value: float) -> Sequence[Bundle]:
        """Return the files that it needs besides the clip. Raises OSError where one cannot be read."""

    def at(self, places: Mapping[Path, Path], clip: Clip, value: float) -> Self:
        """Return the same for one point with its files at other places, by the places that they have here."""


@runtime_checkable
class RunsPrograms(Protocol):
    """A codec that runs other programs than inloop; it can be hashed."""

    def versions(self) -> Mapping[str, str]:
        """Return their versions by their names. Raises InloopError."""


class WithoutFiles:
    """Part of a codec that needs no file but the clip."""

    __slots__ = ()

    def bundles(self, clip: Clip, value: float) -> Sequence[Bundle]:
        """Return nothing."""
        return ()

    def at(self, places: Mapping[Path, Path], clip: Clip, value: float) -> Self:
        """Return the codec as it is."""
        return self


class AnyTarget:
    """Part of a codec whose rate points can be anything, and are QPs unless something is said."""

    __slots__ = ()

    @property
    def usual_target(self) -> Target:
        """QP."""
        return "qp"

    @property
    def targets(self) -> tuple[Target, ...]:
        """All of them."""
        return TARGETS


def check_value(target: Target, value: object) -> float:
    """Return the value of a rate point. Raises ConfigError for one that can be none."""
    if type(value) not in (int, float) or not isinstance(value, int | float):
        raise ConfigError(f"{value!r} is no {target}")
    if target == "bitrate" and value <= 0:
        raise ConfigError(f"a bitrate of {value} kbit/s")
    return value


def check_pictures(decoded: list[Frame], source: list[Frame], program: str) -> None:
    """Raise InloopError where a decoder gave another number or size of pictures than the source has."""
    if len(decoded) != len(source):
        raise InloopError(f"{program}: {len(decoded)} pictures instead of {len(source)}")
    wanted = source[0].width, source[0].height
    for frame in decoded:
        if (frame.width, frame.height) != wanted:
            raise InloopError(
                f"{program}: pictures of {frame.width}x{frame.height} instead of {wanted[0]}x{wanted[1]}"
            )


def pictures_between_intra(period: int | str, structure: StructureName, fps: Fraction) -> int:
    """Return an intra period in pictures, -1 for one intra picture only.

    Args:
        period: Pictures, -1, or seconds as in "1s". Those of random access are rounded to whole groups of 16 pictures,
            as in the test conditions of the standards: 32 at 24 to 30 pictures a second, 48 at 50, 64 at 60.
        structure: Name of the coding structure.
        fps: Pictures a second.

    Raises:
        ConfigError: The period is none of these.
    """
    if structure == "ai":
        return 1
    if isinstance(period, int) and not isinstance(period, bool) and (period == ONCE or period > 0):
        return period
    if isinstance(period, str) and period.endswith("s") and period[:-1].replace(".", "", 1).isdigit():
        step = _RANDOM_ACCESS_STEP if structure == "ra" else 1
        return max(1, int(Fraction(period[:-1]) * fps / step + Fraction(1, 2))) * step
    raise ConfigError(f'intra_period = {period!r} is neither a number of pictures, nor -1, nor like "1s"')
