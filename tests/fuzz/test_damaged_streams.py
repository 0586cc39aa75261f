# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Damaged streams raise an error of the family or decode to something; they never crash or hang."""

from __future__ import annotations

import re
import resource
from contextlib import suppress
from pathlib import Path

import pytest
from filtered_seeds import small_filter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inloop import _core
from inloop.codec import Decoder
from inloop.codec.stream_info import describe_stream
from inloop.engine.model import Model
from inloop.errors import BitstreamError, InloopError
from inloop.video.frame import Frame

DATA = Path(__file__).parents[1] / "conformance" / "data"
SMALL = ["oxide_r429-lf-bgop-qp33.265", "g2b_dep_slices.265", "g2b_tiles.265", "g2b_pcm.265"]
FILTERED = ["filtered_flags.265", "filtered_hold.265", "filtered_large.265", "filtered_post.265"]
INTER = ["oxide_r429-lf-bgop-qp33.265", "g2b_tu_inter4x4_motion.265", "cros_64x64-I-P-B-P.265"]


CORPUS = Path(__file__).parent / "corpus_decoder"
HEADERS = Path(__file__).parent / "corpus_headers"
SMALL_FILTER = Model((Path(__file__).parent / "small_filter.inl").read_bytes())


def decode(stream: bytes, threads: int = 1) -> tuple[list[Frame], InloopError | None]:
    decoder = Decoder([SMALL_FILTER], verify=True, threads=threads)
    frames: list[Frame] = []
    try:
        frames += decoder.decode(stream)
        frames += decoder.flush()
    except InloopError as error:
        return frames + decoder.remaining(), error
    return frames, None


def decode_both_ways(stream: bytes) -> None:
    """Pictures and error must not depend on the number of threads."""
    alone, error_alone = decode(stream)
    together, error_together = decode(stream, 3)
    assert [frame.md5() for frame in alone] == [frame.md5() for frame in together]
    assert str(error_alone) == str(error_together)
    assert type(error_alone) is type(error_together)


def load(name: str) -> bytes:
    return ((CORPUS if name in FILTERED else DATA) / name).read_bytes()


def split_nal_units(stream: bytes) -> list[bytes]:
    return [unit for unit in re.split(b"\0*\0\0\1", stream) if unit]


def join(units: list[bytes]) -> bytes:
    return b"".join(b"\0\0\0\1" + unit for unit in units)


@pytest.mark.parametrize("name", SMALL)
def test_truncation_at_every_byte(name: str) -> None:
    stream = load(name)
    whole, error = decode(stream)
    assert error is None
    for size in range(len(stream)):
        frames, _ = decode(stream[:size])
        assert len(frames) <= len(whole)
        for frame, original in zip(frames[:-1], whole, strict=False):
            assert frame.md5() == original.md5()


@pytest.mark.parametrize("name", SMALL)
def test_slice_without_its_last_byte(name: str) -> None:
    """Be it only trailing bits: what ends a slice is part of it."""
    units = split_nal_units(load(name))
    for i, unit in enumerate(units):
        if unit[0] >> 1 < 32:
            _, error = decode(join([*units[:i], unit[:-1], *units[i + 1 :]]))
            assert isinstance(error, BitstreamError), i


def test_truncated_slice_names_picture_and_position() -> None:
    _, error = decode(load("cros_64x64-I-P-B-P.265")[:3000])
    assert isinstance(error, BitstreamError)
    assert re.search(r"POC \d+.*\(\d+, \d+\)", str(error))


@pytest.mark.parametrize("name", INTER + SMALL + FILTERED)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    flips=st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 7)), min_size=1, max_size=8)
)
def test_bit_flips(name: str, flips: list[tuple[float, int]]) -> None:
    stream = bytearray(load(name))
    for place, bit in flips:
        stream[int(place * len(stream))] ^= 1 << bit
    decode_both_ways(bytes(stream))


@pytest.mark.parametrize("name", INTER + FILTERED)
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_dropped_repeated_and_swapped_nal_units(name: str, data: st.DataObject) -> None:
    units = split_nal_units(load(name))
    order = data.draw(st.lists(st.integers(0, len(units) - 1), max_size=2 * len(units)))
    decode_both_ways(join([units[i] for i in order]))


def test_missing_reference_picture_is_an_error() -> None:
    units = split_nal_units(load("g2b_tu_inter4x4_motion.265"))
    slices = [i for i, unit in enumerate(units) if unit[0] >> 1 < 32]
    del units[slices[1]]
    _, error = decode(join(units))
    assert isinstance(error, BitstreamError)
    assert "missing" in str(error)


def corpus() -> list[Path]:
    return sorted(CORPUS.glob("*.265")) + sorted(HEADERS.glob("*.265"))


@pytest.mark.parametrize("path", corpus(), ids=lambda path: path.stem)
def test_inputs_that_the_fuzzer_found(path: Path) -> None:
    decode_both_ways(path.read_bytes())
    with suppress(InloopError):
        describe_stream(path.read_bytes())


@pytest.mark.parametrize("name", FILTERED)
def test_filtered_streams_are_filtered(name: str) -> None:
    """Their hashes hold, and without the network they are other pictures."""
    frames, error = decode(load(name))
    assert error is None
    plain = _core.Decoder()
    unfiltered = plain.decode(load(name)) + plain.flush()
    assert len(frames) == len(unfiltered) >= 2
    assert any((a.y != b.planes[0]).any() for a, b in zip(frames, unfiltered, strict=True))


def test_the_network_is_that_of_the_seeds() -> None:
    assert SMALL_FILTER.sha256 == Model(small_filter()).sha256, "python tests/fuzz/filtered_seeds.py"


@pytest.mark.parametrize("name", FILTERED)
def test_a_filtered_stream_cut_anywhere(name: str) -> None:
    stream = load(name)
    for size in range(0, len(stream), 5):
        decode_both_ways(stream[:size])


def test_corpus_is_there() -> None:
    assert len(list(CORPUS.iterdir())) >= 100
    assert len(list(HEADERS.iterdir())) >= 100


def test_every_unit_lost_repeated_or_swapped() -> None:
    units = split_nal_units(load("oxide_r429-lf-bgop-qp33.265"))
    for i in range(len(units)):
        decode_both_ways(join([*units[:i], *units[i + 1 :]]))
        decode_both_ways(join([*units[: i + 1], *units[i:]]))
        decode_both_ways(join([*units[:i], *units[i : i + 2][::-1], *units[i + 2 :]]))


def test_pictures_of_a_hostile_size_take_no_memory() -> None:
    """Neither the claim of a size nor endless data without a picture makes the decoder grow."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    decoder = Decoder()
    decoder.decode(b"\0\0\1\x4e\x01")  # an SEI unit without end
    for _ in range(64):
        decoder.decode(b"\x55" * (1 << 20))
    grown_mb = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    assert grown_mb < 300
    with pytest.raises(BitstreamError, match="NAL unit of more than"):
        for _ in range(80):
            decoder.decode(b"\x55" * (1 << 20))


@pytest.mark.parametrize(
    "stream", [b"not a video at all", b"\0\0\1", b"\0\0\1\x40", b"\0\0\1\xff\xff", b"\0" * 99]
)
def test_no_stream(stream: bytes) -> None:
    frames, _ = decode(stream)
    assert not frames


def test_no_start_code_is_an_error() -> None:
    _, error = decode(b"not a video at all")
    assert isinstance(error, BitstreamError)


def test_error_repeats() -> None:
    decoder = Decoder()
    assert decoder.decode(b"no start code") == []  # one may come
    with pytest.raises(BitstreamError, match="no Annex B start code"):
        decoder.flush()
    with pytest.raises(BitstreamError):
        decoder.decode(load("g2b_pcm.265"))
    with pytest.raises(BitstreamError):
        decoder.flush()
    assert decoder.remaining() == []
