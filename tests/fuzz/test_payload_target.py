# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""The smallest fuzz target, built by the machine's own compiler with sanitizers, on damaged inputs of its corpus.

The others are built by `tools/fuzz.sh`; tests give their corpora to the same code through Python.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

SOURCES = ("nnlf/params/*.cpp", "entropy/*.cpp")
FLAGS = "-std=c++20 -O1 -fsanitize=address,undefined -fno-sanitize-recover=undefined"
MUTATIONS = 500


def test_damaged_payloads_under_sanitizers(repo_dir: Path, tmp_path: Path) -> None:
    compiler = shutil.which(os.environ.get("CXX", "c++"))
    if compiler is None:
        pytest.skip("there is no C++ compiler")
    fuzz = repo_dir / "tests" / "fuzz"
    sources = [path for pattern in SOURCES for path in sorted((repo_dir / "csrc").glob(pattern))]
    assert len(sources) >= 6
    program = tmp_path / "fuzz_payload"
    command = [compiler, *FLAGS.split(), f"-I{repo_dir / 'csrc'}", "-o", program]
    built = subprocess.run(
        [*command, fuzz / "fuzz_payload.cpp", fuzz / "replay.cpp", *sources],
        capture_output=True,
        text=True,
        check=False,
    )
    if built.returncode and "-lasan" in built.stderr:
        pytest.skip("the compiler has no sanitizers")
    assert built.returncode == 0, built.stderr
    corpus = sorted((fuzz / "corpus_payload").iterdir())
    done = subprocess.run(
        [program, "--mutate", str(MUTATIONS), "5", *corpus],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
