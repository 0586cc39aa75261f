# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""The coding structures by name."""

from __future__ import annotations

from typing import Literal, TypeAlias, get_args

from inloop.errors import ConfigError
from inloop.structure.all_intra import AllIntra
from inloop.structure.low_delay import LowDelay
from inloop.structure.plan import Structure
from inloop.structure.random_access import RandomAccess

StructureName: TypeAlias = Literal["ai", "ldp", "ldb", "ra"]


def make_structure(
    name: StructureName, gop: int = 16, intra_period: int = -1, open_gop: bool = True
) -> Structure:
    """Return the coding structure with that name, for one stream.

    Args:
        name: ``"ai"`` all intra, ``"ldp"`` or ``"ldb"`` low delay with P or B pictures, ``"ra"`` random access.
        gop: Pictures of a group of random access, 1, 2, 4, 8, 16 or 32.
        intra_period: Pictures from one intra picture to the next, -1 for one intra picture only.
        open_gop: Random access: pictures in front of an intra picture may refer across it.

    Raises:
        ConfigError: There is no such structure, or the group size or the intra period is out of range.
    """
    if name == "ai":
        return AllIntra()
    if name == "ra":
        return RandomAccess(gop, intra_period, open_gop=open_gop)
    if name in ("ldp", "ldb"):
        return LowDelay(name[-1].upper(), intra_period=intra_period)
    raise ConfigError(f"structure {name!r} is none of {', '.join(get_args(StructureName))}")
