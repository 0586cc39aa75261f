# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Coded pictures without an encoder: synthetic content through a quantised 8x8 block transform."""

import av
import numpy as np

from inloop.nnlf import CodedPicture


def content(rng, height, width):
    """Smooth shapes with edges: something a filter can learn on in seconds."""

    def plane(h, w):
        y, x = np.mgrid[0:h, 0:w] / 16.0
        waves = sum(np.sin(x * a + y * b + c) for a, b, c in rng.uniform(-1.5, 1.5, (4, 3)))
        return np.clip(128 + 30 * waves + 40 * (np.sin(x * 0.7) > rng.uniform(-1, 1)), 0, 255).astype(
            np.uint16
        )

    return plane(height, width), plane(height // 2, width // 2), plane(height // 2, width // 2)


def degrade(plane, qp):
    k = np.arange(8)
    basis = np.cos(np.pi * (2 * k + 1) * k[:, None] / 16) / 2
    basis[0] /= np.sqrt(2)
    h, w = plane.shape
    blocks = plane.astype(float).reshape(h // 8, 8, w // 8, 8).transpose(0, 2, 1, 3)
    step = 2 ** ((qp - 4) / 6)
    coefficients = basis @ blocks @ basis.T
    levels = np.sign(coefficients) * np.floor(np.abs(coefficients) / step + 1 / 3)
    decoded = basis.T @ (levels * step) @ basis
    return np.clip(np.rint(decoded), 0, 255).transpose(0, 2, 1, 3).reshape(h, w).astype(np.uint16)


def coded_picture(rng, height=96, width=112, qp=34, slice_type="I"):
    """A coded picture (not deblocked) and its original."""
    original = content(rng, height, width)
    rec = tuple(degrade(p, qp) for p in original)
    units = (height // 4, width // 4)
    bs_ver, bs_hor = np.zeros(units, np.uint8), np.zeros(units, np.uint8)
    bs_ver[:, 2::2] = 2
    bs_hor[2::2] = 2
    qps, types = np.full(units, qp, np.int8), np.zeros(units, np.uint8)
    coded = CodedPicture(rec, rec, rec, bs_ver, bs_hor, qps, types, qp, slice_type)
    return coded, original


def write_clip(path, rng, pictures=5, height=64, width=96):
    """Write a clip of content that moves."""
    planes = content(rng, height, width)
    with path.open("wb") as file:
        file.write(b"YUV4MPEG2 W%d H%d F30:1 C420\n" % (width, height))
        for shift in range(pictures):
            file.write(b"FRAME\n")
            for plane in planes:
                file.write(np.roll(plane, shift, 1).astype(np.uint8).tobytes())


def write_photo(path, planes):
    """Write uint8 Y, U, V as an image."""
    height, width = planes[0].shape
    with av.open(str(path), "w") as container:
        stream = container.add_stream("png", rate=1, width=width, height=height, pix_fmt="rgb24")
        rows = np.vstack([planes[0], *(plane.reshape(-1, width) for plane in planes[1:])])
        picture = av.VideoFrame.from_ndarray(rows, "yuv420p")
        container.mux(stream.encode(picture.reformat(format="rgb24")))
        container.mux(stream.encode())
