# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Files for PyAV, which loses exceptions of some of their methods and prints them."""

from __future__ import annotations

from collections.abc import Callable
from typing import BinaryIO, TypeVar

_Value = TypeVar("_Value")


class KeptErrors:
    """A file whose first error is kept for `check` while its methods go on as if nothing had happened.

    Args:
        stream: The file; it can seek where its container needs that.

    Attributes:
        name: Its path, by which FFmpeg opens it once more to move its index to the front.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.name = stream.name
        self._error: OSError | None = None

    def check(self) -> None:
        """Raise the error, if there was one."""
        if self._error is not None:
            raise self._error

    def write(self, data: bytes) -> int:
        """Write all of the data."""
        return self._attempt(lambda: self._stream.write(data), len(data))

    def read(self, size: int = -1) -> bytes:
        """Read up to so many bytes."""
        return self._attempt(lambda: self._stream.read(size), b"")

    def seek(self, offset: int, whence: int = 0) -> int:
        """Go to a position and return it."""
        return self._attempt(lambda: self._stream.seek(offset, whence), 0)

    def tell(self) -> int:
        """Return the position."""
        return self._attempt(self._stream.tell, 0)

    def seekable(self) -> bool:
        """Whether `seek` works."""
        return self._stream.seekable()

    def _attempt(self, act: Callable[[], _Value], otherwise: _Value) -> _Value:
        if self._error is None:
            try:
                return act()
            except OSError as error:
                self._error = error
        return otherwise
