# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Some hundred changed streams by our decoder and FFmpeg's; `against_ffmpeg.py` does as many as one wants."""

from __future__ import annotations

import pytest

pytest.importorskip("av")

from against_ffmpeg import DATA, SEEDS, ffmpegs, ours, run


@pytest.mark.parametrize("name", SEEDS)
def test_whole_streams_have_the_same_pictures(name: str) -> None:
    stream = (DATA / name).read_bytes()
    mine, other = ours(stream), ffmpegs(stream)
    assert mine.accepted
    assert other.accepted
    assert mine.pictures == other.pictures != ()


def test_changed_streams_have_the_same_pictures() -> None:
    outcomes, wrong = run(400, 2)
    assert not wrong
    words = {word: sum(n for (w, _), n in outcomes.items() if w == word) for word, _ in outcomes}
    assert words["same"] >= 20
    assert words["both refuse"] >= 20
    assert words.get("FFmpeg refuses", 0) < 40  # parameter sets that it checks more closely
