# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
from __future__ import annotations

import re
from fractions import Fraction
from pathlib import Path

import pytest

from inloop import ConfigError, Frame
from inloop.evaluate.codecs.decoded_codec import DecodedCodec
from inloop.evaluate.codecs.ffmpeg_codec import FfmpegCodec
from inloop.evaluate.codecs.ours import OurCodec
from inloop.evaluate.exchange import write_pictures
from inloop.evaluate.sweeps.spec import SweepSpec
from inloop.evaluate.sweeps.suites import SUITES, suite_spec
from inloop.evaluate.sweeps.toml_file import read_spec

CLIPS = "clips = ['*.y4m']\n"


@pytest.fixture
def folder(tmp_path: Path, moving_frames: list[Frame]) -> Path:
    for name in ("a.y4m", "b.y4m"):
        write_pictures(tmp_path / name, moving_frames[:3], Fraction(24))
    return tmp_path


def read(folder: Path, text: str) -> SweepSpec:
    path = folder / "spec.toml"
    path.write_text(text, "utf-8")
    return read_spec(path)


def test_whole_file(folder: Path) -> None:
    spec = read(
        folder,
        """
        clips = ["*.y4m"]
        title = "Mine"
        frames = 2
        metrics = ["vmaf"]
        qps = [20, 30]
        [encoders.ours]
        nnlf = "vlop"
        intra_period = "1s"
        options = { gop = 8 }
        [encoders.crf]
        target = "crf"
        qps = [25.5]
        rate_control = { cutree = false, rc_complexity = "scene" }
        [encoders.x265]
        program = "x265"
        structure = "ldb"
        crfs = [21, 26]
        [encoders.svt]
        program = "svtav1"
        bitrates = [100, 200]
        enhance = "enhance"
        [encoders.theirs]
        program = "decoded"
        decoded = "{clip}.yuv"
        stream = "{clip}.bin"
        [encoders.other]
        program = "command"
        encode = "true {input} {output} {crf}"
        """,
    )
    assert (spec.title, spec.families) == ("Mine", ("psnr", "vmaf"))
    assert [(clip.name, clip.limit) for clip in spec.clips] == [("a", 2), ("b", 2)]
    points = [(encoder.name, encoder.target, encoder.values) for encoder in spec.encoders]
    assert points == [
        ("ours", "qp", (20, 30)),
        ("crf", "crf", (25.5,)),
        ("x265", "crf", (21, 26)),
        ("svt", "bitrate", (100, 200)),
        ("theirs", "qp", (20, 30)),
        ("other", "crf", (20, 30)),
    ]
    ours, crf, x265, svt, theirs, _ = (encoder.codec for encoder in spec.encoders)
    assert ours == OurCodec(nnlf="vlop", intra_period="1s", options={"gop": 8})
    assert x265 == FfmpegCodec("x265", structure="ldb")
    assert isinstance(theirs, DecodedCodec)
    assert theirs.folder == folder
    assert "--crf 25.5" in crf.command(spec.clips[0], "crf", 25.5)
    assert "--no-cutree --rc-complexity scene" in crf.command(spec.clips[0], "crf", 25.5)
    assert "-b:v 100k" in svt.command(spec.clips[0], "bitrate", 100)
    assert (
        spec.encoders[3]
        .command(spec.clips[0], 100)
        .endswith("&& inloop enhance out -o out.y4m --model enhance")
    )
    assert len(list(spec.points())) == 2 * (2 + 1 + 2 + 2 + 2 + 2)


def test_defaults(folder: Path) -> None:
    for clips in ("clips = '*.y4m'", f"clips = '{folder}/*.y4m'", "clips = ['.']"):
        spec = read(folder, f"\ufeff{clips}\n[encoders.off]\n[encoders.aom]\nprogram = 'libaom'")
        assert [clip.name for clip in spec.clips] == ["a", "b"]
        assert spec.title == "spec"
        assert [(encoder.target, encoder.values) for encoder in spec.encoders] == [
            ("qp", (22, 27, 32, 37)),
            ("crf", (22, 27, 32, 37)),
        ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("clips = [", "spec.toml"),
        ("clips = ['*.mkv']\n[encoders.off]", "no clip matches"),
        ("clips = ['/no/such/*.y4m']\n[encoders.off]", "no clip matches /no/such"),
        ("clips = [3]\n[encoders.off]", "no list of names"),
        ("clips = 3\n[encoders.off]", "clips = 3 is no list"),
        ("[encoders.off]", "no entry 'clips'"),
        (CLIPS, "no entry 'encoders'"),
        (CLIPS + "[encoders]", "no encoders"),
        (CLIPS + "encoders = 3", "encoders = 3 is no table"),
        (CLIPS + "[encoders]\noff = 3", r"\[encoders.off\] is no table"),
        (CLIPS + "[encoders.off]\nspeed = 3", "encoders.off. has no speed: known are program"),
        (CLIPS + "[encoders.x]\nprogram = 'x265'\nnnlf = 'lop'", "encoders.x. has no nnlf"),
        (CLIPS + "[encoders.x]\nprogram = 'x266'", "'x266' is none of inloop, x265"),
        (CLIPS + "[encoders.x]\nprogram = 'decoded'\nstream = 'a'", "missing 1 required .* 'decoded'"),
        (CLIPS + "[encoders.x]\nprogram = 'vvenc'\ncrfs = [3]", "vvenc has no crf, but qp, bitrate"),
        (CLIPS + "qp = [1]\n[encoders.off]", "the file has no qp: known are clips"),
        (CLIPS + "qps = '22'\n[encoders.off]", "no list of numbers"),
        (CLIPS + "qps = ['22']\n[encoders.off]", "'22' is no qp"),
        (CLIPS + "qps = [true]\n[encoders.off]", "True is no qp"),
        (CLIPS + "[encoders.off]\nqps = [1]\ncrfs = [2]", "has qps and crfs: give one of them"),
        (CLIPS + "[encoders.off]\nbitrates = [0]", "a bitrate of 0"),
        (CLIPS + "frames = 0\n[encoders.off]", "frames = 0"),
        (CLIPS + "metrics = ['vfam']\n[encoders.off]", "metrics vfam are unknown"),
        (CLIPS + "[encoders.off]\noptions = { spead = 1 }", "there is no option 'spead'"),
        (CLIPS + "[encoders.off]\nrate_control = { cutre = 1 }", "there is no option 'cutre'"),
        (CLIPS + "[encoders.off]\noptions = { intra_period = 1 }", "intra_period is an entry of its own"),
        (CLIPS + "[encoders.off]\nintra_period = 'often'", "intra_period = 'often'"),
        (CLIPS + "[encoders.off]\ntarget = 'size'", "target 'size' is none of qp"),
        (CLIPS + "[encoders.off]\nenhance = 'enhance'", "other encoders"),
        (CLIPS + "[encoders.off]\nenhance = 3", "enhance = 3"),
    ],
)
def test_wrong_files(folder: Path, text: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        read(folder, text)


def test_recorded_specs(repo_dir: Path, shared_dir: Path, tmp_path: Path) -> None:
    for path in sorted((repo_dir / "benchmarks" / "rd").glob("*.toml")):
        text = path.read_text().replace("../../../shared", str(shared_dir))
        # These photographs and small clips are made before they are coded.
        text = re.sub(r"\.\./\.\./build/coolchic/\S+?\.y4m", f"{shared_dir}/data/test/flutter_*.mkv", text)
        assert read(tmp_path, text).clips


def test_suites(folder: Path) -> None:
    spec = suite_spec("quick", ["."], folder)
    assert [encoder.name for encoder in spec.encoders] == [
        "inloop medium",
        "inloop medium lop",
        "x265 medium",
    ]
    assert [encoder.values for encoder in spec.encoders] == [
        (22, 27, 32, 37),
        (22, 27, 32, 37),
        (19, 24, 29, 34),
    ]
    assert {clip.limit for clip in spec.clips} == {17}
    for name in SUITES:
        names = ["inloop:faster:x/mine.onnx", "svtav1", "kvazaar:ultrafast", "vvenc:faster"]
        spec = suite_spec(name, ["a.y4m"], folder, encoders=names, frames=2, families=("psnr",))
        assert [encoder.name for encoder in spec.encoders] == [
            "inloop faster mine",
            "svtav1 6",
            "kvazaar ultrafast",
            "vvenc faster",
        ]
        assert {clip.limit for clip in spec.clips} == {2}
        assert spec.title.startswith(name)
    clip = spec.clips[0]
    assert "--intra-period 32" in suite_spec("jvet-ra", ["a.y4m"], folder).encoders[0].command(clip, 22)
    assert "--structure ldb" in suite_spec("jvet-ld", ["a.y4m"], folder).encoders[0].command(clip, 22)
    assert "--intra-period" not in suite_spec("one-intra", ["a.y4m"], folder).encoders[0].command(clip, 22)


@pytest.mark.parametrize(
    ("suite", "encoder", "message"),
    [
        ("jvet", "inloop", "suite 'jvet' is none of jvet-ra"),
        ("quick", "x266:fast", "encoder 'x266' is none of inloop"),
        ("quick", "x265:fast:lop", "only inloop"),
    ],
)
def test_wrong_suites(folder: Path, suite: str, encoder: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        suite_spec(suite, ["."], folder, encoders=[encoder])
