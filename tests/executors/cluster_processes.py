# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""A Dask cluster of processes, any of which can be killed."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from time import monotonic, sleep

_START_S = 60


def free_port() -> int:
    """Return a port that nothing listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


class ClusterProcesses:
    """A scheduler and workers of one thread each.

    Args:
        folder: Where workers run and keep files: nothing else is there.
        environment: Of the processes, besides that of this one.
    """

    def __init__(self, folder: Path, **environment: str) -> None:
        self.folder = folder
        self.port = free_port()
        self.address = f"tcp://127.0.0.1:{self.port}"
        self.workers: list[subprocess.Popen[bytes]] = []
        search = os.pathsep.join(path for path in (str(Path(__file__).parent), *sys.path) if path)
        self._environment = {**os.environ, "PYTHONPATH": search, "OMP_NUM_THREADS": "1", **environment}
        self.scheduler: subprocess.Popen[bytes] | None = None

    def start_scheduler(self) -> None:
        words = ["--host", "127.0.0.1", "--port", str(self.port), "--no-dashboard", "--no-show"]
        self.scheduler = self._start("dask_scheduler", words, {})
        deadline = monotonic() + _START_S
        while True:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            assert self.scheduler.poll() is None, "the scheduler did not start"
            assert monotonic() < deadline
            sleep(0.1)

    def start_workers(self, count: int, **environment: str) -> None:
        words = [self.address, "--nthreads", "1", "--no-nanny", "--no-dashboard", "--death-timeout", "30"]
        words += ["--local-directory", str(self.folder)]
        self.workers += [self._start("dask_worker", words, environment) for _ in range(count)]

    def stop(self) -> None:
        for process in (*self.workers, self.scheduler):
            if process is not None:
                process.send_signal(signal.SIGKILL)
                process.wait()
        self.workers.clear()

    def _start(self, program: str, words: list[str], environment: dict[str, str]) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-W", "ignore", "-m", f"distributed.cli.{program}", *words]
        return subprocess.Popen(
            command,
            cwd=self.folder,
            env={**self._environment, **environment},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
