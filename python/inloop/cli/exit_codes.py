# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""From exceptions to exit codes and one-line messages."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum

from inloop.errors import BitstreamError, ConfigError, InloopError, ModelError


class ExitCode(IntEnum):
    """What the command returns to the shell."""

    OK = 0
    RUN_FAILED = 1
    USAGE = 2
    CANNOT_OPEN = 3
    CORRUPT = 4
    INTERRUPTED = 130


class VerifyError(InloopError):
    """A decoded picture differs from what its stream or its encoder says."""


_CODES: tuple[tuple[type[BaseException], ExitCode], ...] = (
    (KeyboardInterrupt, ExitCode.INTERRUPTED),
    (ConfigError, ExitCode.USAGE),
    (ModelError, ExitCode.CANNOT_OPEN),
    (BitstreamError, ExitCode.CORRUPT),
    (VerifyError, ExitCode.CORRUPT),
    (FileNotFoundError, ExitCode.CANNOT_OPEN),
    (PermissionError, ExitCode.CANNOT_OPEN),
    (IsADirectoryError, ExitCode.CANNOT_OPEN),
    (NotADirectoryError, ExitCode.CANNOT_OPEN),
)


def exit_code_of(error: BaseException) -> ExitCode:
    """Return the exit code for an exception that ended a command."""
    return next((code for kind, code in _CODES if isinstance(error, kind)), ExitCode.RUN_FAILED)


@contextmanager
def naming(source: str) -> Iterator[None]:
    """Put the name of the file into inloop's own errors about its contents."""
    try:
        yield
    except InloopError as error:
        if source not in str(error):
            error.args = (f"{'standard input' if source == '-' else source}: {error}",)
        raise


def message_of(error: BaseException) -> str:
    """Return one line that says what went wrong, for people."""
    if isinstance(error, KeyboardInterrupt):
        return "interrupted"
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename}: {error.strerror}" if error.filename else error.strerror
    if isinstance(error, MemoryError):
        return "out of memory"
    known = isinstance(error, InloopError | OSError | ModuleNotFoundError)
    text = " ".join(str(error).split()) or type(error).__name__
    return text if known else f"internal error, please report it: {type(error).__name__}: {text}"
