# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""A filter for VapourSynth (the [vapoursynth] extra): `inloop.vapoursynth.Enhance(clip)`."""

from __future__ import annotations

from os import PathLike
from threading import BoundedSemaphore
from typing import Any

import numpy as np

from inloop.engine.model import Model
from inloop.enhance import Enhancer, load_enhancer
from inloop.errors import ConfigError
from inloop.extras import import_extra
from inloop.video.frame import Frame

_BIT_DEPTHS = {"YUV420P8": 8, "YUV420P10": 10}


def Enhance(  # noqa: N802 - filters of VapourSynth have such names
    clip: Any,
    model: str | PathLike[str] | Model = "enhance",
    *,
    strength: float = 1.0,
    threads: int | None = None,
) -> Any:
    """Return a clip whose pictures are filtered by a network, with the samples that `inloop enhance` writes.

    Args:
        clip: A `VideoNode` of the format YUV420P8 or YUV420P10 and of one even size.
        model: A name of the package, the path of a model, or a model: what `inloop.load_enhancer` takes.
        strength: How much of the network's correction is added, 0 to 2.
        threads: Pictures to filter at a time; as many as VapourSynth asks for at a time (`core.num_threads`).

    Returns:
        A `VideoNode` of the same format and length; properties of its frames are those of the clip's.

    Raises:
        ConfigError: The clip has another format or no constant size, or a value is out of range.
        ModelError: The network is no such filter.
        ModuleNotFoundError: VapourSynth is missing.
    """
    vs = import_extra("vapoursynth", "vapoursynth")
    if not isinstance(clip, vs.VideoNode):
        raise TypeError(f"Enhance() takes a clip of VapourSynth, not {type(clip).__name__}")
    name = None if clip.format is None else clip.format.name
    if name not in _BIT_DEPTHS:
        raise ConfigError(
            f"Enhance: {name or 'a clip of several formats'}; YUV420P8 and YUV420P10 are filtered"
        )
    if clip.width % 2 or clip.height % 2 or not clip.width:
        raise ConfigError(f"Enhance: {clip.width}x{clip.height}; width and height must be even and constant")
    enhancer = Enhancer(model if isinstance(model, Model) else load_enhancer(model), 1, strength)
    most = vs.core.num_threads if threads is None else threads
    if most < 1:
        raise ConfigError(f"Enhance: {most} threads run nothing")
    under_way = BoundedSemaphore(most)

    def enhanced(n: int, f: Any) -> Any:
        y, u, v = (np.asarray(f[plane]) for plane in range(3))
        with under_way:
            result = enhancer.enhance(Frame(y, u, v, _BIT_DEPTHS[name], n))
        written = f.copy()
        for plane, samples in enumerate(result.planes):
            np.asarray(written[plane])[...] = samples
        return written

    return clip.std.ModifyFrame(clip, enhanced)
