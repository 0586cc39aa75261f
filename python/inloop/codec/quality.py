# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""How finely each picture is coded: rate control, the caller's offsets, and pictures that turn out too large."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from inloop import _core
from inloop.codec.options import EncoderOptions
from inloop.codec.ownership import claim
from inloop.errors import ConfigError
from inloop.lookahead.window import Lookahead
from inloop.ratecontrol.block_qp import BlockQpOptions
from inloop.ratecontrol.constant import ConstantQp
from inloop.ratecontrol.interface import (
    MAX_QP,
    LimitsPictures,
    PictureQp,
    PictureResult,
    RateController,
    limits_pictures,
    uses_results,
)
from inloop.structure.plan import PicturePlan

QpOffsets: TypeAlias = (
    "npt.NDArray[np.int8] | npt.NDArray[np.int16] | npt.NDArray[np.int32] | npt.NDArray[np.int64]"
)


class QualityStep:
    """Has pictures analysed at the QPs that rate control chooses.

    Args:
        controller: Rate control.
        lookahead: The pictures to come.
        options: Those of the encode.
        group: Luma samples of the blocks that may have a QP of their own, 0 for one QP a picture.
    """

    def __init__(
        self, controller: RateController, lookahead: Lookahead, options: EncoderOptions, group: int
    ) -> None:
        self._controller, self._lookahead, self._group = controller, lookahead, group
        self._lambda_factor = 1.0 if options.nnlf is None else options.nnlf_lambda
        self._lowest_qp = options.lowest_qp

    def plan(self, plan: PicturePlan) -> PictureQp:
        """Return the QPs of the next picture in coding order, with which the lookahead starts."""
        return self._controller.plan(plan, self._lookahead)

    def start(
        self, task: _core.PictureTask, qp: PictureQp, offsets: QpOffsets | None, *, settled: bool
    ) -> None:
        """Start the analysis of a picture.

        Args:
            task: The picture.
            qp: Its QPs.
            offsets: The caller's offsets to them, or None.
            settled: Whether the picture is final with it, whatever comes out.
        """
        qp_map = qp.qp_map if offsets is None else self._offset_map(qp, offsets)
        task.start_analysis(qp.qp, self._lambda_factor * qp.lmbda, qp_map, settled=settled)

    @property
    def uses_results(self) -> bool:
        """Whether QPs depend on the results of pictures."""
        return uses_results(self._controller)

    @property
    def limits_pictures(self) -> bool:
        """Whether analysed pictures may have to be coded again."""
        return limits_pictures(self._controller)

    def accept(
        self, task: _core.PictureTask, plan: PicturePlan, qp: PictureQp, offsets: QpOffsets | None
    ) -> PictureQp:
        """Code a picture again and coarser while it is larger than rate control allows; return its last QPs.

        Args:
            task: The picture, whose analysis has ended.
            plan: The same.
            qp: Its QPs.
            offsets: The caller's offsets to them, or None.
        """
        while isinstance(self._controller, LimitsPictures) and self._controller.limits_pictures:
            coarser = self._controller.judge(plan, task.access_unit_bits())
            if coarser is None:
                break
            qp = coarser
            self.start(task, qp, offsets, settled=False)
            task.wait()
        return qp

    def update(self, result: PictureResult) -> None:
        """Tell rate control what a picture came to."""
        self._controller.update(result)

    def check_offsets(self, offsets: QpOffsets, width: int, height: int) -> None:
        """Raise ConfigError where offsets do not fit pictures of this size, or blocks share one QP."""
        if not self._group:
            raise ConfigError("a map of QP offsets needs quantisation groups")
        shape = (-(-height // 16), -(-width // 16))
        if offsets.shape != shape:
            raise ConfigError(
                f"offsets of QPs have shape {offsets.shape} instead of {shape}: one a 16x16 block"
            )

    def _offset_map(self, qp: PictureQp, offsets: QpOffsets) -> npt.NDArray[np.int8]:
        base = qp.qp if qp.qp_map is None else qp.qp_map
        return np.clip(base + offsets, self._lowest_qp, MAX_QP).astype(np.int8)


def controller_of(options: EncoderOptions) -> RateController:
    """Return the controller; that of a constant QP where there is none. Raises ConfigError."""
    if (options.qp is None) == (options.rate_control is None):
        raise ConfigError("an encoder needs either a QP or a rate control")
    if options.rate_control is not None:
        if not isinstance(options.rate_control, ConstantQp):  # which follows nothing
            claim(options.rate_control, "rate control")
        return options.rate_control
    assert options.qp is not None
    return ConstantQp(options.qp, BlockQpOptions(cutree=False, lowest_qp=options.lowest_qp))
