# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from alterations import with_other_model
from inloop import Frame, load_filter, supported_isas
from inloop.cli import main
from inloop.io import VideoInfo, open_video_writer

MD5 = re.compile(r"^MD5 ([0-9a-f]{32})$", re.MULTILINE)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, small_frames: list[Frame]) -> Path:
    """A folder with a clip, and streams of it without and with the filter."""
    path = tmp_path_factory.mktemp("cli")
    with open_video_writer(path / "clip.y4m", VideoInfo(100, 72)) as writer:
        for frame in small_frames:
            writer.write(frame)
    for nnlf in ("off", "lop"):
        arguments = [
            "encode",
            str(path / "clip.y4m"),
            "-o",
            str(path / f"{nnlf}.hevc"),
            "--nnlf",
            nnlf,
            "--quiet",
        ]
        assert main(arguments) == 0
    return path


@pytest.fixture
def failing(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> object:
    """A function that runs a command which must fail cleanly, and returns its message."""

    def run(code: int, *arguments: str | Path) -> str:
        capsys.readouterr()
        assert main(list(map(str, arguments))) == code
        printed = capsys.readouterr()
        assert printed.out == ""
        assert printed.err.startswith("inloop: ")
        assert printed.err.count("\n") == 1
        assert not os.listdir(tmp_path), "nothing half-written is left"
        return printed.err

    return run


def shell(*arguments: str | Path, **options: object) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "inloop", *map(str, arguments)], capture_output=True, check=False, **options
    )


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert re.match(
        r"inloop \d+\.\d+\.\d+ \(.*(GCC|clang).*; (scalar|avx2|avx512) of scalar", capsys.readouterr().out
    )


@pytest.mark.parametrize("nnlf", ["off", "lop"])
@pytest.mark.parametrize("structure", ["ai", "ldp"])
def test_round_trip(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], nnlf: str, structure: str
) -> None:
    stream, table, decoded = tmp_path / "a.hevc", tmp_path / "a.csv", tmp_path / "a.yuv"
    encode = [
        "encode",
        folder / "clip.y4m",
        "-o",
        stream,
        "-q",
        "34",
        "--nnlf",
        nnlf,
        "--structure",
        structure,
    ]
    assert main([*map(str, encode), "--psnr", "--md5", "--csv", str(table)]) == 0
    encoded = capsys.readouterr()
    assert main(["decode", str(stream), "-o", str(decoded), "--md5", "--verify"]) == 0
    assert MD5.findall(encoded.out) == MD5.findall(capsys.readouterr().out) != []
    assert "PSNR Y" in encoded.out
    assert re.search(r"^I \d+ pictures?, mean QP ", encoded.err, re.MULTILINE)
    assert len(table.read_text().splitlines()) == 5
    assert decoded.stat().st_size == 4 * 100 * 72 * 3 // 2
    assert sorted(os.listdir(tmp_path)) == ["a.csv", "a.hevc", "a.yuv"]


def test_pipes(folder: Path) -> None:
    clip = (folder / "clip.y4m").read_bytes()
    encoded = shell("encode", "-", "-o", "-", input=clip)
    assert (encoded.returncode, encoded.stdout) == (0, (folder / "off.hevc").read_bytes())
    decoded = shell("decode", "-", "-o", "-", input=encoded.stdout)
    assert decoded.returncode == 0
    assert decoded.stdout.startswith(b"YUV4MPEG2 W100 H72 F25:1 ")
    assert len(decoded.stdout) == len(clip)


def test_selection_and_raw_input(folder: Path, tmp_path: Path, small_frames: list[Frame]) -> None:
    raw, stream = tmp_path / "a.yuv", tmp_path / "a.hevc"
    raw.write_bytes(b"".join(frame.to_bytes() for frame in small_frames))
    arguments = [
        "encode",
        str(raw),
        "-o",
        str(stream),
        "--input-res",
        "100x72",
        "--skip",
        "1",
        "-n",
        "2",
        "--quiet",
    ]
    assert main(arguments) == 0
    from_y4m = tmp_path / "b.hevc"
    assert (
        main(["encode", str(folder / "clip.y4m"), "-o", str(from_y4m), "--skip", "1", "-n", "2", "--quiet"])
        == 0
    )
    assert stream.read_bytes() == from_y4m.read_bytes()


def test_quiet(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["decode", str(folder / "off.hevc"), "-o", str(tmp_path / "a.y4m"), "--quiet"]
    assert main(command) == 0
    assert capsys.readouterr() == ("", "")
    assert main([*command, "--md5"]) == 0
    printed = capsys.readouterr()
    assert MD5.fullmatch(printed.out.strip())
    assert printed.err == ""


def test_info(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["info", str(folder / "lop.hevc")]) == 0
    printed = capsys.readouterr().out
    for text in ("100x72", "Main", "25", load_filter("lop").sha256):
        assert text in printed


def test_missing_files(failing, folder: Path, tmp_path: Path) -> None:
    clip, out = folder / "clip.y4m", tmp_path / "a.hevc"
    assert "no.y4m: No such file" in failing(3, "encode", folder / "no.y4m", "-o", out)
    assert "No such file" in failing(3, "encode", clip, "-o", tmp_path / "no" / "a.hevc")
    assert "Is a directory" in failing(3, "encode", clip, "-o", tmp_path)
    assert "no.hevc: No such file" in failing(3, "decode", folder / "no.hevc", "-o", tmp_path / "a.y4m")
    assert "no.onnx" in failing(3, "encode", clip, "-o", out, "--nnlf", folder / "no.onnx")
    assert "no.hevc: No such file" in failing(3, "info", folder / "no.hevc")


def test_wrong_usage(failing, folder: Path, tmp_path: Path) -> None:
    clip, out = folder / "clip.y4m", tmp_path / "a.hevc"
    assert "QP 52" in failing(2, "encode", clip, "-o", out, "--qp", 52)
    assert "--output" in failing(2, "encode", clip)
    assert "--speed" in failing(2, "encode", clip, "-o", out, "--speed", 3)
    assert "bla" in failing(2, "bla")
    assert "ISA" in failing(2, "encode", clip, "-o", out, "--isa", "mmx")
    assert "no pictures" in failing(2, "encode", clip, "-o", out, "--skip", 4)
    assert ".mp4" in failing(2, "decode", folder / "off.hevc", "-o", tmp_path / "a.txt")


def test_wrong_sizes(failing, folder: Path, tmp_path: Path) -> None:
    raw = folder / "raw.yuv"
    raw.write_bytes(bytes(100 * 72 * 3 // 2))
    for size, code, message in (
        ("100x74", 4, "inside picture 0"),
        ("99x72", 2, "99"),
        ("8x8", 2, "8x8"),
        ("100", 2, "100"),
    ):
        assert message in failing(code, "encode", raw, "-o", tmp_path / "a.hevc", "--input-res", size)


def test_corrupt_inputs(failing, folder: Path, tmp_path: Path) -> None:
    stream, broken = (folder / "off.hevc").read_bytes(), folder / "broken"
    for data in (b"", b"no stream" * 100, stream[:100]):
        broken.write_bytes(data)
        assert "broken" in failing(4, "decode", broken, "-o", tmp_path / "a.y4m")
    broken.write_bytes((folder / "clip.y4m").read_bytes()[:100])
    assert "picture 0" in failing(4, "encode", broken, "-o", tmp_path / "a.hevc")
    broken.write_bytes(b"no model" * 100)
    assert "broken" in failing(3, "encode", folder / "clip.y4m", "-o", tmp_path / "a.hevc", "--nnlf", broken)
    assert "broken" in failing(3, "decode", folder / "off.hevc", "--nnlf-model", broken)


def test_unknown_model_is_named(failing, folder: Path, tmp_path: Path) -> None:
    other = folder / "other.hevc"
    other.write_bytes(with_other_model((folder / "lop.hevc").read_bytes(), b"\xab" * 32))
    assert "ab" * 32 in failing(3, "decode", other, "-o", tmp_path / "a.y4m")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full on this system")
def test_full_disk(failing, folder: Path) -> None:
    assert "/dev/full: No space left" in failing(1, "encode", folder / "clip.y4m", "-o", "/dev/full")
    assert "/dev/full: No space left" in failing(1, "decode", folder / "off.hevc", "-o", "/dev/full")


def test_reader_that_leaves(folder: Path) -> None:
    command = [sys.executable, "-m", "inloop", "decode", str(folder / "off.hevc"), "-o", "-"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.close()
        assert process.stderr is not None
        printed = process.stderr.read()
    assert process.returncode == 1
    assert b"Traceback" not in printed
    assert b"Exception ignored" not in printed


def test_wrong_isa_in_the_environment(folder: Path) -> None:
    run = shell("info", folder / "off.hevc", env={**os.environ, "INLOOP_ISA": "mmx"})
    assert run.returncode in (0, 2)
    run = shell("decode", folder / "off.hevc", env={**os.environ, "INLOOP_ISA": "mmx"})
    assert run.returncode == 2
    assert b"INLOOP_ISA" in run.stderr


@pytest.mark.parametrize("isa", supported_isas())
def test_isas_give_the_same_stream(folder: Path, isa: str) -> None:
    run = shell("encode", folder / "clip.y4m", "-o", "-", "--nnlf", "lop", "--isa", isa)
    assert run.stdout == (folder / "lop.hevc").read_bytes()
