# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Filters that are no integer networks: Python functions and float networks, for experiments.

Nothing makes their results the same on another machine. A stream says so in the name of its model, and its decoder
needs the same function.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from inloop import _core
from inloop.engine.model import Model
from inloop.engine.thread_pool import ThreadPool
from inloop.errors import ModelError
from inloop.nnlf.adapt_graph import HADAMARD
from inloop.nnlf.features import CONTEXT, INPUT_Q
from inloop.nnlf.filter_model import FilterModel

Array = npt.NDArray[np.floating[Any]]
Features = Mapping[str, npt.NDArray[np.float32]]
PictureFunction = Callable[[Array, Array, Array, float], tuple[Array, Array, Array]]

INPUTS = ("rec", "pred", "bs", "qp_base", "qp_block", "ipb")
_EXPERIMENT = b"EXPT"
"""The first bytes of the name of a model that is not normative."""
_NAME_BYTES = 32
_OUTPUT_Q, _LARGEST = 14, 32767
_QP_SCALE = 64.0
_USUAL_KMAC_PER_PX = 1.0


class FilterFunction:
    """A function in place of an integer filter network, for `PictureFilter` and `Decoder`.

    Args:
        name: What encoder and decoder agree on; the stream has a hash of it.
        function: Takes the features of a block with its context by name, float32 ``[height, width, channels]`` at half
            the luma resolution in real values (`inloop.nnlf.features` defines them), and gives the residual to add to
            ``rec``: six channels of the same size, or without the context of four, packed as ``rec`` is, or 24 channels
            at half of that. Several threads call it at a time.
        kmac_per_px: What it costs, for skip policies and budgets.
    """

    def __init__(
        self, name: str, function: Callable[[Features], Array], *, kmac_per_px: float = _USUAL_KMAC_PER_PX
    ) -> None:
        self.name = name
        self.kmac_per_px = kmac_per_px
        self._function = function

    @classmethod
    def of_pictures(
        cls, name: str, function: PictureFunction, *, kmac_per_px: float = _USUAL_KMAC_PER_PX
    ) -> FilterFunction:
        """Make one of a function of pictures: Y, Cb and Cr of a block with its context in 0..1, and the slice's QP.

        It gives the filtered Y, Cb and Cr of the same sizes. Outside of the picture, samples are 0.
        """

        def residual(features: Features) -> Array:
            before = planes_of(features["rec"])
            after = function(*before, float(features["qp_base"][0, 0, 0]) * _QP_SCALE)
            y, u, v = (np.asarray(b, np.float64) - a for a, b in zip(before, after, strict=True))
            return packed(y, u, v)

        return cls(name, residual, kmac_per_px=kmac_per_px)

    @classmethod
    def of_model(cls, model: Model) -> FilterFunction:
        """Make one of a float network whose inputs and output are those of the filter contract.

        Raises ModelError where they are not.
        """
        names = [info.name for info in model.inputs]
        if unknown := [name for name in names if name not in INPUTS]:
            raise ModelError(
                f"a filter network has no input {', '.join(map(repr, unknown))}: see inloop model adapt"
            )
        if len(model.outputs) != 1 or model.outputs[0].channels not in (6, 24):
            raise ModelError("a filter network has one output of 24 or 6 channels")

        def residual(features: Features) -> Array:
            (out,) = model.run([np.ascontiguousarray(features[name][None]) for name in names])
            return np.asarray(out[0])

        return cls(f"network {model.sha256}", residual, kmac_per_px=model.kmac_per_px)

    @property
    def sha256(self) -> str:
        """What names it in a stream, in hexadecimal: "EXPT", then a hash of its name."""
        digest = hashlib.sha256(self.name.encode()).digest()
        return (_EXPERIMENT + digest)[:_NAME_BYTES].hex()

    def network(self, pool: ThreadPool) -> _core.FilterNetwork:
        """The function as the core runs it."""
        return _core.FilterNetwork.of_function(self.residual, pool.core)

    def residual(self, arrays: tuple[npt.NDArray[np.int16], ...]) -> npt.NDArray[np.int16]:
        """Call the function on integer features, as the core gives them; return integers without the context."""
        features = {
            name: (array / np.float32(1 << INPUT_Q)).astype(np.float32)
            for name, array in zip(INPUTS, arrays, strict=True)
        }
        height, width = arrays[0].shape[:2]
        out = _without_context(np.asarray(self._function(features), np.float64), height, width)
        return np.ascontiguousarray(np.clip(np.rint(out * (1 << _OUTPUT_Q)), -_LARGEST, _LARGEST), np.int16)


AnyFilter: TypeAlias = FilterModel | FilterFunction
"""What filters pictures in an encoder or decoder: networks with an identity, or a function in their place."""


def planes_of(rec: npt.NDArray[np.floating[Any]]) -> tuple[Array, Array, Array]:
    """Y, Cb and Cr of six packed channels ``[height, width, 6]``, in real values."""
    samples = rec[..., :4].astype(np.float64) @ HADAMARD.T
    height, width = rec.shape[:2]
    y = samples.reshape(height, width, 2, 2).transpose(0, 2, 1, 3).reshape(2 * height, 2 * width)
    return y, rec[..., 4].astype(np.float64), rec[..., 5].astype(np.float64)


def packed(y: Array, u: Array, v: Array) -> Array:
    """Six channels of Y, Cb and Cr, the inverse of `planes_of`."""
    height, width = u.shape
    samples = y.reshape(height, 2, width, 2).transpose(0, 2, 1, 3).reshape(height, width, 4)
    return np.concatenate([samples @ HADAMARD / 4, u[..., None], v[..., None]], -1)


def _without_context(out: Array, height: int, width: int) -> Array:
    """The residual as six channels of the block alone. Raises ModelError for another shape."""
    if out.ndim == 3 and out.shape[2] == 24:
        out = _six_of_24(out)
    inner = (height - CONTEXT, width - CONTEXT, 6)
    margin = CONTEXT // 2
    if out.shape == (height, width, 6):
        out = out[margin:-margin, margin:-margin]
    if out.shape != inner:
        raise ModelError(
            f"a filter function gives values of shape {inner}, with its context {(height, width, 6)}, not {out.shape}"
        )
    return out


def _six_of_24(out: Array) -> Array:
    """24 channels at 1/4 of the luma resolution as six at 1/2."""
    height, width = out.shape[:2]

    def spread(values: Array) -> Array:  # [height, width, 4, ...], in raster order, to twice the resolution
        shape = (2 * height, 2 * width, *values.shape[3:])
        return np.moveaxis(values.reshape(height, width, 2, 2, *values.shape[3:]), 2, 1).reshape(shape)

    luma = spread(out[..., :16].reshape(height, width, 4, 4).swapaxes(2, 3))
    chroma = [spread(out[..., i : i + 4] @ HADAMARD.T)[..., None] for i in (16, 20)]
    return np.concatenate([luma, *chroma], -1)
