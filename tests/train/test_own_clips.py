# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Folders of clips as people have them: damaged, hidden, small ones, and several of one stem."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch")
pytest.importorskip("av")

from train_standin import content, write_clip, write_photo

from inloop.cli import main
from inloop.errors import ConfigError
from inloop.nnlf import ModelPair, load_filter
from inloop.train.dataset import MANIFEST, DataConfig, build, jobs
from inloop.train.samples import load_sample
from inloop.train.sources import find_sources, unknown_files
from inloop.train.table_file import append_row, keep_rows, read_rows


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    clips = tmp_path / "clips"
    clips.mkdir()
    write_clip(clips / "waves.y4m", np.random.default_rng(8), pictures=3)
    return clips


def config_of(folder: Path, **more: object) -> DataConfig:
    return DataConfig(
        folder,
        folder.parent / "data",
        frames=2,
        qps=(32,),
        qps_per_source=1,
        preset="faster",
        keep_every=1,
        **more,
    )  # type: ignore[arg-type]


def built(config: DataConfig, processes: int = 1) -> str:
    said = io.StringIO()
    build(config, processes, said)
    return said.getvalue()


@pytest.mark.parametrize("processes", [1, 2])
def test_what_cannot_be_read_is_left_out_and_named(folder: Path, processes: int) -> None:
    (folder / "damaged.mp4").write_bytes(bytes(range(256)) * 12)
    (folder / "._waves.mp4").write_bytes(b"\0\5\x16\7")
    write_clip(folder / "tiny.y4m", np.random.default_rng(1), pictures=3, height=8, width=96)
    (folder / "empty.y4m").write_bytes(b"YUV4MPEG2 W96 H64 F30:1 C420\n")
    (folder / "talk.docx").touch()
    said = built(config_of(folder), processes)
    assert "warning: no clips by their names: talk.docx\n" in said
    for name, why in (
        ("damaged.mp4", ""),
        ("tiny.y4m", "its pictures of 96x8 are too small"),
        ("empty.y4m", ""),
    ):
        assert f"warning: {folder / name} is left out: {why}" in said
    assert "._waves" not in said
    assert [row["source"] for row in read_rows(config_of(folder).out / MANIFEST)] == ["waves.y4m"]


def test_nothing_that_can_be_read_is_an_error(folder: Path) -> None:
    (folder / "waves.y4m").write_bytes(b"no clip")
    with pytest.raises(ConfigError, match=r"no source in .* can be read"):
        built(config_of(folder))


def test_sources_of_one_stem_are_all_made(folder: Path) -> None:
    rng = np.random.default_rng(3)
    write_clip(folder / "other.y4m", rng, pictures=3)
    (folder / "waves.MKV").write_bytes((folder / "other.y4m").read_bytes())
    (folder / "photos").mkdir()
    write_photo(folder / "photos" / "waves.png", tuple(p.astype(np.uint8) for p in content(rng, 64, 96)))
    config = config_of(folder, structure="ai")
    assert {job.name.removesuffix("_ai_qp32") for job in jobs(config)} == {
        "other", "waves_MKV", "waves_y4m", "waves_png"
    }  # fmt: skip
    built(config)
    samples = [load_sample(path) for path in sorted(config.out.glob("*.npz"))]
    assert {sample.source for sample in samples} == {"other", "waves_MKV", "waves_y4m", "waves_png"}


def test_suffixes_in_capitals_and_more_kinds(folder: Path) -> None:
    for name in ("a.MP4", "b.webm", "c.mov", "d.txt", "e.doc"):
        (folder / name).touch()
    (folder / "photos").mkdir()
    for name in ("f.jpg", "g.JPEG", "h.png", ".i.png"):
        (folder / "photos" / name).touch()
    found = [source.path.name for source in find_sources(folder, clips=True, photos=True)]
    assert found == ["a.MP4", "b.webm", "c.mov", "waves.y4m", "f.jpg", "g.JPEG", "h.png"]
    assert unknown_files(folder) == ["e.doc"]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"frames": 3}, "with frames 2"),
        ({"preset": "fast"}, "with preset faster"),
        ({"keep_every": 2}, "with keep_every 1"),
    ],
)
def test_other_settings_in_the_same_folder_are_refused(
    folder: Path, change: dict[str, object], told: str
) -> None:
    config = config_of(folder)
    built(config)
    built(config)  # the same once more
    with pytest.raises(
        ConfigError, match=f"has pictures of waves.y4m that were made {told}: choose another folder"
    ):
        built(replace(config, **change))  # type: ignore[arg-type]


def test_another_file_of_the_same_name_is_refused(folder: Path) -> None:
    config = config_of(folder)
    built(config)
    write_clip(folder / "waves.y4m", np.random.default_rng(9), pictures=3)
    with pytest.raises(ConfigError, match=r"has pictures of waves.y4m that were made of another file"):
        built(config)


def test_manifests_of_older_versions_go_on(folder: Path) -> None:
    config = config_of(folder)
    built(config)
    manifest = config.out / MANIFEST
    keep_rows(manifest, [{k: v for k, v in row.items() if k != "frames"} for row in read_rows(manifest)])
    assert built(replace(config, qps=(32, 37), qps_per_source=2)).count("waves_ra") == 1
    assert [row["frames"] for row in read_rows(manifest)] == ["", "2"]
    built(replace(config, qps=(32, 37), qps_per_source=2))


def test_a_table_gets_the_columns_that_it_lacks(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    append_row(path, {"a": 1, "b": 2})
    append_row(path, {"b": 3, "c": 4})
    assert read_rows(path) == [{"a": "1", "b": "2", "c": ""}, {"a": "", "b": "3", "c": "4"}]


def test_two_clips_become_a_network(folder: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """The tutorial's first steps, with as few clips as somebody may have."""
    write_clip(folder / "more.y4m", np.random.default_rng(2), pictures=3)
    data, run, models = (str(tmp_path / name) for name in ("coded", "run", "models"))
    step = ["train", "data", str(folder), data, "--structure", "ai", "--frames", "2", "--qps", "32"]
    assert main([*step, "--qps-per-source", "1", "--preset", "faster"]) == 0
    fit = ["train", "fit", run, data, "--network", "vlop", "--steps", "2", "--log-every", "1", "--batch", "1"]
    assert main([*fit, "--patch", "64", "--seed", "3"]) == 0
    assert "no source is held out" in capfd.readouterr().err
    assert main(["train", "export", run, data, "--name", "mine", "--models", models]) == 0
    assert (tmp_path / "models" / "mine.onnx").is_file()
    export_pair = ["train", "export", run, data, "--intra", run, "--name", "both", "--models", models]
    assert main(export_pair) == 0
    pair = load_filter(tmp_path / "models" / "both.inl")
    assert isinstance(pair, ModelPair)
    manifest = json.loads((tmp_path / "models" / "manifest.json").read_text())
    parts = {network.sha256 for network in (pair.intra, pair.inter)}
    assert parts == {manifest[f"{name}.onnx"]["identity"] for name in ("mine", "both_i", "both_pb")}
    assert manifest["both.inl"]["identity"] == pair.sha256
    assert main([*fit[:5], "lop", *fit[6:], "--patch", "64"]) == 2
    assert "is a run of the network vlop" in capfd.readouterr().err
