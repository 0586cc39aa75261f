# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Types of NAL units in coded pictures (Rec. ITU-T H.265, table 7-1)."""

from __future__ import annotations

import re

from inloop._core import NalType, is_irap

_UNIT = re.compile(rb"\x00\x00\x01(.)", re.DOTALL)


def picture_type(data: bytes) -> int | None:
    """Return the type of the first slice segment in an access unit (Annex B), or None where there is no slice."""
    types = (unit[1][0] >> 1 & 0x3F for unit in _UNIT.finditer(data))
    return next((kind for kind in types if kind < NalType.VPS), None)


def starts_anew(data: bytes) -> bool:
    """Whether the picture in an access unit is one that decoding can start at."""
    kind = picture_type(data)
    return kind is not None and is_irap(kind)
