# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""What becomes of a command whose pictures end early: those that are whole are kept, and the exit code says why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from inloop.cli.interrupts import GracefulStop, Terminated
from inloop.errors import BitstreamError

_Item = TypeVar("_Item")


class EarlyEnd:
    """Follows the pictures of one command to their end, which damage, Ctrl-C or a signal may bring early."""

    def __init__(self) -> None:
        self._stop = GracefulStop()
        self._error: BaseException | None = None

    @property
    def is_early(self) -> bool:
        """Whether something ended the pictures so far before their end."""
        return self._error is not None or self._stop.asked

    def until(self, items: Iterable[_Item]) -> Iterator[_Item]:
        """Yield items up to damage or Ctrl-C, as if they ended there."""
        try:
            yield from self._stop.until(items)
        except BitstreamError as error:
            self._error = error

    @contextmanager
    def keeping_what_is_whole(self) -> Iterator[None]:
        """Listen to Ctrl-C during the block, and let it end where the process is asked to end."""
        try:
            with self._stop.listening():
                yield
        except Terminated as error:
            if not self._stop.asked:  # in the middle of something
                raise
            self._error = error

    def require(self, pictures: int, otherwise: Exception) -> None:
        """Raise what ended the pictures where there are none, `otherwise` where nothing did."""
        if pictures:
            return
        if self._error is not None:
            raise self._error
        if self._stop.asked:
            raise self._stop.raised()
        raise otherwise

    def finish(self, pictures: int, output: str | None) -> None:
        """Raise what ended the pictures early, if anything did, with words about what was kept."""
        kept = f"{pictures} {'picture' if pictures == 1 else 'pictures'}"
        kept += (
            " before it were read"
            if output is None
            else f" are kept in {'the pipe' if output == '-' else output}"
        )
        if self._error is not None:
            if not isinstance(self._error, Terminated):
                self._error.args = (f"{self._error}; {kept}",)
            raise self._error
        if self._stop.asked:
            raise self._stop.raised(f"interrupted; {kept}")
