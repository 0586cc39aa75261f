# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""The examples of docs/reference/rate_control.md run as they are printed."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from inloop.pipeline import encode_frames


@pytest.fixture
def examples(repo_dir):
    page = repo_dir / "docs" / "reference" / "rate_control.md"
    return re.findall(r"```python\n(.*?)```", page.read_text(), re.DOTALL)


def test_examples(examples, sample_frames):
    names: dict = {}
    for code in examples:
        exec(code, names)
        packets = list(
            encode_frames(names["encoder"], [replace(f, pts=i) for i, f in enumerate(sample_frames[:2])])
        )
        assert len(packets) == 2
    assert len(examples) == 2
