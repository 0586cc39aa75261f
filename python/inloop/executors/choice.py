# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""The executor that goes with what a command was asked for."""

from __future__ import annotations

from collections.abc import Callable

from inloop.errors import ConfigError
from inloop.executors.dask_cluster import DaskExecutor
from inloop.executors.interface import Executor, InThisProcess
from inloop.executors.local import LocalProcesses
from inloop.executors.versions import Versions, package_versions


def executor_for(
    jobs: int | None = None,
    scheduler: str | None = None,
    *,
    versions: Versions = package_versions,
    note: Callable[[str], None] = lambda line: None,
) -> Executor:
    """Return what runs tasks on this machine or on a cluster.

    Args:
        jobs: Tasks at a time on this machine; 1 by default.
        scheduler: Address of a Dask scheduler in the place of this machine, or the path of its file.
        versions: What must be the same on every worker of a cluster.
        note: Is told, in a line, what becomes of the cluster.

    Raises:
        ConfigError: There are fewer than one job, or jobs and a scheduler.
        ModuleNotFoundError: The extra `cluster` is missing.
        InloopError: There is no scheduler at the address.
    """
    if scheduler is not None:
        if jobs is not None:
            raise ConfigError("--jobs are of this machine: a scheduler has workers of its own, leave it out")
        return DaskExecutor(scheduler, versions=versions, note=note)
    if jobs is not None and jobs < 1:
        raise ConfigError("--jobs must be 1 or more")
    return LocalProcesses(jobs) if jobs is not None and jobs > 1 else InThisProcess()
