# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""What must be the same wherever tasks of one run are done."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import TypeAlias

import inloop

Versions: TypeAlias = Callable[[], Mapping[str, str]]
"""Returns versions by the name of the program; it can be pickled, and is called on every machine."""
_SHOWN_DIGITS = 12


def package_versions() -> dict[str, str]:
    """Return the version of this package."""
    return {"inloop": f"{inloop.__version__} (sources {_hash_of_files('*.py')})"}


def installed_code() -> str:
    """Return a hash over the package's Python files and compiled modules, which differ from machine to machine."""
    return _hash_of_files("*.py", "*.so", "*.pyd")


@cache
def _hash_of_files(*patterns: str) -> str:
    """Return a hash over files of the package: two checkouts may call themselves by one version."""
    root = Path(inloop.__file__).parent
    total = hashlib.sha256()
    for path in sorted(path for pattern in patterns for path in root.rglob(pattern)):
        total.update(str(path.relative_to(root)).encode() + b"\0" + path.read_bytes() + b"\0")
    return total.hexdigest()[:_SHOWN_DIGITS]
