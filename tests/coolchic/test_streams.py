# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""The streams that the authors released: latents, samples, published PSNR. Skipped where they are not."""

from __future__ import annotations

import csv
import hashlib
import lzma
from pathlib import Path

import numpy as np
import pytest

from inloop import Frame
from inloop.coolchic import Decoder, describe_stream, latents_sha256

MOST_LATENTS = 1_500_000  # of the streams whose latents every run of the tests decodes
SMALL_VIDEO = "samples-feb6/fiveframes-D-BasketballPass_416x240_50p_yuv420_8b.bin"


@pytest.fixture(scope="session")
def data(shared_dir: Path) -> Path:
    folder = shared_dir / "data" / "coolchic"
    if not folder.is_dir():
        pytest.skip("no Cool-chic streams here")
    return folder


def table(path: Path) -> list[dict[str, str]]:
    with path.open() as lines:
        return list(csv.DictReader(lines, delimiter="\t"))


def streams(data: Path) -> list[dict[str, str]]:
    rows = [row for row in table(data / "SOURCES.tsv") if row["sha256_latents_int16le"]]
    assert len(rows) > 100
    return rows


def intact(data: Path, row: dict[str, str]) -> bytes:
    content = (data / row["path"]).read_bytes()
    assert hashlib.sha256(content).hexdigest() == row["sha256"], "the data itself is damaged"
    return content


def test_latents_of_small_streams(data: Path) -> None:
    small = [row for row in streams(data) if int(row["latents"]) <= MOST_LATENTS]
    assert len(small) > 80
    wrong = [
        row["path"] for row in small if latents_sha256(intact(data, row)) != row["sha256_latents_int16le"]
    ]
    assert not wrong


def test_latents_of_a_video(data: Path) -> None:
    row = next(
        row for row in streams(data) if row["path"].startswith("video-ra") and "lmbda-0005" in row["path"]
    )
    content = intact(data, row)
    assert latents_sha256(content) == row["sha256_latents_int16le"]
    info = describe_stream(content)
    assert info.types == {"I": 1, "P": 1, "B": 31}
    assert info.bits == sum(map(info.sum_of, ("header", "network", "latent"))) + 8 * 9
    assert round(info.pictures[2].mac_per_px) == 457  # B picture, as if no grid was empty


def decoded_bytes(content: bytes) -> list[bytes]:
    return [picture.to_bytes() for picture in Decoder(content, threads=2)]


def test_samples_against_the_authors_decoder(data: Path) -> None:
    compared = 0
    for row in table(data / "reference" / "reference.tsv"):
        if not row["kept_file"] or int(row["pictures"]) > 5:
            continue
        expected = lzma.decompress((data / "reference" / row["kept_file"]).read_bytes())
        actual = b"".join(decoded_bytes((data / row["stream"]).read_bytes()))
        difference = np.subtract(
            np.frombuffer(actual, np.uint8), np.frombuffer(expected, np.uint8), dtype=np.int16
        )
        assert np.abs(difference).max() <= 1, row["stream"]
        assert np.count_nonzero(difference) * 10_000 <= difference.size, row["stream"]
        compared += 1
    assert compared >= 8


def test_published_video(data: Path) -> None:
    """The one clip whose pictures the authors released as they decoded them."""
    pictures = list(Decoder((data / SMALL_VIDEO).read_bytes()))
    name = "Decoded-fiveframes-D-BasketballPass_416x240_50p_yuv420_8b.yuv"
    expected = np.fromfile(data / "samples-feb6" / name, np.uint8)
    actual = np.frombuffer(b"".join(picture.to_bytes() for picture in pictures), np.uint8)
    assert np.count_nonzero(actual != expected) <= 10
    assert all(isinstance(picture, Frame) for picture in pictures)


@pytest.mark.parametrize("photo", ["kodim03", "kodim04"])
def test_published_psnr(data: Path, photo: str) -> None:
    image = pytest.importorskip("PIL.Image")
    with image.open(data / "source" / f"{photo}.png") as opened:
        original = np.asarray(opened.convert("RGB"))
    rows = [row for row in streams(data) if row["path"].startswith(f"image-kodak/{photo}-")]
    assert len(rows) == 5
    for row in rows:
        (picture,) = Decoder(intact(data, row))
        error = np.mean(np.square(np.stack(picture.planes, -1) - original.astype(np.float64)))
        assert 10 * np.log10(255**2 / error) == pytest.approx(float(row["published_psnr_db"]), abs=0.0005)
