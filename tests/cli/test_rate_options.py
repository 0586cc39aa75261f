# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""`inloop encode` with rate control: options, tables, statistics files."""

from __future__ import annotations

import csv
import subprocess
import sys

import pytest

from inloop.cli.rate_options import RateControlOptions, parse_rate
from inloop.data import sample_clip
from inloop.errors import ConfigError

FAST = ("--preset", "faster", "--gop", "4", "--lookahead", "6", "-n", "6")


def inloop(*arguments):
    command = [sys.executable, "-m", "inloop", "encode", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("text", "kbps"), [("1500", 1500), ("1500k", 1500), ("2M", 2000), ("1.5M", 1500), (None, None)]
)
def test_rates(text, kbps):
    assert parse_rate(text) == kbps


@pytest.mark.parametrize("text", ["", "fast", "-3", "1.5G", "1e3", "٣"])
def test_wrong_rates(text):
    with pytest.raises(ConfigError, match="not of the form"):
        parse_rate(text)


def test_what_follows_from_the_target():
    assert RateControlOptions().rate_options(8).qp == 32
    assert not RateControlOptions(qp=30).rate_options(8).blocks.cutree
    assert RateControlOptions(qp=30, cutree=True).rate_options(8).blocks.cutree
    assert RateControlOptions(crf=30).rate_options(8).blocks.cutree
    assert RateControlOptions(crf=-6).rate_options(10).blocks.lowest_qp == -12
    assert RateControlOptions(pass_number=1).rate_options(8).qp is None


def test_tables_and_buffer(tmp_path):
    table, page = tmp_path / "rows.csv", tmp_path / "rate.html"
    rate = ("-b", "300k", "--vbv-bufsize", "300k", "--csv", table)
    run = inloop(sample_clip(), "-o", tmp_path / "out.hevc", *rate, *FAST)
    assert run.returncode == 0, run.stderr
    assert "buffer underflows 0" in run.stderr
    with open(table, newline="") as file:
        rows = list(csv.DictReader(file))
    assert sorted(int(row["picture"]) for row in rows) == list(range(6))
    assert all(int(row["bits"]) > 0 and int(row["cost"]) > 0 and int(row["buffer_bits"]) >= 0 for row in rows)
    assert {row["type"] for row in rows} == {"I", "B"}
    assert not page.exists()


def test_page(tmp_path):
    pytest.importorskip("plotly")
    page = tmp_path / "rate.html"
    run = inloop(sample_clip(), "-o", tmp_path / "out.hevc", "--crf", 30, "--rc-plot", page, *FAST)
    assert run.returncode == 0, run.stderr
    text = page.read_text()
    assert "mean QP" in text
    assert 'src="http' not in text, "the page works without a network"


def test_two_passes(tmp_path):
    stats = tmp_path / "stats.txt"
    common = (sample_clip(), "-o", tmp_path / "out.hevc", "--stats", stats, *FAST)
    run = inloop(*common, "--pass", 1, "--crf", 32)
    assert run.returncode == 0, run.stderr
    assert len(stats.read_text().splitlines()) == 3 + 6
    run = inloop(*common, "--pass", 2, "-b", 400)
    assert run.returncode == 0, run.stderr
    run = inloop(*common, "--pass", 2, "-b", 400, "--skip", 1)
    assert run.returncode == 2
    assert "another clip" in run.stderr


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--qp", 30, "--crf", 30), "exclude each other"),
        (("--qp", 30, "-b", 300), "exclude each other"),
        (("--pass", 1), "belong together"),
        (("--vbv-maxrate", 300, "--crf", 30), "needs a buffer size"),
        (("-b", "lots"), "not of the form"),
        (("--crf", 30, "--lookahead", 0), "lookahead"),
    ],
)
def test_contradictions_are_usage_errors(tmp_path, options, message):
    run = inloop(sample_clip(), "-o", tmp_path / "out.hevc", *options)
    assert run.returncode == 2
    assert message in run.stderr
    assert "Traceback" not in run.stderr
