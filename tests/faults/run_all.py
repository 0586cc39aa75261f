# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Every fault at every call: `python tests/faults/run_all.py [files] [allocations]`; it takes many minutes."""

from __future__ import annotations

import errno
import re
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from commands import COMMANDS, Command, Fault, Server, faults_of, files_of, fresh_folder
from fault_injection import Kind, build_library, preloaded
from material import make_material
from test_allocations import CASES

KINDS = ((Kind.WRITE, errno.ENOSPC), (Kind.RENAME, errno.ENOSPC), (Kind.READ, errno.EIO))
MOST_S = 3600


def fail_files(command: Command, server: Server, material: Path, folder: Path) -> tuple[int, list[str]]:
    """Let every write, rename and read of a command fail; return how many did and what was wrong."""
    wrong: list[str] = []
    tried = 0
    for kind, error in KINDS:
        calls = server.run(command, fresh_folder(material, command, folder), Fault(kind)).calls
        whole = files_of(folder)
        for fault in (Fault(kind, n, once, error) for n in range(1, calls + 1) for once in (True, False)):
            tried += 1
            result = server.run(command, fresh_folder(material, command, folder), fault)
            found = faults_of(command, whole, files_of(folder))
            told = [line for line in result.printed.splitlines() if line.startswith("inloop: ")]
            if found or result.code != 1 or not told or "internal error" in result.printed:
                wrong.append(f"{command.name}, {fault} of {calls}: {result} {found}")
    return tried, wrong


def all_files(library: Path, folder: Path) -> list[str]:
    """Run all commands."""
    material, wrong = make_material(folder / "material", training=True), []
    for command in COMMANDS:
        server = Server(library, command.family)
        tried, faults = fail_files(command, server, material, folder / "work")
        server.close()
        print(f"{command.name}: {tried} faults, {len(faults)} wrong", flush=True)
        wrong += faults
    return wrong


def fail_allocations(case: str, threads: int, library: Path) -> tuple[int, list[str]]:
    """Let every allocation of a case fail, going on behind one that ends the process."""
    script, wrong, first = str(Path(__file__).with_name("allocation_cases.py")), [], 1
    while True:
        command = [sys.executable, script, case, str(threads), "--first", str(first)]
        done = subprocess.run(
            command, env=preloaded(library), capture_output=True, text=True, timeout=MOST_S, check=False
        )
        wrong += [f"{case} with {threads}: {line}" for line in re.findall(r".*\n?LEFT.*", done.stdout)]
        tried = [int(number) for number in re.findall(r"^(\d+) of", done.stdout, re.MULTILINE)]
        if done.returncode == 0 or not tried:
            return max(tried, default=0), wrong
        wrong.append(f"{case}, {threads} threads, allocation {tried[-1]}: ended with {done.returncode}")
        first = tried[-1] + 1


def all_allocations(library: Path) -> list[str]:
    """Run all cases with one thread and two."""
    wrong = []
    for case in CASES:
        for threads in (1, 2):
            tried, faults = fail_allocations(case, threads, library)
            print(f"{case}, {threads} threads: {tried} allocations, {len(faults)} wrong", flush=True)
            wrong += faults
    return wrong


def main() -> int:
    """Run what is asked for; return 1 where something is wrong."""
    wanted = sys.argv[1:] or ["files", "allocations"]
    with TemporaryDirectory() as name:
        folder = Path(name)
        library = build_library(folder)
        wrong = all_files(library, folder) if "files" in wanted else []
        wrong += all_allocations(library) if "allocations" in wanted else []
    print("\n".join(wrong))
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
