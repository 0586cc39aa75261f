# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Which sources are kept out of training and measured meanwhile."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

from inloop.errors import ConfigError


def choose_held_out(
    kinds: Iterable[tuple[str, bool]], prefixes: Sequence[str] = (), count: int = 6
) -> frozenset[str]:
    """Choose the sources that are kept out of training.

    Args:
        kinds: Names of sources, each with whether its picture is predicted from others, a picture.
        prefixes: Those whose names begin so. Without any: by a hash of the names, `count` of the sources that move and
            of those that do not, at most a quarter of each. More data may change that choice: name the sources where
            training goes on with it.
        count: See `prefixes`.

    Raises:
        ConfigError: There are prefixes, but no source whose name begins so.
    """
    pictures = list(kinds)
    every = {name for name, _ in pictures}
    if prefixes:
        found = frozenset(name for name in every if name.startswith(tuple(prefixes)))
        if every and not found:
            some = ", ".join(sorted(every)[:5])
            raise ConfigError(f"no source begins with {' or '.join(prefixes)}; there are {some}")
        return found
    moving = {name for name, predicted in pictures if predicted}
    chosen: list[str] = []
    for names in (moving, every - moving):
        chosen += sorted(names, key=name_hash)[: min(count, len(names) // 4)]
    return frozenset(chosen)


def name_hash(name: str) -> bytes:
    """Key of an order that has nothing to do with what the names say."""
    return hashlib.sha256(name.encode()).digest()
