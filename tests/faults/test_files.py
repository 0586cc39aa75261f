# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Commands whose disk fills up, whose input cannot be read, or which a signal ends: nothing torn has a final name.

`python tests/faults/run_all.py` does the same for every call in turn; these are some of them.
"""

from __future__ import annotations

import errno
import random
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest
from commands import COMMANDS, ENDINGS, Command, Fault, Result, Server, faults_of, files_of, fresh_folder
from fault_injection import Kind, build_library, compiler
from material import make_material

NEEDED = {
    "sweep": ("bjontegaard", "imageio_ffmpeg", "plotly", "matplotlib", "PIL"),
    "train": ("torch", "av"),
    "": (),
}
POINTS, FEW_POINTS = 3, 2
"""Writes that fail, of every command, and of those that take seconds."""
pytestmark = pytest.mark.skipif(compiler() is None, reason="there is no C++ compiler for the fault library")


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_library(tmp_path_factory.mktemp("library"))


@pytest.fixture(scope="module")
def material(tmp_path_factory: pytest.TempPathFactory) -> Path:
    training = find_spec("torch") is not None
    return make_material(tmp_path_factory.mktemp("files") / "material", training=training)


@pytest.fixture(scope="module")
def servers(library: Path) -> Iterator[dict[str, Server]]:
    started: dict[str, Server] = {}
    yield started
    for server in started.values():
        server.close()


class Trial:
    """One command in a folder of its own."""

    def __init__(self, command: Command, server: Server, material: Path, folder: Path) -> None:
        self.command, self._server, self._material, self._folder = command, server, material, folder
        self.whole: dict[str, bytes] = {}

    def run(self, fault: Fault) -> tuple[Result, dict[str, bytes]]:
        """Run the command with a fault; return what it came to and the files."""
        folder = fresh_folder(self._material, self.command, self._folder)
        result = self._server.run(self.command, folder, fault)
        return result, files_of(folder)

    def calls(self, kind: Kind) -> int:
        """Run it without a fault, keep its files as what is right, and return how many calls there are."""
        result, self.whole = self.run(Fault(kind))
        assert result.code == 0, result.printed
        return result.calls

    def check(self, fault: Fault) -> None:
        """Run it with a fault; it must fail with one line, and leave nothing torn."""
        result, found = self.run(fault)
        assert faults_of(self.command, self.whole, found) == [], (fault, result)
        assert result.code == 1, (fault, result)
        lines = result.printed.strip().splitlines()
        told = [line for line in lines if line.startswith("inloop: ") and "warning" not in line]
        assert len(told) == 1, (fault, result)
        assert not any(word in result.printed for word in ("Traceback", "internal error")), (fault, result)


@pytest.fixture(params=COMMANDS, ids=lambda command: command.name)
def trial(
    request: pytest.FixtureRequest, servers: dict[str, Server], library: Path, material: Path, tmp_path: Path
) -> Trial:
    command: Command = request.param
    for module in NEEDED[command.family]:
        pytest.importorskip(module)
    if command.name == "container":
        pytest.importorskip("av")
    if command.family not in servers:
        servers[command.family] = Server(library, command.family)
    return Trial(command, servers[command.family], material, tmp_path / "work")


def some(count: int, seed: str, points: int) -> list[int]:
    """The first call, the last one and some between."""
    chosen = random.Random(seed)
    return sorted({1, count, *(chosen.randint(1, count) for _ in range(points - 2))})


def test_a_full_disk(trial: Trial) -> None:
    """From some write on nothing can be written any more; or one write fails, and what comes behind it does not."""
    count = trial.calls(Kind.WRITE)
    for first in some(count, trial.command.name, FEW_POINTS if trial.command.family else POINTS):
        trial.check(Fault(Kind.WRITE, first))
    if not trial.command.family:
        trial.check(Fault(Kind.WRITE, random.Random(trial.command.name).randint(1, count), once=True))
    trial.check(Fault(Kind.RENAME, 1))


def test_a_read_error(trial: Trial) -> None:
    count = trial.calls(Kind.READ)
    for first in [1, count][: 1 if trial.command.family else 2]:
        trial.check(Fault(Kind.READ, first, error=errno.EIO))


def test_signals_at_random_moments(trial: Trial) -> None:
    """Each ends the command in time, with its own exit code, unless the command was faster."""
    whole, trial.whole = trial.run(Fault())
    chosen = random.Random(trial.command.name)
    for number in chosen.sample(ENDINGS, 1) if trial.command.family else ENDINGS:
        after_s = chosen.uniform(0, whole.elapsed_s)
        result, found = trial.run(Fault(signal=number, after_s=after_s))
        told = (number.name, after_s, result)
        # Ctrl-C completes a stream with fewer pictures, which is whole, too; see test_early_end.py.
        wrong = [
            text for text in faults_of(trial.command, trial.whole, found) if "in the place of" not in text
        ]
        assert not wrong, (wrong, told)
        # One that comes before the command listens ends the process itself, which a shell tells as 128 more, too.
        assert result.code in (0, 130 if number.name == "SIGINT" else 128 + number, -number), told
        assert "Traceback" not in result.printed, told
        assert result.elapsed_s < after_s + 60, told
