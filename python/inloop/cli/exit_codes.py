# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""From exceptions to exit codes and one-line messages."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum

from inloop.cli.interrupts import Terminated
from inloop.errors import BitstreamError, ConfigError, InloopError, ModelError


class ExitCode(IntEnum):
    """What the command returns to the shell."""

    OK = 0
    RUN_FAILED = 1
    USAGE = 2
    CANNOT_OPEN = 3
    CORRUPT = 4
    INTERRUPTED = 130


EXIT_CODES_TEXT = (
    "Exit codes: 0 done; 1 the run failed; 2 wrong usage; 3 a file or model cannot be opened; 4 a damaged stream, or "
    "pictures that differ from their hashes (what is whole is kept); 130 interrupted; 128 + N ended by signal N."
)


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


def exit_code_of(error: BaseException) -> int:
    """Return the exit code for an exception that ended a command; 128 and its number for a signal."""
    if isinstance(error, Terminated):
        return 128 + error.number
    return next((code for kind, code in _CODES if isinstance(error, kind)), ExitCode.RUN_FAILED)


@contextmanager
def naming(source: str) -> Iterator[None]:
    """Put the name of the file into inloop's own errors about its contents."""
    try:
        yield
    except InloopError as error:
        if not str(error).startswith((source, "standard input")) and f"{source}:" not in str(error):
            error.args = (f"{'standard input' if source == '-' else source}: {error}",)
        raise


def message_of(error: BaseException) -> str:
    """Return one line that says what went wrong, for people."""
    if isinstance(error, KeyboardInterrupt):
        return f"ended by {error}" if isinstance(error, Terminated) else str(error) or "interrupted"
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename}: {error.strerror}" if error.filename else error.strerror
    if isinstance(error, MemoryError):
        return "out of memory"
    known = isinstance(error, InloopError | OSError | ModuleNotFoundError)
    text = " ".join(str(error).split()) or type(error).__name__
    return text if known else f"internal error, please report it: {type(error).__name__}: {text}"
