# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""A Dask cluster loses no task and gives none twice, whichever of its processes is killed."""

from __future__ import annotations

import signal
from pathlib import Path

import cluster_tasks
import pytest
from cluster_processes import ClusterProcesses, free_port

from inloop import InloopError
from inloop.executors import DaskExecutor, executor_for

pytest.importorskip("distributed", reason="Dask is not installed: pip install 'inloop[cluster]'")


def test_a_killed_worker(cluster: ClusterProcesses) -> None:
    executor = DaskExecutor(cluster.address)
    outcomes = []
    for outcome in executor.run(cluster_tasks.slowly_doubled, {str(n): n for n in range(60)}):
        outcomes.append(outcome)
        if len(outcomes) == 10:
            cluster.workers[0].send_signal(signal.SIGKILL)
    assert sorted(int(outcome.key) for outcome in outcomes) == list(range(60))
    assert all(outcome.result == 2 * int(outcome.key) for outcome in outcomes if outcome.key != "3")
    (failed,) = (outcome for outcome in outcomes if outcome.error is not None)
    assert str(failed.error) == "three is too much"
    assert cluster.workers[0].wait() == -signal.SIGKILL


def test_tasks_are_asked_for_as_they_fit(cluster: ClusterProcesses) -> None:
    asked = []

    def tasks():
        for number in range(4, 40):
            asked.append(number)
            yield str(number), number

    outcomes = DaskExecutor(cluster.address).run(cluster_tasks.slowly_doubled, tasks())
    first = next(outcomes)
    assert first.result == 2 * int(first.key)
    assert len(asked) < 36
    assert len(list(outcomes)) == 35
    assert not list(DaskExecutor(cluster.address).run(cluster_tasks.slowly_doubled, {}))


def test_other_exceptions_are_raised(cluster: ClusterProcesses) -> None:
    with pytest.raises(KeyError):
        list(DaskExecutor(cluster.address).run(cluster_tasks.wrong, {"a": 1}))


def test_files_are_sent(cluster: ClusterProcesses, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "weights").mkdir()
    (tmp_path / "weights" / "w.bin").write_bytes(b"numbers")
    (tmp_path / "net.bin").write_bytes(bytes(range(256)) * 40_000)  # more than one piece
    monkeypatch.chdir(tmp_path)  # The workers are elsewhere.
    tasks = {str(n): cluster_tasks.Reading(Path("net.bin")) for n in range(4)}
    for outcome in DaskExecutor(cluster.address).run(cluster_tasks.read, tasks):
        assert outcome.error is None
        assert outcome.result == (bytes(range(256)) * 40_000, b"numbers", True)
    # Where the path is right, the file is read where it is.
    here = {"a": cluster_tasks.Reading(tmp_path / "net.bin")}
    before = set(cluster.folder.rglob("inloop-files/*"))
    assert [path.name for path in before if path.name.endswith(".part")] == []
    (outcome,) = DaskExecutor(cluster.address).run(cluster_tasks.read, here)
    assert outcome.error is None
    assert set(cluster.folder.rglob("inloop-files/*")) == before


def test_a_mixture_of_versions_is_refused(cluster: ClusterProcesses) -> None:
    cluster.start_workers(1, **{cluster_tasks.ODD: "2"})
    executor = DaskExecutor(cluster.address, versions=cluster_tasks.versions)
    try:
        with pytest.raises(InloopError, match=r"worker tcp://.* has thing 2 instead of 1: install the same"):
            list(executor.run(cluster_tasks.slowly_doubled, {str(n): n for n in range(4, 2000)}))
    finally:
        cluster.workers[-1].send_signal(signal.SIGKILL)
        cluster.workers[-1].wait()


def test_a_scheduler_that_restarts_and_deadly_work(tmp_path: Path) -> None:
    cluster = ClusterProcesses(tmp_path, DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES="0")
    notes: list[str] = []
    try:
        cluster.start_scheduler()
        cluster.start_workers(1)
        executor = DaskExecutor(cluster.address, note=notes.append)
        outcomes = []
        for outcome in executor.run(cluster_tasks.slowly_doubled, {str(n): n for n in range(4, 34)}):
            outcomes.append(outcome)
            if len(outcomes) == 3:
                cluster.stop()
                cluster.start_scheduler()
                cluster.start_workers(1)
        assert sorted(int(outcome.key) for outcome in outcomes) == list(range(4, 34))
        assert [outcome.result for outcome in outcomes] == [2 * int(outcome.key) for outcome in outcomes]
        assert [note.split()[4] for note in notes[:2]] == ["gone:", "back"]
        (outcome,) = executor.run(cluster_tasks.deadly, {"a": 1})
        assert str(outcome.error) == "1 worker died at it (out of memory?)"
    finally:
        cluster.stop()


def test_no_scheduler() -> None:
    address = f"tcp://127.0.0.1:{free_port()}"
    with pytest.raises(InloopError, match="no Dask scheduler at tcp"):
        executor_for(scheduler=address)
    with pytest.raises(InloopError, match=r"no Dask scheduler at nothing\.json"):
        executor_for(scheduler="nothing.json")
