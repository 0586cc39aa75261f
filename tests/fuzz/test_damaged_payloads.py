# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Damaged filter parameters are refused with BitstreamError, or are other parameters in range."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from payload_seeds import CORPUS, HIGHER, IRAP, RASL, seeds

from inloop import BitstreamError, _core


def replay(data: bytes) -> int:
    """Follow the pictures of a corpus file as the fuzz target does; return how many have parameters."""
    if len(data) < 2:
        return 0
    width, height = 8 * (1 + data[0]), 8 * (1 + data[1])
    track = _core.ParameterTrack()
    at, filtered = 2, 0
    while at < len(data):
        kind, length = data[at] & 3, data[at] >> 2
        payload = data[at + 1 : at + 1 + length]
        at += 1 + length
        try:
            found = track.next(
                payload, width, height, irap=kind == IRAP, rasl=kind == RASL, temporal_id=2 * (kind == HIGHER)
            )
        except BitstreamError:
            continue
        if found is None:
            assert not payload
            continue
        filtered += 1
        blocks = -(-width // found.block_size) * -(-height // found.block_size)
        assert len(found.block_choice) == (blocks if found.per_block else 0)
        assert max(found.block_choice, default=0) <= found.candidates
        assert found.model is not None
    return filtered


@pytest.mark.parametrize("path", sorted(CORPUS.iterdir()), ids=lambda path: path.name)
def test_corpus(path: Path) -> None:
    """What fuzzing found once stays fixed."""
    assert replay(path.read_bytes()) > 0 or path.name not in seeds()


def test_seeds_in_the_corpus_are_those_of_the_present_format() -> None:
    for name, data in seeds().items():
        assert (CORPUS / name).read_bytes() == data, f"{name}: python tests/fuzz/payload_seeds.py"


@pytest.mark.parametrize("name", seeds())
def test_every_truncation_of_a_payload_is_an_error(name: str) -> None:
    data = seeds()[name]
    payload = data[3 : 3 + (data[2] >> 2)]
    for size in range(len(payload)):
        with pytest.raises(BitstreamError):
            _core.FilterParameters.parse(payload[:size], 832, 480)


@given(
    name=st.sampled_from(sorted(seeds())),
    damage=st.lists(
        st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), min_size=1, max_size=4
    ),
)
def test_mutations(name: str, damage: list[tuple[float, int]]) -> None:
    data = bytearray(seeds()[name])
    for place, value in damage:
        data[int(place * len(data))] = value
    replay(bytes(data))


@given(st.binary(max_size=200))
def test_noise(data: bytes) -> None:
    replay(data)
