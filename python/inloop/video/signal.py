# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""What the samples of a video mean: colours, range, position of chroma, shape of a sample, mastering display."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from inloop import _core
from inloop.errors import ConfigError

UNSAID = 2
"""Code of colours that nothing is said about (Rec. ITU-T H.273)."""

PRIMARIES: Mapping[str, int] = {
    "bt709": 1,
    "unknown": 2,
    "bt470m": 4,
    "bt470bg": 5,
    "smpte170m": 6,
    "smpte240m": 7,
    "film": 8,
    "bt2020": 9,
    "smpte428": 10,
    "smpte431": 11,
    "smpte432": 12,
    "ebu3213": 22,
}
TRANSFERS: Mapping[str, int] = {
    "bt709": 1,
    "unknown": 2,
    "bt470m": 4,
    "bt470bg": 5,
    "smpte170m": 6,
    "smpte240m": 7,
    "linear": 8,
    "log100": 9,
    "log316": 10,
    "iec61966-2-4": 11,
    "bt1361e": 12,
    "iec61966-2-1": 13,
    "bt2020-10": 14,
    "bt2020-12": 15,
    "smpte2084": 16,
    "smpte428": 17,
    "arib-std-b67": 18,
}
MATRICES: Mapping[str, int] = {
    "gbr": 0,
    "bt709": 1,
    "unknown": 2,
    "fcc": 4,
    "bt470bg": 5,
    "smpte170m": 6,
    "smpte240m": 7,
    "ycgco": 8,
    "bt2020nc": 9,
    "bt2020c": 10,
    "smpte2085": 11,
    "chroma-derived-nc": 12,
    "chroma-derived-c": 13,
    "ictcp": 14,
}
RANGES: Mapping[str, bool] = {"limited": False, "full": True}
FIELD_ORDERS: Mapping[str, int] = {"top": 1, "bottom": 2}
LOCATIONS: Mapping[str, int] = {"left": 0, "center": 1, "topleft": 2, "top": 3, "bottomleft": 4, "bottom": 5}

_MASTERING = re.compile(r"G\((\d+),(\d+)\)B\((\d+),(\d+)\)R\((\d+),(\d+)\)WP\((\d+),(\d+)\)L\((\d+),(\d+)\)")


@dataclass(frozen=True, slots=True)
class MasteringDisplay:
    """The display on which the pictures were graded (SMPTE ST 2086).

    Attributes:
        primaries: x, y of green, blue and red in units of 0.00002.
        white_point: x, y in the same units.
        max_luminance, min_luminance: In units of 0.0001 candela a square metre.
    """

    primaries: tuple[int, int, int, int, int, int]
    white_point: tuple[int, int]
    max_luminance: int
    min_luminance: int

    @classmethod
    def parse(cls, text: str) -> MasteringDisplay:
        """Read the form of x265 and FFmpeg, `G(x,y)B(x,y)R(x,y)WP(x,y)L(max,min)`. Raises ConfigError."""
        match = _MASTERING.fullmatch(text.replace(" ", ""))
        numbers = [] if match is None else [int(number) for number in match.groups()]
        if match is None or max(numbers[:8]) > 65535 or max(numbers[8:]) >= 1 << 32:
            raise ConfigError(
                f"mastering display {text!r} is not of the form G(x,y)B(x,y)R(x,y)WP(x,y)L(max,min)"
            )
        gx, gy, bx, by, rx, ry, wx, wy, largest, smallest = numbers
        return cls((gx, gy, bx, by, rx, ry), (wx, wy), largest, smallest)

    @classmethod
    def from_core(cls, said: _core.MasteringDisplay) -> MasteringDisplay:
        """Return what a stream says."""
        gx, gy, bx, by, rx, ry = said.primaries
        wx, wy = said.white_point
        return cls((gx, gy, bx, by, rx, ry), (wx, wy), said.max_luminance, said.min_luminance)

    def __str__(self) -> str:
        gx, gy, bx, by, rx, ry = self.primaries
        wx, wy = self.white_point
        return (
            f"G({gx},{gy})B({bx},{by})R({rx},{ry})WP({wx},{wy})L({self.max_luminance},{self.min_luminance})"
        )


@dataclass(frozen=True, slots=True)
class SignalDescription:
    """What a file says of its samples; a default where it says nothing.

    Attributes:
        sar: Width of a sample by its height.
        full_range: Whether samples use all their values, not those of studio range only.
        primaries, transfer, matrix: Codes of Rec. ITU-T H.273 (`PRIMARIES`, `TRANSFERS`, `MATRICES`); 2 is unsaid.
        chroma_location: Where chroma samples lie (`LOCATIONS`).
        field_order: The field of interlaced pictures that comes first, "top" or "bottom"; None: they are progressive
            or nothing is said.
        mastering_display: That of HDR10.
        content_light: Largest light level of a sample and of a picture's mean, candelas a square metre.
    """

    sar: Fraction | None = None
    full_range: bool | None = None
    primaries: int = UNSAID
    transfer: int = UNSAID
    matrix: int = UNSAID
    chroma_location: int | None = None
    field_order: str | None = None
    mastering_display: MasteringDisplay | None = None
    content_light: tuple[int, int] | None = None

    @classmethod
    def from_core(cls, said: _core.SignalDescription) -> SignalDescription:
        """Return what a stream says."""
        display, light = said.mastering_display, said.content_light
        return cls(
            sar=Fraction(said.sar_width, said.sar_height) if said.sar_width and said.sar_height else None,
            full_range=None if said.full_range < 0 else bool(said.full_range),
            primaries=said.colour_primaries,
            transfer=said.transfer_characteristics,
            matrix=said.matrix_coeffs,
            chroma_location=None if said.chroma_location < 0 else said.chroma_location,
            field_order=next((name for name, code in FIELD_ORDERS.items() if code == said.field_order), None),
            mastering_display=None if display is None else MasteringDisplay.from_core(display),
            content_light=None if light is None else (light.max_content, light.max_picture_average),
        )

    def to_core(self) -> _core.SignalDescription:
        """Return what a stream is to say; what decoders assume anyway, square samples and chroma on the left, is not.

        Raises ConfigError where a value does not fit the syntax.
        """
        said = _core.SignalDescription()
        if self.sar is not None and self.sar != 1:
            if max(self.sar.numerator, self.sar.denominator) > 65535 or self.sar <= 0:
                raise ConfigError(f"sample aspect ratio {self.sar} is not of two numbers from 1 to 65535")
            said.sar_width, said.sar_height = self.sar.numerator, self.sar.denominator
        if self.full_range is not None:
            said.full_range = int(self.full_range)
        said.colour_primaries, said.transfer_characteristics = self.primaries, self.transfer
        said.matrix_coeffs = self.matrix
        said.chroma_location = self.chroma_location or -1
        if self.field_order is not None:
            if self.field_order not in FIELD_ORDERS:
                raise ConfigError(f"field order {self.field_order!r} is neither top nor bottom")
            said.field_order = FIELD_ORDERS[self.field_order]
        if self.mastering_display is not None:
            display = _core.MasteringDisplay()
            display.primaries = self.mastering_display.primaries
            display.white_point = self.mastering_display.white_point
            display.max_luminance = self.mastering_display.max_luminance
            display.min_luminance = self.mastering_display.min_luminance
            said.mastering_display = display
        if self.content_light is not None:
            light = _core.ContentLight()
            light.max_content, light.max_picture_average = self.content_light
            said.content_light = light
        return said

    def lines(self) -> Iterator[tuple[str, str]]:
        """Yield name and value of everything that is said, for people."""
        if self.sar is not None and self.sar != 1:
            yield "sample aspect", f"{self.sar.numerator}:{self.sar.denominator}"
        if self.full_range is not None:
            yield "range", "full" if self.full_range else "limited"
        yield from self.colour_lines()
        if self.chroma_location is not None:
            yield "chroma", _name(LOCATIONS, self.chroma_location)
        if self.field_order is not None:
            yield "interlaced", f"{self.field_order} field first"

    def colour_lines(self) -> Iterator[tuple[str, str]]:
        """Yield what YUV4MPEG2 has no words for."""
        for name, names, code in (
            ("primaries", PRIMARIES, self.primaries),
            ("transfer", TRANSFERS, self.transfer),
            ("matrix", MATRICES, self.matrix),
        ):
            if code != UNSAID:
                yield name, _name(names, code)
        if self.mastering_display is not None:
            yield "mastering", str(self.mastering_display)
        if self.content_light is not None:
            yield "light level", f"{self.content_light[0]},{self.content_light[1]}"


def _name(names: Mapping[str, int], code: int) -> str:
    return next((name for name, number in names.items() if number == code), str(code))
