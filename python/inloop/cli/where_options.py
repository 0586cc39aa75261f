# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Options that say where independent pieces of work are done."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import Annotated

from cyclopts import Parameter

from inloop.cli.options import CommonOptions
from inloop.errors import ConfigError
from inloop.executors import Executor, executor_for
from inloop.executors.versions import Versions, package_versions


@Parameter(name="*", group="Machines")
@dataclass(frozen=True, kw_only=True)
class WhereOptions:
    """Whether this machine does the work, or a cluster."""

    jobs: Annotated[
        int | None,
        Parameter(
            name=["--jobs", "-j"],
            help="Processes of this machine, 1 by default; times are CPU seconds, best with one process a core.",
        ),
    ] = None
    scheduler: Annotated[
        str | None,
        Parameter(
            name=["--scheduler", "--cluster"],
            help="Address of a Dask scheduler, as tcp://host:8786, or the path of its file: its workers do the work. "
            "Needs the [cluster] extra.",
        ),
    ] = None

    def check(self, common: CommonOptions) -> None:
        """Raise ConfigError where options contradict each other."""
        if self.jobs is not None and self.jobs < 1:
            raise ConfigError("--jobs must be 1 or more")
        if self.scheduler is not None and common.isa is not None:
            raise ConfigError("--isa is of this machine: set INLOOP_ISA on the workers instead")

    def executor(self, common: CommonOptions, versions: Versions = package_versions) -> Executor:
        """Return what does the work. Raises what `executor_for` raises.

        versions: What must be the same on all machines.
        """
        self.check(common)
        return executor_for(self.jobs, self.scheduler, versions=versions, note=_note)


def _note(line: str) -> None:
    print(f"inloop: note: {line}", file=sys.stderr, flush=True)
