# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Options of `inloop encode` that are those of the encoder; their defaults are the encoder's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from cyclopts import Parameter

from inloop.cli.options import flag, parse_tool
from inloop.codec import EncoderOptions
from inloop.errors import ConfigError
from inloop.structure.by_name import StructureName

_DEFAULT = EncoderOptions()


@Parameter(name="*", group="Coding")
@dataclass(frozen=True, kw_only=True)
class CodingOptions:
    """How the encoder orders and codes pictures."""

    structure: Annotated[
        StructureName,
        Parameter(help="All intra, low delay with P or B pictures, or random access."),
    ] = _DEFAULT.structure
    gop: Annotated[
        int | None,
        Parameter(help="Pictures in a group of random access: 1, 2, 4, 8, 16 or 32; 16 by default."),
    ] = None
    intra_period: Annotated[
        int | None,
        Parameter(
            help="Pictures from one intra picture to the next, where players can seek to; -1 for one intra picture "
            "only. By default 10 seconds in a container, and -1 in a bare stream."
        ),
    ] = None
    closed_gop: Annotated[
        bool, flag("--closed-gop", "Let no picture of random access refer across an intra picture.")
    ] = not _DEFAULT.open_gop
    adaptive_gop: Annotated[
        bool, flag("--adaptive-gop", "Shorter groups where prediction across long ones fails.")
    ] = _DEFAULT.adaptive_gop
    scene_cut: Annotated[
        bool, Parameter(negative="--no-scene-cut", help="Put an intra picture where the scene changes.")
    ] = _DEFAULT.scene_cut
    preset: Annotated[
        Literal["faster", "fast", "medium", "slow", "slower"],
        Parameter(name=["--preset", "-p"], help="How hard the encoder tries."),
    ] = "medium"
    internal_depth: Annotated[
        Literal[8, 10] | None,
        Parameter(help="Bits a sample of the stream: 10 for 8-bit input too, or that of the input."),
    ] = None
    tool: Annotated[
        list[str] | None,
        Parameter(negative=(), help="Replace a tool of the preset, as merge_checks=3; may be repeated."),
    ] = None
    sao: Annotated[
        Literal["on", "off"], Parameter(help="Sample adaptive offset, behind the neural filter.")
    ] = "on"

    def encoder_options(
        self, bit_depth: int, usual_intra_period: int = _DEFAULT.intra_period
    ) -> EncoderOptions:
        """Return the encoder's options for input of a bit depth. Raises ConfigError.

        usual_intra_period: that where none was given.
        """
        self._check()
        return EncoderOptions(
            structure=self.structure,
            gop=_DEFAULT.gop if self.gop is None else self.gop,
            intra_period=self._intra_period(usual_intra_period),
            open_gop=not self.closed_gop,
            adaptive_gop=self.adaptive_gop,
            scene_cut=self.scene_cut,
            bit_depth=bit_depth,
            internal_bit_depth=self.internal_depth,
            sao=self.sao == "on",
            preset=self.preset,
            tools=dict(map(parse_tool, self.tool or ())),
        )

    def _intra_period(self, usual: int) -> int:
        if self.intra_period is not None:
            return self.intra_period
        if usual <= 0 or self.structure != "ra":
            return usual
        gop = _DEFAULT.gop if self.gop is None else self.gop
        return max(gop, usual // gop * gop)

    def _check(self) -> None:
        """Raise ConfigError where an option is of another structure than the one in force."""
        of_groups = {
            "--gop": self.gop is not None,
            "--closed-gop": self.closed_gop,
            "--adaptive-gop": self.adaptive_gop,
        }
        given = [name for name, is_given in of_groups.items() if is_given]
        if given and self.structure != "ra":
            raise ConfigError(f"{' and '.join(given)}: there are groups in --structure ra only")
        if self.structure == "ai" and self.intra_period not in (None, 1, -1):
            raise ConfigError("--intra-period: every picture of --structure ai is intra")

    def settings(self) -> dict[str, object]:
        """Return what two passes over a video must have in common."""
        return {
            "structure": self.structure,
            "gop": self.gop,
            "intra_period": self.intra_period,
            "closed_gop": self.closed_gop,
            "scene_cut": self.scene_cut,
            "adaptive_gop": self.adaptive_gop,
        }


@Parameter(name="*", group="Stream")
@dataclass(frozen=True, kw_only=True)
class StreamOptions:
    """What a stream has besides its pictures."""

    md5: Annotated[
        bool, flag("--md5", "Print the MD5 of the decoded pictures; put each one's into the stream.")
    ] = _DEFAULT.md5
    aud: Annotated[bool, flag("--aud", "Start every picture with an access unit delimiter.")] = _DEFAULT.aud
    repeat_headers: Annotated[
        bool,
        flag("--repeat-headers", "Send the parameter sets before every intra picture, for joining half-way."),
    ] = _DEFAULT.repeat_headers
    wpp: Annotated[
        bool, flag("--wpp", "Write the wavefront syntax, so that decoders can parse rows side by side.")
    ] = _DEFAULT.wpp
