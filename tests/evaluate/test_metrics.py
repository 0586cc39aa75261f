# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
from __future__ import annotations

import numpy as np
import pytest

from inloop import ConfigError, Frame, Psnr
from inloop.evaluate.metrics import PsnrMeter, weighted_psnr


def grey(value: int, size: int = 16) -> Frame:
    return Frame.from_bytes(bytes([value]) * (size * size * 3 // 2), size, size)


def test_sequence_psnr_is_of_the_total_error() -> None:
    meter = PsnrMeter()
    assert meter.add(grey(100), grey(100)).y == np.inf
    one = meter.add(grey(100), grey(104))
    assert one.y == pytest.approx(10 * np.log10(255**2 / 16))
    assert meter.psnr() == pytest.approx([10 * np.log10(255**2 / 8)] * 3)
    assert meter.frames == 2


def test_mismatches() -> None:
    meter = PsnrMeter()
    with pytest.raises(ConfigError, match="no pictures"):
        meter.psnr()
    with pytest.raises(ConfigError, match="cannot compare"):
        meter.add(grey(1), grey(1, 18))


def test_weights() -> None:
    assert weighted_psnr(Psnr(30, 38, 38), 6) == pytest.approx(32)
    assert weighted_psnr(Psnr(30, 40, 40), 8) == pytest.approx(32)
