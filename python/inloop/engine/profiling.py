# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Where a network's time goes, step by step of its plan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from inloop import _core
from inloop.engine.session import Session, StepTime
from inloop.engine.tensors import HasInputs, Tensor, Tensors
from inloop.errors import ConfigError
from inloop.text_table import format_table

_BAR_WIDTH = 24


@dataclass(frozen=True)
class Profile:
    """The fastest time of every step of a plan; `str()` gives it as a table.

    Attributes:
        steps: The steps in the order of the plan.
        isa: Instruction set that they ran on.
        peak_mac_per_s: Multiply-adds a second that the ISA's instruction for them reaches on this machine with nothing
            else to do, measured beside the steps.
        arena_bytes: Memory of the rings of rows of one run.
    """

    steps: Sequence[StepTime]
    isa: str
    peak_mac_per_s: float
    arena_bytes: int

    @property
    def seconds(self) -> float:
        """Time of all steps."""
        return sum(step.seconds for step in self.steps)

    @property
    def macs(self) -> int:
        """Multiplications of all steps."""
        return sum(step.macs for step in self.steps)

    def share_of_peak(self, step: StepTime) -> float:
        """Share of the peak that a step reaches; 0 for one that multiplies nothing."""
        return step.macs / max(step.seconds, 1e-9) / self.peak_mac_per_s

    def __str__(self) -> str:
        rows = [("step", "kind", "ms", "time", "GMAC/s", "of peak", "share of peak".ljust(_BAR_WIDTH))]
        total = max(self.seconds, 1e-9)
        for step in self.steps:
            share = self.share_of_peak(step)
            bar = (
                ("#" * round(_BAR_WIDTH * min(share, 1))).ljust(_BAR_WIDTH, ".")
                if step.macs
                else " " * _BAR_WIDTH
            )
            rate = f"{step.macs / max(step.seconds, 1e-9) / 1e9:.1f}" if step.macs else "-"
            percent = f"{100 * share:.0f} %" if step.macs else "-"
            time = f"{100 * step.seconds / total:.1f} %"
            rows.append((step.name, step.kind, f"{1e3 * step.seconds:.3f}", time, rate, percent, bar))
        rate_all = self.macs / total
        return (
            f"{format_table(rows)}\n{1e3 * total:.3f} ms, {rate_all / 1e9:.1f} GMAC/s on ISA {self.isa}, "
            f"{100 * rate_all / self.peak_mac_per_s:.0f} % of {self.peak_mac_per_s / 1e9:.0f} GMAC/s; "
            f"{self.arena_bytes / 1024:.0f} KiB"
        )


def profile_session(session: Session, inputs: Tensors | None = None, runs: int = 20) -> Profile:
    """Run a session several times and keep the fastest time of each step.

    Args:
        session: What is measured.
        inputs: As for `Session.run`; None for random numbers.
        runs: How often, at least once.

    Raises:
        ConfigError: The inputs are wrong, or there are no runs.
    """
    if runs < 1:
        raise ConfigError(f"{runs} runs measure nothing")
    arrays = random_inputs(session.signature, session.height, session.width) if inputs is None else inputs
    measured = [session.profile(arrays) for _ in range(runs)]
    seconds = np.min([[step.seconds for step in run] for run in measured], axis=0)
    steps = [replace(step, seconds=float(least)) for step, least in zip(measured[0], seconds, strict=True)]
    peak = _core.multiply_add_peak(session.isa, session.signature.dtype == np.float32)
    return Profile(steps, session.isa, peak, session.arena_bytes)


def random_inputs(network: HasInputs, height: int, width: int) -> list[Tensor]:
    """Return random numbers for every input, the same ones in every call.

    Args:
        network: A model or a session.
        height: Rows of the inputs.
        width: Columns of the inputs.

    Returns:
        Arrays (1, height, width, channels): integers within +-2**13, or floats from 0 to 1.
    """
    rng = np.random.default_rng(0)
    shapes = [(1, height, width, info.channels) for info in network.inputs]
    if network.dtype == np.float32:
        return [rng.random(shape, np.float32) for shape in shapes]
    return [rng.integers(-8192, 8192, shape, np.int16) for shape in shapes]
