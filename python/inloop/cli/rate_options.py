# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Options of `inloop encode` that say how large or how good the stream is to be."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Annotated, Literal

from cyclopts import Parameter

from inloop.cli.options import path_option
from inloop.cli.progress import Progress
from inloop.errors import ConfigError
from inloop.io import open_output
from inloop.lookahead.window import DEFAULT_DEPTH
from inloop.ratecontrol import (
    BlockQpOptions,
    ComplexityOptions,
    RateController,
    RateOptions,
    VbvOptions,
    make_controller,
)

DEFAULT_QP = 32
_NOTABLE_MISS = 0.1
_SHORTEST_RATED = 10  # pictures


@Parameter(name="*", group="Rate control")
@dataclass(frozen=True, kw_only=True)
class RateControlOptions:
    """One of --qp, --crf and --bitrate, and what belongs to it."""

    qp: Annotated[
        int | None,
        Parameter(
            name=["--qp", "-q"], help="Constant quantisation parameter, 0 (best) to 51; 32 by default."
        ),
    ] = None
    crf: Annotated[float | None, Parameter(help="Constant quality: rate factor, 0 (best) to 51.")] = None
    bitrate: Annotated[
        str | None, Parameter(name=["--bitrate", "-b"], help="Average bitrate in kbit/s, or as 1500k or 2M.")
    ] = None
    vbv_maxrate: Annotated[
        str | None, Parameter(help="Bitrate that fills the decoder's buffer, as --bitrate.")
    ] = None
    vbv_bufsize: Annotated[
        str | None, Parameter(help="Size of the decoder's buffer in kbit, or as 1500k or 2M.")
    ] = None
    pass_number: Annotated[
        Literal[1, 2] | None, Parameter(name="--pass", help="1 writes statistics of the video, 2 uses them.")
    ] = None
    stats: Annotated[str | None, path_option("--stats", help="Statistics file of --pass.")] = None
    rc_complexity: Annotated[
        Literal["classic", "scene"] | None,
        Parameter(help="How QP follows the pictures' complexity; classic by default."),
    ] = None
    aq_mode: Annotated[
        Literal["off", "variance"], Parameter(help="Adaptive quantisation: flat blocks finer.")
    ] = "off"
    cutree: Annotated[
        bool | None,
        Parameter(
            negative="--no-cutree", help="Blocks that later pictures use finer; off with --qp unless given."
        ),
    ] = None
    lookahead: Annotated[
        int | None,
        Parameter(
            help=f"Pictures that rate control looks ahead; {DEFAULT_DEPTH} by default.", show_default=False
        ),
    ] = None

    def rate_options(self, bit_depth: int) -> RateOptions:
        """Return the options of rate control. Raises ConfigError where they contradict each other."""
        targets = (self.qp, self.crf, self.bitrate)
        free = self.pass_number == 1 and all(target is None for target in targets)
        if (self.crf is None and self.bitrate is None and not free) and self.rc_complexity is not None:
            raise ConfigError("--rc-complexity: a constant QP follows nothing, give --crf or --bitrate")
        qp = DEFAULT_QP if all(target is None for target in targets) and not free else self.qp
        cutree = qp is None if self.cutree is None else self.cutree
        return RateOptions(
            qp=qp,
            crf=self.crf,
            bitrate_kbps=parse_rate(self.bitrate),
            vbv_maxrate_kbps=parse_rate(self.vbv_maxrate),
            vbv_bufsize_kbit=parse_rate(self.vbv_bufsize),
            pass_number=self.pass_number,
            complexity=ComplexityOptions(self.rc_complexity or "classic"),
            blocks=BlockQpOptions(aq_mode=self.aq_mode, cutree=cutree, lowest_qp=-6 * (bit_depth - 8)),
            lookahead=DEFAULT_DEPTH if self.lookahead is None else self.lookahead,
        )

    def vbv(self) -> VbvOptions | None:
        """Return the decoder's buffer, if one was asked for."""
        return self.rate_options(8).vbv()

    @property
    def target_kbps(self) -> float:
        """The average rate that was asked for, 0 for none. Raises ConfigError."""
        return parse_rate(self.bitrate) or 0.0

    def warn_of_miss(self, progress: Progress) -> None:
        """Say where a stream has another bitrate than was asked for by more than a tenth."""
        target = parse_rate(self.bitrate)
        if target is None or not progress.frames or progress.frames < _SHORTEST_RATED:
            return
        miss = progress.bitrate_kbps / target - 1
        if abs(miss) > _NOTABLE_MISS:
            progress.warn(
                f"the stream has {progress.bitrate_kbps:.1f} kb/s, {100 * miss:+.0f} % from the {target:g} asked for: "
                + ("it cannot be coded in less" if miss > 0 else "its best quality takes no more")
            )

    @contextmanager
    def controller(self, bit_depth: int, settings: Mapping[str, object]) -> Iterator[RateController]:
        """Make the controller; its statistics file is open meanwhile.

        Args:
            bit_depth: That of the stream.
            settings: Of the video and the encoder, which two passes must have in common.

        Raises:
            ConfigError: Options contradict each other.
            OSError: The statistics file cannot be opened.
        """
        options = self.rate_options(bit_depth)
        if self.stats is None or self.pass_number is None:
            if self.stats is not None or self.pass_number is not None:
                raise ConfigError("--pass and --stats belong together")
            yield make_controller(options)
            return
        with open_output(self.stats) if self.pass_number == 1 else open(self.stats, "rb") as stream:
            # A byte that is no ASCII character makes a damaged line, not an error of its own.
            file = io.TextIOWrapper(stream, "ascii", errors="replace", newline="\n")
            yield make_controller(options, stats=file, settings=settings)
            file.flush()
            file.detach()


def parse_rate(text: str | None) -> float | None:
    """Return kilobits (a second) of a number, alone or with k or M behind it; None of None. Raises ConfigError."""
    if text is None:
        return None
    match = re.fullmatch(r"(\d{1,9}(?:\.\d{1,6})?)([kKM]?)", text, re.ASCII)
    if not match:
        raise ConfigError(f"rate {text!r} is not of the form 1500, 1500k or 2M")
    return float(match[1]) * (1000 if match[2] == "M" else 1)
