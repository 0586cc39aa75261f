# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Rate control from options: what belongs together, what contradicts itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Literal, TextIO, TypeAlias

from inloop.errors import ConfigError
from inloop.lookahead.window import DEFAULT_DEPTH, MAX_DEPTH
from inloop.ratecontrol.abr import AbrOptions, AverageBitrate
from inloop.ratecontrol.aq import AqMode
from inloop.ratecontrol.block_qp import BlockQpOptions
from inloop.ratecontrol.complexity import ComplexityName, ComplexityOptions
from inloop.ratecontrol.constant import ConstantQp
from inloop.ratecontrol.crf import ConstantRateFactor
from inloop.ratecontrol.interface import FEEDBACK_DELAY, RateController
from inloop.ratecontrol.pass_statistics import StatsWriter, read_stats
from inloop.ratecontrol.steering import QpLevelController, QpLevelPolicy
from inloop.ratecontrol.two_pass import TwoPass
from inloop.ratecontrol.vbv import INITIAL_FULLNESS, VbvOptions

DEFAULT_CRF = 28.0

RateTarget: TypeAlias = Literal["qp", "crf", "bitrate"]


@dataclass(frozen=True)
class RateOptions:
    """What a stream is to be like; exactly one of qp, crf and bitrate_kbps (a first pass may go without).

    Attributes:
        qp: Constant QP, -12 to 51.
        crf: Constant quality: rate factor, -12 to 51.
        bitrate_kbps: Average rate, kilobits a second.
        vbv_maxrate_kbps, vbv_bufsize_kbit: Rate and size of the decoder's buffer; both or neither. A buffer
            size alone with a bitrate means a constant rate.
        vbv_initial: Share of the buffer that is full when the first picture is taken out, above 0, up to 1.
        pass_number: 1 writes statistics, 2 uses them (needs a bitrate), None does neither.
        complexity: How QP follows the pictures.
        blocks: Offsets of layers and blocks.
        lookahead: Pictures to look ahead, 0 to 250.
        feedback_delay: Coding steps before a result is used, 1 to 64.
    """

    qp: float | None = None
    crf: float | None = None
    bitrate_kbps: float | None = None
    vbv_maxrate_kbps: float | None = None
    vbv_bufsize_kbit: float | None = None
    vbv_initial: float = INITIAL_FULLNESS
    pass_number: int | None = None
    complexity: ComplexityOptions = ComplexityOptions()
    blocks: BlockQpOptions = BlockQpOptions()
    lookahead: int = DEFAULT_DEPTH
    feedback_delay: int = FEEDBACK_DELAY

    @classmethod
    def of(
        cls,
        target: RateTarget | None,
        value: float | None,
        *,
        cutree: bool | None = None,
        rc_complexity: ComplexityName = "classic",
        aq_mode: AqMode = "off",
        vbv_maxrate: float | None = None,
        vbv_bufsize: float | None = None,
        pass_number: int | None = None,
        lookahead: int = DEFAULT_DEPTH,
        bit_depth: int = 8,
    ) -> RateOptions:
        """Return the options that go with a target, by the names that they have on the command line.

        Args:
            target: What `value` is: QP, rate factor, or kilobits a second; None for the first of two passes without
                any.
            value: The QP, rate factor or rate.
            cutree: None for off with a constant QP and on without.
            rc_complexity: How QP follows the complexity of the pictures.
            aq_mode: Adaptive quantisation.
            vbv_maxrate: Rate that fills the decoder's buffer, kilobits a second.
            vbv_bufsize: Size of the decoder's buffer, kilobits.
            pass_number: 1 or 2 of two passes; None for one.
            lookahead: Pictures to look ahead.
            bit_depth: That of the stream.

        Raises:
            ConfigError: The target is unknown, or options contradict each other.
        """
        if target not in (None, "qp", "crf", "bitrate"):
            raise ConfigError(f"target {target!r} is none of qp, crf, bitrate")
        return cls(
            qp=value if target == "qp" else None,
            crf=value if target == "crf" else None,
            bitrate_kbps=value if target == "bitrate" else None,
            vbv_maxrate_kbps=vbv_maxrate,
            vbv_bufsize_kbit=vbv_bufsize,
            pass_number=pass_number,
            complexity=ComplexityOptions(rc_complexity),
            blocks=BlockQpOptions(
                aq_mode=aq_mode,
                cutree=target != "qp" if cutree is None else cutree,
                lowest_qp=-6 * (bit_depth - 8),
            ),
            lookahead=lookahead,
        )

    def __post_init__(self) -> None:
        """Raise ConfigError where options contradict each other."""
        targets = [self.qp, self.crf, self.bitrate_kbps]
        if sum(target is not None for target in targets) > 1:
            raise ConfigError("QP, rate factor and bitrate exclude each other: give one of them")
        if self.pass_number not in (None, 1, 2):
            raise ConfigError(f"pass {self.pass_number} is neither 1 nor 2")
        if self.pass_number == 2 and self.bitrate_kbps is None:
            raise ConfigError("the second pass needs a bitrate")
        if self.qp is not None and (self.pass_number or self.vbv_maxrate_kbps or self.vbv_bufsize_kbit):
            raise ConfigError(
                "a constant QP leaves nothing to a buffer or to passes: give a rate factor or a bitrate"
            )
        if not 0 <= self.lookahead <= MAX_DEPTH:
            raise ConfigError(f"a lookahead of {self.lookahead} pictures: 0 to {MAX_DEPTH} are possible")
        if self.lookahead == 0 and (self.blocks.cutree or self.qp is None):
            raise ConfigError("CUTree, rate factor and bitrate need a lookahead of 1 picture or more")
        self.vbv()

    def vbv(self) -> VbvOptions | None:
        """Return the buffer, if there is one. Raises ConfigError where its options contradict each other."""
        maxrate, bufsize = self.vbv_maxrate_kbps, self.vbv_bufsize_kbit
        if bufsize is None:
            if maxrate is not None:
                raise ConfigError("a maximal rate needs a buffer size")
            return None
        if maxrate is None:
            if self.bitrate_kbps is None:
                raise ConfigError("a buffer size needs a maximal rate or a bitrate")
            maxrate = self.bitrate_kbps
        if self.bitrate_kbps is not None and maxrate < self.bitrate_kbps:
            raise ConfigError(
                f"a maximal rate of {maxrate:g} kbit/s is below the bitrate {self.bitrate_kbps:g}"
            )
        return VbvOptions(maxrate, bufsize, self.vbv_initial)


def make_controller(
    options: RateOptions, *, stats: TextIO | None = None, settings: Mapping[str, object] | None = None
) -> RateController:
    """Return the controller for some options.

    Args:
        options: What the stream is to be like.
        stats: The statistics file of pass 1 (written) or 2 (read).
        settings: What both passes must have in common, by name, besides what `options` has.

    Raises:
        ConfigError: A pass comes without a statistics file, or a file without a pass.
    """
    if (stats is None) != (options.pass_number is None):
        raise ConfigError("a pass needs a statistics file, and a statistics file a pass")
    if options.qp is not None:
        return ConstantQp(options.qp, options.blocks, options.lookahead)
    shape = asdict(options.complexity)
    common = {**(settings or {}), "complexity": shape.pop("name"), **shape, **asdict(options.blocks)}
    common["lookahead"] = options.lookahead
    policy: QpLevelPolicy
    if options.pass_number == 2:
        assert stats is not None
        assert options.bitrate_kbps is not None
        policy = TwoPass(options.bitrate_kbps, read_stats(stats, common))
    elif options.bitrate_kbps is not None:
        policy = AverageBitrate(AbrOptions(options.bitrate_kbps))
    else:
        policy = ConstantRateFactor(
            DEFAULT_CRF if options.crf is None else options.crf,
            cutree_strength=options.blocks.cutree_strength if options.blocks.cutree else 0.0,
            q_comp=options.complexity.q_comp,
            lowest_qp=options.blocks.lowest_qp,
        )
    writer = None
    if options.pass_number == 1:
        assert stats is not None
        writer = StatsWriter(stats, common)
    return QpLevelController(
        policy,
        options.complexity,
        options.blocks,
        vbv=options.vbv(),
        lookahead=options.lookahead,
        most_delay=options.feedback_delay,
        stats=writer,
    )
