# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""When pictures are shown, from the source to the container that is written."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from fractions import Fraction
from heapq import heappop, heappush
from itertools import pairwise
from math import gcd, lcm

from inloop.video.frame import Frame

_LARGEST_TERM = 1 << 31


class Timeline:
    """Times of pictures by their index, as a container can hold them.

    Times are those that the pictures have, else even. Those of sources that round them to a coarse tick (milliseconds
    in Matroska) are put back onto the even times from which they differ by no more than rounding.

    Attributes:
        fps: Pictures a second, on average.
        base: All times are multiples of it, in seconds.
    """

    def __init__(self, fps: Fraction, tick: Fraction | None = None, *, from_zero: bool = False) -> None:
        """Start without pictures.

        Args:
            fps: Pictures a second.
            tick: Seconds between two times that the source can tell apart; None where times are even.
            from_zero: Let the first picture be at 0 whatever time it has, because others before it were left out.
        """
        self.fps = fps
        self.base = _common_base(1 / fps, tick)
        self._tick = tick
        self._from_zero = from_zero
        self._times: list[Fraction] = []
        self.origin = Fraction(0)

    def recorded(self, frames: Iterable[Frame]) -> Iterator[Frame]:
        """Pass pictures on, whose `pts` count from 0, and note their times."""
        for frame in frames:
            self.record(frame)
            yield frame

    def record(self, frame: Frame) -> None:
        """Note the time of the next picture."""
        time = None if self._tick is None else frame.time
        if not self._times and self._from_zero:
            self.origin = time or Fraction(0)
        self._times.append(self._next(time))

    def __len__(self) -> int:
        return len(self._times)

    def ticks(self, index: int) -> int:
        """Return the time of a picture in units of `base`."""
        return round(self._times[index] / self.base)

    def decoding_ticks(self, order: int, delay: int) -> int:
        """Return the decoding time of a picture in units of `base`.

        Decoding times are those of pictures in display order, `delay` pictures later; before the first picture they
        go on backwards. So they grow, and no picture is shown before it is decoded.

        Args:
            order: Its place in coding order.
            delay: How many places a picture stands behind its place in display order, at most.
        """
        if order >= delay:
            return self.ticks(order - delay)
        return self.ticks(order) - self.ticks(delay) + self.ticks(0)

    def duration_ticks(self, index: int) -> int:
        """Return how long a picture is shown, in units of `base`; of the last one so far, as long as the one before."""
        last = len(self._times) - 1
        if index < last:
            return self.ticks(index + 1) - self.ticks(index)
        return self.ticks(last) - self.ticks(last - 1) if last else round(1 / self.fps / self.base)

    @property
    def end(self) -> Fraction:
        """When the last picture so far ends, in seconds."""
        last = len(self._times) - 1
        return self._times[last] + self.duration_ticks(last) * self.base if self._times else Fraction(0)

    @property
    def is_uneven(self) -> bool:
        """Whether some pictures are shown longer than others, rounding aside."""
        spans = [after - before for before, after in pairwise(self._times)]
        return bool(spans) and max(spans) - min(spans) > (self._tick or 0)

    def _next(self, time: Fraction | None) -> Fraction:
        last = self._times[-1] if self._times else None
        if time is None:
            snapped = Fraction(0) if last is None else last + 1 / self.fps
        else:
            snapped = self._snapped(time - self.origin)
        if last is not None and snapped <= last:  # damaged times
            snapped = last + max(self.base, self._tick or 0)
        return snapped

    def _snapped(self, time: Fraction) -> Fraction:
        start = self._times[0] if self._times else Fraction(0)
        even = start + round((time - start) * self.fps) / self.fps
        if self._tick is not None and abs(even - time) <= self._tick / 2:
            time = even
        return round(time / self.base) * self.base


class DisplayTimes:
    """Times of pictures as they are shown, from those of packets as they are coded."""

    def __init__(self) -> None:
        self._waiting: list[tuple[Fraction, bool]] = []
        self._known = True

    def add(self, time: Fraction | None, *, shown: bool = True) -> None:
        """Take the time of the next packet, and whether its picture is to be shown.

        Where one has no time, no picture gets any from then on.
        """
        self._known = self._known and time is not None
        if time is not None:
            heappush(self._waiting, (time, shown))

    def given_to(self, frames: Iterable[Frame], lost: Callable[[], int] = lambda: 0) -> Iterator[Frame]:
        """Yield the pictures that are to be shown, with their times and `pts` counting from 0.

        The k-th picture has the k-th of all times: a decoder gives it when no earlier one can follow.

        Args:
            frames: Decoded pictures in display order.
            lost: Tells how many pictures the decoder has left out so far, whose times are left out, too.
        """
        index = left_out = 0
        for frame in frames:
            while left_out < lost() and self._waiting:
                heappop(self._waiting)
                left_out += 1
            time, shown = heappop(self._waiting) if self._waiting and self._known else (None, True)
            if shown:
                yield replace(frame, time=time, pts=index)
                index += 1


def _common_base(period: Fraction, tick: Fraction | None) -> Fraction:
    """Return the largest number of which both are multiples, or the tick where containers could not hold that."""
    if tick is None:
        return period
    denominator = lcm(period.denominator, tick.denominator)
    return (
        Fraction(gcd(period.numerator, tick.numerator), denominator) if denominator < _LARGEST_TERM else tick
    )
