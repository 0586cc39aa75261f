# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Damaged Cool-chic streams raise an error of the family or decode to something, whatever ISA and threads."""

from __future__ import annotations

import resource
import struct
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import inloop
from inloop import _core
from inloop.coolchic import Decoder, describe_stream, read_latents
from inloop.errors import BitstreamError, InloopError, UnsupportedError

FOLDER = Path(__file__).parent / "corpus_coolchic"
CORPUS = [FOLDER / f"{name}.bin" for name in ("early", "image", "ldp", "ra", "rgb")]
MOST_SAMPLES = 1 << 14  # damage makes sizes up; only small ones are worth the time


@pytest.fixture(autouse=True)
def isa() -> Iterator[None]:
    before = inloop.get_isa()
    yield
    inloop.set_isa(before)


def decode(stream: bytes, threads: int) -> tuple[list[bytes], str]:
    pictures: list[bytes] = []
    try:
        pictures += (picture.to_bytes() for picture in Decoder(stream, threads))
    except InloopError as error:
        return pictures, str(error)
    return pictures, ""


def decode_both_ways(stream: bytes) -> None:
    """Pictures and error must depend neither on the ISA nor on the number of threads."""
    if (
        len(stream) >= 6
        and int.from_bytes(stream[2:4], "big") * int.from_bytes(stream[4:6], "big") > MOST_SAMPLES
    ):
        return
    outcomes = []
    for isa, threads in ((inloop.supported_isas()[0], 1), (inloop.supported_isas()[-1], 3)):
        inloop.set_isa(isa)
        outcomes.append(decode(stream, threads))
    assert outcomes[0] == outcomes[1]


@pytest.mark.parametrize("path", CORPUS, ids=lambda path: path.stem)
def test_truncation_at_every_byte_is_an_error(path: Path) -> None:
    stream = path.read_bytes()
    whole, error = decode(stream, 1)
    assert (len(whole), error) == (len(describe_stream(stream).pictures), "")
    for size in range(len(stream)):
        pictures, error = decode(stream[:size], 1)
        assert error
        assert pictures == whole[: len(pictures)]
        with pytest.raises(BitstreamError):
            describe_stream(stream[:size])


@pytest.mark.parametrize("path", CORPUS, ids=lambda path: path.stem)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    damage=st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), min_size=1, max_size=4)
)
def test_changed_bytes(path: Path, damage: list[tuple[float, int]]) -> None:
    stream = bytearray(path.read_bytes())
    for place, value in damage:
        stream[int(place * place * len(stream))] = value  # more of them in the headers
    decode_both_ways(bytes(stream))


def found() -> list[Path]:
    """Inputs that the fuzzer kept."""
    return sorted(path for path in FOLDER.iterdir() if path not in CORPUS)


@pytest.mark.parametrize("path", found(), ids=lambda path: path.stem)
def test_inputs_that_the_fuzzer_found(path: Path) -> None:
    decode_both_ways(path.read_bytes())
    with suppress(InloopError):
        describe_stream(path.read_bytes())


def test_bytes_behind_the_last_picture() -> None:
    with pytest.raises(BitstreamError, match="4 bytes behind"):
        describe_stream(CORPUS[0].read_bytes() + bytes(4))


def test_damaged_latents_name_picture_and_grid() -> None:
    stream = bytearray((FOLDER / "image.bin").read_bytes())
    at = len(stream) - describe_stream(bytes(stream)).pictures[0].latent_bits // 8
    stream[at : at + 16] = b"\xff" * 16
    with pytest.raises(BitstreamError, match=r"picture 0 .*latents.*grid 0"):
        list(Decoder(bytes(stream)))
    with pytest.raises(BitstreamError):
        list(read_latents(bytes(stream)))


def test_a_damaged_reference_ends_with_its_own_error() -> None:
    """The pictures before it come first; the error is the same for any number of threads."""
    stream = bytearray((FOLDER / "ldp.bin").read_bytes())
    info = describe_stream(bytes(stream))
    costs = [(p.header_bits + p.network_bits + p.latent_bits) // 8 for p in info.pictures]
    at = 9 + costs[0] + (info.pictures[1].header_bits + info.pictures[1].network_bits) // 8
    stream[at : at + 12] = b"\xff" * 12
    for threads in (1, 3):
        pictures, error = decode(bytes(stream), threads)
        assert len(pictures) == 1
        assert "picture 1" in error
        assert "latents" in error


def with_words_behind(stream: bytes, *grids: int) -> bytes:
    """Return the stream with three words behind grids of its first picture: found after their last latents."""
    (first, *_) = _core.coolchic_describe(stream)["pictures"]
    sizes = [size for *_, size in first["grids"]]
    changed, table = bytearray(stream), 9 + first["header_bytes"] - 3 * len(sizes)
    payloads = 9 + first["header_bytes"] + first["network_bytes"]
    for grid in sorted(grids, reverse=True):
        end = payloads + sum(sizes[: grid + 1])
        changed[end:end] = bytes(12)  # decoders read up to two words too many
        changed[table + 3 * grid : table + 3 * grid + 3] = (sizes[grid] + 12).to_bytes(3, "big")
    return bytes(changed)


@pytest.mark.parametrize("threads", [1, 2, 3])
def test_of_two_damaged_grids_the_finer_one_is_told(threads: int) -> None:
    """A thread of its own decodes the finest grid, and may find its damage later than others find theirs."""
    stream = (FOLDER / "image.bin").read_bytes()
    for grids, told in (((0, 1), 0), ((1,), 1), ((0,), 0)):
        _, error = decode(with_words_behind(stream, *grids), threads)
        assert f"grid {told}" in error


@pytest.mark.parametrize("threads", [1, 2, 3])
def test_pictures_that_follow_rows_of_a_failed_reference_fail(threads: int) -> None:
    """Rows that were made before the damage was found do not let any picture pass."""
    stream = (FOLDER / "ldp.bin").read_bytes()
    pictures, error = decode(with_words_behind(stream, 0), threads)
    assert not pictures
    assert "picture 0" in error


def header(height: int, width: int, periods: tuple[int, int] = (0, 0)) -> bytes:
    return struct.pack(">HHHBBB", 9, height, width, 1, *periods)


def test_hostile_sizes_take_no_memory() -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for size in ((65534, 65534), (16384, 16384), (8192, 4098)):
        with pytest.raises(UnsupportedError):
            Decoder(header(*size) + bytes(100))
    with pytest.raises(UnsupportedError, match="keeps"):
        Decoder(header(4096, 8192, (128, 128)) + bytes(100))
    grown_mb = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    assert grown_mb < 50


@pytest.mark.parametrize(
    ("stream", "message"),
    [
        (b"", "not a Cool-chic stream"),
        (b"\0\0\0\1\x40\1", "not a Cool-chic stream"),
        (header(0, 16), "picture size"),
        (header(15, 16), "odd size"),
        (header(16, 16, (4, 0)), "P period"),
        (header(16, 16, (6, 4)), "P period"),
        (header(16, 16, (6, 3)), "P period"),
        (header(16, 16, (0, 1)), "P period"),
        (header(16, 16), "ends inside a picture header"),
    ],
)
def test_wrong_headers(stream: bytes, message: str) -> None:
    with pytest.raises(BitstreamError, match=message):
        list(Decoder(stream))
