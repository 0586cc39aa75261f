# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""What the encoder gives out."""

from __future__ import annotations

from dataclasses import dataclass

from inloop.video.frame import Frame


@dataclass(frozen=True)
class Packet:
    """One coded picture.

    Attributes:
        data: Annex B bytes; the first packet starts with the parameter sets.
        poc: Picture order count.
        slice_type: ``"I"``, ``"P"`` or ``"B"``.
        qp: Luma QP of its slice.
        bits: Size of `data` in bits.
        sse: Sums of squared differences of Y, U and V between source and `recon`.
        recon: What a decoder shows for this picture; its `pts` is that of the source frame, or its index.
        index: Display position in the video, counting from 0; packets come in coding order.
        layer: Temporal sub-layer.
        mean_qp: Mean luma QP that rate control gave the blocks.
        encode_s: Seconds its coding took, analysis of the lookahead excluded.
        cost: SATD of the picture as the lookahead predicts it; None where nothing was analysed.
    """

    data: bytes
    poc: int
    slice_type: str
    qp: int
    bits: int
    sse: tuple[int, int, int]
    recon: Frame
    index: int
    layer: int = 0
    mean_qp: float = 0.0
    encode_s: float = 0.0
    cost: int | None = None

    def __repr__(self) -> str:
        return f"Packet({self.slice_type} picture {self.index}, POC {self.poc}, QP {self.qp}, {len(self.data)} bytes)"

    @property
    def pts(self) -> int:
        """Presentation index, that of the source frame, or `index` where it has none."""
        return self.index if self.recon.pts is None else self.recon.pts
