# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Finished pictures of an encode that is not finished, kept so that it can go on after an interruption."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from inloop.whole_files import write_whole


class Parts:
    """A folder with a file for each finished picture.

    The name of a file tells all that the picture was made from: what does not belong to this encode is not found.

    Args:
        folder: The folder; None keeps nothing.
        fingerprint: Of the options and the pictures of the encode.
    """

    def __init__(self, folder: Path | None, fingerprint: bytes) -> None:
        self._folder = folder
        self._fingerprint = fingerprint

    def load(self, display_index: int, references: Sequence[bytes]) -> bytes | None:
        """Return a picture that was kept, None if there is none.

        Args:
            display_index: Its place in display order.
            references: The bytes of the pictures it refers to.
        """
        if self._folder is None:
            return None
        with suppress(OSError):
            data = self._path(display_index, references).read_bytes()
            digest, picture = data[:32], data[32:]
            if hashlib.sha256(picture).digest() == digest:
                return picture
        return None

    def save(self, display_index: int, references: Sequence[bytes], data: bytes) -> None:
        """Keep a picture; arguments as of `load`. Raises OSError."""
        if self._folder is None:
            return
        self._folder.mkdir(exist_ok=True)
        write_whole(self._path(display_index, references), hashlib.sha256(data).digest() + data)

    def remove(self) -> None:
        """Remove the folder: the encode is finished."""
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)

    def _path(self, display_index: int, references: Sequence[bytes]) -> Path:
        assert self._folder is not None
        digest = hashlib.sha256(self._fingerprint)
        for data in references:
            digest.update(hashlib.sha256(data).digest())
        return self._folder / f"picture_{display_index:03}_{digest.hexdigest()[:24]}.bin"
