# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Tasks on a Dask cluster (the extra `cluster`): no task is lost or given twice, whatever machine goes away."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, SimpleQueue
from time import monotonic, sleep
from typing import Any
from uuid import uuid4

from inloop.errors import InloopError
from inloop.executors.bundles import HasFiles
from inloop.executors.interface import Outcome, Result, Task, Tasks, pairs
from inloop.executors.on_worker import Order, Reply, do
from inloop.executors.sending import send_bundle
from inloop.executors.versions import Versions, package_versions
from inloop.extras import import_extra

_AHEAD = 2
"""Tasks at the scheduler for each worker: one in work, one at hand."""
_LEAST_AHEAD = 8
"""Tasks at the scheduler where there are few workers or none yet: a cluster that grows by itself sees them."""
_POLL_S = 1.0
_CONNECT_S = 10.0
_PATIENCE_S = 600.0


@dataclass(slots=True)
class _InWork:
    """A task at the scheduler."""

    order: Order
    future: Any  # None where the scheduler was away when it was handed in

    @property
    def is_lost(self) -> bool:
        return self.future is None or bool(self.future.cancelled())


class DaskExecutor:
    """The workers of a Dask cluster.

    A task whose worker dies is done by another one; the scheduler gives it up behind some deaths
    (`distributed.scheduler.allowed-failures`, usually 3), which is its outcome. Where the scheduler goes away, tasks
    that are not done are handed in again once it is back. Files are sent to workers that do not have them, and workers
    with other versions are refused.

    Args:
        address: Of the scheduler, as tcp://host:8786, or the path of its file.
        versions: What must be the same on every worker.
        note: Is told, in a line, what becomes of the cluster.
        patience_s: Seconds to wait for a scheduler that went away.

    Raises:
        InloopError: There is no scheduler.
        ModuleNotFoundError: The extra `cluster` is missing.
    """

    def __init__(
        self,
        address: str,
        *,
        versions: Versions = package_versions,
        note: Callable[[str], None] = lambda line: None,
        patience_s: float = _PATIENCE_S,
    ) -> None:
        self._distributed = import_extra("distributed", "cluster")
        # A client that loses its scheduler says so by a traceback; the notes say the same in a line.
        for name in ("distributed.client", "distributed.batched", "distributed.core"):
            logging.getLogger(name).setLevel(logging.CRITICAL)
        self._address = address
        self._versions = versions
        self._note = note
        self._patience_s = patience_s
        self._in_work: dict[str, _InWork] = {}
        self._done: SimpleQueue[tuple[str, Any]] = SimpleQueue()
        self._client = self._connected()

    def run(self, function: Callable[[Task], Result], tasks: Tasks[Task]) -> Iterator[Outcome[Result]]:
        """Yield outcomes as they come.

        Raises:
            InloopError: A worker has other versions, or the scheduler does not come back.
        """
        if self._client.status == "closed":
            self._client = self._connected()
        self._in_work.clear()
        self._done = SimpleQueue()
        try:
            yield from self._outcomes(function, pairs(tasks))
        finally:
            with suppress(Exception):  # Nothing can be done where the cluster is gone.
                self._client.cancel([work.future for work in self._in_work.values() if work.future])
                self._client.close(timeout=_CONNECT_S)

    def _outcomes(
        self, function: Callable[[Any], Any], source: Iterator[tuple[str, Any]]
    ) -> Iterator[Outcome[Any]]:
        expected = dict(self._versions())
        room, counted_s = 0, -_POLL_S
        while True:
            if monotonic() - counted_s >= _POLL_S:
                room, counted_s = self._room(), monotonic()
            while len(self._in_work) < room and (pair := next(source, None)):
                key, task = pair
                bundles = tuple(task.bundles()) if isinstance(task, HasFiles) else ()
                self._hand_in(Order(function, key, task, bundles, self._versions, expected))
            if not self._in_work:
                return
            with suppress(Empty):
                key, future = self._done.get(timeout=_POLL_S)
                # Futures of tasks that were handed in again have nothing to say.
                if key in self._in_work and self._in_work[key].future is future:
                    outcome = self._outcome(key)
                    if outcome is not None:
                        del self._in_work[key]
                        yield outcome

    def _hand_in(self, order: Order, worker: str | None = None) -> None:
        """Give the scheduler a task, for the worker if it is still there when its turn comes."""
        key = f"inloop-{uuid4().hex[:12]}-{order.key}"
        try:
            future = self._client.submit(
                do, order, key=key, pure=False, workers=worker, allow_other_workers=worker is not None
            )
        except Exception:
            if self._client.status == "running":
                raise
            future = None
        self._in_work[order.key] = _InWork(order, future)
        if future is None:
            self._done.put((order.key, None))
        else:
            future.add_done_callback(lambda future: self._done.put((order.key, future)))

    def _outcome(self, key: str) -> Outcome[Any] | None:
        """Return what became of a task whose future is done; None where it was handed in again."""
        work = self._in_work[key]
        if work.is_lost:
            self._revive()
            return None
        try:
            reply: Reply = work.future.result()
        except (self._distributed.CancelledError, CancelledError):
            self._revive()
            return None
        except self._distributed.KilledWorker as error:
            deaths = error.allowed_failures + 1
            workers = "worker" if deaths == 1 else "workers"
            return Outcome(key, error=InloopError(f"{deaths} {workers} died at it (out of memory?)"))
        except ModuleNotFoundError as error:
            raise InloopError(f"a worker lacks {error.name}: install the same on all machines") from None
        if reply.found is not None:
            raise InloopError(_mixture(reply.worker, reply.found, work.order.expected))
        for bundle in reply.missing:
            send_bundle(self._client, reply.worker, bundle)
        if reply.outcome is None:
            self._hand_in(work.order, reply.worker)
        return reply.outcome

    def _room(self) -> int:
        """Return how many tasks are to be at the scheduler."""
        with suppress(Exception):  # The scheduler may be away.
            return int(max(_LEAST_AHEAD, _AHEAD * len(self._client.nthreads())))
        return _LEAST_AHEAD

    def _connected(self) -> Any:
        """Return a client. Raises InloopError."""
        where = {"address": self._address}
        if "://" not in self._address:
            if not Path(self._address).is_file():  # Dask would wait for it.
                raise InloopError(f"no Dask scheduler at {self._address}: neither an address nor a file")
            where = {"scheduler_file": self._address}
        try:
            return self._distributed.Client(**where, timeout=_CONNECT_S, set_as_default=False)
        except (OSError, TimeoutError, ValueError) as error:
            raise InloopError(f"no Dask scheduler at {self._address}: {error}") from None

    def _revive(self) -> None:
        """Wait until the scheduler is there again, and hand in what was lost.

        Raises:
            InloopError: It does not come back.
        """
        self._note(f"the scheduler {self._address} is gone: waiting for it")
        deadline = monotonic() + self._patience_s
        while not self._is_there():
            if monotonic() > deadline:
                raise InloopError(
                    f"the scheduler {self._address} did not come back in {self._patience_s:g} s: start the same "
                    "command again to go on"
                )
            sleep(_POLL_S / 4)
        self._note(f"the scheduler {self._address} is back")
        for lost in [work for work in self._in_work.values() if work.is_lost]:
            self._hand_in(lost.order)

    def _is_there(self) -> bool:
        """Whether the scheduler answers; a client that gave up is replaced."""
        with suppress(Exception):
            if self._client.status == "closed":
                self._client = self._connected()
            if self._client.status == "running":
                self._client.nthreads()
                return True
        return False


def _mixture(worker: str, found: dict[str, str], expected: dict[str, str]) -> str:
    """Return what to say of a worker with other versions."""
    differences = [
        f"{name} {found.get(name, 'missing')} instead of {expected.get(name, 'none')}"
        for name in sorted({*found, *expected})
        if found.get(name) != expected.get(name)
    ]
    return f"the worker {worker} has {', '.join(differences)}: install the same on all machines"
