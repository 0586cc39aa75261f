# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""The encoder's side of the filter: chooses blocks, runs the network on them, decides, and writes the payload."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from inloop import _core
from inloop.engine.thread_pool import ThreadPool
from inloop.errors import ConfigError
from inloop.nnlf.blocks import BLOCK_SIZES, BoolArray, FloatArray, PictureBlocks
from inloop.nnlf.decided import DecidedPicture
from inloop.nnlf.decision import Decision, Evidence, best_scale_codes, decide, gains, least_gain, scales_of
from inloop.nnlf.function import AnyFilter, FilterFunction
from inloop.nnlf.judged import DEFAULT_ROWS, EveryNthRow, JudgedBlocks, JudgingPolicy
from inloop.nnlf.outcome import FilterOutcome
from inloop.nnlf.payload import SHORT_NAME, PayloadContext
from inloop.nnlf.picture import CodedPicture, FilterResult, Planes
from inloop.nnlf.reference import ReferenceDecision
from inloop.nnlf.skipping import DEFAULT_STRENGTH, MODES, LearnsGains, SkipPolicy, policy_for
from inloop.structure.lagrangian import INTRA

QP_OFFSETS: Mapping[str, tuple[int, ...]] = {"I": (0, 2), "P": (0,), "B": (0,)}
"""Offsets of the base QP input that are tried, a slice type."""
LEAST_PRICE = 0.002
"""Price of the work when block sizes are compared, in the unit of `inloop.nnlf.skipping.PRICES`: the work
of contexts counts even at strength 0."""
CHANGE_BITS, CHANGE_PICTURES = 64, 8
"""What a change of the block size costs (about a payload), and for how many pictures it is likely to be good."""
WORTH_A_SECOND = 0.01
"""Share of the squared error that the first candidate must save for the next ones to be tried."""
SETTINGS_PICTURES = 4
"""For how many later pictures of a temporal sub-layer new settings are likely to be good."""
_HALF_STRENGTH = 0.5
"""Blend scale at which a candidate's savings are judged before its best scales are known."""
_NAL_UNIT_BITS = 40
"""Start code and header of the payload's NAL unit, less the byte that it saves in the next start code."""
_SIGNAL_BITS = 14
"""Bit depth of the sums that the core gives."""


class PictureFilter:
    """Filters coded pictures for an encoder. Stateful (what payloads refer to): one a stream, in coding order.

    Args:
        model: An integer filter network, a pair of them, or a function in their place: the stream is not normative
            then.
        mode: ``"loop"``: filtered pictures are references. ``"post"``: they are shown only.
        md5: Write a hash of each filtered picture (before SAO) into its payload, loop mode only.
        qp_offsets: Base QP offsets to try, a slice type; at most -32..31. Those after the first are tried where it
            brings enough.
        skip: How readily blocks are left out, 0 (never before the network has run) to 3, or a policy of one's own. A
            network whose gains nobody has fitted runs everywhere in its first pictures, which tell what it is worth.
        budget_kmac_per_px: Thousand multiplications a luma sample, on average over each picture, that decoding may
            take; None: any. Not with a policy of one's own.
        block_size: 128 or 256 luma samples; None: what suits the picture.
        reference: Decides in loop mode which filtered pictures become references, the others are shown only; None:
            all of them.
        decision_rows: Candidates, scales and the use of flags are decided on every so many rows of blocks, 1 to 16, or
            on those of a policy of one's own. The other rows are filtered by that decision, row by row, while pictures
            that refer to this one go on with the first rows; a block whose flag is open gets it then.
        threads: Those that work on the blocks of a picture, 1 to 64, or a pool of them; None: those of the encoder that
            the filter serves. The stream is the same for any number.

    Raises:
        ConfigError: An unknown mode, strength, block size, number of rows or threads, or a budget that is not positive.
        ModelError: The network keeps no filter contract.
    """

    def __init__(
        self,
        model: AnyFilter,
        mode: str = "loop",
        *,
        md5: bool = False,
        qp_offsets: Mapping[str, tuple[int, ...]] = QP_OFFSETS,
        skip: int | SkipPolicy = DEFAULT_STRENGTH,
        budget_kmac_per_px: float | None = None,
        block_size: int | None = None,
        reference: ReferenceDecision | None = None,
        decision_rows: int | JudgingPolicy = DEFAULT_ROWS,
        threads: int | ThreadPool | None = None,
    ) -> None:
        if mode not in MODES:
            raise ConfigError(f"unknown filter mode '{mode}': {' or '.join(MODES)}")
        if block_size not in (None, *BLOCK_SIZES):
            raise ConfigError(f"filter blocks of {block_size} samples: 128 or 256")
        if reference is not None and mode != "loop":
            raise ConfigError("filtered pictures become references in loop mode only")
        if isinstance(skip, int):
            self.policy: SkipPolicy = policy_for(model, skip, budget_kmac_per_px, mode=mode)
        elif budget_kmac_per_px is not None:
            raise ConfigError("a skip policy of one's own has a budget of its own")
        else:
            self.policy = skip
        self.model = model
        self.mode = mode
        self.md5 = md5
        self.qp_offsets = qp_offsets
        self.reference = reference
        self._judging = EveryNthRow(decision_rows) if isinstance(decision_rows, int) else decision_rows
        self._takes_any_pool = threads is None
        own = threads if isinstance(threads, ThreadPool) else ThreadPool(1 if threads is None else threads)
        self.network = self._network_on(own)
        self._sizes = BLOCK_SIZES if block_size is None else (block_size,)
        self.restart()

    def restart(self) -> None:
        """Refer to no earlier payload, and count from nothing: at the start of a stream, of another encoder too."""
        self._serves_an_encoder = False  # see inloop.codec.ownership
        if self.reference is not None:
            self.reference.restart()
        self.outcome = FilterOutcome()
        self._is_named = False  # It tells whether the stream has the model's whole hash.
        self._track = _core.ParameterTrack()

    def take_pool(self, pool: ThreadPool) -> None:
        """Work on the threads of an encoder, unless the filter was made with some of its own.

        Args:
            pool: The encoder's.
        """
        if self._takes_any_pool:
            self.network = self._network_on(pool)

    def _network_on(self, pool: ThreadPool) -> _core.FilterNetwork:
        if isinstance(self.model, FilterFunction):
            return self.model.network(pool)
        return _core.FilterNetwork(self.model.core, pool.core)

    @property
    def filtered_share(self) -> float:
        """Share of the luma samples, since the last restart, on which a decoder runs the network."""
        return self.outcome.filtered_share

    def filter_picture(self, coded: CodedPicture, original: Planes) -> FilterResult:
        """Filter one picture if that lowers its rate-distortion cost.

        Args:
            coded: The coded picture in front of SAO.
            original: The source of the coded size, uint16 Y, Cb, Cr.

        Returns:
            The payload of its filter parameters, empty if earlier ones persist, and the filtered planes; an empty
            payload and ``None`` if it stays unfiltered.
        """
        decided = self.decide_picture(coded, original)
        return FilterResult(b"", None) if decided is None else decided.complete()

    def decide_picture(self, coded: CodedPicture, original: Planes) -> DecidedPicture | None:
        """Decide about one picture, whose blocks are filtered later.

        Arguments as for `filter_picture`; the picture must not change but by what is returned, None if it stays
        unfiltered.
        """
        self.outcome.add_picture(coded.height * coded.width)
        previous = self._track.begin_picture(coded.irap, coded.rasl, coded.temporal_id)
        blocks, wanted = self._choose_blocks(coded, previous)
        by_edges = blocks.with_edges(self.policy.min_edges)
        by_edges_allowed = self.policy.affords(blocks, by_edges)
        run = wanted | by_edges if by_edges_allowed else wanted
        context = self._payload_context(coded, previous, blocks)
        if not run.any() and not context.persisting:
            self._learn(blocks, run, np.zeros((blocks.count, 3, 3)))
            return None
        judged = JudgedBlocks.of(self._judging, blocks, run)
        trial = _core.FilterTrial(self.network, blocks.core, original)
        sums = self._run(trial, context.offsets, judged, coded.bit_depth)
        self._learn(blocks, judged.seen, sums[0])
        error = float(sums[0, ..., 0].sum())
        price = self.policy.price(blocks) * error
        evidence = Evidence(
            judged.part(sums, 1),
            INTRA.at(coded.slice_qp, bit_depth=coded.bit_depth),
            payload_bits=lambda option: _payload_bits(trial, context, judged.whole(option)),
            price=judged.part(price),
            edge_rule_blocks=judged.part(by_edges),
            edge_rule_allowed=by_edges_allowed,
            same_block_size=context.same_block_size,
            later_pictures=SETTINGS_PICTURES if self._may_persist and not coded.irap else 0,
            share=judged.share,
        )
        decision = decide(evidence, context.reusable(len(sums)), context.persisting)
        post = self.mode == "post" or not self._is_reference(coded, evidence, decision, error)
        if previous is not None and previous.post != post:
            # The settings of the payload before are for the other use.
            decision = decide(evidence, None, context.persisting)
        if not decision.candidates:
            return None
        parameters = context.parameters(judged.whole(decision))
        parameters.post = post
        has_payload = not decision.no_payload
        if has_payload:  # Later ones refer to it.
            self._is_named = True
            self._track.record(parameters, coded.irap, coded.rasl, coded.temporal_id)
        least = least_gain(price, evidence.lmbda, len(decision.candidates)) * _sum_unit(coded.bit_depth)
        has_hash = self.md5 and has_payload and not post
        core = _core.TrialFilter(trial, parameters, judged.open(decision), least, hash=has_hash)
        return DecidedPicture(core, blocks, self.outcome, has_payload, post)

    def _choose_blocks(
        self, coded: CodedPicture, previous: _core.FilterParameters | None
    ) -> tuple[PictureBlocks, BoolArray]:
        """Block size and the blocks to run on: what leaves most, before any network has run."""
        options = [PictureBlocks.of(coded, size, self.model) for size in self._sizes]
        choices = [(blocks, self.policy.wanted(blocks)) for blocks in options]
        if len(choices) == 1:
            return choices[0]
        return max(choices, key=lambda choice: self._worth(choice[0], choice[1], previous))

    def _worth(
        self, blocks: PictureBlocks, wanted: BoolArray, previous: _core.FilterParameters | None
    ) -> float:
        """Expected gain of the wanted blocks less the price of their work, as a share of the squared error.

        Large blocks work less for their context, small ones choose better. Where settings persist, another size than
        theirs takes a payload; a bit is worth about the squared error of a sample.
        """
        work = blocks.work / (self.model.kmac_per_px * blocks.area.sum())
        price = np.maximum(self.policy.price(blocks), LEAST_PRICE * work)
        worth = float((self.policy.expected_gain(blocks) - price)[wanted].sum())
        if previous is not None and previous.persist and previous.block_size != blocks.block_size:
            worth -= CHANGE_BITS / blocks.area.sum() / CHANGE_PICTURES
        return worth

    def _payload_context(
        self, coded: CodedPicture, previous: _core.FilterParameters | None, blocks: PictureBlocks
    ) -> PayloadContext:
        name = bytes.fromhex(self.model.sha256)
        return PayloadContext(
            previous,
            blocks.block_size,
            self.policy.min_edges,
            self.qp_offsets[coded.slice_type],
            self._may_persist,
            name[:SHORT_NAME] if self._is_named and not isinstance(self.model, FilterFunction) else name,
        )

    def _run(
        self, trial: _core.FilterTrial, offsets: tuple[int, ...], judged: JudgedBlocks, bit_depth: int
    ) -> FloatArray:
        """Sums of the candidates that are worth a try, ``[candidates, blocks, 3, 3]`` in squared sample units."""
        sums: list[FloatArray] = []
        for offset in offsets:
            sums.append(trial.run(offset, judged.seen) / _sum_unit(bit_depth))
            if len(sums) == 1 and _share_saved(judged.part(sums[0])) < WORTH_A_SECOND:
                break
        return np.stack(sums)

    def _learn(self, blocks: PictureBlocks, run: BoolArray, sums: FloatArray) -> None:
        """Count what the network did, and tell a policy that wants to know."""
        self.outcome.add_run(blocks.area, run, sums)
        if isinstance(self.policy, LearnsGains):
            self.policy.learn(blocks, run, _gained(sums))

    def _is_reference(
        self, coded: CodedPicture, evidence: Evidence, decision: Decision, error: float
    ) -> bool:
        """Whether the filtered picture becomes a reference; `error` is its squared error without the filter."""
        if self.reference is None:
            return True
        rate = max(coded.bits, 1)
        payload = evidence.cost(decision) / (evidence.share * evidence.lmbda)
        return self.reference.choose(rate, error, rate + payload, error - decision.gain / evidence.share)

    @property
    def _may_persist(self) -> bool:
        """Whether pictures can go without a payload: not where every one carries a hash."""
        return not (self.md5 and self.mode == "loop")


def _payload_bits(trial: _core.FilterTrial, context: PayloadContext, option: Decision) -> int:
    """Bits of an option's payload, its NAL unit included; the model's name, which all have alike, excluded."""
    parameters = context.parameters(option)
    parameters.model = None
    return _NAL_UNIT_BITS + trial.payload_bits(parameters)


def _sum_unit(bit_depth: int) -> float:
    """What a squared sample is in the sums that the core gives."""
    return float(4.0 ** (_SIGNAL_BITS - bit_depth))


def _share_saved(sums: FloatArray) -> float:
    """Share of the squared error that the signal saves at half strength."""
    saved = gains(sums, np.full(3, _HALF_STRENGTH)).sum()
    return float(saved / max(sums[..., 0].sum(), 1.0))


def _gained(sums: FloatArray) -> FloatArray:
    """What each block gains at the picture's best scales, as a share of its squared error: ``[blocks]``."""
    scales = scales_of(best_scale_codes(sums.sum(0)))
    return np.asarray(gains(sums, scales).sum(-1) / max(sums[..., 0].sum(), 1.0))
