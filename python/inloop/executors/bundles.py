# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Files that tasks need, named by what is in them, so that a machine knows whether it has them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Protocol, Self, runtime_checkable


@dataclass(frozen=True, slots=True)
class Bundle:
    """A file with those that must lie in its folder, such as a network with its weights.

    Attributes:
        files: The file, then the others, in its folder or below.
        digests: SHA-256 (hex) of each.
        is_for_one_task: Whether no other task needs it, so that it is removed behind the task.
    """

    files: tuple[Path, ...]
    digests: tuple[str, ...]
    is_for_one_task: bool = False

    @classmethod
    def of(cls, *files: Path, is_for_one_task: bool = False) -> Self:
        """Return the bundle of files that are here. Raises OSError where one cannot be read."""
        return cls(files, tuple(map(file_digest, files)), is_for_one_task)

    @property
    def names(self) -> tuple[str, ...]:
        """Their names, from the folder of the first one."""
        return tuple(path.relative_to(self.files[0].parent).as_posix() for path in self.files)

    @property
    def digest(self) -> str:
        """SHA-256 (hex) over names and contents."""
        parts = (f"{name}\0{digest}" for name, digest in zip(self.names, self.digests, strict=True))
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()

    @property
    def is_here(self) -> bool:
        """Whether the files of these names have these contents on this machine."""
        try:
            return tuple(map(file_digest, self.files)) == self.digests
        except OSError:
            return False


@runtime_checkable
class HasFiles(Protocol):
    """A task that needs files: a cluster brings them to its machine."""

    def bundles(self) -> Sequence[Bundle]:
        """Return them. Raises OSError where one cannot be read."""

    def at(self, places: Mapping[Path, Path]) -> Self:
        """Return the same task with files at other places, by the places that they have here."""


def file_digest(path: Path) -> str:
    """Return the SHA-256 (hex) of a file, which is read once as long as it stays as it is. Raises OSError."""
    status = path.stat()
    return _digest(path, status.st_size, status.st_mtime_ns)


@cache
def _digest(path: Path, size: int, time_ns: int) -> str:
    """Return the SHA-256 of a file; size and time tell a changed one from the one that was read before."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
