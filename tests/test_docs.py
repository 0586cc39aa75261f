# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""The examples of docs/ run."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from model_seeds import filter_like


def test_engine_example(
    repo_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    code = re.search(r"```python\n(.*?)```", (repo_dir / "docs" / "engine.md").read_text("utf-8"), re.DOTALL)
    assert code is not None
    (tmp_path / "network.onnx").write_bytes(filter_like())
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    exec(compile(code[1], "engine.md", "exec"), names)
    out, results = names["out"], names["results"]
    assert isinstance(out, list)
    assert isinstance(results, list)
    for single, many in zip(out, results, strict=True):
        np.testing.assert_array_equal(np.concatenate([single] * 8), many)
    printed = capsys.readouterr().out
    assert "kMAC/px" in printed
    assert "share of peak" in printed
    assert (tmp_path / "network.inl").exists()
