# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""The encoder's threads in simulated time: what waits for what in `inloop.codec.coding_line` and csrc/hevc/encoder."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from benchmarks.schedule.machine import Machine, Progress, Thread, Until, Work
from benchmarks.schedule.parts import Encode, FilterRows, Picture
from benchmarks.schedule.pool import Part, Pool, run_shared
from inloop.codec.coding_line import pictures_in_work
from inloop.ratecontrol.interface import NO_FEEDBACK_DELAY

_DISTANCE = 2
"""CTUs by which a row stays behind the row above."""


@dataclass(frozen=True)
class Rules:
    """What may run beside what.

    Attributes:
        in_work: Most pictures at a time, from the first step to the packet; `feedback_delay` of the encoder.
        whole_pictures: A picture starts when its references are complete, and a thread of its own takes all of its
            steps. Else others may read rows as soon as they are final, and decisions and packets are the caller's, in
            coding order.
        wavefront: Rows of CTUs are searched beside each other.
        stage_one: Share of the filter's blocks after which its parameters are known. Below 1, the other blocks are
            filtered row by row behind that, and rows are final as they come.
        free_caller: What the caller does takes no time: for the question what limits a schedule.
    """

    in_work: int = NO_FEEDBACK_DELAY
    whole_pictures: bool = False
    wavefront: bool = True
    stage_one: float = 1.0
    free_caller: bool = False


SCHEMES: dict[str, Rules] = {
    "picture": Rules(whole_pictures=True, wavefront=False),
    "rows": Rules(wavefront=False),
    "wavefront": Rules(),
    "two-stage": Rules(stage_one=0.5),
}
"""The published scheme, then each with one thing more; `wavefront` is the encoder as it is."""


@dataclass(frozen=True)
class Outcome:
    """A simulated encode: seconds of the whole, and of cores in use together."""

    seconds: float
    busy_s: float


def simulate(encode: Encode, cores: int, rules: Rules, efficiency: float = 1.0) -> Outcome:
    """Return the time that an encode takes with as many threads as cores.

    Args:
        encode: The parts, of one thread.
        cores: How many, from 1.
        rules: What may run beside what.
        efficiency: See `Machine`.
    """
    machine = Machine(cores, efficiency)
    line = _Line(encode, machine, cores, rules)
    machine.start(line.run())
    machine.run()
    assert line.packets == len(encode.pictures), "pictures wait for each other"
    return Outcome(machine.now_s, machine.busy_s)


@dataclass(eq=False)
class _InWork:
    """A picture on its way."""

    parts: Picture
    samples: Progress = field(default_factory=Progress)  # luma rows that others may read
    motion: Progress = field(default_factory=Progress)
    analysed: Progress = field(default_factory=Progress)
    complete: Progress = field(default_factory=Progress)
    decided: bool = False


class _Line:
    """The caller's thread, and the pictures in its line."""

    def __init__(self, encode: Encode, machine: Machine, cores: int, rules: Rules) -> None:
        self._encode, self._rules, self._cores = encode, rules, cores
        self._pool = Pool(machine, cores, rules.in_work, cores) if cores > 1 else None
        most = rules.in_work if rules.whole_pictures else pictures_in_work(cores, rules.in_work)
        self._most = 1 if cores == 1 else most
        self._all = [_InWork(parts) for parts in encode.pictures]
        self._line: deque[_InWork] = deque()
        self.packets = 0

    def run(self) -> Thread:
        """What the caller does."""
        for call in self._encode.calls:
            yield from self._work(call.push)
            for place in call.pictures:
                yield from self._start(self._all[place])
            yield from self._advance()
        while self._line:
            yield from self._finish_first()

    def _work(self, seconds: float) -> Part:
        yield Work(0.0 if self._rules.free_caller else seconds)

    def _start(self, picture: _InWork) -> Part:
        yield from self._advance()
        while len(self._line) >= self._most:
            yield from self._finish_first()
        if self._rules.whole_pictures:
            yield from self._start_whole(picture)
            return
        yield from self._work(picture.parts.prepare)
        picture.decided = not picture.parts.completed
        self._line.append(picture)
        yield from self._submit(lambda: self._analyse(picture))
        if self._pool is None:
            yield from self._finish_first()

    def _submit(self, task: Callable[[], Part], *, first: bool = False) -> Part:
        """Have a task done: by the pool, or at once where there is none."""
        if self._pool is None:
            yield from task()
        elif first:
            self._pool.submit_first(task)
        else:
            self._pool.submit(task)

    def _advance(self) -> Part:
        """Do what can be done without waiting, in coding order."""
        for picture in self._line:
            if not picture.analysed.place:
                break
            if not picture.decided:
                yield from self._decide(picture)
        while self._line and self._line[0].complete.place:
            yield from self._finish_first()

    def _decide(self, picture: _InWork) -> Part:
        yield Until(picture.analysed, 1)
        picture.decided = True
        yield from self._work(picture.parts.decide)
        for loop in _first_stage(picture.parts, self._rules.stage_one):
            if self._pool is None:
                yield Work(sum(loop))
            else:
                yield from run_shared(self._pool, loop, inside=False)
        yield from self._submit(lambda: self._complete(picture), first=True)

    def _finish_first(self) -> Part:
        picture = self._line[0]
        if not picture.decided:
            yield from self._decide(picture)
        yield Until(picture.complete, 1)
        self._line.popleft()
        self.packets += 1
        if not self._rules.whole_pictures:
            yield from self._work(picture.parts.packet)

    # In threads of the pool.

    def _start_whole(self, picture: _InWork) -> Part:
        needs = (need for row in picture.parts.blocks for block in row for need in block.needs)
        references = sorted({need.picture for need in needs})

        def everything() -> Part:
            for place in references:
                yield from self._wait(self._all[place].complete, 1)
            yield Work(picture.parts.seconds)
            picture.complete.publish(1)

        picture.decided = True
        self._line.append(picture)
        yield from self._submit(everything)
        if self._pool is None:
            yield from self._finish_first()

    def _wait(self, progress: Progress, place: int) -> Part:
        if self._pool is None:
            yield Until(progress, place)
        else:
            yield from self._pool.wait(progress, place)

    def _analyse(self, picture: _InWork) -> Part:
        yield Work(picture.parts.setup)
        yield from _Search(self, picture).run()
        if not picture.parts.completed:
            yield from self._complete_rows(picture, [])
        picture.analysed.publish(1)

    def _complete(self, picture: _InWork) -> Part:
        yield from self._complete_rows(picture, _second_stage(picture.parts, self._rules.stage_one))

    def _complete_rows(self, picture: _InWork, blocks: Sequence[tuple[int, float]]) -> Part:
        """Do what is left behind the decision: blocks of the filter, rows as soon as theirs are there, writing.

        Args:
            picture: The picture.
            blocks: Those that are not filtered yet, from the top: the row of CTUs that needs it, and its seconds.
        """
        left, numbers = deque(blocks), [row for row, _ in blocks]
        missing = [Progress(-numbers.count(row)) for row in range(len(picture.parts.completed))]

        def make_block() -> Part:
            row, seconds = left.popleft()
            yield Work(seconds)
            missing[row].publish(missing[row].place + 1)

        def help_out() -> Part:
            while left:
                yield from make_block()

        if self._pool is not None:
            for _ in range(min(self._pool.turns, len(blocks)) - 1):
                self._pool.submit_first(help_out)
        for row, rows in enumerate(picture.parts.completed):
            while left and missing[row].place < 0:
                yield from make_block()
            yield from self._wait(missing[row], 0)
            yield Work(rows.seconds)
            publish(picture, rows)
        yield Work(picture.parts.write)
        picture.complete.publish(1)


def publish(picture: _InWork, rows: FilterRows) -> None:
    """Let others read the rows that are final now."""
    picture.motion.publish(rows.motion)
    picture.samples.publish(rows.samples)


class _Search:
    """The wavefront of a picture (csrc/hevc/encoder/wavefront.cpp)."""

    def __init__(self, line: _Line, picture: _InWork) -> None:
        self._line, self._picture, self._pool = line, picture, line._pool
        self._rows = picture.parts.blocks
        self._progress = [Progress() for _ in self._rows]
        columns = line._encode.columns
        helpers = min(self._pool.turns - 1, self._pool.spare) if self._pool and line._rules.wavefront else 0
        self._most_workers = min(helpers + 1, len(self._rows), (columns + 1) // _DISTANCE)
        self._next = self._ended = self._workers = 0
        self._done = [False] * len(self._rows)
        self._calling = self._ending = False
        self._left = Progress()

    def run(self) -> Part:
        """Do all rows."""
        yield from self._take_rows()
        end = Until(self._left, 1)
        if self._workers and self._pool:
            yield from self._pool.sleep(end)

    def _take_rows(self) -> Part:
        if self._next == len(self._rows):
            return
        self._workers += 1
        while self._next < len(self._rows):
            row = self._next
            self._next += 1
            yield from self._do_row(row)
            self._done[row] = True
            yield from self._end_rows()
        self._workers -= 1
        if self._workers == 0:
            self._left.publish(1)

    def _do_row(self, row: int) -> Part:
        blocks = self._rows[row]
        line = self._line
        for column, block in enumerate(blocks):
            if row > 0:
                yield from line._wait(self._progress[row - 1], min(column + _DISTANCE, len(blocks)))
            for need in block.needs:
                other = line._all[need.picture]
                yield from line._wait(other.motion if need.motion else other.samples, need.rows)
            yield Work(block.seconds)
            self._progress[row].publish(column + 1)
            if column + 1 == min(_DISTANCE, len(blocks)) and self._most_workers > 1:
                self._call_helper(row)

    def _call_helper(self, row: int) -> None:
        if self._next != row + 1 or self._next == len(self._rows) or self._calling:
            return
        if self._workers == self._most_workers or self._pool is None:
            return
        self._calling = True

        def help_out() -> Part:
            self._calling = False
            yield from self._take_rows()

        self._pool.submit_last(help_out)

    def _end_rows(self) -> Part:
        if self._ending:
            return
        self._ending = True
        while self._ended < len(self._rows) and self._done[self._ended]:
            rows = self._picture.parts.searched[self._ended]
            yield Work(rows.seconds)
            publish(self._picture, rows)
            self._ended += 1
        self._ending = False


def _is_first(index: int, share: float) -> bool:
    """Whether a block is one of those that the decision takes, which are spread over the picture."""
    return int((index + 1) * share) > int(index * share)


def _first_stage(picture: Picture, share: float) -> list[list[float]]:
    """Return the loops of the filter that its decision takes."""
    return [[s for index, s in enumerate(loop) if _is_first(index, share)] for loop in picture.loops]


def _second_stage(picture: Picture, share: float) -> list[tuple[int, float]]:
    """Return the rows of CTUs that need the blocks which are left, and their seconds, from the top."""
    rows = len(picture.completed)
    return sorted(
        (index * rows // len(loop), seconds)
        for loop in picture.loops
        for index, seconds in enumerate(loop)
        if not _is_first(index, share)
    )
