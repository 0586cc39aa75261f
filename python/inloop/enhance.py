# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Filtering of decoded pictures out of any loop, by a network that sees nothing but the picture.

docs/reference/enhance.md says what such a network must look like.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import islice
from os import PathLike
from typing import cast

import numpy as np
import numpy.typing as npt

from inloop.convert.loading import load_model
from inloop.engine.model import Model
from inloop.engine.tensors import Tensor
from inloop.engine.thread_pool import pool_of
from inloop.errors import ConfigError, ModelError
from inloop.nnlf.features import (
    CONTEXT,
    INPUT_Q,
    Int32Array,
    pack_planes,
    unpack_coefficients,
    unpack_planes,
)
from inloop.nnlf.registry import enhancer_names, filter_names, packaged_enhancer
from inloop.video.frame import Frame
from inloop.video.planes import Plane, plane_shapes

_STEP = 8
_FLOAT_OUTPUT_Q = 20
"""Quantizer at which a float network's residual is rounded: far finer than a sample of 10 bits."""
_SCALES = {("rec", 24): 4, ("rec", 6): 2, ("y", 1): 1}
"""Luma samples along the side of an output sample, by input and output channels."""


def load_enhancer(name_or_path: str | PathLike[str]) -> Model:
    """Load a network by the name of one inside the package or from a file; any that `Enhancer` takes.

    Raises ModelError, UnsupportedError or OSError where it cannot be used or read.
    """
    name = str(name_or_path)
    if name in filter_names():
        raise ModelError(
            f"'{name}' filters pictures in the loop; behind a decoder goes a network with one input 'rec' or 'y'"
        )
    model = packaged_enhancer(name) if name in enhancer_names() else load_model(name_or_path)
    Enhancer(model)
    return model


class Enhancer:
    """Applies a network to whole decoded pictures.

    Args:
        model: Integer or float, with the one input ``rec`` (6 channels at half resolution) and 24 channels at 1/4
            or 6 at 1/2 resolution as output, or with the one input ``y`` (1 channel, luma) and 1 channel as output.
        threads: Pictures at a time.
        strength: How much of the network's correction is added, 0 to 2, in steps of 1/256.

    Raises:
        ModelError: The network has other inputs or outputs.
        ConfigError: No threads, or the strength is out of range.
    """

    def __init__(self, model: Model, threads: int = 1, strength: float = 1.0) -> None:
        if not 0 <= strength <= 2:
            raise ConfigError(f"strength {strength} is outside 0 .. 2")
        self._scale_256 = round(256 * strength)
        self._pool = pool_of(threads)
        self.model = model
        self.threads = threads
        self._input, self._scale = _check(model)
        self._float = model.dtype == np.float32

    def enhance(self, frame: Frame) -> Frame:
        """Return the filtered picture, of the same size and bit depth. Raises ConfigError for odd luma sizes."""
        return next(iter(self.enhance_frames([frame])))

    def enhance_frames(self, frames: Iterable[Frame]) -> Iterator[Frame]:
        """Yield the filtered pictures in order; all of one size. Results do not depend on the number of threads."""
        source = iter(frames)
        while batch := list(islice(source, self.threads)):
            inputs = np.stack([self._packed(frame) for frame in batch])
            (outputs,) = self.model.run([inputs], threads=self._pool)
            for frame, output in zip(batch, outputs, strict=True):
                yield self._corrected(frame, output)

    def _packed(self, frame: Frame) -> Tensor:
        """Network input ``[height, width, channels]``: edges repeated to a multiple of 8, then zeros around."""
        planes = _padded(frame)
        q = INPUT_Q if self._float else self.model.inputs[0].quantizer
        if self._input == "rec":
            values, context = pack_planes(*planes, frame.bit_depth, q), CONTEXT // 2
        else:
            shift = q - frame.bit_depth
            luma = planes[0][..., None]
            values, context = (luma << shift if shift >= 0 else luma >> -shift), CONTEXT
        values = np.pad(values, ((context, context), (context, context), (0, 0)))
        if self._float:
            return np.asarray(values / (1 << INPUT_Q), np.float32)
        return np.clip(values, -32767, 32767).astype(np.int16)

    def _corrected(self, frame: Frame, output: Tensor) -> Frame:
        q = self.model.outputs[0].quantizer
        if self._float:
            q = _FLOAT_OUTPUT_Q
            values = np.rint(output.astype(np.float64) * (1 << q)).astype(np.int32)
        else:
            values = output.astype(np.int32)
        residuals = self._residuals(self._without_context(values, frame))
        planes = [
            _add(plane, residual, q, frame.bit_depth, self._scale_256)
            for plane, residual in zip(frame.planes, residuals, strict=False)
        ]
        y, u, v = (*planes, *frame.planes[len(planes) :])
        return replace(frame, y=y, u=u, v=v)

    def _without_context(self, values: Int32Array, frame: Frame) -> Int32Array:
        height, width = (-(-side // _STEP) * _STEP // self._scale for side in (frame.height, frame.width))
        margin = (values.shape[0] - height) // 2
        if margin not in (0, CONTEXT // self._scale) or values.shape[1] - width != 2 * margin:
            raise ModelError(
                f"the network gives {values.shape[1]}x{values.shape[0]} values for a picture of {width}x{height} such"
            )
        return values[margin : margin + height, margin : margin + width]

    def _residuals(self, values: Int32Array) -> tuple[Int32Array, ...]:
        if self._scale == 4:
            return unpack_coefficients(values)
        return unpack_planes(values) if self._scale == 2 else (values[..., 0],)


def helps(original: Frame, decoded: Frame, enhanced: Frame) -> bool:
    """Return whether filtering lowers the squared error over Y, U and V: what decides about a picture.

    Args:
        original: The source.
        decoded: The decoded picture, of the same size and depth.
        enhanced: What the network made of it.
    """
    return sum(original.sse(enhanced)) < sum(original.sse(decoded))


def _check(model: Model) -> tuple[str, int]:
    """Return name of the input and scale of the output."""
    if len(model.inputs) != 1 or model.inputs[0].name not in ("rec", "y"):
        names = ", ".join(info.name for info in model.inputs)
        raise ModelError(f"a decoded picture gives the one input 'rec' or 'y', the network wants {names}")
    if len(model.outputs) != 1:
        raise ModelError(f"the network has {len(model.outputs)} outputs instead of one")
    name, channels = model.inputs[0].name, model.outputs[0].channels
    if (name, channels) not in _SCALES or model.inputs[0].channels != {"rec": 6, "y": 1}[name]:
        raise ModelError(
            f"input '{name}' of {model.inputs[0].channels} and output of {channels} channels: rec has 6 and gives 24 or"
            " 6, y has 1 and gives 1"
        )
    return name, _SCALES[name, channels]


def _padded(frame: Frame) -> tuple[Int32Array, Int32Array, Int32Array]:
    if frame.width % 2 or frame.height % 2:
        raise ConfigError(f"{frame}: width and height must be even")
    height, width = (-(-side // _STEP) * _STEP for side in (frame.height, frame.width))
    y, u, v = (
        np.pad(plane, ((0, h - plane.shape[0]), (0, w - plane.shape[1])), mode="edge").astype(np.int32)
        for plane, (h, w) in zip(frame.planes, plane_shapes(width, height), strict=True)
    )
    return y, u, v


def _add(plane: Plane, residual: Int32Array, q: int, bit_depth: int, scale_256: int) -> Plane:
    """Add a residual (1.0 is the full range of samples) times a scale, rounded, and clip."""
    inner: npt.NDArray[np.signedinteger] = residual[: plane.shape[0], : plane.shape[1]]
    if scale_256 != 256:
        inner, q = inner.astype(np.int64) * scale_256, q + 8
    shift = q - bit_depth
    step = (inner + (1 << (shift - 1))) >> shift if shift > 0 else inner << -shift
    return cast(Plane, np.clip(plane.astype(np.int32) + step, 0, (1 << bit_depth) - 1).astype(plane.dtype))
