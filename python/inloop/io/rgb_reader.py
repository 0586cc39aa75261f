# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""RGB pictures out of files: PPM by itself, PNG through PyAV (the [video] extra)."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import numpy.typing as npt

from inloop.errors import ConfigError, UnsupportedError
from inloop.extras import import_extra

RGB_SUFFIXES = (".png", ".ppm")
_HEADER = re.compile(
    rb"P6(?:\s+|#[^\n]*\n)+(\d{1,5})(?:\s+|#[^\n]*\n)+(\d{1,5})(?:\s+|#[^\n]*\n)+(\d{1,5})\s"
)
_FORMATS = ("rgb24", "gray", "pal8")


def read_rgb(path: str) -> npt.NDArray[np.uint8]:
    """Return the picture of a PNG or PPM file, shape (height, width, 3).

    Raises:
        OSError: The file cannot be read.
        ConfigError: It holds no such picture.
        UnsupportedError: Samples of more than 8 bits, or transparency.
        ModuleNotFoundError: PyAV is missing, for PNG.
    """
    return _read_ppm(path) if Path(path).suffix.lower() == ".ppm" else _read_png(path)


def _read_ppm(path: str) -> npt.NDArray[np.uint8]:
    data = Path(path).read_bytes()
    header = _HEADER.match(data)
    if header is None:
        raise ConfigError(f"{path}: no binary PPM (P6)")
    width, height, peak = (int(number) for number in header.groups())
    if peak != 255:
        raise UnsupportedError(f"{path}: PPM with samples up to {peak}, only 255 is read")
    samples = np.frombuffer(data, np.uint8, offset=header.end())
    if width * height == 0 or len(samples) != 3 * width * height:
        raise ConfigError(f"{path}: {len(samples)} samples in a PPM of {width}x{height}")
    return samples.reshape(height, width, 3)


def _read_png(path: str) -> npt.NDArray[np.uint8]:
    av = import_extra("av", "video")
    Path(path).open("rb").close()  # a missing file is told as such
    try:
        with av.open(path) as container:
            frame = next(container.decode(video=0))
    except (av.error.FFmpegError, StopIteration, IndexError):
        raise ConfigError(f"{path}: no PNG picture") from None
    if frame.format.name not in _FORMATS:
        raise UnsupportedError(
            f"{path}: PNG samples of form {frame.format.name}; 8-bit RGB without alpha is read"
        )
    samples: npt.NDArray[np.uint8] = frame.to_ndarray(format="rgb24")
    return samples
