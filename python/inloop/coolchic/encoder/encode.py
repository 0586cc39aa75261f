# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""A group of pictures from samples to a stream: who waits for whom, side by side where none has to."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch

from inloop import _core
from inloop.coolchic.encoder.coded_picture import sequence_bytes
from inloop.coolchic.encoder.encode_picture import PictureJob, encode_picture
from inloop.coolchic.encoder.options import EncoderOptions
from inloop.coolchic.encoder.parts import Parts
from inloop.coolchic.encoder.picture import Format, Planes
from inloop.workers import process_pool

_LAMBDA_PER_DEPTH = 1.5


@dataclass(frozen=True)
class EncodedPicture:
    """A finished picture.

    Attributes:
        display_index: Its place in display order.
        depth: 0 intra, 1 P, 2 and above B.
        data: Its bytes.
        planes: Its samples as every decoder makes them.
        kept: Whether it was found rather than made.
    """

    display_index: int
    depth: int
    data: bytes
    planes: Planes
    kept: bool


@dataclass(frozen=True)
class _Planned:
    display_index: int
    depth: int
    references: tuple[int, ...]

    @property
    def distance(self) -> int:
        return abs(self.display_index - self.references[0]) if self.references else 0


class Encoder:
    """Encodes the pictures of one stream.

    Args:
        pictures: Their samples, in display order.
        format_: Of all of them.
        options: How.
        parts: Folder to keep finished pictures in and to find them; None for none.

    Raises:
        ConfigError: The number of pictures does not fit the structure.
    """

    def __init__(
        self,
        pictures: Sequence[Planes],
        format_: Format,
        options: EncoderOptions,
        parts: Path | None = None,
    ) -> None:
        self._pictures = pictures
        self._format = format_
        self._options = options
        inter, p_period = len(pictures) - 1, options.p_period(len(pictures))
        self._header = sequence_bytes(format_, inter, p_period)
        order = _core.coolchic_coding_order(inter, p_period)
        self._plan = [_Planned(index, depth, tuple(references)) for index, depth, references in order]
        self._parts = Parts(parts, self._fingerprint())
        self._done: dict[int, EncodedPicture] = {}

    def run(self, jobs: int = 1) -> Iterator[EncodedPicture]:
        """Yield the pictures as they are finished.

        Args:
            jobs: How many are fitted at a time, each in a process with one thread. The stream does not depend on it.
        """
        yield from self._find_kept()
        if jobs == 1 or len(self._plan) == 1:
            with _one_thread():
                while waiting := self._ready(set()):
                    yield self._finish(waiting[0], encode_picture(self._job(waiting[0])))
            return
        with process_pool(jobs) as pool:
            yield from self._run_in(pool)

    def stream(self) -> bytes:
        """Return the stream of all pictures, once they are finished."""
        return self._header + b"".join(self._done[planned.display_index].data for planned in self._plan)

    def forget(self) -> None:
        """Remove what was kept of the encode."""
        self._parts.remove()

    def _run_in(self, pool: ProcessPoolExecutor) -> Iterator[EncodedPicture]:
        running: dict[Future[bytes], _Planned] = {}
        while True:
            for planned in self._ready({planned.display_index for planned in running.values()}):
                running[pool.submit(_encode_on_one_thread, self._job(planned))] = planned
            if not running:
                return
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                yield self._finish(running.pop(future), future.result())

    def _find_kept(self) -> Iterator[EncodedPicture]:
        for planned in self._plan:
            if all(reference in self._done for reference in planned.references):
                data = self._parts.load(planned.display_index, self._reference_bytes(planned))
                if data is not None:
                    yield self._add(planned, data, kept=True)

    def _ready(self, started: set[int]) -> list[_Planned]:
        """Return the pictures whose references are there, in coding order."""
        return [
            planned
            for planned in self._plan
            if planned.display_index not in self._done
            and planned.display_index not in started
            and all(reference in self._done for reference in planned.references)
        ]

    def _finish(self, planned: _Planned, data: bytes) -> EncodedPicture:
        self._parts.save(planned.display_index, self._reference_bytes(planned), data)
        return self._add(planned, data, kept=False)

    def _add(self, planned: _Planned, data: bytes, kept: bool) -> EncodedPicture:
        references = [self._done[reference].planes for reference in planned.references]
        planes = _core.coolchic_decode_picture(self._header, data, references)
        done = EncodedPicture(planned.display_index, planned.depth, data, planes, kept)
        self._done[planned.display_index] = done
        return done

    def _reference_bytes(self, planned: _Planned) -> list[bytes]:
        return [self._done[reference].data for reference in planned.references]

    def _job(self, planned: _Planned) -> PictureJob:
        options = self._options
        index, distance = planned.display_index, planned.distance
        signs = (-1, 1)[: len(planned.references)]
        distances = [1 << power for power in range(distance.bit_length())] if distance else []
        start = self._inherited(planned) if options.schedule.inherit else None
        return PictureJob(
            format=self._format,
            header=self._header,
            display_index=index,
            target=self._pictures[index],
            references=[self._done[reference].planes for reference in planned.references],
            distance=distance,
            neighbours=[[self._pictures[index + sign * near] for sign in signs] for near in distances],
            architecture=options.architecture(len(self._pictures), len(planned.references)),
            schedule=options.schedule,
            lmbda=options.lmbda * _LAMBDA_PER_DEPTH**planned.depth,
            ablation=options.ablation,
            seed=options.seed * 256 + index,
            start=start,
        )

    def _inherited(self, planned: _Planned) -> npt.NDArray[np.float32] | None:
        """Return the parameters of a reference whose networks have the same shape, None if there is none."""
        by_index = {other.display_index: other for other in self._plan}
        alike = [r for r in planned.references if len(by_index[r].references) == len(planned.references)]
        if not alike:
            return None
        deepest = max(alike, key=lambda reference: by_index[reference].depth)
        return _core.coolchic_picture_parameters(
            self._header, self._done[deepest].data, len(planned.references)
        )

    def _fingerprint(self) -> bytes:
        digest = hashlib.sha256(repr((self._options, self._options.schedule, torch.__version__)).encode())
        digest.update(self._header)
        for planes in self._pictures:
            for plane in planes:
                digest.update(plane.tobytes())
        return digest.digest()


def _one_thread() -> ExitStack:
    """Let torch use one thread meanwhile: these networks are too small for more."""
    stack = ExitStack()
    stack.callback(torch.set_num_threads, torch.get_num_threads())
    torch.set_num_threads(1)
    return stack


def _encode_on_one_thread(job: PictureJob) -> bytes:
    with _one_thread():
        return encode_picture(job)
