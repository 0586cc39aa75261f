# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""The picture filter inside the encoder: what is asked of one, and what becomes of its result."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from inloop import _core
from inloop.codec.ownership import claim
from inloop.engine.thread_pool import ThreadPool
from inloop.nnlf.decided import DecidedPicture
from inloop.nnlf.picture import CodedPicture, FilterResult, Planes
from inloop.nnlf.picture_filter import PictureFilter


class PictureFilterLike(Protocol):
    """What the encoder asks of a picture filter; `inloop.nnlf.PictureFilter` is one.

    One that has a `mode`, or decides about references, says so as `HasMode` and `DecidesReferences` do.
    """

    def filter_picture(self, coded: CodedPicture, original: Planes) -> FilterResult:
        """Filter one coded picture.

        Args:
            coded: The picture up to deblocking, with its side information.
            original: Y, Cb, Cr of the source, padded to the coded size.

        Returns:
            What takes the place of the deblocked planes, if anything does, and the payload that tells the decoder.
        """


@runtime_checkable
class HasMode(Protocol):
    """A filter that says whether its pictures become references: in "loop", as without a mode, but not in "post"."""

    mode: str


@runtime_checkable
class DecidesReferences(Protocol):
    """A filter that weighs, where `reference` is not None, which filtered pictures become references.

    It needs the size of the slice (`CodedPicture.bits`), which takes writing the slice.
    """

    reference: object | None


class FilterStep:
    """Runs the filter of one stream, if there is one, on pictures between analysis and completion."""

    def __init__(self, nnlf: PictureFilterLike | None) -> None:
        if nnlf is not None:
            claim(nnlf, "picture filter")
        self._nnlf = nnlf
        self._is_in_loop = nnlf is not None and not (isinstance(nnlf, HasMode) and nnlf.mode != "loop")
        self._weighs_bits = isinstance(nnlf, DecidesReferences) and nnlf.reference is not None
        # A subclass that does more to a picture, or something else, is asked for the whole of it.
        own = type(nnlf).filter_picture is PictureFilter.filter_picture if nnlf is not None else False
        self._decides = nnlf if isinstance(nnlf, PictureFilter) and own else None

    @property
    def runs(self) -> bool:
        """Whether there is a filter."""
        return self._nnlf is not None

    @property
    def changes_references(self) -> bool:
        """Whether filtered pictures may become references."""
        return self._is_in_loop

    @property
    def works_behind(self) -> bool:
        """Whether filtered pictures are shown and never become references."""
        return self.runs and not self._is_in_loop

    def take_pool(self, pool: ThreadPool) -> None:
        """Lend the filter an encoder's threads."""
        if isinstance(self._nnlf, PictureFilter):
            self._nnlf.take_pool(pool)

    def run(self, task: _core.PictureTask) -> FilterResult | DecidedPicture:
        """Return what the filter makes of an analysed picture, or is to make of one that becomes a reference."""
        if self._nnlf is None:
            return FilterResult(b"", None)
        bits = task.coded_bits() if self._weighs_bits else 0
        coded = CodedPicture.from_core(task.coded, bits=bits)
        if self._decides is None:
            return self._nnlf.filter_picture(coded, task.source)
        decided = self._decides.decide_picture(coded, task.source)
        if decided is None:
            return FilterResult(b"", None)
        return decided.complete() if decided.shown_only else decided

    def start_completion(self, task: _core.PictureTask, filtered: FilterResult | DecidedPicture) -> None:
        """Have a picture completed with what the filter has made or is to make of it."""
        if isinstance(filtered, DecidedPicture):
            task.start_filtering(filtered.filter)
        else:
            task.start_completion(filtered.planes if self._is_reference(filtered) else None)

    def finish(self, filtered: FilterResult | DecidedPicture) -> FilterResult:
        """Return what the filter has made of a completed picture."""
        return filtered.finish() if isinstance(filtered, DecidedPicture) else filtered

    def _is_reference(self, filtered: FilterResult) -> bool:
        return self._is_in_loop and not filtered.shown_only

    def shown(self, filtered: FilterResult, task: _core.PictureTask) -> Planes | None:
        """Return the planes to show of a completed picture; None for those of the picture itself."""
        if filtered.planes is None or self._is_reference(filtered):
            return None
        return filtered.shown_planes(task.reconstruction())
