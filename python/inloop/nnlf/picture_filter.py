# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""The encoder's side of the filter: chooses blocks, runs the network on them, decides, and writes the payload."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from inloop import _core
from inloop.engine.model import Model
from inloop.errors import ConfigError
from inloop.nnlf.blocks import BLOCK_SIZES, BoolArray, FloatArray, PictureBlocks
from inloop.nnlf.decision import Decision, Evidence, Settings, decide, gains
from inloop.nnlf.loop_filter import LoopFilter
from inloop.nnlf.picture import CodedPicture, FilterResult, Planes
from inloop.nnlf.reference import ReferenceDecision
from inloop.nnlf.skipping import DEFAULT_STRENGTH, MODES, GainPolicy, SkipPolicy

QP_OFFSETS: Mapping[str, tuple[int, ...]] = {"I": (0, 2), "P": (0,), "B": (0,)}
"""Offsets of the base QP input that are tried, a slice type."""
LEAST_PRICE = 0.002
"""Price of the work when block sizes are compared, in the unit of `inloop.nnlf.skipping.PRICES`."""
CHANGE_BITS, CHANGE_LASTS = 64, 8
"""What a change of the block size costs, and for how many pictures it is likely to be good."""
WORTH_A_SECOND = 0.01
"""Share of the squared error that the first candidate must save for the next ones to be tried."""
_SHORT_NAME = 4
"""Bytes of the model's SHA-256 that name it, but for the first payload of a stream, which has all of them."""
_NAL_UNIT_BITS = 40
"""Start code and header of the payload's NAL unit, less the byte that it saves in the next start code."""
SETTINGS_LAST = 4
"""For how many later pictures of a temporal sub-layer settings are likely to be good."""


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

    def holds(self, blocks: PictureBlocks) -> bool:
        """Whether the blocks are as large as those of the payload before."""
        return self.previous is not None and self.previous.block_size == blocks.block_size


class PictureFilter:
    """Filters coded pictures for an encoder. Stateful (what payloads refer to): one a stream, in coding order.

    Args:
        model: An integer filter network.
        mode: ``"loop"``: filtered pictures are references. ``"post"``: they are shown only.
        md5: Write a hash of each filtered picture (before SAO) into its payload, loop mode only.
        qp_offsets: Base QP offsets to try, a slice type; at most -32..31. Those after the first are tried where it
            brings enough.
        skip: How readily blocks are left out, 0 (never before the network has run) to 3, or a policy of one's own.
        budget_kmac_per_px: Thousand multiplications a luma sample, on average over each picture, that decoding may
            take; None: any. Not with a policy of one's own.
        block_size: 128 or 256 luma samples; None: what suits the picture.
        reference: Decides in loop mode which filtered pictures become references, the others are shown only; None:
            all of them.
        threads: Those that work on the blocks of a picture, 1 to 64; the stream is the same for any number.

    Raises:
        ConfigError: An unknown mode, strength, block size or number of threads, or a budget that is not positive.
        ModelError: The network keeps no filter contract.
    """

    def __init__(
        self,
        model: Model,
        mode: str = "loop",
        *,
        md5: bool = False,
        qp_offsets: Mapping[str, tuple[int, ...]] = QP_OFFSETS,
        skip: int | SkipPolicy = DEFAULT_STRENGTH,
        budget_kmac_per_px: float | None = None,
        block_size: int | None = None,
        reference: ReferenceDecision | None = None,
        threads: int = 1,
    ) -> None:
        if mode not in MODES:
            raise ConfigError(f"unknown filter mode '{mode}': {' or '.join(MODES)}")
        if block_size not in (None, *BLOCK_SIZES):
            raise ConfigError(f"filter blocks of {block_size} samples: 128 or 256")
        if reference is not None and mode != "loop":
            raise ConfigError("filtered pictures become references in loop mode only")
        if isinstance(skip, int):
            self.policy: SkipPolicy = GainPolicy(model, skip, budget_kmac_per_px, mode=mode)
        elif budget_kmac_per_px is not None:
            raise ConfigError("a skip policy of one's own has a budget of its own")
        else:
            self.policy = skip
        self.model = model
        self.mode = mode
        self.md5 = md5
        self.qp_offsets = qp_offsets
        self.reference = reference
        self._sizes = BLOCK_SIZES if block_size is None else (block_size,)
        self._filter = LoopFilter(model, threads)
        self.restart()

    def restart(self) -> None:
        """Refer to no earlier payload in the next one: at the start of a stream."""
        if self.reference is not None:
            self.reference.restart()
        self._samples = self._filtered_samples = 0.0  # of luma
        self._is_named = False  # whether the stream has the model's whole hash
        self._states: dict[bool, dict[int, _State]] = {}  # by sub-layer; of RASL pictures: True
        self._forget()

    @property
    def filtered_share(self) -> float:
        """Share of the luma samples, since the last restart, on which a decoder runs the network."""
        return self._filtered_samples / max(self._samples, 1.0)

    def filter_picture(self, coded: CodedPicture, original: Planes) -> FilterResult:
        """Filter one picture if that lowers its rate-distortion cost.

        Args:
            coded: The coded picture in front of SAO.
            original: The source of the coded size, uint16 Y, Cb, Cr.

        Returns:
            The payload of its filter parameters, empty if earlier ones hold, and the filtered planes; an empty payload
            and ``None`` if it stays unfiltered.
        """
        if coded.irap:
            self._forget()
        self._samples += coded.height * coded.width
        state = self._state(coded)
        blocks, wanted = self._choose_blocks(coded, state)
        ruled = blocks.with_edges(self.policy.min_edges)
        ruled_allowed = self.policy.affords(blocks, ruled)
        run = wanted | ruled if ruled_allowed else wanted
        if not run.any() and not state.held:
            return FilterResult(b"", None)
        offsets = self.qp_offsets[coded.slice_type]
        signals, sums = self._run(blocks, run, original, offsets)
        evidence = Evidence(
            sums,
            ssd_lambda(coded.slice_qp, coded.bit_depth),
            price=self.policy.price(blocks) * sums[0, ..., 0].sum(),
            ruled=ruled,
            ruled_allowed=ruled_allowed,
            same_blocks=state.holds(blocks),
            lasts=SETTINGS_LAST if self._may_hold and not coded.irap else 0,
            bits=lambda option: self._bits(option, offsets, state, blocks),
        )
        usable = offsets[: len(sums)]
        decision = decide(evidence, self._reusable(state, usable), state.held)
        post = self.mode == "post" or not self._is_reference(coded, evidence, decision)
        if state.previous is not None and state.previous.post != post:
            # The settings of the payload before are for the other use.
            decision = decide(evidence, None, state.held)
        if not decision.candidates:
            return FilterResult(b"", None)
        parameters = self._parameters(decision, offsets, state, blocks)
        parameters.post = post
        filtered = ruled if decision.choice is None else decision.choice > 0
        self._filtered_samples += float(blocks.area[filtered].sum())
        self._is_named = True
        if not decision.silent:
            self._remember(coded, _State(parameters, parameters.hold))
        planes = _core.filter_apply(coded, parameters, [signals[k] for k in decision.candidates])
        if self.md5 and not post:
            parameters.md5 = _core.planes_md5(planes, coded.bit_depth)
        payload = b"" if decision.silent else parameters.serialise(coded.width, coded.height)
        return FilterResult(payload, planes, shown_only=post, block_size=blocks.block_size, filtered=filtered)

    def _is_reference(self, coded: CodedPicture, evidence: Evidence, decision: Decision) -> bool:
        """Whether the filtered picture becomes a reference."""
        if self.reference is None:
            return True
        error = float(evidence.sums[0, ..., 0].sum())
        rate = max(coded.bits, 1)
        payload = evidence.cost(decision) / evidence.lmbda
        return self.reference.choose(rate, error, rate + payload, error - decision.gain)

    def _choose_blocks(self, coded: CodedPicture, state: _State) -> tuple[PictureBlocks, BoolArray]:
        """Block size and the blocks to run on: what leaves most, before any network has run."""
        options = [PictureBlocks.of(coded, size, self.model) for size in self._sizes]
        choices = [(blocks, self.policy.wanted(blocks)) for blocks in options]
        return max(choices, key=lambda choice: self._worth(choice[0], choice[1], state))

    def _worth(self, blocks: PictureBlocks, wanted: BoolArray, state: _State) -> float:
        """Expected gain of the wanted blocks less the price of their work, as a share of the squared error.

        Large blocks work less for their context, small ones choose better. Where settings hold, another size than
        theirs takes a payload; a bit is worth about the squared error of a sample.
        """
        work = blocks.work / (self.model.kmac_per_px * blocks.area.sum())
        price = np.maximum(self.policy.price(blocks), LEAST_PRICE * work)
        worth = float((self.policy.expected_gain(blocks) - price)[wanted].sum())
        if state.held and not state.holds(blocks):
            worth -= CHANGE_BITS / blocks.area.sum() / CHANGE_LASTS
        return worth

    def _run(
        self, blocks: PictureBlocks, run: BoolArray, original: Planes, offsets: Iterable[int]
    ) -> tuple[list[Planes], FloatArray]:
        """Signals and sums of the candidates, ``[candidates, blocks, 3, 3]`` in squared sample units."""
        coded = blocks.coded
        signals, sums = [], []
        for offset in offsets:
            signal = self._filter.signal(coded, offset, run, blocks.block_size)
            statistics = _core.filter_statistics(coded, signal, original, blocks.block_size)
            signals.append(signal)
            sums.append(statistics / 4.0 ** (14 - coded.bit_depth))
            if len(sums) == 1 and _share_saved(sums[0]) < WORTH_A_SECOND:
                break
        return signals, np.stack(sums)

    def _reusable(self, state: _State, offsets: tuple[int, ...]) -> Settings | None:
        """Settings of the payload before, if its candidates are among those tried now and its rule is the same."""
        previous = state.previous
        if previous is None or previous.min_edges != self.policy.min_edges:
            return None
        used = previous.qp_offset[: previous.candidates]
        if not set(used) <= set(offsets):
            return None
        y, u, v = previous.scale_code
        return tuple(offsets.index(offset) for offset in used), (y, u, v)

    def _bits(
        self, decision: Decision, offsets: tuple[int, ...], state: _State, blocks: PictureBlocks
    ) -> int:
        """Bits of the payload, its NAL unit included; the model's name, which every choice has alike, excluded."""
        parameters = self._parameters(decision, offsets, state, blocks)
        parameters.model = None
        coded = blocks.coded
        return _NAL_UNIT_BITS + 8 * len(parameters.serialise(coded.width, coded.height))

    def _parameters(
        self, decision: Decision, offsets: tuple[int, ...], state: _State, blocks: PictureBlocks
    ) -> _core.FilterParameters:
        parameters = _core.FilterParameters()
        if state.previous is None:
            name = bytes.fromhex(self.model.sha256)
            parameters.model = name[:_SHORT_NAME] if self._is_named else name
        parameters.reuse = decision.reuse
        parameters.hold = self._may_hold and decision.hold
        parameters.scale_code = list(decision.scale_code)
        parameters.min_edges = self.policy.min_edges
        parameters.block_size = blocks.block_size
        parameters.candidates = len(decision.candidates)
        parameters.qp_offset = [offsets[k] for k in decision.candidates] + [0] * (
            2 - len(decision.candidates)
        )
        if decision.choice is not None:
            parameters.per_block = True
            parameters.block_choice = decision.choice.tolist()
        return parameters

    @property
    def _may_hold(self) -> bool:
        """Whether pictures can go without a payload: not where every one carries a hash."""
        return not (self.md5 and self.mode == "loop")

    def _forget(self) -> None:
        """Later payloads refer to none before."""
        self._states = {False: {}, True: {}}

    def _state(self, coded: CodedPicture) -> _State:
        """What the picture's payload may refer to: the last one of its sub-layer, or else of the next lower."""
        layers = self._states[coded.rasl]
        return next((layers[i] for i in range(coded.temporal_id, -1, -1) if i in layers), _State())

    def _remember(self, coded: CodedPicture, state: _State) -> None:
        """Pictures after this one may refer to `state`: all kinds after a random access point, else its own kind."""
        for rasl in (False, True) if coded.irap else (coded.rasl,):
            self._states[rasl][coded.temporal_id] = state


def _share_saved(sums: FloatArray) -> float:
    """Share of the squared error that the signal saves at half strength."""
    return float(gains(sums, np.full(3, 0.5)).sum() / max(sums[..., 0].sum(), 1.0))
