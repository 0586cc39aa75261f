# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Options that say what the samples of a video mean, where the source does not or is wrong."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Annotated, Literal

from cyclopts import Parameter

from inloop.errors import ConfigError
from inloop.video.signal import (
    LOCATIONS,
    MATRICES,
    PRIMARIES,
    RANGES,
    TRANSFERS,
    MasteringDisplay,
    SignalDescription,
)


@Parameter(name="*", group="Signal description")
@dataclass(frozen=True, kw_only=True)
class SignalOptions:
    """What the stream says of its samples, in place of what the input says; nothing is converted."""

    color_primaries: Annotated[str | None, Parameter(help="As bt709, bt2020, or a code of H.273.")] = None
    color_transfer: Annotated[str | None, Parameter(help="As bt709, smpte2084, arib-std-b67 (HLG).")] = None
    color_matrix: Annotated[str | None, Parameter(help="As bt709, bt2020nc.")] = None
    color_range: Annotated[
        Literal["limited", "full"] | None, Parameter(help="Whether samples use all their values.")
    ] = None
    chroma_location: Annotated[
        Literal["left", "center", "topleft", "top", "bottomleft", "bottom"] | None,
        Parameter(help="Where chroma samples lie."),
    ] = None
    field_order: Annotated[
        Literal["top", "bottom"] | None,
        Parameter(help="Code interlaced pictures as frames of two fields; this field comes first."),
    ] = None
    sar: Annotated[str | None, Parameter(help="Width of a sample by its height, as 16:11.")] = None
    mastering_display: Annotated[
        str | None, Parameter(help="Of HDR10, as G(x,y)B(x,y)R(x,y)WP(x,y)L(max,min).")
    ] = None
    max_cll: Annotated[
        str | None,
        Parameter(help="Largest light levels of HDR10, of a sample and of a picture's mean: 1000,400."),
    ] = None

    def applied(self, said: SignalDescription) -> SignalDescription:
        """Return a description with the options in place of what they name. Raises ConfigError."""
        changes: dict[str, object] = {}
        if self.color_primaries is not None:
            changes["primaries"] = _code("--color-primaries", self.color_primaries, PRIMARIES)
        if self.color_transfer is not None:
            changes["transfer"] = _code("--color-transfer", self.color_transfer, TRANSFERS)
        if self.color_matrix is not None:
            changes["matrix"] = _code("--color-matrix", self.color_matrix, MATRICES)
        if self.color_range is not None:
            changes["full_range"] = RANGES[self.color_range]
        if self.chroma_location is not None:
            changes["chroma_location"] = LOCATIONS[self.chroma_location]
        if self.field_order is not None:
            changes["field_order"] = self.field_order
        if self.sar is not None:
            changes["sar"] = Fraction(*_pair("--sar", self.sar, ":"))
        if self.mastering_display is not None:
            changes["mastering_display"] = MasteringDisplay.parse(self.mastering_display)
        if self.max_cll is not None:
            changes["content_light"] = _pair("--max-cll", self.max_cll, ",")
        return replace(said, **changes)  # type: ignore[arg-type]


def _code(option: str, text: str, names: Mapping[str, int]) -> int:
    code = names.get(text.lower(), int(text) if re.fullmatch(r"\d{1,3}", text, re.ASCII) else -1)
    if not 0 <= code <= 255:
        raise ConfigError(f"{option} {text} is none of {', '.join(names)}")
    return code


def _pair(option: str, text: str, separator: str) -> tuple[int, int]:
    match = re.fullmatch(rf"(\d{{1,5}}){separator}(\d{{1,5}})", text, re.ASCII)
    numbers = (int(match[1]), int(match[2])) if match else (0, 0)
    if not all(0 < number <= 65535 for number in numbers):
        raise ConfigError(f"{option} {text} is not of the form 16{separator}11, numbers from 1 to 65535")
    return numbers
