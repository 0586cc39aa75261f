# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Options of `inloop encode` that concern the neural filter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Literal, Self

from cyclopts import Parameter

from inloop.cli.exit_codes import naming
from inloop.cli.progress import Progress
from inloop.codec import EncoderOptions
from inloop.convert.loading import network_files
from inloop.errors import ConfigError
from inloop.executors import Bundle
from inloop.nnlf import FilterFunction, PictureFilter, ReferenceDecision, filter_names, load_any_filter
from inloop.nnlf.judged import DEFAULT_ROWS
from inloop.nnlf.skipping import DEFAULT_STRENGTH, fit_path, fitted_beside, policy_for
from inloop.structure.by_name import StructureName

_OF_A_FILTER = (
    "nnlf_mode",
    "nnlf_skip",
    "nnlf_budget",
    "nnlf_block",
    "nnlf_reference",
    "nnlf_decision_rows",
    "nnlf_lambda",
)


@Parameter(name="*", group="Neural filter")
@dataclass(frozen=True, kw_only=True)
class FilterOptions:
    """The filter network, and how the encoder uses it."""

    nnlf: Annotated[
        str,
        Parameter(help="Neural filter: off, lop, vlop, or the path of a model."),
    ] = "off"
    nnlf_mode: Annotated[
        Literal["loop", "post"] | None,
        Parameter(
            help="loop: filter the reference pictures too; post: the shown ones only. loop by default."
        ),
    ] = None
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
        Literal["all", "adaptive"] | None,
        Parameter(
            help="Filtered pictures that become references in loop mode: all, the default, or where that pays."
        ),
    ] = None
    nnlf_decision_rows: Annotated[
        int | None,
        Parameter(
            help="Decide about a picture on every so many rows of blocks, and filter the others while later pictures "
            "start: 1, the whole picture, to 16; 1 by default."
        ),
    ] = None
    nnlf_lambda: Annotated[
        float | None,
        Parameter(help="Factor of lambda in mode decisions where the filter runs; 1 by default."),
    ] = None

    @property
    def lambda_factor(self) -> float:
        """The encoder's factor of lambda."""
        return EncoderOptions().nnlf_lambda if self.nnlf_lambda is None else self.nnlf_lambda

    def bundles(self) -> Sequence[Bundle]:
        """Return the files of the network, with the gains that lie beside it. Raises OSError, ModelError."""
        path = self.path()
        if path is None:
            return ()
        gains = fit_path(path)
        return (Bundle.of(*network_files(path), *([gains] if gains.is_file() else [])),)

    def at(self, places: Mapping[Path, Path]) -> Self:
        """Return the same with the network at another place."""
        return replace(self, nnlf=str(places.get(Path(self.nnlf), self.nnlf)))

    def path(self) -> str | None:
        """Return the file of the network; None for one of the package, or none."""
        return self.nnlf if Path(self.nnlf).is_file() else None

    def warn_of_drift(self, progress: Progress, structure: StructureName, intra_period: int) -> None:
        """Say where players without the filter show ever more of an error that nothing ends."""
        if (
            self.nnlf == "off"
            or self.nnlf_mode == "post"
            or structure not in ("ldp", "ldb")
            or intra_period > 0
        ):
            return
        progress.warn(
            "players that do not know the filter will show this low-delay stream ever worse, by several dB after a "
            "few hundred pictures; --intra-period 48 bounds that, --nnlf-mode post avoids it"
        )

    def make(self, *, md5: bool) -> PictureFilter | None:
        """Return the filter, None where it is off. Raises ConfigError, ModelError, OSError."""
        if self.nnlf == "off":
            given = [
                f"--{name.replace('_', '-')}" for name in _OF_A_FILTER if getattr(self, name) is not None
            ]
            if given:
                raise ConfigError(f"{' and '.join(given)} need --nnlf: there is no filter without it")
            return None
        mode = self.nnlf_mode or "loop"
        with naming(self.nnlf):
            model = load_any_filter(self.nnlf)
            if isinstance(model, FilterFunction) and mode == "loop":
                raise ConfigError(
                    "a float network is not the same on every machine, so that it cannot filter references: give it "
                    "quantizers (inloop model quantize, or adapt), or --nnlf-mode post"
                )
            strength = DEFAULT_STRENGTH if self.nnlf_skip is None else self.nnlf_skip
            gains = None if self.nnlf in filter_names() else fitted_beside(self.nnlf, model, mode)
            return PictureFilter(
                model,
                mode=mode,
                md5=md5,
                skip=policy_for(model, strength, self.nnlf_budget, mode=mode, gains=gains),
                block_size=self.nnlf_block,
                reference=ReferenceDecision() if self.nnlf_reference == "adaptive" else None,
                decision_rows=DEFAULT_ROWS if self.nnlf_decision_rows is None else self.nnlf_decision_rows,
            )
