# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Streams of other encoders decode to the MD5 that other decoders agree on, on every ISA.

`data/` holds small ones with their origin and licence; the rest lies in the shared folder beside the checkout.
"""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest

import inloop
from inloop.codec import Decoder
from inloop.errors import BitstreamError, ConfigError, UnsupportedError

DATA = Path(__file__).parent / "data"
SUPPORTED_FORMATS = {"yuv420p", "yuvj420p", "yuv420p10le"}
# Tools beyond Main and Main 10 in streams whose format would do.
RANGE_EXTENSIONS = {"oxide_r413-rdpcm-implicit.265": "implicit_rdpcm"}
UNSUPPORTED_NAMES = {
    "gray": "4:0:0",
    "yuv422p": "4:2:2",
    "yuv422p10le": "4:2:2",
    "yuv444p": "4:4:4",
    "yuv420p12le": "bit depth 12",
}
# The data of its only slice ends before the last row of CTUs; other decoders read zeros from there on.
DAMAGED = {"g2b_fuzz_bit_depth_change.265"}


def rows_of(folder: Path) -> list[dict[str, str]]:
    table = folder / "SOURCES.tsv"
    if not table.is_file():
        return []
    with table.open(newline="") as lines:
        return list(csv.DictReader(lines, delimiter="\t"))


@pytest.fixture(params=inloop.supported_isas())
def isa(request: pytest.FixtureRequest) -> Iterator[str]:
    before = inloop.get_isa()
    inloop.set_isa(request.param)
    yield request.param
    inloop.set_isa(before)


def decode_md5(stream: bytes, chunk: int = 1 << 16, threads: int = 1) -> tuple[str, int]:
    """MD5 over the planar bytes of all pictures, and their number."""
    decoder = Decoder(verify=True, threads=threads)
    md5 = hashlib.md5(usedforsecurity=False)
    count = 0
    for begin in range(0, len(stream), chunk):
        for frame in decoder.decode(stream[begin : begin + chunk]):
            md5.update(frame.to_bytes())
            count += 1
    for frame in decoder.flush():
        md5.update(frame.to_bytes())
        count += 1
    return md5.hexdigest(), count


def check(folder: Path, row: dict[str, str], threads: int = 1) -> None:
    stream = (folder / row["file"]).read_bytes()
    feature = RANGE_EXTENSIONS.get(row["file"]) or UNSUPPORTED_NAMES.get(row["pix_fmt"])
    if feature:
        with pytest.raises(UnsupportedError, match=feature):
            decode_md5(stream, threads=threads)
    elif row["file"] in DAMAGED:
        with pytest.raises(BitstreamError, match=r"POC 0, CTU at \(64, 192\)"):
            decode_md5(stream, threads=threads)
    else:
        assert row["pix_fmt"] in SUPPORTED_FORMATS
        assert decode_md5(stream, threads=threads) == (row["yuv_md5"], int(row["frames"]))


@pytest.mark.parametrize("row", rows_of(DATA), ids=lambda row: row["file"])
def test_stream_of_the_repository(row: dict[str, str], isa: str) -> None:
    check(DATA, row)


@pytest.mark.parametrize("threads", [2, 7])
@pytest.mark.parametrize("row", rows_of(DATA), ids=lambda row: row["file"])
def test_threads_change_nothing(row: dict[str, str], threads: int) -> None:
    check(DATA, row, threads)


@pytest.mark.parametrize("threads", [0, 65])
def test_number_of_threads(threads: int) -> None:
    with pytest.raises(ConfigError, match="1 to 64"):
        Decoder(threads=threads)


@pytest.mark.parametrize("chunk", [1, 7, 1000])
def test_pieces_of_any_size_give_the_same_pictures(chunk: int) -> None:
    row = next(row for row in rows_of(DATA) if row["file"] == "oxide_r429-lf-bgop-qp33.265")
    assert decode_md5((DATA / row["file"]).read_bytes(), chunk)[0] == row["yuv_md5"]


def test_flushed_decoder_takes_another_stream() -> None:
    row = next(row for row in rows_of(DATA) if row["file"] == "cros_64x64-I-P-B-P.265")
    stream = (DATA / row["file"]).read_bytes()
    decoder = Decoder()
    first = decoder.decode(stream) + decoder.flush()
    second = decoder.decode(stream) + decoder.flush()
    assert [frame.md5() for frame in first] == [frame.md5() for frame in second]
    assert [frame.pts for frame in first + second] == list(range(6))


def check_shared(shared_dir: Path, folder: str, threads: int) -> None:
    root = shared_dir / "data" / "conformance" / folder
    rows = rows_of(root)
    assert rows, f"no SOURCES.tsv in {root}"
    for row in rows:
        check(root, row, threads)


@pytest.mark.parametrize("folder", ["", "generated"])
def test_streams_of_the_shared_folder(shared_dir: Path, folder: str, isa: str) -> None:
    check_shared(shared_dir, folder, 1)


@pytest.mark.parametrize("folder", ["", "generated"])
def test_streams_of_the_shared_folder_on_threads(shared_dir: Path, folder: str) -> None:
    """On one ISA: who decodes what when does not depend on it."""
    check_shared(shared_dir, folder, 3)
