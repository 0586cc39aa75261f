# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""The picture filter inside the encoder: what is asked of one, and what becomes of its result."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from inloop import _core
from inloop.codec.ownership import claim
from inloop.nnlf.picture import CodedPicture, FilterResult, Planes


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

    @property
    def runs(self) -> bool:
        """Whether there is a filter."""
        return self._nnlf is not None

    @property
    def changes_references(self) -> bool:
        """Whether filtered pictures may become references."""
        return self._is_in_loop

    def run(self, task: _core.PictureTask, coded: _core.CodedPicture) -> FilterResult:
        """Return what the filter makes of an analysed picture."""
        if self._nnlf is None:
            return FilterResult(b"", None)
        bits = task.coded_bits() if self._weighs_bits else 0
        return self._nnlf.filter_picture(CodedPicture.from_core(coded, bits=bits), task.source)

    def replacement(self, filtered: FilterResult) -> Planes | None:
        """Return the planes that become the reference picture; None for the unfiltered ones."""
        return filtered.planes if self._is_in_loop and not filtered.shown_only else None

    def shown(self, filtered: FilterResult, task: _core.PictureTask) -> Planes | None:
        """Return the planes to show of a completed picture; None for those of the picture itself."""
        if filtered.planes is None or (self._is_in_loop and not filtered.shown_only):
            return None
        return filtered.shown_planes(task.reconstruction())
