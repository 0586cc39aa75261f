# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""The measures of quality: what they are called, in families that are measured together."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from inloop.errors import ConfigError


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure of quality; more is better in all of them.

    Attributes:
        label: What tables and diagrams call it.
        family: What it is measured with.
        unit: "dB", or empty.
        digits: Digits behind the point that are worth printing.
    """

    label: str
    family: str
    unit: str = ""
    digits: int = 2


MEASURES: Mapping[str, Measure] = {
    "psnr_y": Measure("PSNR Y", "psnr", "dB"),
    "psnr_u": Measure("PSNR U", "psnr", "dB"),
    "psnr_v": Measure("PSNR V", "psnr", "dB"),
    "psnr_411": Measure("PSNR 4:1:1", "psnr", "dB"),
    "psnr_611": Measure("PSNR 6:1:1", "psnr", "dB"),
    "psnr_811": Measure("PSNR 8:1:1", "psnr", "dB"),
    "psnr_rgb": Measure("PSNR RGB", "rgb", "dB"),
    "ssim_y": Measure("SSIM Y", "ssim", digits=4),
    "ssim_yuv": Measure("SSIM YUV", "ssim", digits=4),
    "ms_ssim": Measure("MS-SSIM", "vmaf", digits=4),
    "vmaf": Measure("VMAF", "vmaf"),
    "vmaf_neg": Measure("VMAF-NEG", "vmaf"),
    "xpsnr_y": Measure("XPSNR Y", "xpsnr", "dB"),
    "xpsnr_u": Measure("XPSNR U", "xpsnr", "dB"),
    "xpsnr_v": Measure("XPSNR V", "xpsnr", "dB"),
}
"""Every measure by the name that results have for it."""

FAMILIES = tuple(dict.fromkeys(measure.family for measure in MEASURES.values()))
LUMA_WEIGHTS = (4, 6, 8)
_STRUCTURAL = ("ssim_y", "ssim_yuv", "ms_ssim")


def check_families(names: Iterable[str]) -> tuple[str, ...]:
    """Return families in their usual order, PSNR always among them. Raises ConfigError for an unknown one."""
    wanted = {"psnr", *names}
    if unknown := sorted(wanted - set(FAMILIES)):
        raise ConfigError(f"metrics {', '.join(unknown)} are unknown: known are {', '.join(FAMILIES)}")
    return tuple(family for family in FAMILIES if family in wanted)


def on_curve(name: str, value: float) -> float:
    """Return a value on the scale that rate curves are compared on.

    That is the value itself, but decibels of what is missing to 1 of SSIM and MS-SSIM, which crowd below 1.

    Args:
        name: A key of `MEASURES`.
        value: The value.
    """
    if name not in _STRUCTURAL:
        return value
    return math.inf if value >= 1 else -10 * math.log10(1 - value)
