# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""What happens on a worker of a Dask cluster: versions are checked, files are found or asked for, the work is done."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any

from inloop.errors import InloopError
from inloop.executors.bundles import Bundle
from inloop.executors.interface import Outcome, attempt
from inloop.executors.versions import Versions
from inloop.extras import import_extra

_STORE = "inloop-files"
_turn = Lock()
"""One task at a time in a process: its CPU seconds are those of the process, and its threads want all cores."""


@dataclass(frozen=True, slots=True)
class Order:
    """A task on its way to a worker.

    Attributes:
        function: The work.
        key, task: What it is given.
        bundles: The files that it needs.
        versions: Tells what is on a machine.
        expected: What it tells where the order comes from.
    """

    function: Callable[[Any], Any]
    key: str
    task: Any
    bundles: tuple[Bundle, ...]
    versions: Versions
    expected: dict[str, str]


@dataclass(frozen=True, slots=True)
class Reply:
    """What comes back.

    Attributes:
        worker: Address of the worker.
        outcome: What became of the task; None where it was not begun.
        missing: Files that have to be sent first.
        found: Versions on the worker, where they are others than expected.
    """

    worker: str
    outcome: Outcome[Any] | None = None
    missing: tuple[Bundle, ...] = ()
    found: dict[str, str] | None = None


def do(order: Order) -> Reply:
    """Do what was ordered, if versions and files are as they must be."""
    worker = import_extra("distributed", "cluster").get_worker()
    with _turn:
        if (found := _versions(order.versions)) != order.expected:
            return Reply(worker.address, found=found)
        folder = store_folder(worker)
        places: dict[Path, Path] = {}
        missing = []
        for bundle in order.bundles:
            place = folder / bundle.digest
            if place.is_dir():
                places[bundle.files[0]] = place / bundle.files[0].name
            elif not bundle.is_here:
                missing.append(bundle)
        if missing:
            return Reply(worker.address, missing=tuple(missing))
        task = order.task.at(places) if places else order.task
        try:
            return Reply(worker.address, attempt(order.function, order.key, task))
        finally:
            for bundle in order.bundles:
                if bundle.is_for_one_task:
                    shutil.rmtree(folder / bundle.digest, ignore_errors=True)


def store_folder(worker: Any) -> Path:
    """Return the folder of a worker for files, which goes when the worker ends."""
    return Path(worker.local_directory, _STORE)


def has_bundle(bundle: Bundle, dask_worker: Any = None) -> bool:
    """Whether files have been sent to a worker, which Dask gives."""
    return (store_folder(dask_worker) / bundle.digest).is_dir()


def store_piece(token: str, name: str, data: bytes, dask_worker: Any = None) -> None:
    """Append a piece to a file on its way.

    Args:
        token: Of the files that are sent together.
        name: Of the file, as in `Bundle.names`.
        data: The piece.
        dask_worker: The worker, which Dask gives.
    """
    path = store_folder(dask_worker) / token / name
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab") as stream:
        stream.write(data)


def finish_bundle(token: str, bundle: Bundle, dask_worker: Any = None) -> None:
    """Give files that have arrived their place, if their contents are what was sent.

    Args:
        token: As for `store_piece`.
        bundle: The files.
        dask_worker: The worker, which Dask gives.

    Raises:
        InloopError: A file is damaged.
    """
    folder = store_folder(dask_worker)
    for name, digest in zip(bundle.names, bundle.digests, strict=True):
        with (folder / token / name).open("rb") as stream:
            arrived = hashlib.file_digest(stream, "sha256").hexdigest()
        if arrived != digest:
            shutil.rmtree(folder / token, ignore_errors=True)
            raise InloopError(f"{name} arrived damaged at {dask_worker.address}")
    place = folder / bundle.digest
    if place.is_dir():
        shutil.rmtree(folder / token, ignore_errors=True)
    else:
        (folder / token).rename(place)


@cache
def _versions(versions: Versions) -> dict[str, str]:
    """Return what is on this machine, asked for once."""
    return dict(versions())
