# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Stored coded pictures and the patches cut from them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from inloop.array_files import open_arrays
from inloop.nnlf import features
from inloop.nnlf.picture import CodedPicture, Planes
from inloop.whole_files import open_whole

Features = dict[str, npt.NDArray[np.float32]]
_PLANES = ("org", "rec", "dbf", "pred")
_MAPS = ("bs_ver", "bs_hor", "qp", "pred_type")


def save_picture(path: Path, coded: CodedPicture, original: Planes, source: str) -> None:
    """Write a coded picture and its original as one .npz file, atomically.

    Args:
        path: The file.
        coded: The picture.
        original: Y, Cb, Cr of the source, padded to the coded size.
        source: Name of the clip or photograph.
    """
    dtype = np.uint8 if coded.bit_depth == 8 else np.uint16
    arrays: dict[str, npt.NDArray[np.generic]] = {}
    for name, planes in zip(_PLANES, (original, coded.rec, coded.dbf, coded.pred), strict=True):
        for component, plane in zip("yuv", planes, strict=True):
            arrays[f"{name}_{component}"] = plane.astype(dtype)
    maps = (coded.bs_ver, coded.bs_hor, coded.qp, coded.pred_type)
    arrays |= {name: np.asarray(values) for name, values in zip(_MAPS, maps, strict=True)}
    arrays["info"] = np.array([coded.slice_qp, coded.bit_depth, "IPB".index(coded.slice_type)])
    arrays["source"] = np.array(source)
    with open_whole(path) as file:
        np.savez(file, **arrays)  # type: ignore[arg-type]  # the stub takes the second keyword for allow_pickle


@dataclass
class Sample:
    """A stored picture, padded by zeros so that a patch may reach `features.CONTEXT` samples outside.

    Attributes:
        source: Name of the clip or photograph.
        planes: ``org``, ``rec``, ``dbf``, ``pred``, each Y, Cb, Cr, padded.
        maps: ``bs`` (2 channels), ``qp``, ``pred_type`` at half resolution, padded.
        size: Luma height and width without padding.
        slice_qp: QP of the slice.
        slice_type: ``I``, ``P`` or ``B``.
        bit_depth: Bits a sample.
        mse: Mean squared error of the *deblocked* picture a component, in units of the full sample range.
    """

    source: str
    planes: dict[str, tuple[npt.NDArray[np.generic], ...]]
    maps: dict[str, npt.NDArray[np.generic]]
    size: tuple[int, int]
    slice_qp: int
    slice_type: str
    bit_depth: int
    mse: npt.NDArray[np.float64]


def read_kind(path: Path) -> tuple[str, bool]:
    """Return the source of a stored picture and whether it is a P or B picture, without reading the samples.

    Raises the errors of `open_arrays`.
    """
    with open_arrays(path) as data:
        return str(data["source"]), bool(data["info"][2])


def load_sample(path: Path) -> Sample:
    """Read a picture written by `save_picture`; raises the errors of `open_arrays`."""
    with open_arrays(path) as data:
        slice_qp, bit_depth, kind = (int(v) for v in data["info"])
        full = {name: [data[f"{name}_{c}"] for c in "yuv"] for name in _PLANES}
        errors = [a.astype(np.float64) - b for a, b in zip(full["org"], full["dbf"], strict=True)]
        half = {name: np.repeat(np.repeat(data[name], 2, 0), 2, 1) for name in ("qp", "pred_type")}
        half["bs"] = features.boundary_planes(data["bs_ver"], data["bs_hor"])
        source = str(data["source"])
    pad = features.CONTEXT
    planes = {
        name: tuple(np.pad(p, pad if i == 0 else pad // 2) for i, p in enumerate(full[name]))
        for name in _PLANES
    }
    maps = {name: np.pad(m, [(pad // 2, pad // 2)] * 2 + [(0, 0)] * (m.ndim - 2)) for name, m in half.items()}
    mse = np.array([np.mean(np.square(e)) for e in errors]) / (1 << bit_depth) ** 2
    size = full["org"][0].shape
    return Sample(source, planes, maps, (size[0], size[1]), slice_qp, "IPB"[kind], bit_depth, mse)


def cut_patch(
    sample: Sample, x: int, y: int, size: int, flips: int = 0, scale: int = 4
) -> tuple[Features, npt.NDArray[np.float32]]:
    """Cut a square patch of `size` luma samples with its context around it.

    Args:
        sample: The picture.
        x: Left luma sample of the patch, a multiple of 16 if `flips` is used (the edge grids must map onto themselves).
        y: Top luma sample.
        size: Side of the patch without context, a multiple of 4.
        flips: Bit 0 mirrors left-right, bit 1 top-bottom, bit 2 transposes.
        scale: Luma samples along the side of an output position: 4 (24 channels) or 2 (6 channels).

    Returns:
        Network inputs ``[s, s, c]`` of real values with ``s = size / 2 + context``, and the wanted residual
        ``[size / scale, size / scale, c]`` (original minus `rec`) in the packing of the network's output.
    """
    inputs, residuals = _cut(sample, (y, x, size, size), flips, scale, ("org",))
    return inputs, residuals["org"]


def cut_picture(
    sample: Sample, scale: int = 4
) -> tuple[Features, npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """Return a whole picture as `cut_patch` does a patch, and the residual of the deblocked picture besides."""
    inputs, residuals = _cut(sample, (0, 0, *sample.size), 0, scale, ("org", "dbf"))
    return inputs, residuals["org"], residuals["dbf"]


def _cut(
    sample: Sample, window: tuple[int, int, int, int], flips: int, scale: int, wanted: tuple[str, ...]
) -> tuple[Features, Features]:
    """Return the network's inputs for a window (top, left, height, width), and what lies between `rec` and others."""
    y, x, height, width = window
    bottom, right = (a + b + 2 * features.CONTEXT for a, b in ((y, height), (x, width)))
    unit = float(1 << features.INPUT_Q)

    def cut(plane: npt.NDArray[np.generic], shrink: int) -> npt.NDArray[np.int32]:
        part = plane[y // shrink : bottom // shrink, x // shrink : right // shrink]
        return _flip(part, flips).astype(np.int32)

    raw = {
        name: [cut(p, 1 if i == 0 else 2) for i, p in enumerate(sample.planes[name])]
        for name in ("rec", "pred", *wanted)
    }
    maps = {name: cut(m, 2) for name, m in sample.maps.items()}
    depth = sample.bit_depth
    packed = {
        "rec": features.pack_planes(raw["rec"][0], raw["rec"][1], raw["rec"][2], depth),
        "pred": features.pack_planes(raw["pred"][0], raw["pred"][1], raw["pred"][2], depth),
        "bs": features.pack_boundary(maps["bs"]),
        "qp_base": features.pack_qp(np.full_like(maps["qp"], sample.slice_qp)),
        "qp_block": features.pack_qp(maps["qp"]),
        "ipb": features.pack_prediction_type(maps["pred_type"]),
    }
    margin = features.CONTEXT // scale
    residuals = {}
    for name in wanted:
        packed_residual = pack_residual([a - r for a, r in zip(raw[name], raw["rec"], strict=True)], scale)
        inner = packed_residual[margin:-margin, margin:-margin] / np.float32((1 << depth) * 4)
        residuals[name] = inner.astype(np.float32)
    return {name: (v / unit).astype(np.float32) for name, v in packed.items()}, residuals


def _flip(a: npt.NDArray[np.generic], flips: int) -> npt.NDArray[np.generic]:
    if flips & 1:
        a = a[:, ::-1]
    if flips & 2:
        a = a[::-1]
    return a.swapaxes(0, 1) if flips & 4 else a


def pack_residual(planes: list[npt.NDArray[np.int32]], scale: int = 4) -> npt.NDArray[np.int32]:
    """Pack residual planes as a network's output, times four.

    At a scale of 4 to ``[h/4, w/4, 24]``, the inverse of `features.unpack_coefficients`; at a scale of 2 to
    ``[h/2, w/2, 6]``, the inverse of `features.unpack_planes`.

    Args:
        planes: Y, Cb, Cr: int32 ``[h, w]`` and ``[h/2, w/2]``.
        scale: Luma samples along the side of an output position, 2 or 4.
    """
    if scale == 2:
        return np.concatenate([_hadamard(planes[0]), np.stack(planes[1:], -1) * 4], -1)
    coefficients = [_hadamard(p) for p in planes]
    y = coefficients[0]
    h, w = y.shape[0] // 2, y.shape[1] // 2
    y = y.reshape(h, 2, w, 2, 4).transpose(0, 2, 4, 1, 3).reshape(h, w, 16)
    return np.concatenate([y, coefficients[1], coefficients[2]], -1)


def _hadamard(p: npt.NDArray[np.int32]) -> npt.NDArray[np.int32]:
    a, b, c, d = p[0::2, 0::2], p[0::2, 1::2], p[1::2, 0::2], p[1::2, 1::2]
    return np.stack([a + b + c + d, a - b + c - d, a + b - c - d, a - b - c + d], -1)
