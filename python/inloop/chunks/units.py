# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""NAL units of an access unit (Rec. ITU-T H.265, Annex B and 7.3.1), as far as joining streams needs them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from inloop._core import NalType

PARAMETER_SETS = (NalType.VPS, NalType.SPS, NalType.PPS)
_START = re.compile(rb"\x00?\x00\x00\x01")
_ESCAPED = re.compile(rb"\x00\x00\x03(?=[\x00-\x03]|$)")
_TO_ESCAPE = re.compile(rb"\x00\x00(?=[\x00-\x03])")


def split_units(data: bytes) -> list[tuple[bytes, bytes]]:
    """Return the NAL units of Annex B bytes, each behind its start code."""
    starts = list(_START.finditer(data))
    ends = [start.start() for start in starts[1:]] + [len(data)]
    return [(start[0], data[start.end() : end]) for start, end in zip(starts, ends, strict=True)]


def join_units(units: Iterable[tuple[bytes, bytes]]) -> bytes:
    """Return the bytes of what `split_units` gave."""
    return b"".join(start + unit for start, unit in units)


def type_of(unit: bytes) -> int:
    """Return nal_unit_type."""
    return unit[0] >> 1 & 0x3F


def without_parameter_sets(units: Iterable[tuple[bytes, bytes]]) -> Iterator[tuple[bytes, bytes]]:
    """Yield all other units; the first one keeps a start code of four bytes."""
    is_first = True
    for start, unit in units:
        if type_of(unit) not in PARAMETER_SETS:
            yield b"\x00\x00\x00\x01" if is_first else start, unit
            is_first = False


def unescaped(unit: bytes) -> bytes:
    """Return a NAL unit without its emulation prevention bytes."""
    return _ESCAPED.sub(b"\x00\x00", unit)


def escaped(unit: bytes) -> bytes:
    """Return a NAL unit with emulation prevention bytes."""
    return _TO_ESCAPE.sub(b"\x00\x00\x03", unit)
