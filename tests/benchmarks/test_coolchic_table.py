# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""The table of Cool-chic streams, on small streams with published values of our own."""

from __future__ import annotations

import csv
import lzma
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from inloop import Frame
from inloop.coolchic import Decoder, RgbPicture, latents_sha256

image_module = pytest.importorskip("PIL.Image")
table = pytest.importorskip("benchmarks.coolchic", reason="the benchmarks are not importable from here")


@pytest.fixture
def data(tmp_path: Path, repo_dir: Path) -> Path:
    """A folder as shared/data/coolchic is: an image with its source and a video with the authors' output."""
    corpus = repo_dir / "tests" / "fuzz" / "corpus_coolchic"
    for folder in ("image-rgb", "video-ra", "source", "reference"):
        (tmp_path / folder).mkdir()
    image, video = (
        tmp_path / "image-rgb" / "photo-lmbda-0001.bin",
        tmp_path / "video-ra" / "clip-lmbda-0001.bin",
    )
    shutil.copy(corpus / "rgb.bin", image)
    shutil.copy(corpus / "ra.bin", video)
    (picture,) = Decoder(image.read_bytes())
    assert isinstance(picture, RgbPicture)
    image_module.fromarray(picture.interleaved() ^ 1).save(tmp_path / "source" / "photo.png")
    pictures = b"".join(bytes(frame.to_bytes()) for frame in Decoder(video.read_bytes()))
    (tmp_path / "reference" / "clip.yuv.xz").write_bytes(
        lzma.compress(bytes([pictures[0] ^ 1]) + pictures[1:])
    )
    names = ["path", "sha256_latents_int16le", "published_bpp", "published_psnr_db"]
    lines = [
        names,
        ["image-rgb/photo-lmbda-0001.bin", latents_sha256(image.read_bytes()), "1.5", "48.0"],
        ["video-ra/clip-lmbda-0001.bin", "0" * 64, "", ""],
        ["LICENSE.txt", "", "", ""],
    ]
    (tmp_path / "SOURCES.tsv").write_text("".join("\t".join(line) + "\n" for line in lines))
    (tmp_path / "reference" / "reference.tsv").write_text(
        "stream\tkept_file\nvideo-ra/clip-lmbda-0001.bin\tclip.yuv.xz\n"
    )
    return tmp_path


def test_rows(data: Path, tmp_path: Path) -> None:
    image, video = table.rows_of(data, 1)
    content = (data / image.stream).read_bytes()
    assert image.bpp == pytest.approx(8 * len(content) / (image.width * image.height))
    assert image.psnr_db == pytest.approx(48.1308, abs=1e-4)  # every sample differs by 1
    assert (image.latents_equal, image.compared, image.bpp_published) == (True, None, 1.5)
    assert (video.latents_equal, video.different, video.most_different) == (False, 1, 1)
    assert video.psnr_db is None
    assert video.pictures > 2
    assert video.fps_1 * video.width * video.height == pytest.approx(1e6 * video.mpx_1)

    table.record([image, video], tmp_path / "table.csv")
    with (tmp_path / "table.csv").open() as file:
        first, second = csv.DictReader(file)
    assert (first["latents_equal"], second["latents_equal"], second["psnr_db"]) == ("yes", "no", "")

    lines = list(table.summary([image, replace(image, mpx_1=2 * image.mpx_1), video]))
    assert len(lines) == 4
    assert lines[2].startswith("| image-rgb, 2 |")
    assert "+0.13080 (2) | equal |" in lines[2]
    assert "0 of 1 equal" in lines[3]


def test_some_pictures_of_the_authors(data: Path) -> None:
    """The name of a file says which pictures it holds."""
    frames = [
        frame
        for frame in Decoder((data / "video-ra" / "clip-lmbda-0001.bin").read_bytes())
        if isinstance(frame, Frame)
    ]
    kept = "clip_display_0_2.yuv.xz"
    (data / "reference" / kept).write_bytes(lzma.compress(frames[0].to_bytes() + frames[2].to_bytes()))
    compared, different, most = table.differences(data, {"kept_file": kept}, frames)
    assert (compared, different, most) == (2 * len(frames[0].to_bytes()), 0, 0)
    assert np.any(frames[0].y != frames[2].y)
