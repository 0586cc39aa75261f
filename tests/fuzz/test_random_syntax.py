# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Some hundred streams of random syntax by our decoder and FFmpeg's; `random_syntax.py` makes as many as one wants."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from need_testing import need_testing

pytest.importorskip("av")

from against_ffmpeg import compare
from random_syntax import LOSSLESS, SEED_PATHS, Filler, bins_of, run

need_testing()


@pytest.mark.parametrize("path", SEED_PATHS, ids=lambda path: path.stem)
def test_random_slice_data_have_the_same_pictures(path: Path) -> None:
    """Whole streams come of the headers of each: both accept them, to the last picture."""
    chosen = random.Random(path.stem)
    outcomes = []
    for _ in range(6):
        stream = Filler(path.read_bytes(), chosen).run()
        outcomes.append("not made" if stream is None else compare(stream)[0])
    allowed = {"same", "chroma differs"} if LOSSLESS.search(path.stem) else {"same"}
    assert set(outcomes) <= allowed | {"not made"}
    assert outcomes.count("not made") <= 1


def test_pcm_blocks_are_made() -> None:
    seed = next(path for path in SEED_PATHS if "pcm" in path.stem).read_bytes()
    assert {place.kind for place in bins_of(seed)} == {"pcm", "slice_end"}
    chosen = random.Random(1)
    restarts = 0
    for _ in range(40):
        stream = Filler(seed, chosen).run()
        assert stream is not None
        restarts += sum(place.substream > 0 for place in bins_of(stream))
    assert restarts >= 2  # the arithmetic decoder has started again behind samples


def test_changed_headers_too() -> None:
    outcomes, wrong = run({path.name: path.read_bytes() for path in SEED_PATHS}, 2, count=150)
    assert not wrong
    words = {word: sum(n for (w, _), n in outcomes.items() if w == word) for word, _ in outcomes}
    assert words["same"] >= 90
    assert words.get("not made", 0) <= 45  # headers whose change leaves no picture
