# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
import hashlib

import numpy as np
import pytest

pytest.importorskip("torch")
pytest.importorskip("av")

import torch
from train_standin import content, write_clip, write_photo

from inloop.errors import ConfigError
from inloop.nnlf import load_filter
from inloop.nnlf.filter_model import pair_of
from inloop.train.__main__ import main
from inloop.train.card import read_log
from inloop.train.data_card import render_data_card
from inloop.train.loop_gain import LoopTest, mean_of, measure_loop
from inloop.train.table_file import keep_rows, read_rows


@pytest.fixture
def sources(tmp_path):
    """Two clips and a photograph, with a table that knows one of them."""
    rng = np.random.default_rng(8)
    folder = tmp_path / "clips"
    (folder / "photos").mkdir(parents=True)
    write_clip(folder / "waves.y4m", rng)
    write_clip(folder / "other.y4m", rng)
    photo = [plane.astype(np.uint8) for plane in content(rng, 256, 480)]
    write_photo(folder / "photos" / "still.png", photo)
    sha256 = hashlib.sha256((folder / "waves.y4m").read_bytes()).hexdigest()
    table = f"file\torigin_repo\tlicence\tsha256\nwaves.y4m\there\tCC0\t{sha256}\n"
    (folder / "SOURCES.tsv").write_text(table)
    return folder


@pytest.mark.parametrize("drawers", [0, 1])
def test_one_command_makes_data_and_both_sets_of_weights(sources, tmp_path, drawers, capsys):
    work = tmp_path / "work"
    command = [
        "all",
        str(sources),
        str(work),
        "--networks",
        "vlop",
        "--steps",
        "10",
        "--batch",
        "2",
        "--patch",
        "64",
    ]
    command += ["--frames", "4", "--qps-per-source", "1", "--preset", "faster", "--held-out", "waves"]
    command += ["--loop-filter", "vlop", "--drawers", str(drawers)]
    main(command)
    files = [work / "models" / f"vlop_{name}.onnx" for name in ("i", "pb")]
    assert capsys.readouterr().out.split() == [str(path) for path in files]
    models = [load_filter(path) for path in files]
    assert models[0].sha256 != models[1].sha256
    assert {row["structure"] for row in read_rows(work / "data" / "ldp" / "manifest.csv")} == {"ldp"}
    moving = read_rows(work / "data" / "moving" / "manifest.csv")
    assert {(row["source"], row["nnlf"]) for row in moving} == {("still.png", "vlop")}
    assert read_log(work / "runs" / "vlop_i")[-1]["step"] == "9"
    assert read_log(work / "runs" / "vlop_pb_tuned")[-1]["step"] == "1"
    logged = read_log(work / "runs" / "vlop_pb")[-1]
    assert any(not np.isnan(float(logged[f"inter{qp}_y"])) for qp in (20, 27, 34))
    assert "waves.y4m | here | CC0 |" in (work / "data.md").read_text()
    before = {path: path.read_bytes() for path in files}
    main(command)  # all of it is done
    assert {path: path.read_bytes() for path in files} == before


def test_the_card_of_data_names_what_is_held_out_and_what_nobody_knows(sources, tmp_path):
    main(["data", str(sources), str(tmp_path / "ai"), "--structure", "ai", "--frames", "2", "--qps", "37"])
    card = tmp_path / "card.md"
    command = [
        "card",
        str(tmp_path / "ai"),
        "--sources",
        str(sources),
        "--held-out",
        "waves",
        "-o",
        str(card),
    ]
    main(command)
    lines = card.read_text().splitlines()
    assert "| ai | inloop ai, preset medium | none | 37 to 37 | 3 | 5 |" in lines
    assert any(line.startswith("| waves.y4m | here | CC0 | 2, held out | ") for line in lines)
    assert any(line.startswith("| still.png | unknown | unknown | 1 | ") for line in lines)
    with pytest.raises(ConfigError, match="no data"):
        render_data_card([tmp_path], sources)


def test_the_rate_in_the_loop_is_that_of_the_held_out_clips(sources, tmp_path, capsys):
    out = tmp_path / "loop" / "loop.csv"
    command = [
        "loop",
        "vlop",
        str(sources),
        str(out),
        "--intra",
        "lop",
        "--held-out",
        "waves",
        "--frames",
        "3",
    ]
    command += ["--qps", "22", "32", "42", "--preset", "faster"]
    main(command)
    assert "waves" in capsys.readouterr().out
    (row,) = read_rows(out)
    assert (row["model"], row["intra"], row["clips"], row["structure"]) == ("vlop", "lop", "1", "ra")
    anchors = read_rows(out.with_name("anchors.csv"))
    assert [anchor["qp"] for anchor in anchors] == ["22", "32", "42"]
    test = LoopTest(sources, ("waves",), "ra", 3, (22, 32, 42), "faster")
    vlop, lop = load_filter("vlop"), load_filter("lop")
    anchor_file = out.with_name("anchors.csv")
    pair, alone, same = (
        measure_loop(test, model, anchor_file)["waves"]
        for model in (pair_of(lop, vlop), vlop, pair_of(vlop, vlop))
    )
    assert float(row["y"]) == pytest.approx(pair[0], abs=1e-3)
    assert same == alone  # a pair takes no bit more
    assert len(read_rows(anchor_file)) == 3
    keep_rows(
        anchor_file, [anchor | {"code": "another encoder", "kbps": "1"} for anchor in read_rows(anchor_file)]
    )
    assert measure_loop(test, vlop, anchor_file)["waves"] == alone
    assert len(read_rows(anchor_file)) == 6
    with pytest.raises(ConfigError, match="no clip"):
        measure_loop(LoopTest(sources, ("absent",)), vlop, out.with_name("anchors.csv"))


def test_the_mean_is_over_clips():
    assert mean_of([(-1.0, 2.0, 3.0), (-3.0, 0.0, 5.0)]) == (-2.0, 1.0, 4.0)


def test_a_run_is_measured_as_it_would_be_exported(sources, tmp_path):
    torch.set_num_threads(1)
    main(["data", str(sources), str(tmp_path / "ai"), "--structure", "ai", "--frames", "2", "--qps", "37"])
    run = tmp_path / "run"
    fit = ["fit", str(run), str(tmp_path / "ai"), "--network", "vlop", "--steps", "2", "--batch", "2"]
    main([*fit, "--patch", "64", "--held-out", "other", "--inter-share", "0"])
    out = tmp_path / "loop.csv"
    loop = ["loop", str(run), str(sources), str(out), "--data", str(tmp_path / "ai"), "--structure", "ai"]
    main([*loop, "--held-out", "other", "--frames", "2", "--qps", "27", "37", "--preset", "faster"])
    assert [row["steps"] for row in read_rows(out)] == ["2"]
