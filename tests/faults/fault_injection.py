# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""The library that lets calls fail: built, preloaded, and armed from inside a process that has it."""

from __future__ import annotations

import ctypes
import errno
import gc
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum
from pathlib import Path

SOURCE = Path(__file__).with_name("fault_library.cpp")


class Kind(IntEnum):
    """What calls are counted; the numbers are those of the library."""

    NOTHING = 0
    WRITE = 1
    READ = 2
    RENAME = 3
    ALLOCATION = 4
    THREAD = 5


def compiler() -> str | None:
    """The C++ compiler of the machine, None where there is none."""
    return shutil.which(os.environ.get("CXX", "c++"))


def build_library(folder: Path) -> Path:
    """Compile the library into a folder and return its path."""
    library = folder / "fault_library.so"
    command = [
        compiler() or "c++",
        "-std=c++20",
        "-O1",
        "-shared",
        "-fPIC",
        "-o",
        str(library),
        str(SOURCE),
        "-ldl",
    ]
    subprocess.run(command, check=True, capture_output=True)
    return library


def preloaded(library: Path) -> dict[str, str]:
    """Return the environment of a process that has the library, and few threads of its own."""
    return os.environ | {"LD_PRELOAD": str(library), "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


class Faults:
    """The library in this process, which was started with it."""

    def __init__(self) -> None:
        self._library = ctypes.CDLL(None)
        self._library.fault_disarm.restype = ctypes.c_long
        self._library.fault_live.restype = ctypes.c_long

    def arm(
        self, kind: Kind, first: int, *, once: bool, error: int = errno.ENOSPC, folder: str = "/"
    ) -> None:
        """Let calls of a kind fail from the `first`-th on, or that one `once`; 0 only counts them."""
        self._library.fault_arm(int(kind), ctypes.c_long(first), int(once), error, folder.encode())

    def disarm(self) -> int:
        """Let nothing fail any more; return how many calls there were."""
        return int(self._library.fault_disarm())

    def live(self) -> int:
        """Return how many allocations are not released."""
        gc.collect()
        return int(self._library.fault_live())

    @contextmanager
    def counting(self, kind: Kind, first: int, *, once: bool) -> Iterator[list[int]]:
        """Let calls fail in the block; the list then holds how many there were."""
        calls: list[int] = []
        self.arm(kind, first, once=once)
        try:
            yield calls
        finally:
            calls.append(self.disarm())
