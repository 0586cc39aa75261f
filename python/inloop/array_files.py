# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""NPZ files of plain arrays, whose errors are those of the family, or of the system where a disk fails."""

from __future__ import annotations

import os
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt

from inloop.errors import ConfigError

_DAMAGE = (ValueError, AttributeError, TypeError, KeyError, EOFError, BadZipFile, zlib.error)


@contextmanager
def open_arrays(path: str | os.PathLike[str]) -> Iterator[Mapping[str, npt.NDArray[Any]]]:
    """Open an NPZ file; its arrays are read when they are asked for, within the block.

    Raises:
        ConfigError: The file is damaged, lacks an array that is asked for, or is none of plain arrays.
        OSError: It cannot be opened or read.
    """
    try:
        with Path(path).open("rb") as file, np.load(file) as archive:
            yield archive
    except _DAMAGE as error:
        cause = error.__context__
        if isinstance(cause, OSError):  # Python's reader of archives takes any error for damage.
            raise OSError(cause.errno, cause.strerror, os.fspath(path)) from error
        raise ConfigError(f"{os.fspath(path)} is no NPZ file of plain arrays: {error}") from error
