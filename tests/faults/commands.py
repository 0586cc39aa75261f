# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Commands whose files fail: what they are given, and what must hold of their folder afterwards."""

from __future__ import annotations

import errno
import json
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fault_injection import Kind, preloaded

SERVER = Path(__file__).with_name("command_server.py")
IMPORTS = {
    "train": ["torch", "inloop.train.__main__"],
    "sweep": ["matplotlib.pyplot", "plotly", "inloop.cli.sweep"],
}
"""What a family of commands loads before any of them runs."""
ENDINGS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass(frozen=True, slots=True)
class Command:
    """A command line and its files.

    Attributes:
        name: For people.
        arguments: Of `inloop`, in a folder that has `inputs`.
        inputs: Files and folders of the material that it reads.
        grows: Files that grow by whole lines, of which a part is right too.
        varies: Files whose bytes differ from run to run.
        family: Key of `IMPORTS`.
    """

    name: str
    arguments: tuple[str, ...]
    inputs: tuple[str, ...]
    grows: tuple[str, ...] = ()
    varies: tuple[str, ...] = ()
    family: str = ""


def _command(name: str, line: str, inputs: str, **more: Any) -> Command:
    return Command(name, tuple(line.split()), tuple(inputs.split()), **more)


COMMANDS = (
    _command(
        "encode", "encode clip.y4m -o out.hevc --qp 40 --csv out.csv --quiet", "clip.y4m", varies=("out.csv",)
    ),
    _command(
        "first pass",
        "encode clip.y4m -o out.hevc --bitrate 200 --pass 1 --stats out.stats --quiet",
        "clip.y4m",
    ),
    _command("container", "encode clip.y4m -o out.mp4 --qp 40 --quiet", "clip.y4m"),
    _command("decode", "decode clip.hevc -o out.y4m --quiet", "clip.hevc"),
    _command("decode raw", "decode clip.hevc -o out.yuv --quiet", "clip.hevc"),
    _command("convert", "model convert network.onnx -o out.inl", "network.onnx"),
    _command(
        "sweep",
        "sweep sweep.toml -o results --quiet",
        "sweep.toml clip.y4m",
        grows=("results/points.jsonl",),
        varies=("results/*.csv", "results/*.html", "results/*.tex", "results/pictures/*"),
        family="sweep",
    ),
    _command(
        "train data",
        "train data clips data --structure ldp --frames 2 --qps 37 42 --keep-every 1",
        "clips",
        grows=("data/manifest.csv",),
        varies=("data/*.npz",),
        family="train",
    ),
    _command(
        "train fit",
        'train fit run coded --network enhance --options {"width":6,"blocks":2} --batch 2 --patch 16 '
        + "--steps 2 --log-every 1",
        "coded",
        grows=("run/log.csv",),
        varies=("run/checkpoint.pt", "run/log.html"),
        family="train",
    ),
)


@dataclass(frozen=True, slots=True)
class Fault:
    """What fails: calls of a kind from the `first`-th on, or that one alone; or a signal after some time."""

    kind: Kind = Kind.NOTHING
    first: int = 0
    once: bool = False
    error: int = errno.ENOSPC
    signal: int = 0
    after_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Result:
    """What a command came to: see `command_server.run_job`."""

    code: int
    printed: str
    calls: int
    elapsed_s: float


class Server:
    """The process that commands are forked from."""

    def __init__(self, library: Path, family: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, str(SERVER), *IMPORTS.get(family, [])],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=preloaded(library),
        )

    def run(self, command: Command, folder: Path, fault: Fault) -> Result:
        """Run a command in a folder."""
        assert self._process.stdin
        assert self._process.stdout
        job = {
            "arguments": command.arguments,
            "folder": str(folder),
            "kind": fault.kind.name,
            "first": fault.first,
            "once": fault.once,
            "error": fault.error,
            "signal": int(fault.signal),
            "after_s": fault.after_s,
        }
        self._process.stdin.write(json.dumps(job) + "\n")
        self._process.stdin.flush()
        return Result(**json.loads(self._process.stdout.readline()))

    def close(self) -> None:
        """End the process."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.close()
        self._process.wait(timeout=30)
        self._process.stdout.close()


def fresh_folder(material: Path, command: Command, folder: Path) -> Path:
    """Make a folder with nothing but what the command reads."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for name in command.inputs:
        source = material / name
        shutil.copytree(source, folder / name) if source.is_dir() else shutil.copy(source, folder / name)
    return folder


def files_of(folder: Path) -> dict[str, bytes]:
    """Return the files below a folder by name."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def faults_of(command: Command, whole: dict[str, bytes], found: dict[str, bytes]) -> list[str]:
    """Return what is wrong with the files that a command left: torn, half or of another name.

    Args:
        command: The command.
        whole: The files after a run in which nothing failed.
        found: Those after the run that is judged.
    """
    wrong = [
        f"{name} was changed" for name in whole if is_input(command, name) and found.get(name) != whole[name]
    ]
    for name, data in found.items():
        if is_input(command, name):
            continue
        if name not in whole:
            wrong.append(f"{name} is left behind")
        elif name in command.grows:
            if not grown(data):
                wrong.append(f"{name} has a line that is cut off: {data[-80:]!r}")
        elif any(Path(name).match(pattern) for pattern in command.varies):
            if not OPENS[Path(name).suffix](data):
                wrong.append(f"{name} is torn")
        elif data != whole[name]:
            wrong.append(f"{name} is torn: {len(data)} bytes in the place of {len(whole[name])}")
    return wrong


def is_input(command: Command, name: str) -> bool:
    """Whether a file is one that the command reads."""
    return any(Path(name).parts[0] == source for source in command.inputs)


def grown(data: bytes) -> bool:
    """Whether a file of lines consists of whole ones."""
    return data == b"" or data.endswith(b"\n")


def _is_archive(data: bytes) -> bool:
    import io
    import zipfile

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return archive.testzip() is None
    except zipfile.BadZipFile:
        return False


OPENS: dict[str, Callable[[bytes], Any]] = {
    ".npz": _is_archive,
    ".pt": _is_archive,
    ".webp": lambda data: data[:4] == b"RIFF" and int.from_bytes(data[4:8], "little") + 8 == len(data),
    ".html": lambda data: data.rstrip().endswith(b"</html>"),
    ".csv": lambda data: data.endswith(b"\n"),
    ".tex": lambda data: data.endswith(b"\n"),
}
