# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Some hundred streams of random syntax by our decoder and FFmpeg's; `random_syntax.py` makes as many as one wants."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest

from need_testing import need_testing

pytest.importorskip("av")

from against_ffmpeg import compare, ffmpegs, ours
from random_syntax import LOSSLESS, SEED_PATHS, Filler, begins_picture, bins_of, is_slice, run, units_of

need_testing()


@pytest.mark.parametrize("path", SEED_PATHS, ids=lambda path: path.stem)
def test_random_slice_data_have_the_same_pictures(path: Path) -> None:
    """Whole streams come of the headers of each: both accept them, to the last picture."""
    chosen = random.Random(path.stem)
    outcomes = []
    for _ in range(6):
        stream = Filler(path.read_bytes(), chosen).run()
        outcomes.append("not made" if stream is None else compare(stream)[0])
    allowed = {"same", "chroma differs", "FFmpeg alone differs"} if LOSSLESS.search(path.stem) else {"same"}
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


def test_pictures_are_not_cut() -> None:
    """The last picture has all of its slice segments."""
    seed = next(path for path in SEED_PATHS if "multi_slice" in path.stem).read_bytes()
    stream = Filler(seed * 4, random.Random(3)).run()  # of two segments a picture
    assert stream is not None
    slices = [unit for unit in units_of(stream) if is_slice(unit)]
    assert list(map(begins_picture, slices)) == [True, False] * 3  # five segments are as many as are wanted
    assert compare(stream)[0] == "same"


def test_chroma_of_ctbs_of_16() -> None:
    """FFmpeg 8 shows other chroma in the last column of some CTBs; the pictures below are ours and libde265's."""
    stream = Path(__file__).with_name("ctbs_of_16.265").read_bytes()
    mine, other = ours(stream), ffmpegs(stream)
    assert mine.whole == "61d6a96bcac823fdd31610fd108a1216"
    assert mine.luma == other.luma
    if shutil.which("libde265-dec265") or shutil.which("dec265"):
        assert compare(stream)[0] in ("same", "FFmpeg alone differs")


def test_changed_headers_too() -> None:
    outcomes, wrong = run({path.name: path.read_bytes() for path in SEED_PATHS}, 2, count=150)
    assert not wrong
    assert not [word for word, _ in outcomes if word in ("we refuse", "both refuse")]
    words = {word: sum(n for (w, _), n in outcomes.items() if w == word) for word, _ in outcomes}
    assert words["same"] >= 90
    assert words.get("not made", 0) <= 45  # headers whose change leaves no picture
