# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Commands give the same on a cluster as on this machine, from files that the cluster does not have."""

from __future__ import annotations

import csv
import io
from fractions import Fraction
from importlib.resources import files
from pathlib import Path

import pytest
from cluster_processes import ClusterProcesses

from inloop import Frame
from inloop.cli import main
from inloop.evaluate.exchange import write_pictures
from inloop.evaluate.sweeps.store import PointStore


@pytest.fixture
def clip(tmp_path: Path, small_frames: list[Frame], monkeypatch: pytest.MonkeyPatch) -> Path:
    """A clip with a relative name, which workers in another folder cannot open."""
    monkeypatch.chdir(tmp_path)
    write_pictures(Path("tiny.y4m"), small_frames, Fraction(25))
    return Path("tiny.y4m")


def test_sweep(cluster: ClusterProcesses, clip: Path) -> None:
    pytest.importorskip("bjontegaard")
    pytest.importorskip("imageio_ffmpeg")
    Path("spec.toml").write_text(
        f"clips = ['{clip}']\nmetrics = ['psnr']\n[encoders.x264]\nprogram = 'x264'\nqps = [30, 40]\n"
        "[encoders.ours]\nnnlf = 'vlop'\npreset = 'faster'\nqps = [32, 42]\n"
    )
    assert main(["sweep", "spec.toml", "-o", "cluster", "--quiet", "--scheduler", cluster.address]) == 0
    assert main(["sweep", "spec.toml", "-o", "here", "--quiet"]) == 0
    found, wanted = (
        {point.key: point for point in PointStore(Path(folder, "points.jsonl")).points()}
        for folder in ("cluster", "here")
    )
    assert len(found) == 4
    for key, point in wanted.items():
        other = found[key]
        assert (other.bits, other.quality, other.conditions, other.checks) == (
            point.bits,
            point.quality,
            point.conditions,
            point.checks,
        )


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--scheduler", "tcp://127.0.0.1:1", "--jobs", "2"], "a scheduler has workers of its own"),
        (["--cluster", "tcp://127.0.0.1:1", "--isa", "scalar"], "set INLOOP_ISA on the workers"),
    ],
)
def test_wrong_use(words: list[str], message: str, clip: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("bjontegaard")
    assert main(["sweep", "--suite", "quick", str(clip), *words]) == 2
    assert message in capsys.readouterr().err


def test_encode(cluster: ClusterProcesses, clip: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("mine.inl").write_bytes(files("inloop.nnlf").joinpath("models", "vlop.inl").read_bytes())
    common = [
        "encode",
        str(clip),
        "-q",
        "34",
        "-p",
        "faster",
        "--nnlf",
        "mine.inl",
        "--chunks",
        "2",
        "--threads",
        "1",
    ]
    assert main([*common, "-o", "here.hevc"]) == 0
    assert main([*common, "-o", "there.hevc", "--cluster", cluster.address]) == 0
    assert Path("here.hevc").read_bytes() == Path("there.hevc").read_bytes()
    assert main(["decode", "there.hevc", "-o", "out.yuv", "--md5"]) == 0
    assert "MD5" in capsys.readouterr().out
    assert not list(cluster.folder.rglob("inloop-files/*/chunk_*")), "pictures are removed behind their task"


def test_training_data(cluster: ClusterProcesses, clip: Path) -> None:
    pytest.importorskip("av")
    from inloop.train.dataset import DataConfig, build

    stored = []
    for name, scheduler in (("here", None), ("there", cluster.address)):
        config = DataConfig(Path(), Path(name), frames=4, qps=(32, 42), qps_per_source=2, preset="faster")
        build(config, stream=io.StringIO(), scheduler=scheduler)
        stored.append({path.name: path.read_bytes() for path in Path(name).glob("*.npz")})
        rows = list(csv.DictReader(io.StringIO(Path(name, "manifest.csv").read_text())))
        assert [(row["source"], row["pictures"], row["nnlf"]) for row in rows] == [("tiny.y4m", "2", "")] * 2
    assert len(stored[0]) == 4
    assert stored[0] == stored[1]
