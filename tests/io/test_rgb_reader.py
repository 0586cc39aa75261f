# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Reading RGB pictures."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from inloop.errors import ConfigError, UnsupportedError
from inloop.io.rgb import png_bytes
from inloop.io.rgb_reader import read_rgb

SAMPLES = np.random.default_rng(1).integers(0, 256, (5, 7, 3), np.uint8)


@pytest.mark.parametrize("header", [b"P6 7 5 255\n", b"P6\n#a\n# b 3\n7\n5 # c\n255\n"])
def test_ppm(tmp_path: Path, header: bytes) -> None:
    path = tmp_path / "a.ppm"
    path.write_bytes(header + SAMPLES.tobytes())
    np.testing.assert_array_equal(read_rgb(str(path)), SAMPLES)


def test_png(tmp_path: Path) -> None:
    pytest.importorskip("av")
    path = tmp_path / "a.png"
    path.write_bytes(png_bytes(SAMPLES))
    np.testing.assert_array_equal(read_rgb(str(path)), SAMPLES)
    path.write_bytes(b"no picture")
    with pytest.raises(ConfigError, match="no PNG"):
        read_rgb(str(path))


@pytest.mark.parametrize("data", [b"", b"P6 7 5 255\nshort", b"P6 0 5 255\n", b"P3 1 1 255\n1 1 1"])
def test_no_ppm(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "a.ppm"
    path.write_bytes(data)
    with pytest.raises(ConfigError, match="PPM"):
        read_rgb(str(path))


def test_deep_ppm(tmp_path: Path) -> None:
    path = tmp_path / "a.ppm"
    path.write_bytes(b"P6 1 1 1023\n" + bytes(6))
    with pytest.raises(UnsupportedError, match="1023"):
        read_rgb(str(path))
