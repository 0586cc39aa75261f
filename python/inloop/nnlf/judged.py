# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Which blocks a picture's filter is decided on, so that the others can be filtered once it is."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Protocol, TypeVar

import numpy as np
import numpy.typing as npt

from inloop.errors import ConfigError
from inloop.nnlf.blocks import BoolArray, PictureBlocks
from inloop.nnlf.decision import Decision

Scalar = TypeVar("Scalar", bound=np.generic)

DEFAULT_ROWS = 1
MOST_ROWS = 16
"""Largest step of `EveryNthRow`."""


class JudgingPolicy(Protocol):
    """Chooses the blocks on which a picture's filter is decided. One's own needs this member."""

    def judged(self, blocks: PictureBlocks, run: BoolArray) -> BoolArray:
        """Return the blocks to decide on, bool ``[blocks]``, some of `run` among them if there are any.

        Args:
            blocks: The blocks of the picture.
            run: bool ``[blocks]``, those on which the network may run.
        """


@dataclass(frozen=True)
class EveryNthRow:
    """Decides on the first of the rows that have blocks to run on, and on every so many after it.

    Attributes:
        step: 1 to 16; 1 decides on the whole picture.

    Raises:
        ConfigError: Another step.
    """

    step: int = 1

    def __post_init__(self) -> None:
        """Check the step."""
        if not 1 <= self.step <= MOST_ROWS:
            raise ConfigError(f"the filter cannot be decided on every {self.step} rows: 1..{MOST_ROWS}")

    def judged(self, blocks: PictureBlocks, run: BoolArray) -> BoolArray:
        """Return the blocks of the rows, all where nothing runs."""
        with_work = np.flatnonzero(run.reshape(-1, blocks.columns).any(1))
        if self.step == 1 or not with_work.size:
            return np.ones(blocks.count, np.bool_)
        row = np.arange(blocks.count) // blocks.columns
        return np.isin(row, with_work[:: self.step])


@dataclass(frozen=True)
class EveryNthBlock:
    """Decides on every so many blocks of each row, one column further in each row than in the one above it.

    Attributes and errors as for `EveryNthRow`.
    """

    step: int = 1

    def __post_init__(self) -> None:
        """Check the step."""
        EveryNthRow(self.step)

    def judged(self, blocks: PictureBlocks, run: BoolArray) -> BoolArray:
        """Return the blocks: of the diagonals that could be taken, those with most blocks to run on."""
        row, column = np.divmod(np.arange(blocks.count), blocks.columns)
        diagonal = (column - row) % self.step
        return np.asarray(diagonal == np.bincount(diagonal[run], minlength=self.step).argmax())


@dataclass(frozen=True)
class JudgedBlocks:
    """The blocks that a decision looks at, and what follows from it for the others.

    Attributes:
        judged: bool ``[blocks]``.
        run: bool ``[blocks]``, those on which the network may run.
        share: Share of the samples of `run` that is judged, by which the decision stands for the picture.
        columns: Blocks in a row.
    """

    judged: BoolArray
    run: BoolArray
    share: float
    columns: int

    @classmethod
    def of(cls, policy: JudgingPolicy, blocks: PictureBlocks, run: BoolArray) -> JudgedBlocks:
        """Ask a policy. Raises ConfigError where its answer does not fit."""
        judged = np.asarray(policy.judged(blocks, run))
        if judged.shape != (blocks.count,) or judged.dtype != np.bool_:
            raise ConfigError(
                f"a judging policy gives bool [{blocks.count}], not {judged.dtype} {judged.shape}"
            )
        if not run.any():
            return cls(np.ones_like(run), run, 1.0, blocks.columns)
        if not (run & judged).any():
            raise ConfigError("a judging policy must choose some of the blocks that the network may run on")
        share = float(blocks.area[run & judged].sum() / blocks.area[run].sum())
        return cls(judged, run, share, blocks.columns)

    @property
    def seen(self) -> BoolArray:
        """Blocks on which the network runs before the decision."""
        return self.run & self.judged

    def part(self, values: npt.NDArray[Scalar], axis: int = 0) -> npt.NDArray[Scalar]:
        """Return the entries of the judged blocks."""
        return values if self.judged.all() else np.compress(self.judged, values, axis)

    def whole(self, decision: Decision) -> Decision:
        """Return a decision for all blocks: one that was not judged is taken to be like the nearest one above it.

        Where there is none above, it is taken to be like the first one in its column, or at all.
        """
        if decision.block_choice is None or self.judged.all():
            return decision
        judged = self.judged.reshape(-1, self.columns)
        known = np.zeros(judged.shape, np.int64)
        known[judged] = decision.block_choice
        above = np.maximum.accumulate(np.where(judged, np.arange(len(judged))[:, None], -1))
        spread = np.take_along_axis(known, np.where(above < 0, judged.argmax(0), above), 0)
        spread[:, ~judged.any(0)] = decision.block_choice[0]
        return replace(decision, block_choice=np.where(self.run | self.judged, spread.ravel(), 0))

    def open(self, decision: Decision) -> BoolArray:
        """Return the blocks whose flags wait for what the network brings there: none where all others are off."""
        flags = decision.block_choice
        return self.run & ~self.judged & bool(flags is not None and flags.any())
