# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Options of `inloop encode` that concern the neural filter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from cyclopts import Parameter

from inloop.cli.exit_codes import naming
from inloop.codec import EncoderOptions
from inloop.engine.thread_pool import ThreadPool
from inloop.errors import ConfigError
from inloop.nnlf import PictureFilter, ReferenceDecision, load_filter
from inloop.nnlf.skipping import DEFAULT_STRENGTH


@Parameter(name="*")
@dataclass(frozen=True, kw_only=True)
class FilterOptions:
    """The filter network, and how the encoder uses it."""

    nnlf: Annotated[
        str,
        Parameter(help="Neural filter: off, lop, vlop, or the path of a model."),
    ] = "off"
    nnlf_mode: Annotated[
        Literal["loop", "post"], Parameter(help="Filter the reference pictures too, or the shown ones only.")
    ] = "loop"
    nnlf_skip: Annotated[
        Literal[0, 1, 2, 3] | None,
        Parameter(help="Leave out blocks that gain little for their work: 0 never to 3 most; 1 by default."),
    ] = None
    nnlf_budget: Annotated[
        float | None,
        Parameter(
            help="Thousand multiplications a pixel that decoding a picture's filter may take, on average."
        ),
    ] = None
    nnlf_block: Annotated[
        Literal[128, 256] | None, Parameter(help="Side of the filter's blocks; what suits the picture.")
    ] = None

    nnlf_reference: Annotated[
        Literal["all", "adaptive"],
        Parameter(help="Filtered pictures that become references in loop mode: all, or where that pays."),
    ] = "all"
    nnlf_lambda: Annotated[
        float, Parameter(help="Factor of lambda in mode decisions where the neural filter runs.")
    ] = EncoderOptions().nnlf_lambda

    def make(self, *, md5: bool, threads: int | ThreadPool = 1) -> PictureFilter | None:
        """Return the filter, None where it is off. Raises ConfigError, ModelError, OSError."""
        if self.nnlf == "off":
            if (self.nnlf_skip, self.nnlf_budget, self.nnlf_block) != (None, None, None):
                raise ConfigError("--nnlf-skip, --nnlf-budget and --nnlf-block need --nnlf")
            return None
        with naming(self.nnlf):
            return PictureFilter(
                load_filter(self.nnlf),
                mode=self.nnlf_mode,
                md5=md5,
                skip=DEFAULT_STRENGTH if self.nnlf_skip is None else self.nnlf_skip,
                budget_kmac_per_px=self.nnlf_budget,
                block_size=self.nnlf_block,
                reference=ReferenceDecision() if self.nnlf_reference == "adaptive" else None,
                threads=threads,
            )
