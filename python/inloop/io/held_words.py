# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Which words about a file, and whether chapters, a container can hold: found out by writing one."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

_RATE = 48000
_SOUND = {"webm": ("libopus", 960)}
"""Encoder, and samples a frame, of sound that a container takes, by FFmpeg's name of it."""
_USUAL_SOUND = ("mp2", 1152)


def held_words(
    av: Any, form: str, words: Mapping[str, str], chapters: Sequence[Mapping[str, Any]]
) -> tuple[set[str], bool]:
    """Return names of the words that come back, in lower case, and whether chapters do.

    Args:
        av: The package.
        form: FFmpeg's name of the container.
        words: What is to be said of the file.
        chapters: As PyAV takes them.
    """
    if not words and not chapters:
        return set(), True
    file = io.BytesIO()
    with av.open(file, "w", format=form) as container:
        codec, samples = _SOUND.get(form, _USUAL_SOUND)
        sound = container.add_stream(codec, rate=_RATE, layout="stereo")  # a moment of silence
        container.metadata.update(words)
        container.set_chapters(chapters)
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 2 * samples), np.int16), "s16", "stereo")
        frame.sample_rate = _RATE
        container.mux(sound.encode(frame))
        container.mux(sound.encode(None))
    with av.open(io.BytesIO(file.getvalue())) as container:
        return {name.lower() for name in container.metadata}, bool(container.chapters())
