# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Which picture is coded next: coding structure, scene cuts, lengths of groups, lookahead."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from inloop.codec.options import EncoderOptions
from inloop.errors import ConfigError
from inloop.lookahead.group_length import GroupLength
from inloop.lookahead.scene_cuts import SceneCuts
from inloop.lookahead.thumbnails import SceneCutDetector
from inloop.lookahead.window import AnalysedFrame, Lookahead
from inloop.structure.by_name import make_structure
from inloop.structure.plan import PicturePlan, SequenceLimits
from inloop.video.frame import Frame


class Schedule:
    """Takes frames in display order, gives plans of pictures in coding order.

    Args:
        options: Those of the encode.
        lookahead: Pictures that rate control wants to see beyond the current one.
        fps: Pictures a second.

    Raises:
        ConfigError: Options of the structure are out of range or need a lookahead that is not there.
    """

    def __init__(self, options: EncoderOptions, lookahead: int, fps: Fraction) -> None:
        self.lookahead = Lookahead(lookahead, float(fps))
        self._structure = make_structure(
            options.structure, options.gop, options.intra_period, options.open_gop
        )
        if options.adaptive_gop and (options.structure != "ra" or not lookahead):
            raise ConfigError("groups of adaptive length need random access and a lookahead")
        self._groups = GroupLength(options.gop) if options.adaptive_gop else None
        self._finds_cuts = options.scene_cut and options.structure != "ai"
        self._thumbnails, self._cuts = SceneCutDetector(), SceneCuts()

    @property
    def limits(self) -> SequenceLimits:
        """What the sequence parameter set is to say of the structure."""
        return self._structure.limits

    def push(self, frame: Frame) -> None:
        """Take the next frame."""
        analysed = self.lookahead.push(frame)
        cut = self._is_cut(frame, analysed)
        ends = analysed is not None and self._groups is not None and self._groups.ends(analysed)
        plans = self._structure.push(cut, group_end=ends)
        if plans and analysed is not None and self._groups is not None:
            self._groups.start(analysed)
        self.lookahead.schedule(plans)

    def finish(self) -> None:
        """No more frames will come."""
        self.lookahead.schedule(self._structure.finish())
        self.lookahead.finish()

    def ready(self) -> Iterator[PicturePlan]:
        """Yield the pictures that can be coded now; each has to be coded before the next is asked for."""
        while self.lookahead.ready:
            yield self.lookahead.upcoming[0]
            self.lookahead.finish_picture()

    def cost(self, plan: PicturePlan) -> int | None:
        """Return the SATD of a picture as the lookahead predicts it; None where nothing is analysed."""
        return self.lookahead.prediction(plan).cost if self.lookahead.depth else None

    def _is_cut(self, frame: Frame, analysed: AnalysedFrame | None) -> bool:
        """Whether a scene starts here: by the costs of the lookahead, by thumbnails without one."""
        if not self._finds_cuts:
            return False
        return self._thumbnails.push(frame) if analysed is None else self._cuts.push(analysed)
