# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""What a one-thread encode says of its pictures: how long each part took, and which rows of others it needed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

Event = tuple[str, int, int, float, float]
"""Part, index, object, begin and end in seconds, as `inloop._core.stop_trace` returns them."""


@dataclass(frozen=True)
class Need:
    """Rows of an earlier picture.

    Attributes:
        picture: Its place in coding order.
        motion: Whether its motion is needed, which is there before its samples.
        rows: How many luma rows.
    """

    picture: int
    motion: bool
    rows: int


@dataclass
class Block:
    """The search of a CTU."""

    seconds: float = 0.0
    needs: tuple[Need, ...] = ()


@dataclass
class FilterRows:
    """The filters behind a row of CTUs.

    Attributes:
        seconds: What they took.
        stages_s: The share of each filter, in their order.
        motion, samples: Luma rows whose motion and samples others may read from here on; 0: as before.
    """

    seconds: float = 0.0
    stages_s: tuple[float, ...] = ()
    motion: int = 0
    samples: int = 0


@dataclass
class Picture:
    """The parts of a picture, in seconds.

    Attributes:
        prepare: Rate control, the plan and the copy of the source, in the caller's thread.
        setup: Before the first CTU.
        blocks: CTUs, row by row.
        searched: The filters that follow the search, row by row.
        decide: Of the caller, between the search and the rest: reading, decisions of a filter.
        loops: The filter's loops over blocks within, each with the seconds of its indices.
        completed: The filters that wait for the decision, row by row; empty: there were none.
        write: Entropy coding of the slice and what belongs to it.
        packet: Of the caller, at the end: hash, errors, the copy of the picture.
        hash: The share of the picture hash in it.
    """

    prepare: float = 0.0
    setup: float = 0.0
    blocks: list[list[Block]] = field(default_factory=list)
    searched: list[FilterRows] = field(default_factory=list)
    decide: float = 0.0
    loops: list[list[float]] = field(default_factory=list)
    completed: list[FilterRows] = field(default_factory=list)
    write: float = 0.0
    packet: float = 0.0
    hash: float = 0.0

    @property
    def search(self) -> float:
        """Seconds of all CTUs."""
        return sum(block.seconds for row in self.blocks for block in row)

    @property
    def filters(self) -> float:
        """Seconds of the in-loop filters of the codec."""
        return sum(rows.seconds for rows in (*self.searched, *self.completed))

    @property
    def network(self) -> float:
        """Seconds of the filter's loops."""
        return sum(sum(loop) for loop in self.loops)

    @property
    def seconds(self) -> float:
        """Those of everything."""
        return (
            self.prepare
            + self.setup
            + self.search
            + self.filters
            + self.decide
            + self.network
            + self.write
            + self.packet
        )


@dataclass
class Call:
    """A call of the encoder.

    Attributes:
        push: Seconds of lookahead and structure before the first picture.
        pictures: The places in coding order of those that it started.
    """

    push: float
    pictures: list[int] = field(default_factory=list)


@dataclass
class Encode:
    """A one-thread encode.

    Attributes:
        pictures: In coding order.
        calls: Those of the encoder, the flush at last.
        columns: CTUs in a row.
        height: Luma rows.
        seconds: Of the whole encode.
    """

    pictures: list[Picture]
    calls: list[Call]
    columns: int
    height: int
    seconds: float = 0.0

    def repeated(self, group: int, times: int) -> Encode:
        """Return a longer encode, in which the last group of pictures comes again and again.

        Args:
            group: Pictures in a group; the encode has its first picture and two groups or more.
            times: How often the last group comes; 1 for no change.
        """
        count, pictures, calls = len(self.pictures), list(self.pictures), list(self.calls)
        first = next(i for i, call in enumerate(calls) if count - group in call.pictures)
        frames = [Call(call.push) for call in calls[first - group + 1 : first]]
        for turn in range(1, times):
            shift = turn * group
            pictures += [_shifted(picture, shift, group) for picture in self.pictures[-group:]]
            places = list(range(count + shift - group, count + shift))
            calls += [*frames, Call(calls[first].push, places)]
        return replace(self, pictures=pictures, calls=calls, seconds=sum_of(pictures, calls))


def sum_of(pictures: Iterable[Picture], calls: Iterable[Call]) -> float:
    """Return the seconds of all parts."""
    return sum(picture.seconds for picture in pictures) + sum(call.push for call in calls)


def _shifted(picture: Picture, shift: int, group: int) -> Picture:
    """Return a picture of a later group, whose references are as many places later."""

    def later(need: Need) -> Need:
        # Picture 0 is no group's; two groups later, the first in coding order of the first group is in its place.
        place = need.picture + shift if need.picture else 1 + shift - group
        return replace(need, picture=place)

    blocks = [
        [Block(block.seconds, tuple(map(later, block.needs))) for block in row] for row in picture.blocks
    ]
    return replace(picture, blocks=blocks)
