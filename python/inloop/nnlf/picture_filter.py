# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""The encoder's side of the filter: runs the network on a picture, decides, and writes the payload."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from inloop import _core
from inloop.errors import ConfigError
from inloop.model import Model
from inloop.nnlf.decision import Decision, Settings, decide
from inloop.nnlf.loop_filter import LoopFilter
from inloop.nnlf.picture import CodedPicture, FilterResult, Planes

QP_OFFSETS: Mapping[str, tuple[int, ...]] = {"I": (0,), "P": (0,), "B": (0,)}
"""Offsets of the base QP input that are tried, a slice type."""
_SHORT_NAME = 4
"""Bytes of the model's SHA-256 that name it, but for the first payload of a stream, which has all of them."""


def ssd_lambda(qp: int, bit_depth: int = 8) -> float:
    """Squared error (in squared sample units) that one bit is worth at a QP, as HEVC encoders weigh them."""
    return float(0.57 * 2.0 ** ((qp - 12) / 3) * 4.0 ** (bit_depth - 8))


@dataclass(frozen=True)
class _State:
    """What later payloads may refer to.

    Attributes:
        previous: The payload before; ``None``: none since the random access point, so that the model is to be named.
        held: Whether a picture without a payload is filtered.
    """

    previous: _core.FilterParameters | None = None
    held: bool = False


class PictureFilter:
    """Filters coded pictures for an encoder. Stateful (what payloads refer to): one a stream, in coding order.

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
        self._is_named = False  # whether the stream has the model's whole hash
        self._states = {False: _State(), True: _State()}  # of RASL pictures: True

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
        state = _State() if coded.irap else self._states[coded.rasl]
        decision = decide(
            sums,
            ssd_lambda(coded.slice_qp, coded.bit_depth),
            _reusable(state.previous, offsets),
            state.held,
        )
        if not decision.candidates:
            self._remember(coded, state)
            return FilterResult(b"", None)
        parameters = self._parameters(decision, offsets, state)
        self._remember(coded, _State(parameters, parameters.hold))
        planes = _core.filter_apply(coded, parameters, [signals[k] for k in decision.candidates])
        if self.md5 and self.mode == "loop":
            parameters.md5 = _core.planes_md5(planes, coded.bit_depth)
        payload = b"" if decision.silent else parameters.serialise(coded.width, coded.height)
        return FilterResult(payload, planes)

    def _parameters(
        self, decision: Decision, offsets: tuple[int, ...], state: _State
    ) -> _core.FilterParameters:
        parameters = _core.FilterParameters()
        if state.previous is None:
            name = bytes.fromhex(self.model.sha256)
            parameters.model = name[:_SHORT_NAME] if self._is_named else name
            self._is_named = True
        parameters.reuse = decision.reuse
        # Where every picture carries a hash, none can go without a payload.
        parameters.hold = not (self.md5 and self.mode == "loop")
        parameters.post = self.mode == "post"
        parameters.scale_code = list(decision.scale_code)
        parameters.candidates = len(decision.candidates)
        parameters.qp_offset = [offsets[k] for k in decision.candidates] + [0] * (
            2 - len(decision.candidates)
        )
        if decision.choice is not None:
            parameters.per_block = True
            parameters.block_choice = decision.choice.tolist()
        return parameters

    def _remember(self, coded: CodedPicture, state: _State) -> None:
        """Pictures after this one may refer to `state`: all kinds after a random access point, else its own kind."""
        kinds = (False, True) if coded.irap else (coded.rasl,)
        self._states.update(dict.fromkeys(kinds, state))


def _reusable(previous: _core.FilterParameters | None, offsets: tuple[int, ...]) -> Settings | None:
    """Return the settings of the payload before, if its candidates are among those tried now."""
    if previous is None:
        return None
    used = previous.qp_offset[: previous.candidates]
    if not set(used) <= set(offsets):
        return None
    y, u, v = previous.scale_code
    return tuple(offsets.index(offset) for offset in used), (y, u, v)
