# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Work for the workers of a cluster, which import it by this name."""

from __future__ import annotations

import os
import signal
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from time import sleep
from typing import Self

from inloop import ConfigError
from inloop.executors import Bundle

ODD = "INLOOP_TEST_VERSION"


def slowly_doubled(number: int) -> int:
    sleep(0.05)
    if number == 3:
        raise ConfigError("three is too much")
    return 2 * number


def deadly(number: int) -> int:
    os.kill(os.getpid(), signal.SIGKILL)
    return number


def wrong(number: int) -> int:
    raise KeyError(number)


def versions() -> dict[str, str]:
    return {"thing": os.environ.get(ODD, "1")}


@dataclass(frozen=True)
class Reading:
    """Reads a file, which has a companion in its folder."""

    path: Path

    def bundles(self) -> Sequence[Bundle]:
        return [Bundle.of(self.path, self.path.parent / "weights" / "w.bin")]

    def at(self, places: Mapping[Path, Path]) -> Self:
        return replace(self, path=places.get(self.path, self.path))


def read(task: Reading) -> tuple[bytes, bytes, bool]:
    """Return the contents, and whether the file was sent."""
    companion = task.path.parent / "weights" / "w.bin"
    return task.path.read_bytes(), companion.read_bytes(), task.path.is_absolute()
