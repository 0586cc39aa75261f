# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Output that is whole or not there, and never the input."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from inloop.errors import ConfigError
from inloop.whole_files import errors_named, open_whole


@contextmanager
def open_output(target: str | os.PathLike[str]) -> Iterator[BinaryIO]:
    """Open a binary output that gets its name only when the block ends without an exception.

    The data goes to a hidden file beside `target` that replaces it at the end and is removed after an error, a full
    disk included. What `target` is stays: through a link the file it names is written, an existing file keeps its
    mode, and one that cannot be replaced (a mount, one of several names of a file) is written over at the end. "-" is
    standard output; what is no regular file (a pipe, a device), or a descriptor (/dev/stdout), is written as it is.
    Raises OSError.
    """
    if os.fspath(target) == "-":
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    path = Path(target)
    if path.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    with errors_named(path), _opened(path) as stream:
        yield stream


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    if _is_open_as(path, 1):
        with os.fdopen(os.dup(1), "wb") as stream:
            yield stream
    elif (path.exists() and not path.is_file()) or _is_descriptor(path):
        with path.open("wb") as stream:
            yield stream
    else:
        with open_whole(path) as stream:
            yield stream


def refuse_overlap(inputs: Iterable[str | os.PathLike[str] | None], outputs: dict[str, str | None]) -> None:
    """Raise ConfigError where an output is an input or another output, by whatever path.

    Args:
        inputs: Names of files that are read; "-" is what standard input comes from, None none.
        outputs: Names of files that are to be written, by the option that gave them; None for an option not given.
    """
    read = [Path("/dev/stdin" if os.fspath(name) == "-" else name) for name in inputs if name is not None]
    written: list[tuple[str, Path]] = []
    for option, name in outputs.items():
        if name is None or name == "-":
            continue
        path = Path(name)
        if _is_stream(path):
            continue
        if any(_is_same(path, source) for source in read):
            raise ConfigError(f"{option} {name} is the input: it would be destroyed, give another name")
        for other_option, other in written:
            if _is_same(path, other):
                raise ConfigError(f"{option} and {other_option} are both {name}: give different names")
        written.append((option, path))


def check_writable(outputs: Iterable[str | None]) -> None:
    """Raise OSError where a file that is to be written at the end could not be: before the work, not behind it."""
    for name in outputs:
        if name is None or name == "-":
            continue
        path = Path(name)
        if path.is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
        folder = Path(os.path.realpath(path)).parent
        if not folder.is_dir():
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(path))
        if not os.access(path if path.exists() else folder, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))


def is_standard_output(name: str) -> bool:
    """Whether an output of that name goes where standard output goes."""
    return name == "-" or _is_open_as(Path(name), 1)


def _is_stream(path: Path) -> bool:
    """Whether a path names something that may be written without end: a pipe, a terminal, /dev/null."""
    return path.exists() and not path.is_file() and not path.is_dir() and not path.is_block_device()


def _is_same(first: Path, second: Path) -> bool:
    with suppress(OSError):
        return first.samefile(second)
    return os.path.realpath(first) == os.path.realpath(second)


def _is_open_as(path: Path, descriptor: int) -> bool:
    with suppress(OSError):
        return os.path.samestat(path.stat(), os.fstat(descriptor))
    return False


def _is_descriptor(path: Path) -> bool:
    """Whether a path leads through a descriptor of a process: what is open there is meant, whatever its name."""
    for _ in range(40):
        parts = path.absolute().parts
        if parts[:3] == ("/", "dev", "fd") or (parts[:2] == ("/", "proc") and "fd" in parts):
            return True
        if not path.is_symlink():
            return False
        path = path.parent / path.readlink()
    return False
