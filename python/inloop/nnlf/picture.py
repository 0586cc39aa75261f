# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""What a codec hands to the filter about one coded picture."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from inloop import _core

Planes = tuple[npt.NDArray[np.uint16], npt.NDArray[np.uint16], npt.NDArray[np.uint16]]


@dataclass(frozen=True)
class CodedPicture:
    """One coded picture in front of SAO. All sizes are the coded size, a multiple of 8 luma samples.

    Attributes:
        rec: Y, Cb, Cr before deblocking, uint16 ``[h, w]`` and ``[h/2, w/2]``.
        dbf: The same after deblocking.
        pred: The prediction (intra or motion compensated).
        bs_ver: uint8 ``[h/4, w/4]``, boundary strength 0..2 of the edge at the left of each 4x4 luma cell; non-zero on
            the 8x8 grid only.
        bs_hor: The same for the edge at the top.
        qp: int8 ``[h/4, w/4]``, luma QP.
        pred_type: uint8 ``[h/4, w/4]``, 0 intra, 1 uni-predicted, 2 bi-predicted.
        slice_qp: QP of the slice.
        slice_type: ``"I"``, ``"P"`` or ``"B"``.
        bit_depth: Bits a sample.
        irap: Decoding can start at this picture: the filter's parameters refer to none before it.
        bits: Size of its slice as decided so far, 0 where that is unknown.
        rasl: Skipped where decoding starts at the random access point before it: no other picture's parameters refer
            to this one's.
        temporal_id: Temporal sub-layer, 0 to 6. The filter's parameters refer to those of the same layer, or of a
            lower one where it has none yet.
    """

    rec: Planes
    dbf: Planes
    pred: Planes
    bs_ver: npt.NDArray[np.uint8]
    bs_hor: npt.NDArray[np.uint8]
    qp: npt.NDArray[np.int8]
    pred_type: npt.NDArray[np.uint8]
    slice_qp: int
    slice_type: str
    bit_depth: int = 8
    irap: bool = False
    rasl: bool = False
    bits: int = 0
    temporal_id: int = 0

    @classmethod
    def from_core(cls, coded: _core.CodedPicture, **more: Any) -> Self:
        """Return what the core says of a picture.

        Args:
            coded: The picture in the core.
            more: Fields that a subclass adds, by name.
        """
        picture = cls(
            rec=coded.rec,
            dbf=coded.dbf,
            pred=coded.pred,
            bs_ver=coded.bs_ver,
            bs_hor=coded.bs_hor,
            qp=coded.qp,
            pred_type=coded.pred_type,
            slice_qp=coded.slice_qp,
            slice_type=coded.slice_type,
            bit_depth=coded.bit_depth,
            irap=coded.irap,
            rasl=coded.rasl,
            temporal_id=coded.temporal_id,
            **more,
        )
        # The core works on the encoder's own memory, so that no array is copied back.
        vars(picture)["core"] = coded.filter_picture()
        return picture

    @cached_property
    def core(self) -> _core.FilterPicture:
        """The picture as the core reads it, checked once: samples may change after that, arrays may not.

        Raises ConfigError where an array has a wrong type or shape.
        """
        return _core.FilterPicture(self)

    def __getstate__(self) -> dict[str, Any]:
        """Return the fields: copies and pickles are pictures of their own to the core."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    @property
    def height(self) -> int:
        """Coded luma height."""
        return int(self.rec[0].shape[0])

    @property
    def width(self) -> int:
        """Coded luma width."""
        return int(self.rec[0].shape[1])


@dataclass(frozen=True)
class FilterResult:
    """What the filter made of a picture.

    Attributes:
        payload: Content of the filter parameter NAL unit; empty means that there is no such unit.
        planes: The filtered picture, uint16 Y, Cb, Cr of the coded size; ``None`` if it is unfiltered.
        shown_only: The filtered picture is shown, but the unfiltered one is the reference.
        block_size: Luma samples along the side of its blocks.
        filtered: ``[blocks]`` bool, those that are filtered; ``None``: all.
    """

    payload: bytes
    planes: Planes | None
    shown_only: bool = False
    block_size: int = _core.FILTER_BLOCK_SIZE
    filtered: npt.NDArray[np.bool_] | None = None

    def shown_planes(self, decoded: Planes) -> Planes:
        """What a `shown_only` picture shows: filtered blocks, elsewhere the decoded picture behind SAO.

        decoded: uint16 planes of the coded size or less, as `PictureEncoder` returns them.
        """
        if self.planes is None or self.filtered is None:
            return decoded if self.planes is None else self.planes
        return _core.filter_shown(self.planes, decoded, self.filtered, self.block_size)
