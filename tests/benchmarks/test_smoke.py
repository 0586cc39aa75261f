# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""The smoke test of the benchmarks leaves none out, and fails where it must."""

from __future__ import annotations

from pathlib import Path

import pytest

smoke = pytest.importorskip("benchmarks.smoke", reason="the benchmarks are not importable from here")
HELPERS = {"smoke.py", "recorded.py"}


def test_every_benchmark_has_a_case(repo_dir: Path) -> None:
    found = {path.name for path in (repo_dir / "benchmarks").glob("*.py")} - HELPERS
    assert found <= {case.benchmark for case in smoke.CASES}


@pytest.mark.parametrize(
    ("words", "needs", "is_fine", "text"),
    [
        ("-c 'print(3)'", (), True, " s   x: -c"),
        ("-c 'print(4)'", (), False, "does not say '3'"),
        ("-c 'print(3); raise SystemExit(7)'", (), False, "exit code 7"),
        ("-c 'print(3)'", ("no_such_module", "no.such.module"), False, "(no no_such_module, no.such.module)"),
    ],
)
def test_outcomes(words: str, needs: tuple[str, ...], is_fine: bool, text: str) -> None:
    ((line, fine),) = smoke.outcomes([smoke.Case("x", words, needs, "3")], need_all=True)
    assert fine == is_fine
    assert text in line


def test_what_is_missing_is_allowed_unless_all_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smoke, "CASES", [smoke.Case("x", "-c 'print(3)'", ("no_such_module",), "3")])
    assert smoke.main([]) == 0
    assert smoke.main(["--need-all"]) == 1
