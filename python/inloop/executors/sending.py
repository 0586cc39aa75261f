# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Files on their way to a worker, a piece at a time, so that no machine has to hold one in memory."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Any
from uuid import uuid4

from inloop.errors import InloopError
from inloop.executors.bundles import Bundle
from inloop.executors.on_worker import finish_bundle, has_bundle, store_piece
from inloop.extras import import_extra

_PIECE_BYTES = 8 << 20


def send_bundle(client: Any, worker: str, bundle: Bundle) -> None:
    """Send files to a worker that lacks them; a worker that is gone meanwhile is no error, as its task is not lost.

    Args:
        client: A Dask client.
        worker: Address of the worker.
        bundle: The files.

    Raises:
        InloopError: A file cannot be read, or has arrived damaged.
    """
    token = f"{uuid4().hex}.part"

    def call(function: Any, *arguments: Any) -> Any:
        return client.run(function, *arguments, workers=[worker])[worker]

    pieces = _pieces(bundle)
    with suppress(*_gone()):
        if call(has_bundle, bundle):
            return
        for name, piece in pieces:
            call(store_piece, token, name, piece)
        call(finish_bundle, token, bundle)


def _pieces(bundle: Bundle) -> Iterator[tuple[str, bytes]]:
    """Yield the files of a bundle in pieces with their names, at least one of each. Raises InloopError."""
    for path, name in zip(bundle.files, bundle.names, strict=True):
        try:
            with path.open("rb") as stream:
                yield name, stream.read(_PIECE_BYTES)
                while piece := stream.read(_PIECE_BYTES):
                    yield name, piece
        except OSError as error:
            raise InloopError(f"{path}: {error.strerror}") from None


def _gone() -> tuple[type[BaseException], ...]:
    """Return what Dask raises where a machine is not there any more."""
    return (OSError, import_extra("distributed.comm", "cluster").CommClosedError)
