# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Identities of the networks that settings name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Protocol

from inloop.convert.loading import network_files
from inloop.executors.bundles import Bundle


class Identified(Protocol):
    """A loaded network."""

    @property
    def sha256(self) -> str:
        """Its identity (hex)."""


def network_identity(name: str, load: Callable[[str], Identified]) -> str:
    """Return the identity of a network, which is loaded once as long as its file stays as it is.

    Args:
        name: Name or path.
        load: Loads it; what it raises is raised.
    """
    path = Path(name)
    status = path.stat() if path.is_file() else None
    return _identity(name, load, None if status is None else (status.st_size, status.st_mtime_ns))


def network_bundles(*names: str) -> tuple[Bundle, ...]:
    """Return the files of those networks that are no names inside the package. Raises OSError."""
    return tuple(Bundle.of(*network_files(Path(name))) for name in names if Path(name).is_file())


def network_at(name: str, places: Mapping[Path, Path]) -> str:
    """Return the name of a network whose file may lie at another place."""
    return str(places.get(Path(name), name))


@cache
def _identity(name: str, load: Callable[[str], Identified], stamp: tuple[int, int] | None) -> str:
    """Return the identity; the stamp tells a changed file from the one that was loaded before."""
    return load(name).sha256
