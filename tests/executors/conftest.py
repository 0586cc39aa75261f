# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""One cluster for all tests that leave it as it is."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from cluster_processes import ClusterProcesses


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ClusterProcesses]:
    """A scheduler and three workers, in a folder of their own; a test may kill one of the workers."""
    pytest.importorskip("distributed", reason="Dask is not installed: pip install 'inloop[cluster]'")
    found = ClusterProcesses(tmp_path_factory.mktemp("cluster"))
    try:
        found.start_scheduler()
        found.start_workers(3)
        yield found
    finally:
        found.stop()
