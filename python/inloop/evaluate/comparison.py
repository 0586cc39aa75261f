# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""The filter on against the filter off, on one clip at several QPs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from inloop.codec import EncoderOptions
from inloop.evaluate.bdrate import BdRates, bd_rates
from inloop.evaluate.trial import FilterMode, Structure, Trial, TrialSettings, run_trial
from inloop.nnlf.filter_model import FilterModel
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
    """Trials without and with the filter, and what the filter brings.

    Attributes:
        off: Trials without the filter, one a QP.
        on: Those with it, at the same QPs.
        bd_rates: BD-rates of `on` against `off` in percent.
    """

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
    model: FilterModel,
    *,
    qps: Sequence[int] = COMMON_QPS,
    structure: Structure = "ldp",
    nnlf_mode: FilterMode = "loop",
    keep_picture: int | None = None,
    on_picture: Callable[[], None] = lambda: None,
) -> Comparison:
    """Encode a clip at several QPs without and with a filter, and compare.

    Args:
        frames: The clip, in display order.
        fps: Pictures a second.
        model: The filter network.
        qps: QPs of the trials, 0 to 51, two or more.
        structure: Coding structure, as for `EncoderOptions`.
        nnlf_mode: ``"loop"`` or ``"post"``.
        keep_picture: As for `run_trial`.
        on_picture: Called after each encoded picture.

    Raises:
        ConfigError: As for `run_trial` and `bd_rate`.
    """

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
    """Return the cells of a trial under `TABLE_HEAD`.

    Args:
        trial: The trial.
        md5_verdict: Text of the last cell.
    """
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
