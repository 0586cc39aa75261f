# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""The filter on against the filter off, on one clip at several QPs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from inloop.codec import EncoderOptions
from inloop.engine.model import Model
from inloop.evaluate.bdrate import BdRates, bd_rates
from inloop.evaluate.trial import FilterMode, Structure, Trial, TrialSettings, run_trial
from inloop.video.frame import Frame

COMMON_QPS = (22, 27, 32, 37)
TABLE_HEAD = (
    "QP",
    "filter",
    "bits",
    "kbit/s",
    "PSNR Y",
    "PSNR U",
    "PSNR V",
    "encode fps",
    "decode fps",
    "MD5",
)


@dataclass(frozen=True, slots=True)
class Comparison:
    """Trials without and with the filter, one of each a QP, and the filter's BD-rates in percent."""

    off: tuple[Trial, ...]
    on: tuple[Trial, ...]
    bd_rates: BdRates

    @property
    def trials(self) -> list[Trial]:
        """All trials, by QP, the one without the filter first."""
        return [trial for pair in zip(self.off, self.on, strict=True) for trial in pair]


def compare_filter(
    frames: Sequence[Frame],
    fps: Fraction,
    model: Model,
    *,
    qps: Sequence[int] = COMMON_QPS,
    structure: Structure = "ldp",
    nnlf_mode: FilterMode = "loop",
    keep_picture: int | None = None,
    on_picture: Callable[[], None] = lambda: None,
) -> Comparison:
    """Run the trials and compare; arguments and errors as for `run_trial` and `bd_rates`."""

    def trials(mode: FilterMode | None) -> tuple[Trial, ...]:
        return tuple(
            run_trial(
                frames,
                fps,
                TrialSettings(qp, EncoderOptions(structure=structure), mode),
                None if mode is None else model,
                keep_picture=keep_picture,
                on_picture=on_picture,
            )
            for qp in qps
        )

    off, on = trials(None), trials(nnlf_mode)
    return Comparison(off, on, bd_rates(off, on))


def table_row(trial: Trial, md5_verdict: str) -> tuple[str, ...]:
    """Return the cells of a trial under `TABLE_HEAD`."""
    return (
        str(trial.settings.qp),
        trial.settings.nnlf_mode or "off",
        str(trial.bits),
        f"{trial.bitrate_kbps:.1f}",
        *(f"{value:.3f}" for value in trial.psnr),
        f"{trial.encode_fps:.2f}",
        f"{trial.decode_fps:.2f}",
        md5_verdict,
    )
