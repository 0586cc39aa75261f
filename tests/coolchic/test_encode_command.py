# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""`inloop coolchic encode`."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from inloop import Frame
from inloop.cli import main
from inloop.coolchic import Decoder
from inloop.coolchic.encoder.schedule import EFFORTS
from inloop.io import VideoInfo, open_video_writer

SCHEDULE = replace(
    EFFORTS["draft"], candidate_iterations=2, reference_iterations=2, coarse=3, main=6, straight_through=4
)


@pytest.fixture
def image(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setitem(EFFORTS, "draft", SCHEDULE)
    rows, columns = np.mgrid[:24, :36]
    samples = np.stack([8 * rows, 6 * columns, 100 + rows], -1).astype(np.uint8)
    path = tmp_path / "in.ppm"
    path.write_bytes(b"P6\n# made here\n36 24\n255\n" + samples.tobytes())
    return path


@pytest.fixture
def clip(tmp_path: Path, small_frames: list[Frame], monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setitem(EFFORTS, "draft", SCHEDULE)
    path = tmp_path / "in.y4m"
    with open_video_writer(path, VideoInfo(100, 72, 25, 8)) as writer:
        for frame in small_frames:
            writer.write(frame)
    return path


def test_image(image: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("torch")
    output = tmp_path / "out.bin"
    assert main(["coolchic", "encode", str(image), "-o", str(output), "--effort", "draft", "--psnr"]) == 0
    said = capsys.readouterr()
    assert len(re.findall(r"^PSNR [RGB] \d+\.\d{3} dB$", said.out, re.MULTILINE)) == 3
    assert "encoded 1 frames" in said.err
    (picture,) = Decoder(output.read_bytes())
    assert (picture.width, picture.height) == (36, 24)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.ppm", "out.bin"]


def test_clip_goes_on_after_ctrl_c(
    clip: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("torch")
    from inloop.coolchic.encoder.encode import Encoder

    output = tmp_path / "out.bin"
    command = [
        "coolchic",
        "encode",
        str(clip),
        "-o",
        str(output),
        "--effort",
        "draft",
        "-n",
        "3",
        "--threads",
        "1",
    ]
    whole = Encoder.run

    def interrupted(self: Encoder, jobs: int = 1) -> Iterator[Any]:
        yield next(iter(whole(self, jobs)))
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(Encoder, "run", interrupted)
        assert main(command) == 130
    assert "1 of 3 pictures are kept" in capsys.readouterr().err
    assert not output.exists()
    assert len(list((tmp_path / "out.bin.parts").iterdir())) == 1
    assert main(command) == 0
    assert "1 of 3 pictures were there" in capsys.readouterr().err
    assert len(list(Decoder(output.read_bytes()))) == 3
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.y4m", "out.bin"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["-n", "4"], "odd number of pictures"),
        (["--gop", "8", "-n", "4"], "as 9"),
        (["--gop", "6"], "power of two"),
        (["--lmbda", "-1"], "lmbda"),
        (["--effort", "none"], "choose draft, fast"),
    ],
)
def test_wrong_uses(
    clip: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    pytest.importorskip("torch")
    assert main(["coolchic", "encode", str(clip), "-o", str(tmp_path / "out.bin"), *arguments]) == 2
    error = capsys.readouterr().err
    assert re.fullmatch(r"inloop: .+\n", error)
    assert message in error
    assert [path.name for path in tmp_path.iterdir()] == ["in.y4m"]


def test_files_that_are_no_pictures(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("torch")
    output = str(tmp_path / "out.bin")
    for name, data, code in (
        ("a.ppm", b"P5\n2 2\n255\n1234", 2),
        ("b.ppm", b"P6\n2 2\n255\n1234", 2),
        ("c.ppm", b"P6\n2 2\n65535\n" + bytes(24), 1),
    ):
        (tmp_path / name).write_bytes(data)
        assert main(["coolchic", "encode", str(tmp_path / name), "-o", output]) == code
        assert name in capsys.readouterr().err
    assert main(["coolchic", "encode", str(tmp_path / "none.ppm"), "-o", output]) == 3


def test_says_what_to_install(
    image: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    assert main(["coolchic", "encode", str(image), "-o", str(tmp_path / "out.bin")]) == 1
    assert "inloop[train]" in capsys.readouterr().err
