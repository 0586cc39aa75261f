# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Records a one-thread encode of a build with INLOOP_TESTING, and sorts its events into parts of pictures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from time import thread_time
from typing import Any

from benchmarks.schedule.parts import Block, Call, Encode, Event, FilterRows, Need, Picture
from inloop import Encoder, Frame, _core


def record(frames: Sequence[Frame], fps: Fraction, options: dict[str, Any]) -> Encode:
    """Encode in one thread and return the parts.

    Args:
        frames: The source.
        fps: Pictures a second.
        options: Those of the encoder, without `threads`.
    """
    first = frames[0]
    encoder = Encoder(first.width, first.height, fps, threads=1, **options)
    spans = []
    _core.start_trace()
    begin = thread_time()
    for frame in frames:
        before = thread_time()
        encoder.encode(frame)
        spans.append((before, thread_time()))
    before = thread_time()
    encoder.flush()
    spans.append((before, thread_time()))
    seconds = thread_time() - begin
    encode = sort_events(_core.stop_trace(), spans, -(-first.width // 64), first.height)
    encode.seconds = seconds
    return encode


@dataclass
class _Sorter:
    """The picture that events belong to, and what is known of earlier ones."""

    columns: int
    pictures: list[Picture] = field(default_factory=list)
    begins: list[float] = field(default_factory=list)  # of the pictures' plans
    ends: list[float] = field(default_factory=list)  # of their packets
    places: dict[int, Need] = field(default_factory=dict)  # by object, whose rows it is
    needs: list[Need] = field(default_factory=list)
    stages: list[float] = field(default_factory=list)
    rows: FilterRows = field(default_factory=FilterRows)
    times: dict[str, list[tuple[float, float]]] = field(default_factory=dict)

    def take(self, event: Event) -> None:
        """Take the next event."""
        part, index, thing, begin, end = event
        if part in ("motion", "samples"):
            self._note_object(part, thing)
        elif part == "need":
            if thing in self.places and self.places[thing].picture < len(self.pictures) - 1:
                known = self.places[thing]
                self.needs.append(Need(known.picture, known.motion, index))
        elif part == "publish":
            self._take_rows_published(thing, index)
        elif part == "ctu":
            self._take_block(index, end - begin)
        elif part == "stage":
            self.stages.append(end - begin)
        elif part == "rows":
            self._take_rows(end - begin)
        elif part == "shared":
            loops = self.pictures[-1].loops
            if index == 0:
                loops.append([])
            loops[-1].append(end - begin)
        else:
            self.times.setdefault(part, []).append((begin, end))
            if part == "errors":
                self._end_picture(end)

    def _note_object(self, part: str, thing: int) -> None:
        if part == "motion":  # It comes first.
            self.pictures.append(Picture())
            self.times = {}
        self.places[thing] = Need(len(self.pictures) - 1, part == "motion", 0)

    def _take_rows_published(self, thing: int, rows: int) -> None:
        known = self.places.get(thing)
        if known is not None and known.picture == len(self.pictures) - 1:
            setattr(self.rows, "motion" if known.motion else "samples", rows)

    def _take_block(self, address: int, seconds: float) -> None:
        blocks = self.pictures[-1].blocks
        row, column = divmod(address, self.columns)
        if row == 0 and column == 0:  # a picture that is searched again counts once
            blocks.clear()
            self.pictures[-1].searched.clear()
        if column == 0:
            blocks.append([])
        blocks[row].append(Block(seconds, tuple(self.needs)))
        self.needs.clear()

    def _take_rows(self, seconds: float) -> None:
        picture = self.pictures[-1]
        rows = picture.completed if "analyse" in self.times else picture.searched
        self.rows.seconds, self.rows.stages_s = seconds, tuple(self.stages)
        rows.append(self.rows)
        self.rows, self.stages = FilterRows(), []
        self.needs.clear()

    def _end_picture(self, end: float) -> None:
        """Divide the time of a picture that is complete."""
        picture = self.pictures[-1]
        first = {part: spans[0] for part, spans in self.times.items()}
        last = {part: spans[-1] for part, spans in self.times.items()}
        analysed, completed = last["analyse"], last["complete"]
        before_rows = sum(rows.seconds for rows in picture.searched)
        picture.prepare = analysed[0] - first["plan"][0]
        picture.setup = analysed[1] - analysed[0] - picture.search - before_rows
        picture.decide = completed[0] - analysed[1] - picture.network
        done = sum(rows.seconds for rows in picture.completed)
        picture.write = completed[1] - completed[0] - done
        picture.packet = end - completed[1]
        picture.hash = sum(e - b for b, e in self.times.get("hash", []))
        self.begins.append(first["plan"][0])
        self.ends.append(end)


def sort_events(
    events: Sequence[Event], calls: Sequence[tuple[float, float]], columns: int, height: int
) -> Encode:
    """Return the parts of an encode.

    Args:
        events: Those of the core.
        calls: Begin and end of each call of the encoder, in seconds of the same clock.
        columns: CTUs in a row.
        height: Luma rows.
    """
    sorter = _Sorter(columns)
    for event in events:
        sorter.take(event)
    pictures = sorter.pictures
    found, place = [], 0
    for begin, end in calls:
        started = []
        moment, push = begin, None
        while place < len(pictures) and sorter.begins[place] < end:
            between = sorter.begins[place] - moment
            if push is None:
                push = between
            else:  # Rate control comes before the plan.
                pictures[place].prepare += between
            moment = sorter.ends[place]
            started.append(place)
            place += 1
        if push is None:
            push = end - begin
        elif started:
            pictures[started[-1]].packet += end - moment
        found.append(Call(push, started))
    return Encode(pictures, found, columns, height)
