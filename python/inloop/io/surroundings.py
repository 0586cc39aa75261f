# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""What an output gets besides its pictures: their times, how they are turned, and the source's other streams."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from fractions import Fraction

from inloop.errors import ConfigError
from inloop.io.companions import KINDS, Companions, CopyOptions, open_companions
from inloop.io.orientation import Orientation, orientation_of
from inloop.io.timeline import Timeline
from inloop.io.video import SourceContainer

_WITH_ORIENTATION = ("mp4", "mov", "matroska")


def _never() -> bool:
    return False


@dataclass(frozen=True)
class Surroundings:
    """Goes with the pictures of one source into one output.

    Attributes:
        timeline: Notes the times of the pictures that are read.
        form: FFmpeg's name of the container that is written; None for files that hold pictures alone.
        companions: What is copied into it.
        orientation: How players turn the pictures.
        left_out: Kinds of streams that are not copied.
        is_cut: Tells, at the end, whether what lies behind the last picture is left out, because pictures are.
        lost: What else the output cannot hold, in words, which whoever writes it adds.
    """

    timeline: Timeline
    form: str | None = None
    companions: Companions | None = None
    orientation: Orientation | None = None
    left_out: tuple[str, ...] = ()
    is_cut: Callable[[], bool] = _never
    lost: list[str] = field(default_factory=list)

    @property
    def can_turn(self) -> bool:
        """Whether the output can say how players turn its pictures."""
        return self.form in _WITH_ORIENTATION

    def notes(self) -> Iterator[str]:
        """Yield what of the source the output has not, in words; complete once the output is."""
        if self.left_out:
            yield f"its {' and '.join(self.left_out)} are left out"
        if lost := self.lost + ([] if self.companions is None else self.companions.lost):
            yield f"the output cannot hold {', '.join(lost)}"
        if self.form is None and self.timeline.is_uneven:
            yield (
                "its pictures have uneven times, which the output cannot hold: they are at an even "
                f"{float(self.timeline.fps):g} a second there"
            )
        if self.orientation is not None and not self.can_turn:
            yield f"{self.orientation.words}, which the output cannot say: --rotate apply turns them"


@contextmanager
def open_surroundings(
    container: SourceContainer | None,
    fps: Fraction,
    form: str | None,
    options: CopyOptions = CopyOptions(),
    *,
    skipped: bool = False,
    is_cut: Callable[[], bool] = _never,
) -> Iterator[Surroundings]:
    """Give what goes with the pictures of a source.

    Args:
        container: What the source says there is beside them; None for a file that holds pictures alone.
        fps: Pictures a second, on average.
        form: FFmpeg's name of the container that is written; None for files that hold pictures alone.
        options: Which streams are wanted.
        skipped: Whether pictures at the start are left out: the first one then is at 0.
        is_cut: Tells, at the end, whether pictures there are left out: what lies behind is, too.

    Raises:
        ConfigError: The options name streams that are not there.
        OSError: The source cannot be opened again.
    """
    timeline = Timeline(fps, None if container is None else container.tick, from_zero=skipped)
    orientation = orientation_of(container)
    if container is None and options.maps:
        raise ConfigError("--map: the input has no streams beside its pictures")
    if container is None or container.path is None or form is None:
        others = () if container is None else container.others
        named = tuple(KINDS[kind] for kind in others if options.audio or kind != "audio")
        yield Surroundings(timeline, form, None, orientation, named, is_cut)
        return
    with open_companions(container.path, container, options) as companions:
        yield Surroundings(timeline, form, companions, orientation, (), is_cut)
