# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Damaged files of every kind that Python reads; `fuzz_front_ends.py` reads as many as one wants."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("onnx")

from fuzz_front_ends import TARGETS, read_container, run
from nn_networks import GraphBuilder

from inloop.convert import onnx_to_compact
from inloop.errors import ModelError, UnsupportedError

MOST_S = 20.0
COUNT = {"onnx": 2000, "sadl": 1500, "y4m": 500, "stream": 100, "container": 300}


@pytest.mark.parametrize("name", TARGETS)
def test_damaged_files(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if name == "container":
        pytest.importorskip("av")
    monkeypatch.chdir(tmp_path)  # where a finding is written
    count, accepted = run(name, MOST_S, seed=11, most=COUNT[name])
    assert count > 10
    assert 0 < accepted < count


def test_text_of_a_network_that_is_none() -> None:
    """Protobuf gives bytes for text that is not UTF-8."""
    data = TARGETS["onnx"].seeds()[0]
    assert b"rec" in data
    with pytest.raises(ModelError, match="UTF-8"):
        onnx_to_compact(data.replace(b"rec", b"r\xffc"))


def test_text_of_a_container_that_is_none() -> None:
    """FFmpeg's own marks in the seeds are Latin letters; other programs write anything."""
    pytest.importorskip("av")
    for data in TARGETS["container"].seeds():
        assert b"Lavf" in data
        read_container(data.replace(b"Lavf", b"\x80avf"))


def test_a_cut_of_any_number_of_rows() -> None:
    """Fuzzing found it: the constant that says how many are kept had no room."""
    g = GraphBuilder()
    cut = [g.raw(np.array([value])) for value in (-(1 << 40), 1 << 62, 2)]
    data = g.build(g.node("Slice", [g.input("x", 3), *cut]))
    with pytest.raises(UnsupportedError, match="rows or columns"):
        onnx_to_compact(data)
