# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Pictures in work at the same time, each on its way from the source to the packet."""

from __future__ import annotations

import contextlib
import hashlib
from collections import deque
from dataclasses import dataclass
from time import perf_counter

from inloop import _core
from inloop.codec.core_input import picture_request
from inloop.codec.filtering import FilterStep
from inloop.codec.options import EncoderOptions
from inloop.codec.packets import Packet
from inloop.codec.picture_encoder import PictureEncoder
from inloop.codec.quality import QpOffsets, QualityStep
from inloop.nnlf.decided import DecidedPicture
from inloop.nnlf.picture import FilterResult
from inloop.ratecontrol.interface import PictureQp, PictureResult, feedback_delay
from inloop.structure.plan import PicturePlan
from inloop.video.frame import Frame

_AHEAD = 3


def pictures_in_work(threads: int, feedback_delay: int) -> int:
    """Return how many pictures are coded at a time.

    They are more than the threads, since those that wait for their references leave a core to others: twice as many,
    because a hierarchy has few pictures at its top (`docs/lab/schedule.md`).

    Args:
        threads: Those that work on them.
        feedback_delay: Places before a picture in coding order whose results it may depend on.
    """
    return 1 if threads == 1 else min(max(threads + _AHEAD, 2 * threads), feedback_delay)


@dataclass(eq=False)
class _InWork:
    """A picture between its plan and its packet."""

    plan: PicturePlan
    frame: Frame
    offsets: QpOffsets | None
    cost: int | None
    task: _core.PictureTask
    qp: PictureQp
    start_s: float
    filtered: FilterResult | DecidedPicture | None = (
        None  # None until everything about the picture is decided
    )


class CodingLine:
    """Codes pictures, several at a time, and gives their packets in coding order.

    Threads of the encoder's pool search and code; all decisions (rate control, filter) are made in the caller's thread,
    in coding order, and from the same results whatever the number of threads: those of pictures `feedback_delay`
    or more places before in coding order. So the stream does not depend on the threads.

    Args:
        pictures: The encoder of single pictures.
        quality: Chooses how finely each picture is coded.
        picture_filter: The filter between analysis and completion.
        options: Those of the encode.
        feedback_delay: Places before a picture in coding order whose results it may depend on.
        threads: Those that work on the pictures.
    """

    def __init__(
        self,
        pictures: PictureEncoder,
        quality: QualityStep,
        picture_filter: FilterStep,
        options: EncoderOptions,
        feedback_delay: int,
        threads: int,
    ) -> None:
        self._pictures, self._quality, self._filter, self._options = (
            pictures,
            quality,
            picture_filter,
            options,
        )
        self._delay = feedback_delay
        self._most = pictures_in_work(threads, feedback_delay)
        self._line: deque[_InWork] = deque()
        self._results: deque[PictureResult] = deque()  # not told to rate control yet
        self._complete: list[Packet] = []
        self._started = 0

    def start(self, plan: PicturePlan, frame: Frame, offsets: QpOffsets | None, cost: int | None) -> None:
        """Begin with the next picture in coding order, as soon as there is room for it.

        Args:
            plan: The picture.
            frame: Its source, whose planes are copied.
            offsets: The caller's QP offsets of its blocks, or None.
            cost: What the lookahead predicts, for the packet.
        """
        self._advance()
        while len(self._line) >= self._most:
            self._finish_first()
        start_s = perf_counter()
        delay = self._delay
        if self._quality.uses_results:
            delay = feedback_delay(self._started, delay)
        while len(self._line) + len(self._results) >= delay:
            if not self._results:
                self._finish_first()
            self._quality.update(self._results.popleft())
        self._started += 1
        qp = self._quality.plan(plan)
        task = self._pictures.plan(picture_request(plan, keep_filter_inputs=self._filter.runs))
        task.load(frame.planes, frame.bit_depth)
        # Nothing can change such a picture any more, and others may go on with its first rows.
        settled = not self._filter.runs and not self._quality.limits_pictures
        self._quality.start(task, qp, offsets, settled=settled)
        filtered = FilterResult(b"", None) if settled else None
        self._line.append(_InWork(plan, frame, offsets, cost, task, qp, start_s, filtered))
        if self._most == 1:
            self._finish_first()

    def finish(self) -> None:
        """Complete all pictures, and tell rate control of them."""
        while self._line:
            self._finish_first()
        while self._results:
            self._quality.update(self._results.popleft())

    def finish_before_failure(self) -> None:
        """Complete the pictures in front of one that cannot be, and drop that one and those behind it."""
        with contextlib.suppress(Exception):  # The error that made the caller come here is the one to report.
            self.finish()
        self.drop()

    def drop(self) -> None:
        """Give up all pictures that are not complete."""
        self._drop_behind(0)

    def take(self) -> list[Packet]:
        """Return the packets that are complete, each once."""
        self._advance()
        packets, self._complete = self._complete, []
        return packets

    def _advance(self) -> None:
        """Do what can be done without waiting, in coding order."""
        self._decide_analysed()
        while self._line and self._line[0].filtered is not None and self._line[0].task.is_done():
            self._finish_first()

    def _decide_analysed(self) -> None:
        """Settle the pictures that are analysed, up to the first one that is not."""
        for picture in list(self._line):
            if picture.filtered is not None:
                continue
            if not picture.task.is_done():
                break
            self._decide(picture)

    def _decide(self, picture: _InWork) -> None:
        """Settle quality and filter of an analysed picture, whose predecessors are settled."""
        task = picture.task
        try:
            task.wait()
            picture.qp = self._quality.accept(task, picture.plan, picture.qp, picture.offsets)
            filtered = self._filter.run(task)
            self._filter.start_completion(task, filtered)
        except BaseException:  # It cannot be decided again: policies and filters have taken note of it.
            self._drop_behind(self._line.index(picture))
            raise
        picture.filtered = filtered

    def _drop_behind(self, position: int) -> None:
        """Give up the pictures from a position of the line on."""
        dropped = [self._line.pop() for _ in range(len(self._line) - position)]
        for picture in dropped:  # All of them, before one is waited for: they may wait for each other's rows.
            picture.task.give_up()

    def _finish_first(self) -> None:
        """Wait for the first picture, and make its packet."""
        picture = self._line[0]
        self._wait_for(picture)
        try:
            picture.task.wait()
        except BaseException:
            self.drop()
            raise
        self._line.popleft()
        assert picture.filtered is not None
        self._complete.append(self._packet(picture, self._filter.finish(picture.filtered)))

    def _wait_for(self, picture: _InWork) -> None:
        """Wait until a picture is complete; those behind it are settled meanwhile, as others wait for their rows."""
        while True:
            ended = self._pictures.steps_ended
            self._decide_analysed()
            if picture.filtered is not None and picture.task.is_done():
                return
            self._pictures.wait_for_step(ended)

    def _packet(self, picture: _InWork, filtered: FilterResult) -> Packet:
        plan, task = picture.plan, picture.task
        shown = self._filter.shown(filtered, task)
        y, u, v = planes = task.shown(shown)
        hashed = self._options.md5 and (shown is not None or self._filter.works_behind)
        data = self._pictures.write(
            task,
            parameter_sets=plan.index == 0 or (plan.is_irap and self._options.repeat_headers),
            filter_parameters=filtered.payload,
            shown_md5=b"".join(hashlib.md5(plane.data).digest() for plane in planes) if hashed else b"",
        )
        pts = plan.index if picture.frame.pts is None else picture.frame.pts
        sse = task.squared_errors(shown)
        encode_s = perf_counter() - picture.start_s
        self._results.append(PictureResult(plan, picture.qp, 8 * len(data), sse, encode_s))
        return Packet(
            data=data,
            poc=plan.poc,
            slice_type=plan.slice_type,
            qp=picture.qp.qp,
            bits=8 * len(data),
            sse=sse,
            recon=Frame(y, u, v, self._options.coded_bit_depth, pts),
            index=plan.index,
            layer=plan.temporal_id,
            mean_qp=picture.qp.mean_qp,
            encode_s=encode_s,
            cost=picture.cost,
        )
