# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""The core where memory runs out: an error and nothing left behind, whatever allocation it is that fails.

Where the system starts no more threads, the work is done by those that there are. `python tests/faults/run_all.py`
lets every allocation fail in its turn; these are some of them.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from fault_injection import build_library, compiler, preloaded

CASES = (
    "encode",
    "encode_filtered",
    "encode_measured",
    "decode_filtered",
    "decode_held",
    "decode_coolchic",
    "run_network",
    "use_c_interface",
)
SAMPLE = 10
pytestmark = pytest.mark.skipif(compiler() is None, reason="there is no C++ compiler for the fault library")


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_library(tmp_path_factory.mktemp("library"))


def run_case(library: Path, *arguments: str) -> str:
    """Return what a case prints, which has to end by itself."""
    script = str(Path(__file__).with_name("allocation_cases.py"))
    done = subprocess.run(
        [sys.executable, script, *arguments],
        env=preloaded(library),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-300:] + done.stderr[-2000:]
    return done.stdout


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("case", CASES)
def test_allocations_that_fail(library: Path, case: str, threads: int) -> None:
    printed = run_case(library, case, str(threads), "--sample", str(SAMPLE))
    assert re.search(r"complete: [0-9]{2,} allocations$", printed.strip())
    assert "LEFT" not in printed
    assert printed.count("Error") > SAMPLE // 2


@pytest.mark.parametrize("threads", [2, 3])
@pytest.mark.parametrize(
    "case", [case for case in CASES if case != "run_network"]
)  # which needs none for so small a picture
def test_threads_that_do_not_start(library: Path, case: str, threads: int) -> None:
    """Those that do start do all of the work, and never wait for each other without end."""
    printed = run_case(library, case, str(threads), "--kind", "thread")
    count = re.search(r"complete: ([0-9]+) threads$", printed.strip())
    assert count
    assert int(count[1]) >= threads
    assert printed.count("done") == 2 * int(count[1]) + 3
    assert "LEFT" not in printed
