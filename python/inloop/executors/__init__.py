# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Where independent tasks run: in this process, in processes of this machine, or on a Dask cluster."""

from inloop.executors.bundles import Bundle, HasFiles
from inloop.executors.choice import executor_for
from inloop.executors.dask_cluster import DaskExecutor
from inloop.executors.interface import Executor, InThisProcess, Outcome
from inloop.executors.local import LocalProcesses
from inloop.executors.versions import package_versions

__all__ = [
    "Bundle",
    "DaskExecutor",
    "Executor",
    "HasFiles",
    "InThisProcess",
    "LocalProcesses",
    "Outcome",
    "executor_for",
    "package_versions",
]
