# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Files that are whole or as they were: written beside their place first, or grown by all of some bytes or none."""

from __future__ import annotations

import errno
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path
from typing import BinaryIO

_PARTIAL_NUMBERS = count()
_NOT_RENAMED = (errno.EBUSY, errno.EXDEV, errno.EPERM, errno.EACCES, errno.ETXTBSY)
"""What renaming onto a mounted file, or into a folder that may not be written to, ends in."""


@contextmanager
def open_whole(target: str | os.PathLike[str]) -> Iterator[BinaryIO]:
    """Open a file that gets its name only when the block ends without an exception.

    The data goes to a hidden file beside it that replaces it at the end and is removed after an error, a full disk
    included. Through a link the file it names is written, an existing file keeps its mode, and one that cannot be
    replaced (a mount, one of several names of a file) is written over at the end. What is no regular file (a pipe, a
    device) is written as it is. Raises OSError with the name of the target.
    """
    path = Path(target)
    is_file = path.is_file() or not path.exists()
    with (
        errors_named(path),
        _replacing(Path(os.path.realpath(path))) if is_file else path.open("wb") as stream,
    ):
        yield stream


def write_whole(target: str | os.PathLike[str], data: bytes) -> None:
    """Write a file so that it is there with all of the data, or as it was before. Raises OSError."""
    with open_whole(target) as stream:
        stream.write(data)


def append_whole(target: str | os.PathLike[str], data: bytes) -> None:
    """Add all of the data to the end of a file, on the disk when this returns, or leave the file as it was.

    Raises OSError.
    """
    path = Path(target)
    is_new = not path.exists()
    with errors_named(path), path.open("ab", buffering=0) as stream:
        size = stream.seek(0, os.SEEK_END)
        try:
            rest = memoryview(data)
            while rest:
                rest = rest[stream.write(rest) :]
            os.fsync(stream.fileno())
        except BaseException:
            stream.truncate(size)
            if is_new:
                path.unlink(missing_ok=True)
            raise


@contextmanager
def errors_named(path: Path) -> Iterator[None]:
    """Let errors of the output itself, which name the hidden file or none, name the file the user asked for."""
    try:
        yield
    except OSError as error:
        if error.errno is None or not (error.filename is None or str(error.filename).endswith(".part")):
            raise
        # Errors that came through PyAV take no other name.
        raise OSError(error.errno, error.strerror or os.strerror(error.errno), str(path)) from error


@contextmanager
def _replacing(path: Path) -> Iterator[BinaryIO]:
    existing = path.stat() if path.exists() else None
    folder = path.parent
    if existing is not None and not os.access(folder, os.W_OK):
        folder = Path(tempfile.gettempdir())
    partial = folder / f".inloop-{os.getpid()}-{next(_PARTIAL_NUMBERS)}.part"
    if existing is not None and not os.access(path, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
    try:
        with partial.open("wb") as stream:
            yield stream
        if existing is not None and existing.st_nlink > 1:
            _write_over(partial, path)
        else:
            if existing is not None:
                _take_over(existing, partial)
            _rename(partial, path)
    finally:
        partial.unlink(missing_ok=True)


def _take_over(existing: os.stat_result, partial: Path) -> None:
    with suppress(OSError):  # an owner can only be given by the super-user
        os.chown(partial, existing.st_uid, existing.st_gid)
    partial.chmod(stat.S_IMODE(existing.st_mode))


def _rename(partial: Path, path: Path) -> None:
    try:
        partial.replace(path)
    except OSError as error:
        if error.errno not in _NOT_RENAMED or not path.exists():
            raise
        _write_over(partial, path)


def _write_over(partial: Path, path: Path) -> None:
    with partial.open("rb") as source, path.open("wb") as stream:
        shutil.copyfileobj(source, stream)
