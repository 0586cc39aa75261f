# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""The filter of VapourSynth gives the samples of `inloop enhance`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

import inloop
from inloop import ConfigError, Frame, ModelError

vs = pytest.importorskip("vapoursynth", reason="its wheels are for Python 3.12 and later")


def clip_of(frames: Sequence[Frame]) -> Any:
    kind = vs.YUV420P8 if frames[0].bit_depth == 8 else vs.YUV420P10
    blank = vs.core.std.BlankClip(
        width=frames[0].width, height=frames[0].height, format=kind, length=len(frames)
    )

    def filled(n: int, f: Any) -> Any:
        written = f.copy()
        for plane, samples in enumerate(frames[n].planes):
            np.asarray(written[plane])[...] = samples
        written.props["number"] = n
        return written

    return blank.std.ModifyFrame(blank, filled)


@pytest.mark.parametrize("depth", [8, 10])
@pytest.mark.parametrize("threads", [None, 1])
def test_same_samples_as_the_command(small_frames: list[Frame], depth: int, threads: int | None) -> None:
    from inloop.vapoursynth import Enhance

    frames = [frame.to_depth(depth) for frame in small_frames]
    expected = [*inloop.Enhancer(inloop.load_enhancer("enhance")).enhance_frames(frames)]
    node = Enhance(clip_of(frames), threads=threads)
    assert (node.num_frames, node.format.name) == (4, f"YUV420P{depth}")
    for number, frame in enumerate(node.frames()):
        planes = [np.asarray(frame[plane]) for plane in range(3)]
        assert frame.props["number"] == number
        assert Frame(*planes, depth).md5() == expected[number].md5() != frames[number].md5()


def test_strength_and_model(small_frames: list[Frame]) -> None:
    from inloop.vapoursynth import Enhance

    clip = clip_of(small_frames)
    still = Enhance(clip, inloop.load_enhancer("enhance"), strength=0).get_frame(2)
    assert np.array_equal(np.asarray(still[0]), small_frames[2].y)
    with pytest.raises(ModelError, match="filters pictures in the loop"):
        Enhance(clip, "lop")


def test_clips_that_do_not_fit(small_frames: list[Frame]) -> None:
    from inloop.vapoursynth import Enhance

    clip = clip_of(small_frames)
    with pytest.raises(ConfigError, match="YUV444P8; YUV420P8 and YUV420P10"):
        Enhance(clip.resize.Point(format=vs.YUV444P8))
    with pytest.raises(ConfigError, match="threads"):
        Enhance(clip, threads=0)
    with pytest.raises(ConfigError, match="strength"):
        Enhance(clip, strength=3)
    with pytest.raises(TypeError, match="takes a clip of VapourSynth, not int"):
        Enhance(3)
