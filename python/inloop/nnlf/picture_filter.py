# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""The encoder's side of the filter: runs the network on a picture, decides, and writes the payload."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from inloop import _core
from inloop.errors import ConfigError
from inloop.model import Model
from inloop.nnlf.decision import Decision, Settings, decide
from inloop.nnlf.loop_filter import LoopFilter
from inloop.nnlf.picture import CodedPicture, FilterResult, Planes

QP_OFFSETS: Mapping[str, tuple[int, ...]] = {"I": (0,), "P": (0,), "B": (0,)}
"""Offsets of the base QP input that are tried, a slice type."""
HASH_PERIOD = 64
"""The model is named (32 bytes) in the first payload, and again after an intra picture if so many pictures went by."""


def ssd_lambda(qp: int, bit_depth: int = 8) -> float:
    """Squared error (in squared sample units) that one bit is worth at a QP, as HEVC encoders weigh them."""
    return float(0.57 * 2.0 ** ((qp - 12) / 3) * 4.0 ** (bit_depth - 8))


class PictureFilter:
    """Filters coded pictures for an encoder. Stateful (when the model was named last): one a stream, in coding order.

    Args:
        model: An integer filter network.
        mode: ``"loop"``: filtered pictures are references. ``"post"``: they are shown only.
        md5: Write a hash of each filtered picture (before SAO) into its payload, loop mode only.
        qp_offsets: Base QP offsets to try, a slice type; at most -32..31.

    Raises:
        ConfigError: Unknown mode.
        ModelError: The network keeps no filter contract.
    """

    def __init__(
        self,
        model: Model,
        mode: str = "loop",
        *,
        md5: bool = False,
        qp_offsets: Mapping[str, tuple[int, ...]] = QP_OFFSETS,
    ) -> None:
        if mode not in ("loop", "post"):
            raise ConfigError(f"unknown filter mode '{mode}': loop or post")
        self.model = model
        self.mode = mode
        self.md5 = md5
        self.qp_offsets = qp_offsets
        self._filter = LoopFilter(model)
        self.restart()

    def restart(self) -> None:
        """Refer to no earlier payload in the next one: at the start of a stream."""
        self._pictures = HASH_PERIOD
        self._name_model = True
        self._previous: _core.FilterParameters | None = None
        self._held = False  # whether a picture without a payload is filtered

    def filter_picture(self, coded: CodedPicture, original: Planes) -> FilterResult:
        """Filter one picture if that lowers its rate-distortion cost.

        Args:
            coded: The coded picture in front of SAO.
            original: The source of the coded size, uint16 Y, Cb, Cr.

        Returns:
            The payload of its filter parameters, empty if earlier ones hold, and the filtered planes; an empty payload
            and ``None`` if it stays unfiltered.
        """
        offsets = self.qp_offsets[coded.slice_type]
        signals = [self._filter.signal(coded, offset) for offset in offsets]
        sums = np.stack([_core.filter_statistics(coded, signal, original) for signal in signals]).astype(
            np.float64
        )
        sums /= 4.0 ** (14 - coded.bit_depth)
        self._count(coded.slice_type)
        if coded.slice_type == "I":
            self._held = False
        decision = decide(
            sums, ssd_lambda(coded.slice_qp, coded.bit_depth), self._reusable(offsets), self._held
        )
        if not decision.candidates:
            return FilterResult(b"", None)
        parameters = self._parameters(decision, offsets)
        planes = _core.filter_apply(coded, parameters, [signals[k] for k in decision.candidates])
        if self.md5 and self.mode == "loop":
            parameters.md5 = _core.planes_md5(planes, coded.bit_depth)
        return FilterResult(b"" if decision.silent else parameters.serialise(), planes)

    def _count(self, slice_type: str) -> None:
        self._pictures += 1
        if slice_type == "I" and self._pictures > HASH_PERIOD:
            self._pictures = 0
            self._name_model = True
            self._previous = None  # decoding may start here

    def _reusable(self, offsets: tuple[int, ...]) -> Settings | None:
        """Settings of the payload before, if its candidates are among those tried now."""
        if self._previous is None:
            return None
        used = self._previous.qp_offset[: self._previous.candidates]
        if not set(used) <= set(offsets):
            return None
        y, u, v = self._previous.scale_code
        return tuple(offsets.index(offset) for offset in used), (y, u, v)

    def _parameters(self, decision: Decision, offsets: tuple[int, ...]) -> _core.FilterParameters:
        parameters = _core.FilterParameters()
        if self._name_model:
            parameters.model = bytes.fromhex(self.model.sha256)
            self._name_model = False
        parameters.reuse = decision.reuse
        # Where every picture carries a hash, none can go without a payload.
        self._held = parameters.hold = not (self.md5 and self.mode == "loop")
        parameters.post = self.mode == "post"
        parameters.scale_code = list(decision.scale_code)
        parameters.candidates = len(decision.candidates)
        parameters.qp_offset = [offsets[k] for k in decision.candidates] + [0] * (
            2 - len(decision.candidates)
        )
        if decision.choice is not None:
            parameters.per_block = True
            parameters.block_choice = decision.choice.tolist()
        self._previous = parameters
        return parameters
