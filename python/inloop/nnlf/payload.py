# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""The payload that a decision becomes."""

from __future__ import annotations

from dataclasses import dataclass

from inloop import _core
from inloop.nnlf.decision import Decision, Settings

_MAX_CANDIDATES = 2
SHORT_NAME = 4
"""Bytes of the model's SHA-256 that name it, but for the first payload of a stream, which has all of them."""


@dataclass(frozen=True)
class PayloadContext:
    """What the payload of one picture depends on besides the decision.

    Attributes:
        previous: The parameters that it may refer to; None: there are none since the random access point, so that the
            model is to be named.
        block_size: 128 or 256 luma samples.
        min_edges: Threshold of the edge rule.
        offsets: Offset of the base QP of each candidate.
        may_persist: Whether pictures can go without a payload.
        name: Of the model, as a first payload has it.
    """

    previous: _core.FilterParameters | None
    block_size: int
    min_edges: int
    offsets: tuple[int, ...]
    may_persist: bool
    name: bytes

    @property
    def persisting(self) -> bool:
        """Whether a picture without a payload is filtered."""
        return self.previous is not None and self.previous.persist

    @property
    def same_block_size(self) -> bool:
        """Whether the blocks are as large as those of the payload before."""
        return self.previous is not None and self.previous.block_size == self.block_size

    def reusable(self, tried: int) -> Settings | None:
        """Settings of the payload before, if its candidates are among the first `tried` and its rule is the same."""
        previous, offsets = self.previous, self.offsets[:tried]
        if previous is None or previous.min_edges != self.min_edges:
            return None
        used = previous.qp_offset[: previous.candidates]
        if not set(used) <= set(offsets):
            return None
        y, u, v = previous.scale_code
        return tuple(offsets.index(offset) for offset in used), (y, u, v)

    def parameters(self, decision: Decision) -> _core.FilterParameters:
        """Return what a payload says of a decision, whether it is for display only aside."""
        parameters = _core.FilterParameters()
        if self.previous is None:
            parameters.model = self.name
        parameters.reuse = decision.reuse
        parameters.persist = self.may_persist and decision.persist
        parameters.scale_code = list(decision.scale_code)
        parameters.min_edges = self.min_edges
        parameters.block_size = self.block_size
        used = [self.offsets[k] for k in decision.candidates]
        parameters.candidates = len(used)
        parameters.qp_offset = used + [0] * (_MAX_CANDIDATES - len(used))
        if decision.block_choice is not None:
            parameters.per_block = True
            parameters.block_choice = decision.block_choice.tolist()
        return parameters
