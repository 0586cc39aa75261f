# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""`inloop decode` and `inloop info` on Cool-chic streams."""

from __future__ import annotations

import json
import re
import zlib
from pathlib import Path

import numpy as np
import pytest
from coolchic_twin import Layer
from coolchic_writer import random_picture, stream_bytes

from inloop import Frame
from inloop.cli import main
from inloop.coolchic import Decoder, RgbPicture, latents_sha256, read_latents, starts_like_stream
from inloop.io import open_video


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a video (three pictures, 10 bit) and an RGB image."""
    path = tmp_path_factory.mktemp("coolchic")
    random = np.random.default_rng(11)
    video = [
        (0, random_picture(random, 36, 20, 3)),
        (2, random_picture(random, 36, 20, 6, empty=[0])),
        (1, random_picture(random, 36, 20, 9, empty=[0, 1, 2])),
    ]
    (path / "video.bin").write_bytes(stream_bytes(video, p_period=2, bit_depth=10))
    image = random_picture(random, 21, 13, 3, layers=[Layer(3)])
    (path / "image.bin").write_bytes(stream_bytes([(0, image)], colour=0))
    return path


def test_decode_video(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    frames = list(Decoder((folder / "video.bin").read_bytes()))
    for name, arguments in (("a.y4m", ["--fps", "30"]), ("b.y4m", ["--threads", "3", "-n", "2"])):
        assert main(["decode", str(folder / "video.bin"), "-o", str(tmp_path / name), *arguments]) == 0
    with open_video(tmp_path / "a.y4m") as video:
        assert (video.info.fps, video.info.bit_depth) == (30, 10)
        assert [frame.to_bytes() for frame in video] == [frame.to_bytes() for frame in frames]
    with open_video(tmp_path / "b.y4m") as video:
        assert [frame.to_bytes() for frame in video] == [frame.to_bytes() for frame in frames[:2]]
    assert all(isinstance(frame, Frame) for frame in frames)
    assert "3 frames" in capsys.readouterr().err


def test_planes_are_views_that_outlive_the_decoder(folder: Path) -> None:
    data = (folder / "image.bin").read_bytes()
    decoder = Decoder(data, 2)
    (picture,) = decoder
    before = picture.to_bytes()
    del decoder
    assert all(plane.base is not None and not plane.flags.writeable for plane in picture.planes)
    assert [len(list(Decoder(data, 2))) for _ in range(3)] == [1, 1, 1]
    assert picture.to_bytes() == before


def test_decode_image(folder: Path, tmp_path: Path) -> None:
    (picture,) = Decoder((folder / "image.bin").read_bytes())
    assert isinstance(picture, RgbPicture)
    assert (picture.width, picture.height, picture.bit_depth) == (21, 13, 8)
    assert main(["decode", str(folder / "image.bin"), "-o", str(tmp_path / "a.rgb"), "--quiet"]) == 0
    assert (tmp_path / "a.rgb").read_bytes() == picture.to_bytes()
    assert main(["decode", str(folder / "image.bin"), "-o", str(tmp_path / "a.png"), "--quiet"]) == 0
    png = (tmp_path / "a.png").read_bytes()
    rows = np.frombuffer(zlib.decompress(png[41:-16]), np.uint8).reshape(13, 1 + 3 * 21)
    assert set(rows[:, 0]) == {1}
    samples = np.cumsum(rows[:, 1:].reshape(13, 21, 3), axis=1, dtype=np.uint8)
    np.testing.assert_array_equal(samples, picture.interleaved())


def test_wrong_uses(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name, *arguments in (
        ["image.bin", "-o", str(tmp_path / "a.y4m")],
        ["video.bin", "--verify"],
        ["video.bin", "-o", str(tmp_path / "a.png")],
    ):
        assert main(["decode", str(folder / name), *arguments]) == 2
        assert re.fullmatch(r"inloop: .+\n", capsys.readouterr().err)
    assert not list(tmp_path.iterdir())


def test_damage(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "cut.bin").write_bytes((folder / "video.bin").read_bytes()[:-8])
    assert main(["decode", str(tmp_path / "cut.bin"), "-o", str(tmp_path / "a.yuv"), "--quiet"]) == 4
    assert "cut.bin" in capsys.readouterr().err


def test_info(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["info", str(folder / "video.bin")]) == 0
    printed = capsys.readouterr().out
    for text in ("Cool-chic v3.1, 10 bit 4:2:0", "36x20", "3 pictures (1 B, 1 I, 1 P)", "4 of 9 empty"):
        assert text in printed


def test_info_json(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = (folder / "video.bin").read_bytes()
    assert main(["info", "--json", str(folder / "video.bin")]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["latents_sha256"] == latents_sha256(data)
    assert [picture["type"] for picture in told["pictures"]] == ["I", "P", "B"]
    assert told["pictures"][2]["references"] == [0, 2]
    assert told["pictures"][2]["latent_bits"] == 0
    assert (
        told["header_bits"] + told["network_bits"] + told["latent_bits"] + 72 == told["bits"] == 8 * len(data)
    )
    assert len(list(read_latents(data))) == 3


def test_start_of_a_stream(folder: Path) -> None:
    assert starts_like_stream((folder / "video.bin").read_bytes()[:512])
    assert not starts_like_stream(b"\0\0\0\1\x40\1" + bytes(100))
    assert not starts_like_stream(b"")


def test_example_of_the_docs(folder: Path, repo_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = (repo_dir / "docs" / "reference" / "coolchic.md").read_text("utf-8")
    code = re.search(r"```python\n(.*?)```", page, re.DOTALL)
    assert code is not None
    monkeypatch.chdir(folder)
    names: dict[str, object] = {}
    exec(compile(code[1].replace("clip.bin", "video.bin"), "coolchic.md", "exec"), names)
    pictures = names["pictures"]
    assert isinstance(pictures, list)
    assert [picture.pts for picture in pictures] == [0, 1, 2]
