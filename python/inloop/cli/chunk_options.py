# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Options of `inloop encode` that cut a video into chunks, which are coded apart."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Annotated

from cyclopts import Parameter

from inloop.chunks import ChunkRule, ChunkSettings, encode_in_chunks
from inloop.cli.options import CommonOptions, usable_cores
from inloop.cli.progress import Progress
from inloop.cli.rate_options import RateControlOptions
from inloop.cli.where_options import WhereOptions
from inloop.codec import Packet
from inloop.errors import ConfigError
from inloop.nnlf.outcome import FilterOutcome
from inloop.video.frame import Frame


@Parameter(name="*", group="Machines")
@dataclass(frozen=True, kw_only=True)
class ChunkOptions:
    """Whether the video is coded in chunks."""

    chunks: Annotated[
        str | None,
        Parameter(
            help="Code the video in chunks that can be decoded alone: so many pictures, or scene for 32 to 250 that "
            "end where scenes do. They are joined to one stream, whose bytes do not depend on --jobs or --scheduler; "
            "with one of these, scene is the default."
        ),
    ] = None

    def rule(self, where: WhereOptions) -> ChunkRule | None:
        """Return where chunks end; None where the video is coded as one. Raises ConfigError."""
        if self.chunks is not None:
            return ChunkRule.parse(self.chunks)
        return None if where.jobs is None and where.scheduler is None else ChunkRule()


def check_passes(rate: RateControlOptions) -> None:
    """Raise ConfigError for passes over a video in chunks."""
    if rate.pass_number is not None or rate.stats is not None:
        raise ConfigError("--pass: statistics of a video are not split into chunks; use --crf or --bitrate")


def chunk_packets(
    pictures: Iterable[Frame],
    settings: ChunkSettings,
    rule: ChunkRule,
    where: WhereOptions,
    common: CommonOptions,
    progress: Progress,
    outcome: FilterOutcome | None,
) -> Iterator[Packet]:
    """Yield the packets of a video in chunks; arguments and errors are those of `encode_in_chunks`."""

    def tell(first: int) -> None:
        progress.say(
            f"the chunk from picture {first} on is coded again, as the buffer is emptier than expected"
        )

    if settings.threads is None and where.jobs is not None:
        settings = replace(settings, threads=max(1, usable_cores() // where.jobs))
    executor = where.executor(common)
    yield from encode_in_chunks(pictures, settings, rule, executor, outcome=outcome, on_repair=tell)
