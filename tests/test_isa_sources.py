# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Files that are compiled for one instruction set must not leak its code into the rest of the program."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

# C headers, and headers of plain data. Anything with inline functions or templates could be instantiated here
# with instructions of the ISA, and the linker may keep that copy for everyone.
ALLOWED = re.compile(
    r"<(arm_neon|immintrin|string|stdint|stddef)\.h>|\"((coolchic|hevc|lookahead|nn/cpu|nnlf)/kernels/[\w/]+|base/tiles_hadamard(_neon)?)\.h\""
)


def isa_sources(repo_dir: Path) -> list[Path]:
    core = repo_dir / "csrc"
    return sorted(
        p for isa in ("avx2", "avxvnni", "avx512", "neon") for p in core.glob(f"**/kernels/{isa}/*")
    )


def test_isa_files_include_plain_headers_only(repo_dir: Path) -> None:
    files = isa_sources(repo_dir)
    if not files:
        pytest.skip("no sources here")
    wrong = [
        f"{path.relative_to(repo_dir)}: {header}"
        for path in files
        for header in re.findall(r"#include (.+)", path.read_text())
        if not ALLOWED.fullmatch(header.strip())
    ]
    assert not wrong


def test_isa_files_define_fillers_only_outside_their_anonymous_namespace(repo_dir: Path) -> None:
    shared = [*(repo_dir / "csrc").glob("**/tiles_*.h")]
    for path in [*isa_sources(repo_dir), *shared]:
        text = path.read_text()
        outside = re.sub(r"^namespace \{\n.*^\}  // namespace\n", "", text, flags=re.MULTILINE | re.DOTALL)
        functions = re.findall(r"^\w[\w:<>*& ]*?(\w+)\(.*\{", outside, re.MULTILINE)
        assert all(name.startswith("fill_") for name in functions), (path.name, functions)


def test_every_isa_has_the_files_of_scalar(repo_dir: Path) -> None:
    """A kernel is found under the same file name on every ISA that has it."""
    for path in isa_sources(repo_dir):
        if path.suffix == ".cpp":
            assert (path.parents[1] / "scalar" / path.name).exists(), path.name
