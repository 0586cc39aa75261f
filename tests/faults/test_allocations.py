# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""The core where memory runs out: an error and nothing left behind, whatever allocation it is that fails.

`python tests/faults/run_all.py` does the same for every allocation in turn; these are some of them.
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


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("case", CASES)
def test_allocations_that_fail(library: Path, case: str, threads: int) -> None:
    script = str(Path(__file__).with_name("allocation_cases.py"))
    done = subprocess.run(
        [sys.executable, script, case, str(threads), "--sample", str(SAMPLE)],
        env=preloaded(library),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-300:] + done.stderr[-2000:]
    assert re.search(r"complete: [0-9]{2,} allocations$", done.stdout.strip())
    assert "LEFT" not in done.stdout
    assert done.stdout.count("Error") > SAMPLE // 2
