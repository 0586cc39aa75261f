# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Filter parameters to damage: `python tests/fuzz/payload_seeds.py` writes them to corpus_payload/.

A file has a byte for width and one for height of the picture, both in steps of 8 less one, then pictures: a byte with
four times the payload's length plus the kind (0 ordinary, 1 random access point, 2 skipped there, 3 in a higher
temporal sub-layer), and the payload.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from inloop import _core

CORPUS = Path(__file__).parent / "corpus_payload"
SIZE = 832, 480
ORDINARY, IRAP, RASL, HIGHER = range(4)
NAME = bytes(range(32))


def picture(kind: int, **fields: Any) -> bytes:
    """Return a picture with these parameters; without any, one that has no payload."""
    if not fields:
        return bytes([kind])
    parameters = _core.FilterParameters()
    for name, value in fields.items():
        setattr(parameters, name, value)
    payload = parameters.serialise(*SIZE)
    return bytes([len(payload) << 2 | kind]) + payload


def seeds() -> dict[str, bytes]:
    """Return short streams by file name."""
    whole = {"model": NAME, "scale_code": [20, 31, 5]}
    flags = [(3 * i) // 4 % 3 for i in range(28)]
    streams = {
        "whole": [picture(IRAP, **whole)],
        "flags": [
            picture(IRAP, **whole, candidates=2, qp_offset=[-3, 5], per_block=True, block_choice=flags)
        ],
        "large": [
            picture(IRAP, **whole, block_size=256, per_block=True, block_choice=[1, 0] * 4, min_edges=7)
        ],
        "hold": [
            picture(IRAP, **whole, persist=True),
            picture(ORDINARY),
            picture(HIGHER, scale_code=[9, 9, 9], persist=True),
            picture(RASL, reuse=True, persist=True, per_block=True, block_choice=[i % 2 for i in range(28)]),
            picture(HIGHER),
            picture(IRAP),
            picture(ORDINARY, model=NAME[:4], scale_code=[1, 2, 3], post=True),
            picture(ORDINARY, reuse=True),
        ],
    }
    return {name: bytes([SIZE[0] // 8 - 1, SIZE[1] // 8 - 1]) + b"".join(s) for name, s in streams.items()}


if __name__ == "__main__":
    CORPUS.mkdir(exist_ok=True)
    for file_name, data in seeds().items():
        (CORPUS / file_name).write_bytes(data)
