# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""What `inloop encode` measures on the way: PSNR and MD5 of its reconstruction, a table of the pictures."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from inloop.codec import Packet
from inloop.evaluate.metrics import PsnrMeter, weighted_psnr
from inloop.io import open_output
from inloop.pipeline import SequenceMd5
from inloop.ratecontrol.vbv import Buffer

COLUMNS = (
    "picture",
    "poc",
    "type",
    "layer",
    "qp",
    "mean_qp",
    "bits",
    "cost",
    "buffer_bits",
    "psnr_y",
    "psnr_u",
    "psnr_v",
    "encode_s",
)


class EncodeStatistics:
    """Follows an encode by its packets."""

    def __init__(self, *, psnr: bool, md5: bool, buffer: Buffer | None = None) -> None:
        """Count from nothing.

        Args:
            psnr: Print the PSNR at the end.
            md5: Print the MD5 of the pictures at the end.
            buffer: The decoder's, at the start of the stream.
        """
        self._print_psnr = psnr
        self._buffer = buffer
        self._meter = PsnrMeter()
        self._md5 = SequenceMd5() if md5 else None
        self._rows: list[tuple[object, ...]] = []
        self._of_type: dict[str, list[tuple[float, int]]] = {}  # mean QP and bits of its pictures

    def add(self, packet: Packet) -> None:
        """Measure the picture of one packet."""
        if self._md5 is not None:
            self._md5.add(packet.recon)
        self._of_type.setdefault(packet.slice_type, []).append((packet.mean_qp, packet.bits))
        quality = (f"{value:.4f}" for value in self._meter.add_errors(packet.sse, packet.recon))
        self._rows.append(
            (
                packet.recon.pts,
                packet.poc,
                packet.slice_type,
                packet.layer,
                packet.qp,
                f"{packet.mean_qp:.2f}",
                packet.bits,
                packet.cost,
                None if self._buffer is None else round(self._buffer.remove(packet.bits)),
                *quality,
                f"{packet.encode_s:.6f}",
            )
        )

    def rows(self) -> list[dict[str, object]]:
        """Return what `write_table` writes, a dictionary a picture, in coding order."""
        return [dict(zip(COLUMNS, row, strict=True)) for row in self._rows]

    def details(self) -> Iterator[str]:
        """Yield what is good to know at the end: pictures of each type, with their mean QP and share of the bits."""
        total = sum(bits for pictures in self._of_type.values() for _, bits in pictures)
        for slice_type in ("I", "P", "B"):
            if not (pictures := self._of_type.get(slice_type)):
                continue
            count, bits = len(pictures), sum(bits for _, bits in pictures)
            yield (
                f"{slice_type} {count} {'picture' if count == 1 else 'pictures'}, "
                f"mean QP {sum(qp for qp, _ in pictures) / count:.2f}, mean size {bits / count / 8:.0f} bytes, "
                f"{100 * bits / total:.1f} % of all bits"
            )
        if self._buffer is not None:
            yield f"buffer underflows {self._buffer.underflows}"

    def results(self) -> Iterator[str]:
        """Yield the lines that options asked for."""
        if self._print_psnr:
            psnr = self._meter.psnr()
            yield f"PSNR Y {psnr.y:.3f}  U {psnr.u:.3f}  V {psnr.v:.3f}  6:1:1 {weighted_psnr(psnr, 6):.3f} dB"
        if self._md5 is not None:
            yield f"MD5 {self._md5.hexdigest()}"

    def write_table(self, path: str) -> None:
        """Write one line a picture, in coding order, as CSV. Raises OSError."""
        with open_output(path) as stream, io.TextIOWrapper(stream, "utf-8", newline="") as text:
            writer = csv.writer(text)
            writer.writerow(COLUMNS)
            writer.writerows(self._rows)
