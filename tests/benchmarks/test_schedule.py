# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""`benchmarks.schedule`: schedules made by hand, whose times are known; nothing is timed here."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from benchmarks.schedule.encoder import Rules, simulate
from benchmarks.schedule.machine import Machine, Progress, Thread, Until, Work
from benchmarks.schedule.parts import Block, Call, Encode, Event, FilterRows, Need, Picture
from benchmarks.schedule.pool import POLL_S, Part, Pool, run_shared
from benchmarks.schedule.trace import sort_events

WHOLE = Rules(in_work=33, whole_pictures=True, wavefront=False)


def picture(
    rows: int = 1, columns: int = 1, needs: Sequence[int] = (), each_row: bool = False, **parts: float
) -> Picture:
    """A picture of CTUs of a second; `needs` are pictures of which it needs all rows, or the same row."""
    blocks = []
    for row in range(rows):
        below = 64 * (row + 1 if each_row else rows)
        blocks.append(
            [Block(1.0, tuple(Need(place, False, below) for place in needs)) for _ in range(columns)]
        )
    searched = [FilterRows(motion=64 * (row + 1), samples=64 * (row + 1)) for row in range(rows)]
    return Picture(blocks=blocks, searched=searched, **parts)


def filtered(rows: int, seconds: float, decide: float, loop: list[float]) -> Picture:
    """A picture whose rows are final behind a decision, `seconds` each."""
    made = picture(rows, 1, decide=decide)
    made.completed = made.searched
    made.searched = [FilterRows() for _ in range(rows)]
    for row in made.completed:
        row.seconds = seconds
    made.loops = [loop]
    return made


def encode_of(*pictures: Picture) -> Encode:
    blocks = pictures[0].blocks
    calls = [Call(0.0, [place]) for place in range(len(pictures))]
    return Encode(list(pictures), calls, len(blocks[0]), 64 * len(blocks))


def seconds(encode: Encode, cores: int, rules: Rules) -> float:
    return simulate(encode, cores, rules).seconds


def run(machine: Machine, *works: float) -> float:
    def thread(work: float) -> Thread:
        yield Work(work)

    for work in works:
        machine.start(thread(work))
    machine.run()
    return machine.now_s


def test_threads_share_cores() -> None:
    assert run(Machine(2), 1, 1, 1) == pytest.approx(1.5)
    assert run(Machine(2), 1, 3) == pytest.approx(3)
    assert run(Machine(1), 1, 3) == pytest.approx(4)
    # Both have one core each for 2 s, at half the speed; then the other has done 1 s and is alone.
    assert run(Machine(2, 0.5), 1, 3) == pytest.approx(4)


def test_cores_in_use() -> None:
    machine = Machine(3)
    run(machine, 1, 3)
    assert machine.busy_s == pytest.approx(4)


def test_who_waits_goes_on_at_the_place_or_the_end_of_patience() -> None:
    machine, progress, log = Machine(4), Progress(), []

    def waits(patience_s: float | None) -> Thread:
        reached = yield Until(progress, 2, patience_s)
        log.append((machine.now_s, reached))

    def publishes() -> Thread:
        for place in (1, 2):
            yield Work(1.0)
            progress.publish(place)

    machine.start(waits(None))
    machine.start(waits(0.5))
    machine.start(publishes())
    machine.run()
    assert log == [(0.5, False), (2.0, True)]


def test_waiting_tasks_leave_their_turn_to_others() -> None:
    machine, progress, ends = Machine(1), Progress(), {}
    pool = Pool(machine, 1, 1, 0)

    def waits() -> Part:
        yield from pool.wait(progress, 1)
        yield Work(1.0)
        ends["waits"] = machine.now_s

    def works(name: str) -> Part:
        yield Work(1.0)
        progress.publish(1)
        ends[name] = machine.now_s

    pool.submit(waits)
    pool.submit(lambda: works("second"))
    pool.submit(lambda: works("third"))
    machine.run()
    # The first gives its turn away when it has asked once more, and has the next one before a task not yet started.
    assert ends == pytest.approx({"second": 1 + POLL_S, "waits": 2 + POLL_S, "third": 3 + POLL_S})


@pytest.mark.parametrize(("cores", "turns", "expected"), [(3, 2, 2.0), (2, 2, 2.5), (4, 1, 2.0), (5, 4, 1.0)])
def test_shared_loops(cores: int, turns: int, expected: float) -> None:
    machine = Machine(cores)
    pool = Pool(machine, turns, 0, 0)
    machine.start(run_shared(pool, [1.0] * 4, inside=False))
    machine.run()
    assert machine.now_s == pytest.approx(expected)


@pytest.mark.parametrize("rules", [Rules(), WHOLE])
def test_one_core_takes_the_sum(rules: Rules) -> None:
    parts = picture(2, 3, prepare=0.5, setup=0.25, decide=0, write=1, packet=2)
    assert parts.seconds == 9.75
    assert seconds(encode_of(parts, picture(2, 3, [0])), 1, rules) == pytest.approx(15.75)


@pytest.mark.parametrize(
    ("rows", "columns", "cores", "expected"),
    # With a core a row, the last row begins two blocks behind each above it.
    [(4, 6, 16, 12), (2, 4, 2, 6), (3, 1, 8, 3), (4, 6, 1, 24), (1, 5, 4, 5)],
)
def test_a_wavefront(rows: int, columns: int, cores: int, expected: float) -> None:
    encode = encode_of(picture(rows, columns))
    assert seconds(encode, cores, Rules()) == pytest.approx(expected, abs=0.05)
    assert seconds(encode, cores, Rules(wavefront=False)) == pytest.approx(rows * columns)


def test_pictures_wait_for_whole_references() -> None:
    fan = encode_of(picture(3), picture(3, 1, [0]), picture(3, 1, [0]))
    chain = encode_of(picture(3), picture(3, 1, [0]), picture(3, 1, [1]))
    assert seconds(fan, 2, WHOLE) == pytest.approx(6, abs=0.01)
    assert seconds(chain, 2, WHOLE) == pytest.approx(9, abs=0.01)


def test_pictures_wait_for_rows() -> None:
    encode = encode_of(picture(3), picture(3, 1, [0], each_row=True), picture(3, 1, [1], each_row=True))
    rules = Rules(wavefront=False)
    assert seconds(encode, 4, rules) == pytest.approx(5, abs=0.01)
    assert seconds(encode, 4, WHOLE) == pytest.approx(9, abs=0.01)
    # Two cores: the third picture has no turn before the first is done.
    assert seconds(encode, 2, rules) == pytest.approx(6, abs=0.01)


@pytest.mark.parametrize(("in_work", "expected"), [(1, 4), (2, 2), (4, 1)])
def test_pictures_in_work_are_bounded(in_work: int, expected: float) -> None:
    encode = encode_of(*(picture() for _ in range(4)))
    assert seconds(encode, 4, Rules(in_work=in_work)) == pytest.approx(expected)


def test_packets_are_the_callers() -> None:
    encode = encode_of(*(picture(packet=1.0) for _ in range(3)))
    assert seconds(encode, 8, Rules()) == pytest.approx(4)
    assert seconds(encode, 8, Rules(free_caller=True)) == pytest.approx(1)
    assert seconds(encode, 8, WHOLE) == pytest.approx(2)


def test_rows_behind_a_decision() -> None:
    # Search 2 s, decision 1 s, the loop on two cores 2.5 s, then 1 s a row, which the other picture follows.
    first = filtered(2, seconds=1.0, decide=1.0, loop=[1.0] * 4)
    encode = encode_of(first, picture(2, 1, [0], each_row=True))
    assert seconds(encode, 2, Rules()) == pytest.approx(2 + 1 + 2.5 + 2 + 1, abs=0.01)
    assert seconds(encode, 1, Rules()) == pytest.approx(2 + 1 + 4 + 2 + 2)
    # Half of the loop is done in 1 s. The others, a second each, are made by two threads, then come the rows.
    assert seconds(encode, 2, Rules(stage_one=0.5)) == pytest.approx(2 + 1 + 1 + 1 + 2 + 1, abs=0.01)


def test_longer_encodes_repeat_the_last_group() -> None:
    group = [picture(1, 1, [0]), picture(1, 1, [1]), picture(1, 1, [1]), picture(1, 1, [3, 0])]
    encode = encode_of(picture(), *group)
    longer = encode.repeated(2, 3)
    assert len(longer.pictures) == 9
    needs = [[need.picture for need in p.blocks[0][0].needs] for p in longer.pictures]
    assert needs[3:] == [[1], [3, 0], [3], [5, 1], [5], [7, 3]]
    assert longer.seconds == pytest.approx(9)
    assert seconds(longer, 1, Rules()) == pytest.approx(9)


def test_events_become_parts() -> None:
    def span(part: str, begin: float, end: float, index: int = 0) -> Event:
        return part, index, 0, begin, end

    def note(part: str, thing: int, index: int = 0) -> Event:
        return part, index, thing, 0.0, 0.0

    first = [note("motion", 1), note("samples", 2), span("plan", 1, 1.5), span("load", 1.5, 2)]
    first += [span("ctu", 2.5, 3, 0), span("ctu", 3, 4, 1), note("publish", 1, 64), note("publish", 2, 40)]
    first += [span("stage", 4, 4.25), span("stage", 4.25, 5, 1), span("rows", 4, 5), span("analyse", 2, 5)]
    first += [
        span("write", 5, 7),
        span("complete", 5, 7),
        span("hash", 7, 8),
        span("finish", 7, 8),
        span("errors", 8, 9),
    ]
    second = [
        note("motion", 3),
        span("plan", 10, 11),
        note("need", 2, 56),
        note("need", 1, 64),
        note("need", 99, 3),
    ]
    second += [span("ctu", 12, 13, 0), span("ctu", 13, 14, 1), span("rows", 14, 15), span("analyse", 11, 15)]
    second += [span("shared", 16, 17, 0), span("shared", 17, 19, 1), span("shared", 20, 21, 0)]
    second += [note("publish", 3, 64), span("rows", 22, 24), span("complete", 22, 25), span("errors", 25, 26)]
    encode = sort_events(first + second, [(0, 9.5), (9.5, 9.75), (9.75, 27)], 2, 64)

    one, two = encode.pictures
    assert [call.push for call in encode.calls] == pytest.approx([1, 0.25, 0.25])
    assert [call.pictures for call in encode.calls] == [[0], [], [1]]
    assert (one.prepare, one.setup, one.search, one.filters) == pytest.approx((1, 0.5, 1.5, 1))
    assert (one.decide, one.write, one.packet, one.hash) == pytest.approx((0, 2, 2.5, 1))
    assert one.searched == [FilterRows(1, (0.25, 0.75), 64, 40)]
    assert two.blocks[0][0].needs == (Need(0, False, 56), Need(0, True, 64))
    assert two.loops == [pytest.approx([1, 2]), pytest.approx([1])]
    assert (two.decide, two.network, two.write, two.packet) == pytest.approx((3, 4, 1, 2))
    assert two.completed == [FilterRows(2, (), 64, 0)]
    assert sum(p.seconds for p in encode.pictures) + 1.5 == pytest.approx(27)
