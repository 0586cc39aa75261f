# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""The outer layer of a stream: Annex B byte streams as sequences of NAL units."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from inloop.errors import BitstreamError

_START_CODE = b"\0\0\1"

# Rec. ITU-T H.265, table 7-1; 48 is ours.
NAL_NAMES = {
    0: "TRAIL_N",
    1: "TRAIL_R",
    2: "TSA_N",
    3: "TSA_R",
    4: "STSA_N",
    5: "STSA_R",
    6: "RADL_N",
    7: "RADL_R",
    8: "RASL_N",
    9: "RASL_R",
    16: "BLA_W_LP",
    17: "BLA_W_RADL",
    18: "BLA_N_LP",
    19: "IDR_W_RADL",
    20: "IDR_N_LP",
    21: "CRA",
    32: "VPS",
    33: "SPS",
    34: "PPS",
    35: "AUD",
    36: "EOS",
    37: "EOB",
    38: "FILLER",
    39: "PREFIX_SEI",
    40: "SUFFIX_SEI",
    48: "NNLF_PARAMETERS",
}


@dataclass(frozen=True)
class NalUnit:
    """One NAL unit.

    Attributes:
        nal_type: 0 to 63; `name` is that of the standard.
        temporal_id: 0 to 6.
        layer_id: 0 in single-layer streams.
        position: Byte in the stream where its header begins (behind the start code).
        data: Header and payload, emulation prevention bytes included.
    """

    nal_type: int
    temporal_id: int
    layer_id: int
    position: int
    data: bytes

    @property
    def name(self) -> str:
        """Name of the type in the standard, or ``"TYPE_n"``."""
        return NAL_NAMES.get(self.nal_type, f"TYPE_{self.nal_type}")

    @property
    def is_slice(self) -> bool:
        """Whether this is a slice segment."""
        return self.nal_type < 32

    @property
    def starts_picture(self) -> bool:
        """Whether this is the first slice segment of a picture."""
        return self.is_slice and len(self.data) > 2 and self.data[2] >= 0x80

    @property
    def payload(self) -> bytes:
        """The raw byte sequence payload: without header and emulation prevention bytes."""
        return self.data[2:].replace(b"\0\0\3", b"\0\0")


def nal_units(chunks: Iterable[bytes]) -> Iterator[NalUnit]:
    """Yield the NAL units of an Annex B stream that comes in pieces of any size.

    Raises BitstreamError where the stream does not begin with a start code or a NAL unit has no valid header.
    """
    buffer, begin, position = b"", -1, 0  # begin: of the current NAL unit in buffer; position: of buffer[0]
    for chunk in chunks:
        buffer += chunk
        if begin < 0:
            begin = _first_start_code(buffer)
        if begin < 0:
            continue
        while (end := buffer.find(_START_CODE, begin)) >= 0:
            yield from _parsed(buffer[begin:end], position + begin)
            begin = end + len(_START_CODE)
        buffer, begin, position = buffer[begin:], 0, position + begin
    if begin < 0 and buffer:
        raise BitstreamError("no Annex B start code in this stream")
    yield from _parsed(buffer, position)


def _first_start_code(buffer: bytes) -> int:
    """Where the first NAL unit begins; -1 when more data is needed."""
    end = len(buffer) - len(buffer.lstrip(b"\0"))
    if end == len(buffer):
        return -1
    if end < 2 or buffer[end] != 1:
        raise BitstreamError(f"byte {end}: no Annex B start code")
    return end + 1


def _parsed(data: bytes, position: int) -> Iterator[NalUnit]:
    data = data.rstrip(b"\0")
    if not data:
        return
    if len(data) < 2 or data[0] & 0x80 or not data[1] & 7:
        raise BitstreamError(f"NAL unit at byte {position}: invalid header")
    yield NalUnit(data[0] >> 1, (data[1] & 7) - 1, (data[0] & 1) << 5 | data[1] >> 3, position, data)
